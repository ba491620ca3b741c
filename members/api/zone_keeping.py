"""责任片区, the secretary's half: his members with their five, who waits for a contact, and what he decides besides proposals."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import paging
from accounts.api.doors import RoleDoor, checked, told
from accounts.models import Consent
from branches.models import Branch, Membership, Placement
from branches.selectors.members import branch_by_code
from common import clock
from common.counting import MOST_COUNTED
from common.errors import NotThere
from common.masks import mask_name
from members.admin.zones import VIEWS, WHY_WAITS, listed, viewed, why_words
from members.api import inputs
from members.api import zone_outputs as outputs
from members.api.outline import employer_of
from members.api.zones import ROLES, TAG
from members.models import Driver, Refusal, Seat, Waiting
from members.rules import contacts as contact_rules
from members.rules.zones import SEATS
from members.selectors import zones as selectors
from members.services import contacts
from members.services import zones as services

NOT_THERE = "没有这一名，或者不归您管"
ZONE = Consent.Purpose.ZONE
SAID = ("driver_refused", "member_declined")  # their own words stand beside
BRANCH = OpenApiParameter("branch", str, description="只要这个支部的：代码")


def _branch(request: Request, code: str) -> Branch | None:
    """A branch of the viewer by its code; None for "". Raises ValidationError at branch."""
    found = branch_by_code(request.viewer, code) if code else None
    if code and found is None:
        raise serializers.ValidationError({"branch": [_("没有这个支部，或者不归您管")]})
    return found


def _member(request: Request, key: UUID) -> Membership:
    """One of the viewer's members who may keep touch with five. Raises NotThere."""
    row = selectors.contacts_for(request.viewer).select_related("person__place").filter(person__key=key).first()
    if row is None:
        raise NotThere(_(NOT_THERE))
    return row


def _chosen(request: Request, key: UUID | None, field: str) -> Membership | None:
    """The same, named in a body. Raises ValidationError at `field`."""
    row = selectors.contacts_for(request.viewer).filter(person__key=key).first() if key else None
    if key and row is None:
        raise serializers.ValidationError({field: [_("没有这名党员，或者不归您管")]})
    return row


def _seat(request: Request, contact: UUID, driver: UUID) -> Seat:
    row = selectors.seats_for(request.viewer).filter(contact__key=contact, driver__person__key=driver).first()
    if row is None:
        raise NotThere(_(NOT_THERE))
    return row


def _about(driver: Driver) -> dict[str, Any]:
    return {
        "driver": driver.person.key, "name": mask_name(driver.person.name), "place": driver.place.name, "employer": employer_of(driver),
        "trade": driver.trade,
    }  # fmt: skip


class Zones(RoleDoor):
    roles = ROLES
    query = frozenset({*paging.QUERY, "branch", "view"})

    @told(
        "zones", TAG, "片区", "您的党员，每人有几名司机、本月联系了几名、有几条提议。", {200: (paging.envelope(outputs.ZoneRowOut), "一页")},
        parameters=[
            BRANCH, OpenApiParameter("view", str, description="proposed 有提议，short 没满五名，silent 本月没联系完；默认全部", enum=[key for key, _word in VIEWS]),
            *paging.PARAMETERS,
        ],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """One page of the viewer's members with their seats."""
        view, known = request.query_params.get("view", "all"), [key for key, _word in VIEWS]
        if view not in known:
            raise serializers.ValidationError({"view": [_("只能是：%s") % "、".join(known)]})
        branch = _branch(request, request.query_params.get("branch", ""))
        rows = viewed(listed(selectors.contacts_for(request.viewer, branch), clock.now()), view)
        return paging.answer(request, rows, outputs.ZoneRowOut, _row)


def _row(each: Any) -> dict[str, Any]:
    return {
        "contact": each.person.key, "name": mask_name(each.person.name), "branch": each.branch_name,
        "place": each.person.place.name if each.person.place else "", "seated": each.seated, "heard": each.heard, "offered": each.offered,
        "free": SEATS - each.seated,
    }  # fmt: skip


class Figures(RoleDoor):
    roles = ROLES
    query = frozenset({"branch"})

    @told("zone_figures", TAG, "片区覆盖", "几名党员 × 5 是几个位置，填了几个、本月联系了几名；全区在册司机几名。", {200: (outputs.ZoneFiguresOut, "现在")}, parameters=[BRANCH])
    def get(self, request: Request) -> Response:
        """How far 1:5 has come, with its denominators."""
        branch = _branch(request, request.query_params.get("branch", ""))
        found = selectors.covered(request.viewer, branch, since=contact_rules.month_begins(clock.today(clock.now())))
        answer = {
            "members": found.members, "seats": found.seats, "seated": found.seated, "heard": found.heard,
            "drivers": min(found.drivers, MOST_COUNTED), "drivers_more": found.drivers > MOST_COUNTED,
        }  # fmt: skip
        return Response(outputs.ZoneFiguresOut(answer).data)


class OneZone(RoleDoor):
    roles = ROLES

    @told("zone", TAG, "一名党员的五位", "他的司机、上次联系、该联系没有；还有等您定的提议。", {200: (outputs.ZoneOut, "这一名")})
    def get(self, request: Request, contact: UUID) -> Response:
        """His five and the proposals."""
        return _zone(request, contact)


def _zone(request: Request, contact: UUID) -> Response:
    viewer, now, member = request.viewer, clock.now(), _member(request, contact)
    lines = ("driver__person", "driver__place", "driver__living_place", "driver__enterprise")
    seats = list(selectors.seats_for(viewer).filter(contact=member.person_id).select_related(*lines).annotate(last=Max("notes__at")).order_by("seat"))
    proposed = selectors.proposals_for(viewer).filter(contact=member.person_id).select_related(*lines).order_by("pk")
    agreed = selectors.consents_of(viewer, [each.driver.person_id for each in seats], ZONE)
    placed = Placement.objects.filter(membership=member, until=None).select_related("branch__unit").first()
    answer = {
        "contact": member.person.key, "name": mask_name(member.person.name), "branch": placed.branch.unit.name if placed else "",
        "place": member.person.place.name if member.person.place else "", "free": SEATS - len(seats),
        "seats": [
            _about(each.driver) | {
                "why": why_words(each), "since": each.since, "last": each.last, "due_at": each.due_at, "due": contact_rules.is_due(each.due_at, now),
                "agreed": (each.driver.person_id, ZONE) in agreed, "himself": each.driver.person.phone_proved_at is not None,
            }
            for each in seats
        ],
        "proposals": [_about(each.driver) | {"why": why_words(each)} for each in proposed],
    }  # fmt: skip
    return Response(outputs.ZoneOut(answer).data)


class Propose(RoleDoor):
    roles = ROLES

    @told(
        "zone_propose", TAG, "提议", "给空着的位置提议司机，人来定；没定的旧提议让给新的。只给等着的人提议时，旧的留着。", {200: (outputs.ProposedOut, "提议了几条")},
        takes=inputs.ProposeIn, example={"branch": "branch-03"},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Propose drivers for the free seats of all, of a branch, of one member."""
        said = checked(inputs.ProposeIn, request)
        member = _chosen(request, said["contact"], "contact")
        made = services.propose(
            by=request.viewer, now=clock.now(), branch=_branch(request, said["branch"]), people=[member.person_id] if member else None,
            only_waiting=said["only_waiting"],
        )  # fmt: skip
        return Response(outputs.ProposedOut({"free": made.free, "made": made.made}).data)


class AcceptAll(RoleDoor):
    roles = ROLES

    @told(
        "zone_accept_all", TAG, "提议都定了", "全部、一个支部的，或者一名党员的；时间过去已经不合适的不定，数目告诉您。", {200: (outputs.AcceptedOut, "定了几条")},
        takes=inputs.AcceptAllIn, example={"branch": "branch-03"},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Give seats to all that was proposed."""
        said, viewer = checked(inputs.AcceptAllIn, request), request.viewer
        branch, member = _branch(request, said["branch"]), _chosen(request, said["contact"], "contact")
        ids = None
        if member:
            ids = list(selectors.proposals_for(viewer, branch).filter(contact=member.person_id).values_list("pk", flat=True))
        done = services.accept_many(matches=ids, by=viewer, now=clock.now(), branch=branch)
        return Response(outputs.AcceptedOut({"seated": done.seated, "lapsed": done.lapsed}).data)


class WaitingList(RoleDoor):
    roles = ROLES
    query = frozenset(paging.QUERY)

    @told(
        "zone_waiting", TAG, "待分配司机", "没有联系人、在等的，等得久的在前；联系人一离开，就从那一刻起列在这里。", {200: (paging.envelope(outputs.WaitsOut), "一页")},
        parameters=paging.PARAMETERS,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Drivers without a contact who wait, as far as the viewer may know of them."""
        rows = selectors.waiting_for(request.viewer).select_related("driver__person", "driver__place", "driver__enterprise")
        found, following = paging.page(request, rows)
        drivers = [each.driver_id for each in found]
        offered = dict(selectors.proposals_for(request.viewer).filter(driver__in=drivers).values_list("driver_id", "contact__name"))
        said = dict(Refusal.objects.filter(driver__in=drivers).order_by("at").values_list("driver_id", "why"))
        items = [_waits(each, offered, said) for each in found]
        return Response({"items": outputs.WaitsOut(items, many=True).data, "next": following})


def _waits(each: Waiting, offered: dict[int, str], said: dict[int, str]) -> dict[str, Any]:
    return _about(each.driver) | {
        "since": each.since, "why": WHY_WAITS.get(each.why, each.why), "said": said.get(each.driver_id, "") if each.why in SAID else "",
        "offered": mask_name(offered.get(each.driver_id, "")),
    }  # fmt: skip


class SeatDriver(RoleDoor):
    roles = ROLES

    @told(
        "zone_seat", TAG, "给等着的司机安排联系人", "司机要在待分配里；党员最多五名司机。", {200: (outputs.ZoneOut, "安排好了，这名党员的五位")}, takes=inputs.SeatIn,
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Give a driver who waits to one of the viewer's members."""
        said = checked(inputs.SeatIn, request)
        member = _chosen(request, said["contact"], "contact")
        row = selectors.waiting_for(request.viewer).filter(driver__person__key=said["driver"]).select_related("driver").first()
        if row is None:
            raise NotThere(_("这名司机没有在等，或者不归您安排"))
        services.seat_driver(member=member, driver=row.driver, by=request.viewer, now=clock.now())
        return _zone(request, said["contact"])


class Move(RoleDoor):
    roles = ROLES

    @told("zone_move", TAG, "换给另一名党员", "中间没有一刻没人联系。", {200: (outputs.ZoneOut, "换好了，新的这名党员的五位")}, takes=inputs.MoveIn)
    def post(self, request: Request, contact: UUID, driver: UUID) -> Response:
        """The driver goes over to another member."""
        seat = _seat(request, contact, driver)
        said = checked(inputs.MoveIn, request)
        services.move(seat=seat, to=_chosen(request, said["to"], "to"), by=request.viewer, now=clock.now())
        return _zone(request, said["to"])


class EndSeat(RoleDoor):
    roles = ROLES

    @told(
        "zone_end", TAG, "换下来", "这名司机进待分配；这两个人以后不再提在一起。", {200: (outputs.ZoneOut, "换下来了，这名党员的五位")}, takes=inputs.EndSeatIn,
        example={"reason": "两个人跑的线不一样"},
    )  # fmt: skip
    def post(self, request: Request, contact: UUID, driver: UUID) -> Response:
        """Take him out of the seat."""
        seat = _seat(request, contact, driver)
        services.end_seat(seat=seat, by=request.viewer, now=clock.now(), **checked(inputs.EndSeatIn, request))
        return _zone(request, contact)


class Agreed(RoleDoor):
    roles = ROLES

    @told(
        "zone_agreed", TAG, "记他同意让联系人看手机号", "只给自己不能登录的；他会收到一条，能收回。", {200: (outputs.ZoneOut, "记下了")}, takes=inputs.NothingIn,
    )  # fmt: skip
    def post(self, request: Request, contact: UUID, driver: UUID) -> Response:
        """What he agreed to when somebody of the branch spoke with him."""
        seat = _seat(request, contact, driver)
        checked(inputs.NothingIn, request)
        contacts.write_down(seat=seat, purpose=ZONE, by=request.viewer, now=clock.now())
        return _zone(request, contact)
