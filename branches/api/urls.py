"""Doors of the branches, under /api/v1/. A transfer is named by its member: one at a time."""

from django.urls import path

from branches.api import doors, groups, keeping, members, terms

app_name = "branches-api"
urlpatterns = [
    path("branches/", doors.Branches.as_view(), name="branches"),
    path("branches/coverage/", doors.Coverage.as_view(), name="coverage"),
    path("branches/transfers/", doors.Transfers.as_view(), name="transfers"),
    path("branches/transfers/ask/", doors.AskTransfer.as_view(), name="transfer_ask"),
    *(path(f"branches/transfers/<uuid:key>/{name}/", door.as_view(), name=f"transfer_{name}") for name, door in doors.ACT_DOORS.items()),
    path("branches/members/", members.Members.as_view(), name="members"),
    path("branches/members/search/", members.Search.as_view(), name="members_search"),
    path("branches/members/<uuid:key>/", members.OneMember.as_view(), name="member"),
    *(path(f"branches/members/<uuid:key>/{name}/", door.as_view(), name=f"member_{name}") for name, door in members.ACT_DOORS.items()),
    path("branches/groups/", groups.Groups.as_view(), name="groups"),
    path("branches/groups/make/", groups.Make.as_view(), name="group_make"),
    path("branches/groups/end/", groups.End.as_view(), name="group_end"),
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
