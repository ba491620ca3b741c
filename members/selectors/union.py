"""The union federation's register, for its officers: list, figures, whom the driver register lacks, who asks to join.

Table «role × data», row p: the officer of the union; nobody else. The keeper of the driver register finds those alone
whom the union has handed to him. No ID number and no Party membership leaves here.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from common import clock
from members.models import (
    Driver,
    Enterprise,
    HandOver,
    JoinRequest,
    PhoneTail,
    StillMember,
    UnionMember,
    Upload,
)
from members.rules.search import key_for

MISSING_READERS = (Role.UNION, Role.REGISTRAR)


@dataclass(frozen=True)
class Figures:
    """Members of enterprises, by occupation; truck drivers among them whom the register does not hold."""

    members: int
    enterprises: int
    by_occupation: dict[str, int]
    missing: int

    @property
    def trucks(self) -> int:
        return self.by_occupation.get(UnionMember.Occupation.TRUCK, 0)


def union_members_for(viewer: Viewer) -> QuerySet[UnionMember]:
    """Members who have not left, for the officer of the union."""
    if not viewer.has_role(Role.UNION):
        return UnionMember.objects.none()
    return UnionMember.objects.filter(ended_on=None)


def found_members(viewer: Viewer, typed: str) -> QuerySet[UnionMember]:
    """Those found by two or more characters of the name, or by the last four of the phone."""
    rows, key = union_members_for(viewer), key_for(typed)
    if key.startswith("p:"):
        return rows.filter(person__in=PhoneTail.objects.filter(tail=key[2:]).values("person_id"))
    if key.startswith("n:"):
        return rows.filter(person__name__contains=key[2:])
    return rows.none()


def missing_for(viewer: Viewer) -> QuerySet[UnionMember]:
    """Truck drivers of the union who are no active driver of the register: a work list, never drivers by themselves.

    The officer of the union sees them all, the keeper of the register those handed to him."""
    if not viewer.has_role(*MISSING_READERS):
        return UnionMember.objects.none()
    rows = UnionMember.objects.filter(ended_on=None, occupation=UnionMember.Occupation.TRUCK).filter(~_in_the_register())
    if not viewer.has_role(Role.UNION):
        rows = rows.filter(Exists(HandOver.objects.filter(person=OuterRef("person_id"), what=HandOver.What.HANDED)))
    return rows


def last_register(viewer: Viewer) -> Upload | None:
    """The register that was written last and stood for all members, without its counts; for the officer of the union."""
    return _registers().defer("counts").first() if viewer.has_role(Role.UNION) else None


def left_out_for(viewer: Viewer) -> QuerySet[UnionMember]:
    """Members whom an earlier register carried and the last whole one does not: left, or forgotten? A work list.

    Not those of whom an officer has said since that they are still members, nor who joined outside of any register."""
    last = _registers()
    at, pk = Subquery(last.values("applied_at")[:1]), Subquery(last.values("pk")[:1])
    earlier = Q(last_upload__applied_at__lt=at) | Q(last_upload__applied_at=at, last_upload__lt=pk)
    said = StillMember.objects.filter(member=OuterRef("pk"), register__applied_at__gte=at)
    return union_members_for(viewer).filter(earlier, ~Exists(said))


def _registers() -> QuerySet[Upload]:
    rows = Upload.objects.filter(kind=Upload.Kind.UNION, state=Upload.State.APPLIED, whole=True)
    return rows.order_by("-applied_at", "-pk")


def with_last_word(viewer: Viewer, rows: QuerySet[UnionMember]) -> QuerySet[UnionMember]:
    """`rows` with what was last done about each of them: `what`, `told_at`, `told`; and what the register has of him."""
    last = HandOver.objects.filter(person=OuterRef("person_id")).order_by("-at", "-id")
    held = Driver.objects.filter(person=OuterRef("person_id")).values("state")[:1]
    return rows.annotate(
        what=Subquery(last.values("what")[:1]), told_at=Subquery(last.values("at")[:1]), told=Subquery(last.values("note")[:1]),
        held_as=Subquery(held),
    )  # fmt: skip


def figures(viewer: Viewer) -> Figures:
    """All in two questions; zeros for whoever is no officer of the union."""
    if not viewer.has_role(Role.UNION):
        return Figures(0, 0, {}, 0)
    counts = {value: Count("pk", filter=Q(occupation=value)) for value in UnionMember.Occupation.values}
    lacking = Q(occupation=UnionMember.Occupation.TRUCK) & ~_in_the_register()
    found = union_members_for(viewer).aggregate(missing=Count("pk", filter=lacking), **counts)
    missing = found.pop("missing")
    return Figures(sum(found.values()), Enterprise.objects.filter(in_union=True).count(), found, missing)


def join_requests_for(viewer: Viewer) -> QuerySet[JoinRequest]:
    """Open requests whose consent stands, oldest first, for the officer of the union; never his own."""
    if not viewer.has_role(Role.UNION):
        return JoinRequest.objects.none()
    rows = JoinRequest.objects.filter(state=JoinRequest.State.OPEN, consent__withdrawn_at=None)
    return rows.exclude(person_id=viewer.person_id).order_by("asked_at", "id")


def decided_joins_for(viewer: Viewer) -> QuerySet[JoinRequest]:
    """Requests that the union has answered, latest first."""
    if not viewer.has_role(Role.UNION):
        return JoinRequest.objects.none()
    rows = JoinRequest.objects.filter(state__in=[JoinRequest.State.ACCEPTED, JoinRequest.State.REFUSED])
    return rows.exclude(person_id=viewer.person_id).order_by("-decided_at", "-id")


def own_join(viewer: Viewer) -> JoinRequest | None:
    """The last request of whoever looks; one whose consent was withdrawn reads as withdrawn.

    After a long silence of the phone what was there before stays hidden: it may be another's by now."""
    rows = JoinRequest.objects.filter(person_id=viewer.person_id or 0).select_related("enterprise", "consent")
    if viewer.hidden_before:
        rows = rows.filter(asked_at__gte=viewer.hidden_before)
    row = rows.order_by("-asked_at", "-id").first()
    if row is not None and row.state == JoinRequest.State.OPEN and row.consent.withdrawn_at is not None:
        row.state = JoinRequest.State.WITHDRAWN
    return row


def own_union_member(viewer: Viewer) -> UnionMember | None:
    """What the union has of whoever looks; nothing from before a long silence of his phone."""
    rows = UnionMember.objects.filter(person_id=viewer.person_id or 0, ended_on=None)
    if viewer.hidden_before:
        rows = rows.filter(joined_on__gte=clock.today(viewer.hidden_before))
    return rows.select_related("enterprise").first()


def _in_the_register() -> Exists:
    """Whether a union member is an active driver, by his own row or by one that his was merged into."""
    active = Q(merged_into=None, state=Driver.State.ACTIVE) | Q(merged_into__state=Driver.State.ACTIVE)
    return Exists(Driver.objects.filter(active, person=OuterRef("person_id")))
