"""党员: all that a secretary may know of, by filter or search; one of them, and what his branch does about him."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import paging
from accounts.api.doors import RoleDoor, checked, told
from accounts.api.resending import Key
from accounts.api.shapes import Input
from branches.admin.member_acts import names_for
from branches.api import inputs, outputs
from branches.api.doors import NOT_THERE, ROLES, TAG, member_row
from branches.models import Branch, Group, Membership, Placement
from branches.rules import size
from branches.rules.kinds import Tally
from branches.selectors import due, members
from branches.selectors.figures import tallies
from branches.selectors.proposals import proposals_for
from branches.selectors.scope import unplaced_for
from branches.services import membership, placement
from common import clock
from common.errors import NotThere
from common.masks import mask_name

VIEWS = ("votes", "none", "decide", "silent", "unplaced")
FILTERS = [
    OpenApiParameter("branch", str, description="只要这个支部的：代码"),
    OpenApiParameter("kind", str, description="类别", enum=list(Membership.Kind.values)),
    OpenApiParameter("view", str, description="votes 有表决权，none 没有，decide 快转正，silent 失联，unplaced 待入列", enum=list(VIEWS)),
]


def branch_of(request: Request, code: str) -> Branch | None:
    """A branch of the viewer by its code; None for "". Raises ValidationError at branch."""
    found = members.branch_by_code(request.viewer, code) if code else None
    if code and found is None:
        raise serializers.ValidationError({"branch": [_("没有这个支部，或者不归您管")]})
    return found


def _narrowed(request: Request) -> QuerySet[Membership]:
    """The viewer's members by closed filters. Raises ValidationError at the filter."""
    viewer, asked, now = request.viewer, request.query_params, clock.now()
    closed = {"kind": Membership.Kind.values, "view": VIEWS}
    if wrong := {name: [_("只能是：%s") % "、".join(known)] for name, known in closed.items() if asked.get(name, "") not in ("", *known)}:
        raise serializers.ValidationError(wrong)
    match asked.get("view", ""):
        case "decide":
            rows = due.decisions_near(viewer, now=now)
        case "silent":
            rows = due.out_of_contact(viewer, now=now)
        case "unplaced":
            rows = members.listed(viewer).filter(pk__in=unplaced_for(viewer).values("pk"))
        case "":
            rows = members.listed(viewer)
        case view:
            rows = members.with_vote(viewer, members.listed(viewer), view == "votes")
    branch = branch_of(request, asked.get("branch", ""))
    rows = members.of_branch(viewer, rows, branch) if branch else rows
    return rows.filter(kind=asked["kind"]) if asked.get("kind") else rows


class Members(RoleDoor):
    roles = ROLES
    query = frozenset({*paging.QUERY, "branch", "kind", "view"})

    @told(
        "members", TAG, "党员", "核实过的：自己支部的和待入列的；党委书记看全部。姓名、手机号遮着。", {200: (paging.envelope(outputs.MemberOut), "一页")},
        parameters=[*FILTERS, *paging.PARAMETERS],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """One page of the viewer's members."""
        return paging.answer(request, _narrowed(request), outputs.MemberOut, member_row)


class Search(RoleDoor):
    roles = ROLES
    query = frozenset(paging.QUERY)

    @told(
        "members_search", TAG, "找党员", "写在正文里，名字和车牌不进地址。下一页再 POST 同一个正文到 next。",
        {200: (paging.envelope(outputs.MemberOut), "一页")}, takes=inputs.FindMemberIn, parameters=paging.PARAMETERS, key=Key.NO,
        example={"text": "建国", "branch": "branch-03"},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Members found by two characters of the name, a plate, or the last four of the phone; of one branch or of all."""
        said, viewer = checked(inputs.FindMemberIn, request), request.viewer
        rows, branch = members.listed(viewer), branch_of(request, said["branch"])
        rows = members.of_branch(viewer, rows, branch) if branch else rows
        return paging.answer(request, members.searched(viewer, rows, said["text"]), outputs.MemberOut, member_row)


def member_of(request: Request, key: UUID) -> Membership:
    """One member this viewer may know of. Raises NotThere."""
    row = members.member_by_key(request.viewer, key)
    if row is None:
        raise NotThere(_(NOT_THERE))
    return row


def sheet(request: Request, key: UUID, *, warning: str = "") -> Response:
    """One member as he stands now (MemberSheetOut)."""
    one, viewer = member_of(request, key), request.viewer
    placed = list(members.placements_of(viewer, one))
    current = next((each for each in placed if each.until is None), None)
    moving, verifier = members.transfer_of(viewer, one), one.verified_by
    answer = member_row(one) | {
        "branch": current.branch.unit.code if current else "", "branch_name": current.branch.unit.name if current else "",
        "home_branch": one.home_branch, "full_on": one.full_on, "verified_at": one.verified_at, "verified_how": one.verified_how,
        "verified_how_word": one.get_verified_how_display(), "verified_by": verifier.name if verifier.login else mask_name(verifier.name),
        "placements": [{"branch": each.branch.unit.name, "since": each.since, "until": each.until, "reason": each.reason} for each in placed],
        "offices": [
            {"post": each.post, "post_word": each.get_post_display(), "unit": each.unit.name, "group": each.group.name if each.group else "",
             "since": each.since, "term_ends": each.term_ends}
            for each in members.offices_of(viewer, [one.person_id]).get(one.person_id, [])
        ],
        "moving_to": moving.to_branch.unit.name if moving else "", "proposals": [] if current else _proposals(request, one),
        "may": names_for(viewer, one, current), "warning": warning,
    }  # fmt: skip
    return Response(outputs.MemberSheetOut(answer).data)


def _proposals(request: Request, one: Membership) -> list[dict[str, Any]]:
    best = proposals_for(request.viewer, [one])[one.pk]
    known = Branch.objects.select_related("unit").in_bulk([each.branch for each in best])
    return [
        {"branch": known[each.branch].unit.code, "name": known[each.branch].unit.name, "reasons": list(each.reasons), "warning": each.warning}
        for each in best
    ]


class OneMember(RoleDoor):
    roles = ROLES

    @told("member", TAG, "一名党员", "编在哪、谁核实的、任什么职、您能办什么。看全号只能在后台写理由。", {200: (outputs.MemberSheetOut, "这一名")})
    def get(self, request: Request, key: UUID) -> Response:
        """The sheet of one member."""
        return sheet(request, key)


def _placed(request: Request, one: Membership) -> Placement:
    found = members.placements_of(request.viewer, one).filter(until=None).first()
    if found is None:
        raise NotThere(_(NOT_THERE))
    return found


def _contact(request: Request, one: Membership, said: dict[str, Any]) -> str:
    membership.record_contact(membership=one, by=request.viewer, now=clock.now(), **said)
    return ""


def _kind(request: Request, one: Membership, said: dict[str, Any]) -> str:
    membership.change_kind(membership=one, by=request.viewer, now=clock.now(), **said)
    return ""


def _prolong(request: Request, one: Membership, said: dict[str, Any]) -> str:
    membership.prolong(membership=one, by=request.viewer, now=clock.now(), **said)
    return ""


def _place(request: Request, one: Membership, said: dict[str, Any]) -> str:
    """Returns the warning of a branch that grew past fifty."""
    branch = branch_of(request, said["branch"])
    before = tallies(request.viewer, [branch.pk]).get(branch.pk, Tally())
    placement.place(membership=one, branch=branch, reason=said["reason"], by=request.viewer, now=clock.now())
    warned = size.after_one_more(before)
    return warned.words if warned else ""


def _group(request: Request, one: Membership, said: dict[str, Any]) -> str:
    current = _placed(request, one)
    placement.set_group(placement=current, group=group_called(request, current.branch, said["group"]), by=request.viewer, now=clock.now())
    return ""


def _leave(request: Request, one: Membership, said: dict[str, Any]) -> str:
    membership.end(membership=one, by=request.viewer, now=clock.now(), **said)
    return ""


def group_called(request: Request, branch: Branch, name: str) -> Group | None:
    """The group of a branch by its name; None for "". Raises ValidationError at group."""
    found = members.groups_for(request.viewer).filter(branch=branch, name=name).first() if name else None
    if name and found is None:
        raise serializers.ValidationError({"group": [_("这个支部没有这个小组")]})
    return found


@dataclass(frozen=True)
class Act:
    """One act on a member: what does it, its body, its word, what follows, and how it is written."""

    run: Callable[[Request, Membership, dict[str, Any]], str]
    takes: type[Input]
    word: str
    about: str
    example: dict[str, Any]
    stays: bool = True  # his secretary knows of him afterwards


ACTS: dict[str, Act] = {
    "contact": Act(_contact, inputs.HeardOfIn, "记一次联系", "满六个月没有联系会提醒；怎么定由支部定。", {"on": "2026-11-20", "note": "在跑新疆，都好"}),
    "kind": Act(
        _kind, inputs.KindIn, "改类别", "只有正式党员有表决权；没有了表决权，职务也到此为止。流动、离退休转正式要另一个人来改。",
        {"kind": "full", "reason": "支部大会讨论通过"},
    ),
    "prolong": Act(_prolong, inputs.ProlongIn, "延长预备期", "一次延长半年到一年，由支部大会定。", {"until": "2027-06-01", "reason": "支部大会定的"}),
    "place": Act(
        _place, inputs.PlaceMemberIn, "编进支部", "核实的人和编队的人是两个人；一个人只在一个支部，以后要换办转支部。超过 50 人会提醒。",
        {"branch": "branch-03", "reason": "住在大许镇"},
    ),
    "group": Act(_group, inputs.IntoGroupIn, "换小组", "编进他支部里的一个小组，或者不编。", {"group": "第一小组"}),
    "leave": Act(
        _leave, inputs.MemberLeavesIn, "记离开", "编队和职务同时结束；他联系的五名司机同一刻转到待分配。记过的是 404。", {"reason": "组织关系转走了"}, stays=False,
    ),
}  # fmt: skip


def _act(name: str) -> type[RoleDoor]:
    """The door of one act."""
    act = ACTS[name]
    good = {200: (outputs.MemberSheetOut, "办好了，现在的样子")} if act.stays else {204: (None, "记下了")}

    @told(f"member_{name}", TAG, act.word, act.about, good, takes=act.takes, example=act.example)
    def post(self: RoleDoor, request: Request, key: UUID) -> Response:
        one = member_of(request, key)
        warning = act.run(request, one, checked(act.takes, request))
        return sheet(request, key, warning=warning) if act.stays else Response(status=204)

    return type(f"{name.title()}Member", (RoleDoor,), {"roles": ROLES, "post": post, "__module__": __name__})


ACT_DOORS = {name: _act(name) for name in ACTS}
