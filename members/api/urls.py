"""Doors of the register, under /api/v1/. Keys are those of persons, claims, exports: no row number stands in an address."""

from django.urls import path

from members.api import claims, drivers, exports, imports, own, zones

app_name = "members-api"
urlpatterns = [
    path("drivers/", drivers.Drivers.as_view(), name="drivers"),
    path("drivers/search/", drivers.Search.as_view(), name="drivers_search"),
    path("drivers/<uuid:key>/", drivers.OneDriver.as_view(), name="driver"),
    path("drivers/<uuid:key>/state/", drivers.State.as_view(), name="driver_state"),
    path("drivers/<uuid:key>/correct/", drivers.Correct.as_view(), name="driver_correct"),
    path("claims/", claims.Claims.as_view(), name="claims"),
    path("claims/<uuid:key>/", claims.OneClaim.as_view(), name="claim"),
    path("claims/<uuid:key>/proof/", claims.Proof.as_view(), name="claim_proof"),
    *(path(f"claims/<uuid:key>/{name}/", door.as_view(), name=f"claim_{name}") for name, door in claims.ACT_DOORS.items()),
    path("me/claim/", own.ClaimMine.as_view(), name="claim_mine"),
    path("me/claim/open/", own.ClaimOpen.as_view(), name="claim_open"),
    path("me/claim/withdraw/", own.ClaimWithdraw.as_view(), name="claim_withdraw"),
    path("me/claim/contest/", own.ClaimContest.as_view(), name="claim_contest"),
    path("me/five/", own.Five.as_view(), name="five"),
    path("me/five/<uuid:key>/note/", own.Heard.as_view(), name="five_note"),
    path("me/contact/", own.Contact.as_view(), name="contact"),
    path("me/contact/change/", own.Change.as_view(), name="contact_change"),
    path("me/data/", own.OwnData.as_view(), name="me_data"),
    path("me/data/requests/", own.DataRequest.as_view(), name="data_request"),
    path("me/consents/withdraw/", own.ConsentWithdraw.as_view(), name="consent_withdraw"),
    path("zones/proposals/", zones.Proposals.as_view(), name="zone_proposals"),
    path("zones/<uuid:contact>/<uuid:driver>/accept/", zones.Accept.as_view(), name="zone_accept"),
    path("zones/<uuid:contact>/<uuid:driver>/decline/", zones.Decline.as_view(), name="zone_decline"),
    path("uploads/", imports.Uploads.as_view(), name="uploads"),
    path("uploads/<uuid:key>/", imports.OneUpload.as_view(), name="upload"),
    path("conflicts/", imports.Conflicts.as_view(), name="conflicts"),
    path("conflicts/decide/", imports.DecideConflict.as_view(), name="conflict_decide"),
    path("exports/", exports.Exports.as_view(), name="exports"),
    path("exports/waiting/", exports.Waiting.as_view(), name="exports_waiting"),
    path("exports/ask/", exports.Ask.as_view(), name="export_ask"),
    path("exports/<uuid:key>/", exports.OneExport.as_view(), name="export"),
    path("exports/<uuid:key>/decide/", exports.Decide.as_view(), name="export_decide"),
    path("exports/<uuid:key>/file/", exports.File.as_view(), name="export_file"),
]
