"""Doors of the branches, under /api/v1/. A transfer is named by its member: one at a time."""

from django.urls import path

from branches.api import doors, keeping, terms

app_name = "branches-api"
urlpatterns = [
    path("branches/", doors.Branches.as_view(), name="branches"),
    path("branches/coverage/", doors.Coverage.as_view(), name="coverage"),
    path("branches/transfers/", doors.Transfers.as_view(), name="transfers"),
    path("branches/transfers/ask/", doors.AskTransfer.as_view(), name="transfer_ask"),
    *(path(f"branches/transfers/<uuid:key>/{name}/", door.as_view(), name=f"transfer_{name}") for name, door in doors.ACT_DOORS.items()),
    path("branches/hosts/", keeping.Hosts.as_view(), name="branch_hosts"),
    path("branches/found/", keeping.Found.as_view(), name="branch_found"),
    path("branches/terms/", terms.Terms.as_view(), name="terms"),
    path("branches/terms/posted/", terms.Posted.as_view(), name="terms_posted"),
    path("branches/terms/elect/", terms.Elect.as_view(), name="term_elect"),
    path("branches/terms/end/", terms.End.as_view(), name="term_end"),
    path("branches/<slug:code>/host/", keeping.MoveHost.as_view(), name="branch_host"),
    path("branches/<slug:code>/cover/", keeping.Cover.as_view(), name="branch_cover"),
    path("branches/<slug:code>/uncover/", keeping.Uncover.as_view(), name="branch_uncover"),
    path("branches/<slug:code>/members/", doors.Members.as_view(), name="branch_members"),
]
