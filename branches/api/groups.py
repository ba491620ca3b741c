"""党小组: which a branch has, a new one, one that is no longer. A group is named by its branch and its name."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.doors import RoleDoor, checked, told
from branches.api import inputs, outputs
from branches.api.doors import NOT_THERE, ROLES, TAG
from branches.api.members import branch_of
from branches.selectors.members import groups_for
from branches.services import placement
from common import clock
from common.errors import NotThere
from common.masks import mask_name


def _told(request: Request) -> Response:
    items = [
        {"branch": each.branch.unit.code, "name": each.name, "heads": each.heads, "leader": mask_name(each.leader_name) if each.leader_name else ""}
        for each in groups_for(request.viewer)
    ]
    return Response(outputs.PartyGroupsOut({"items": items}).data)


class Groups(RoleDoor):
    roles = ROLES

    @told("groups", TAG, "小组", "自己支部的；党委书记看全部。", {200: (outputs.PartyGroupsOut, "全部")})
    def get(self, request: Request) -> Response:
        """Groups of the viewer's branches."""
        return _told(request)


class Make(RoleDoor):
    roles = ROLES

    @told(
        "group_make", TAG, "设一个小组", "设好以后把人编进去，再记小组长。", {200: (outputs.PartyGroupsOut, "设好了，现在的小组")}, takes=inputs.GroupIn,
        example={"branch": "branch-03", "name": "第一小组"},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """A new group of a branch."""
        said = checked(inputs.GroupIn, request)
        placement.make_group(branch=branch_of(request, said["branch"]), name=said["name"], by=request.viewer, now=clock.now())
        return _told(request)


class End(RoleDoor):
    roles = ROLES

    @told(
        "group_end", TAG, "撤一个小组", "组里的人还在支部，小组长的职务到此为止。撤过的是 404。", {200: (outputs.PartyGroupsOut, "撤了，现在的小组")},
        takes=inputs.GroupIn, example={"branch": "branch-03", "name": "第一小组"},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """The group is no longer."""
        said = checked(inputs.GroupIn, request)
        group = groups_for(request.viewer).filter(branch=branch_of(request, said["branch"]), name=said["name"]).first()
        if group is None:
            raise NotThere(_(NOT_THERE))
        placement.end_group(group=group, by=request.viewer, now=clock.now())
        return _told(request)
