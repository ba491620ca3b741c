"""Drivers' doors of appeals. Nobody needs an account for any of them."""

from django.urls import path

from appeals.web import acts, behalf, filing, forms, mine, receipt, track

app_name = "appeals"
urlpatterns = [
    path("new", filing.page, {"name": "what"}, name="new"),
    path("new/where", filing.page, {"name": "where"}, name="where"),
    path("new/who", filing.page, {"name": "who"}, name="who"),
    path("new/photos", filing.page, {"name": "photos"}, name="photos"),
    path("new/phone", filing.page, {"name": "phone"}, name="phone"),
    path("new/check", filing.page, {"name": "check"}, name="check"),
    path("new/upload", filing.upload, name="upload"),
    path("new/photo/<uuid:key>", filing.draft_photo, name="draft-photo"),
    path("new/discard", filing.discard, name="discard"),
    path("new/leave", filing.leave, name="leave"),
    path("for/<uuid:driver>/", behalf.before, name="for"),
    *(path(f"for/<uuid:driver>/{name}", filing.page, {"name": name}, name=f"for-{name}") for name in forms.PAGES),
    path("for/<uuid:driver>/upload", filing.upload, name="for-upload"),
    path("for/<uuid:driver>/photo/<uuid:key>", filing.draft_photo, name="for-photo"),
    path("for/<uuid:driver>/discard", filing.discard, name="for-discard"),
    path("for/<uuid:driver>/receipt/<uuid:key>", behalf.receipt, name="for-receipt"),
    path("receipt/<uuid:key>", receipt.receipt, name="receipt"),
    path("receipt/<uuid:key>/qr.svg", receipt.qr, name="receipt-qr"),
    path("receipt/<uuid:key>/receipt.png", receipt.picture, name="receipt-picture"),
    path("track", track.track, name="track"),
    path("track/<uuid:key>", track.view, name="view"),
    path("track/<uuid:key>/nudge", acts.nudge, name="nudge"),
    path("track/<uuid:key>/rate", acts.rate, name="rate"),
    path("track/<uuid:key>/add", acts.add, name="add"),
    path("track/<uuid:key>/who", acts.accuse, name="accuse"),
    path("track/<uuid:key>/photo/<uuid:photo>", filing.added_photo, name="added-photo"),
    path("track/<uuid:key>/withdraw", acts.withdraw, name="withdraw"),
    path("track/<uuid:key>/again", acts.again, name="again"),
    path("mine", mine.mine, name="mine"),
]
