"""支部的设立、依托和覆盖: for the committee's secretary alone. An eleventh branch or another host takes rows, never code."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.doors import RoleDoor, checked, told
from accounts.rules.roles import Role
from branches.api import inputs, outputs
from branches.api.doors import NOT_THERE, TAG
from branches.models import Branch
from branches.selectors.coverage import hosts_for, open_rows
from branches.selectors.members import branch_by_code
from branches.selectors.scope import branches_for, is_committee
from branches.services import coverage as services
from common import clock
from common.errors import NotThere


class CommitteeDoor(RoleDoor):
    """For the secretary of the industry committee; for secretaries of branches there is none."""

    roles = frozenset({Role.SECRETARY})

    def may_enter(self, request: Request) -> None:
        super().may_enter(request)
        if not is_committee(request.viewer):
            raise NotThere(_(NOT_THERE))


def _told(branch: Branch) -> Response:
    unit = branch.unit
    return Response(outputs.FoundedOut({"code": unit.code, "name": unit.name, "host": unit.parent.name if unit.parent else ""}).data)


def _branch(request: Request, code: str) -> Branch:
    branch = branch_by_code(request.viewer, code)
    if branch is None:
        raise NotThere(_(NOT_THERE))
    return branch


class Hosts(CommitteeDoor):
    @told("branch_hosts", TAG, "能依托的中队", "设支部、换依托的时候选。", {200: (outputs.HostsOut, "全部")})
    def get(self, request: Request) -> Response:
        """Squads that may host a branch."""
        items = [{"code": each.code, "name": each.name} for each in hosts_for(request.viewer)]
        return Response(outputs.HostsOut({"items": items}).data)


class Found(CommitteeDoor):
    @told(
        "branch_found", TAG, "设一个支部", "同一个名字、同一个中队再发一次，还是那一个。设好以后再定它管哪里。", {200: (outputs.FoundedOut, "设好了")},
        takes=inputs.FoundIn, example={"name": "货车司机流动党员第十一党支部", "host": "squad-05"},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """A new branch under a squad; sent again it is the same one."""
        said, viewer = checked(inputs.FoundIn, request), request.viewer
        known = branches_for(viewer).select_related("unit__parent").filter(unit__name=said["name"], unit__parent=said["host"]).first()
        return _told(known or services.found(by=viewer, now=clock.now(), **said))


class MoveHost(CommitteeDoor):
    @told(
        "branch_host", TAG, "换依托的中队", "回避跟着马上变；管哪里不变，由人来定。", {200: (outputs.FoundedOut, "换好了")}, takes=inputs.HostIn,
        example={"host": "squad-05"},
    )  # fmt: skip
    def post(self, request: Request, code: str) -> Response:
        """Another squad hosts it from now on."""
        branch = _branch(request, code)
        services.move_host(branch=branch, by=request.viewer, now=clock.now(), **checked(inputs.HostIn, request))
        return _told(_branch(request, code))


class Cover(CommitteeDoor):
    @told(
        "branch_cover", TAG, "归它管", "镇街、企业或者行业，从今天起归这个支部；两个支部都管的列在多出来的里。", {204: (None, "归它管了")}, takes=inputs.CoverIn,
        example={"kind": "place", "key": "320312103"},
    )  # fmt: skip
    def post(self, request: Request, code: str) -> Response:
        """It falls to this branch from today on."""
        branch = _branch(request, code)
        services.cover(branch=branch, by=request.viewer, now=clock.now(), **checked(inputs.CoverIn, request))
        return Response(status=204)


class Uncover(CommitteeDoor):
    @told("branch_uncover", TAG, "不再归它管", "没有别的支部管的，列在没有支部管的里。", {204: (None, "不归它管了")}, takes=inputs.CoverIn)
    def post(self, request: Request, code: str) -> Response:
        """It falls to this branch no longer."""
        branch = _branch(request, code)
        said: dict[str, Any] = checked(inputs.CoverIn, request)
        row = open_rows(request.viewer).filter(branch=branch, **said).first()
        if row is None:
            raise NotThere(_(NOT_THERE))
        services.uncover(coverage=row, by=request.viewer, now=clock.now())
        return Response(status=204)
