"""支部: figures, members, transfers, coverage. A secretary his branch, the committee's secretary all, nobody else any."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import paging
from accounts.api.doors import RoleDoor, checked, told
from accounts.rules.roles import Role
from branches.api import inputs, outputs
from branches.models import Membership, Transfer
from branches.rules.coverage import KINDS, PLACE, Line
from branches.rules.kinds import has_vote
from branches.selectors import members
from branches.selectors.coverage import Table, table_for
from branches.selectors.due import waiting_for_me
from branches.selectors.figures import Figures, district_total, figures_for
from branches.selectors.scope import transfers_for
from branches.services import transfers
from common import clock
from common.errors import NotThere
from common.masks import mask_name, mask_phone

TAG = "支部"
ROLES = frozenset({Role.SECRETARY})
NOT_THERE = "没有这一件，或者不归您看"
LISTED = 500  # lines of coverage in one answer


def _figures(each: Figures) -> dict[str, Any]:
    unit, tally = each.branch.unit, each.tally
    return {
        "code": unit.code, "name": unit.name, "host": unit.parent.name if unit.parent else "", "total": tally.total, "full": tally.full,
        "probationary": tally.probationary, "floating": tally.floating, "retired": tally.retired, "votes": tally.votes,
        "quorum": each.quorum if tally.votes else 0, "committee": each.committee, "warnings": [warned.words for warned in each.warnings],
    }  # fmt: skip


class Branches(RoleDoor):
    roles = ROLES

    @told("branches", TAG, "支部和人数", "自己的支部；党委书记看全部。只数核实过、编进来的党员。", {200: (outputs.BranchesOut, "全部")})
    def get(self, request: Request) -> Response:
        """Each branch with its figures and their denominator."""
        viewer = request.viewer
        told_ = {"items": [_figures(each) for each in figures_for(viewer)], "district": district_total(viewer)}
        return Response(outputs.BranchesOut(told_).data)


class Members(RoleDoor):
    roles = ROLES
    query = frozenset(paging.QUERY)

    @told(
        "branch_members", TAG, "支部的党员", "姓名、手机号遮着。", {200: (paging.envelope(outputs.MemberOut), "一页")}, parameters=paging.PARAMETERS,
    )  # fmt: skip
    def get(self, request: Request, code: str) -> Response:
        """Members placed in one branch of this viewer."""
        viewer = request.viewer
        branch = members.branch_by_code(viewer, code)
        if branch is None:
            raise NotThere(_(NOT_THERE))
        return paging.answer(request, members.of_branch(viewer, members.listed(viewer), branch), outputs.MemberOut, member_row)


def member_row(each: Membership) -> dict[str, Any]:
    """The line of a list (MemberOut), masked."""
    person = each.person
    return {
        "key": person.key, "name": mask_name(person.name), "phone": mask_phone(person.phone), "kind": each.kind,
        "kind_word": each.get_kind_display(), "vote": has_vote(each.kind), "place": person.place.name if person.place else "",
        "group": each.group_name or "", "joined_on": each.joined_on, "decide_on": each.decide_on, "heard_on": each.heard_on,
    }  # fmt: skip


_ALL = ("placement__membership__person", "placement__branch__unit", "to_branch__unit")


def _transfer(row: Transfer, waiting: set[int]) -> dict[str, Any]:
    person = row.placement.membership.person
    return {
        "member": person.key, "name": mask_name(person.name), "frm": row.placement.branch.unit.name, "to": row.to_branch.unit.name,
        "reason": row.reason, "asked_at": row.asked_at, "given": row.given_by_id is not None, "taken": row.taken_by_id is not None,
        "done": row.done_at is not None, "waits_for_me": row.pk in waiting,
    }  # fmt: skip


def _told(request: Request, row: Transfer) -> Response:
    """One transfer as it is now, done and refused ones too."""
    waiting = set(waiting_for_me(request.viewer).filter(pk=row.pk).values_list("pk", flat=True))
    return Response(outputs.TransferOut(_transfer(Transfer.objects.select_related(*_ALL).get(pk=row.pk), waiting)).data)


class Transfers(RoleDoor):
    roles = ROLES
    query = frozenset(paging.QUERY)

    @told(
        "transfers", TAG, "转支部", "在办的：从我的支部转出，或者转进来。", {200: (paging.envelope(outputs.TransferOut), "一页")},
        parameters=paging.PARAMETERS,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Those under way."""
        found, following = paging.page(request, transfers_for(request.viewer).select_related(*_ALL))
        waiting = set(waiting_for_me(request.viewer).values_list("pk", flat=True))
        return Response({"items": outputs.TransferOut([_transfer(each, waiting) for each in found], many=True).data, "next": following})


class AskTransfer(RoleDoor):
    roles = ROLES

    @told(
        "transfer_ask", TAG, "提出转支部", "任何一边的书记都能提；两边都同意才转，要两个人。", {200: (outputs.TransferOut, "提出了")},
        takes=inputs.TransferIn,
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Ask that a member moves."""
        said = checked(inputs.TransferIn, request)
        membership = members.member_by_key(request.viewer, said["member"])
        if membership is None:
            raise NotThere(_(NOT_THERE))
        row = transfers.ask(membership=membership, to_branch=said["branch"], by=request.viewer, now=clock.now(), reason=said["reason"])
        return _told(request, row)


ACTS: dict[str, tuple[Any, Any, str, str]] = {
    "give": (transfers.give, inputs.ConfirmIn, "转出同意", "离开的支部放他走。"),
    "take": (transfers.take, inputs.ConfirmIn, "转入同意", "要去的支部收他。"),
    "refuse": (transfers.refuse, inputs.RefuseTransferIn, "不同意", "写一句为什么，两边都看得到；他还在原来的支部。"),
}


def _act(name: str) -> type[RoleDoor]:
    """The door of one signature."""
    service, shape, word, about = ACTS[name]

    @told(f"transfer_{name}", TAG, word, about, {200: (outputs.TransferOut, "现在的样子")}, takes=shape)
    def post(self: RoleDoor, request: Request, key: UUID) -> Response:
        row = transfers_for(request.viewer).filter(placement__membership__person__key=key).first()
        if row is None:
            raise NotThere(_(NOT_THERE))
        said = checked(shape, request)
        return _told(request, service(transfer=row, by=request.viewer, now=clock.now(), **said))

    return type(f"{name.title()}Transfer", (RoleDoor,), {"roles": ROLES, "post": post, "__module__": __name__})


ACT_DOORS = {name: _act(name) for name in ACTS}


class Coverage(RoleDoor):
    roles = ROLES
    query = frozenset({"kind"})

    @told(
        "coverage", TAG, "横到边、纵到底", "每个镇街、企业、行业归且只归一个支部；没有的和多出来的另外列着，各最多 500 条。", {200: (outputs.CoverageOut, "现在的覆盖")},
        parameters=[OpenApiParameter("kind", str, description="哪一类，默认镇街", enum=list(KINDS))],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Who covers what, with gaps and overlaps."""
        kind = request.query_params.get("kind", PLACE)
        if kind not in KINDS:
            raise serializers.ValidationError({"kind": [_("只能是：%s") % "、".join(KINDS)]})
        table = table_for(request.viewer)
        parts = {"lines": table.of_kind(kind), "gaps": table.gaps, "overlaps": table.overlaps}
        told_ = {name: [_covered(line, table) for line in lines[:LISTED]] for name, lines in parts.items()}
        return Response(outputs.CoverageOut(told_).data)


def _covered(line: Line, table: Table) -> dict[str, Any]:
    return {
        "key": line.key.key, "kind": line.key.kind, "name": line.key.name, "branches": [table.names.get(pk, "") for pk in line.branches], "by_place": line.by_place,
    }  # fmt: skip
