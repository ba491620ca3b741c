"""Doors of the branches, under /api/v1/. A transfer is named by its member: one at a time."""

from django.urls import path

from branches.api import doors

app_name = "branches-api"
urlpatterns = [
    path("branches/", doors.Branches.as_view(), name="branches"),
    path("branches/coverage/", doors.Coverage.as_view(), name="coverage"),
    path("branches/transfers/", doors.Transfers.as_view(), name="transfers"),
    path("branches/transfers/ask/", doors.AskTransfer.as_view(), name="transfer_ask"),
    *(path(f"branches/transfers/<uuid:key>/{name}/", door.as_view(), name=f"transfer_{name}") for name, door in doors.ACT_DOORS.items()),
    path("branches/<slug:code>/members/", doors.Members.as_view(), name="branch_members"),
]
