"""The register in sums for whoever leads the bureau, and the rows behind each sum. No name leaves here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Value

from accounts.models import Place
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from branches.models import Branch, Officer, Placement
from branches.rules import size, terms
from branches.rules.kinds import Kind
from common import clock
from common.selectors import calendar
from dashboards.rules.periods import midnight
from dashboards.rules.register import BRANCH, DEFINITIONS, PLACE, Definition, alone
from dashboards.rules.shield import Shown, shield
from members.models import (
    Claim,
    ContactNote,
    Declaration,
    Driver,
    Enterprise,
    JoinRequest,
    Seat,
    UnionMember,
    Waiting,
)
from members.rules.claims import VERIFY_WORKDAYS
from members.rules.zones import SEATS
from members.selectors.claims import MET, RUNNING, SOUGHT
from members.selectors.coverage import STALE_AFTER

READERS = (Role.LEADER,)
_PART = {PLACE: "place__code", BRANCH: "branch__unit__code"}


class UnknownPart(ValueError):
    """No such figure, or it is not narrowed to such a part."""


@dataclass(frozen=True)
class Limits:
    """The moments that figures look at."""

    checked: datetime  # checked since then: within a year
    month: datetime  # the first moment of the month
    late: datetime  # a claim that came before then waits more than five working days
    terms: object  # the last day of a term that is called near its end


def limits(viewer: Viewer, *, now: datetime) -> Limits:
    """The moments for `now`."""
    today, days = clock.today(now), calendar()
    day = today
    while days.working_days_between(day, today) <= VERIFY_WORKDAYS:
        day -= timedelta(days=1)
    return Limits(
        now - STALE_AFTER, midnight(today.replace(day=1)), midnight(day + timedelta(days=1)),
        today + timedelta(days=terms.REMIND_DAYS[0]),
    )  # fmt: skip


def _drivers() -> QuerySet[Driver]:
    return Driver.objects.filter(state=Driver.State.ACTIVE, merged_into=None)


def _members() -> QuerySet[Placement]:
    return Placement.objects.filter(until=None, membership__ended_on=None, branch__ended_on=None)


def _seats() -> QuerySet[Seat]:
    return Seat.objects.filter(until=None, contact__in=_members().values("membership__person_id"))


def _claims() -> QuerySet[Claim]:
    taken_back = Q(source=Claim.Source.PHONE, state__in=RUNNING, consent__withdrawn_at__isnull=False)
    return Claim.objects.exclude(state=Claim.State.WITHDRAWN).exclude(taken_back)


def _in_union(name: str) -> Exists:
    return Exists(UnionMember.objects.filter(person=OuterRef(name), ended_on=None))


_LATE = Q(state=Claim.State.OPEN, source=Claim.Source.PHONE)
_ROWS: dict[str, Callable[[Limits], QuerySet]] = {
    "drivers": lambda at: _drivers(),
    "checked": lambda at: _drivers().filter(checked_at__gte=at.checked),
    "stale": lambda at: _drivers().filter(checked_at__lt=at.checked),
    "both": lambda at: _drivers().filter(_in_union("person_id")),
    "towns": lambda at: Place.objects.all(),
    "not_in": lambda at: Place.objects.exclude(pk__in=Declaration.objects.filter(at__gte=at.checked).values("place_id")),
    "members": lambda at: _members(),
    **{kind.value: lambda at, kind=kind: _members().filter(membership__kind=kind.value) for kind in Kind},
    "ending": lambda at: Officer.objects.filter(ended_on=None, term_ends__lte=at.terms, unit__branch__ended_on=None, unit__branch__isnull=False),
    "seats": lambda at: _seats(),
    "heard": lambda at: _seats().filter(Exists(ContactNote.objects.filter(seat=OuterRef("pk"), at__gte=at.month))),
    "waiting": lambda at: Waiting.objects.filter(until=None),
    "enterprises": lambda at: Enterprise.objects.filter(in_union=True),
    "union": lambda at: UnionMember.objects.filter(ended_on=None),
    "trucks": lambda at: UnionMember.objects.filter(ended_on=None, occupation=UnionMember.Occupation.TRUCK),
    "joins": lambda at: JoinRequest.objects.filter(state=JoinRequest.State.OPEN, consent__withdrawn_at=None),
    "claims": lambda at: _claims().filter(state__in=RUNNING),
    "late": lambda at: _claims().filter(_LATE, at__lt=at.late),
    "sought": lambda at: _claims().filter(SOUGHT),
    "reached": lambda at: _claims().filter(SOUGHT).filter(MET),
}


def rows(viewer: Viewer, key: str, part: str = "", *, now: datetime) -> QuerySet:
    """Exactly what a figure counts, narrowed to a place or a branch by code. Raises UnknownPart."""
    found = DEFINITIONS.get(key)
    if found is None or (part and not found.by):
        raise UnknownPart(key)
    queryset = _ROWS[key](limits(viewer, now=now))
    if not viewer.has_role(*READERS):
        return queryset.none()
    if not part:
        return queryset
    known = Place.objects.filter(code=part) if found.by == PLACE else Branch.objects.filter(unit__code=part)
    if not known.exists():
        raise UnknownPart(part)
    return queryset.filter(**{"unit__code" if key == "ending" else _PART[found.by]: part})


@dataclass(frozen=True)
class Town:
    """A town: what it declared (None: nothing within a year) beside what the register holds."""

    code: str
    name: str
    declared: int | None


@dataclass(frozen=True)
class BranchLine:
    """A branch with the codes of what is wrong with its size."""

    code: str
    name: str
    warned: tuple[str, ...]


@dataclass
class Register:
    """All sums of one moment: `sums[(key, part)]`, part "" for the whole."""

    viewer: Viewer
    now: datetime
    sums: dict[tuple[str, str], int] = field(default_factory=dict)
    towns: list[Town] = field(default_factory=list)
    branches: list[BranchLine] = field(default_factory=list)

    def value(self, key: str, part: str = "") -> int:
        return self.sums.get((key, part), 0)

    def whole(self, key: str, part: str = "") -> int | None:
        """The denominator; None where there is none."""
        of = DEFINITIONS[key].of
        if not of:
            return None
        return self.value("members") * SEATS if of == "room" else self.value(of, part)

    def shown(self, key: str, part: str = "") -> Shown:
        """How one number is read: members in a small cell are not numbered, nor what is left of a whole."""
        if not DEFINITIONS[key].party:
            return Shown.EXACT
        value, whole = self.value(key, part), self.whole(key, part)
        shown = alone(value, value if whole is None else whole)
        return self._beside(key, part) if shown == Shown.EXACT else shown

    def _beside(self, key: str, part: str) -> Shown:
        """A cell whose neighbours add up to a known whole must not tell a small one by subtraction."""
        if part:
            return shield({of: number for (each, of), number in self.sums.items() if each == key and of}).of(part)
        if key in set(Kind):
            return shield({kind.value: self.value(kind.value) for kind in Kind}).of(key)
        return Shown.EXACT

    def add(self, part: str, counted: Iterable[tuple[str, int]]) -> None:
        """To a part and, if there is one, to the whole."""
        for key, number in counted:
            for of in {part, ""}:
                self.sums[key, of] = self.sums.get((key, of), 0) + number


def register_for(viewer: Viewer, *, now: datetime) -> Register:
    """Every sum of the picture, in a dozen questions; empty for whoever may not read it."""
    found = Register(viewer, now)
    if not viewer.has_role(*READERS):
        return found
    at = limits(viewer, now=now)
    _read_places(found, at)
    _read_branches(found, at)
    _read_claims(found, at)
    for key, number in _counted(at, "both", "seats", "heard", "waiting", "enterprises", "union", "trucks", "joins"):
        found.add("", [(key, number)])
    return found


def _counted(at: Limits, first: str, *others: str) -> QuerySet:
    """(key, how many rows) of each, in one question; none of them has no line."""
    whole, *rest = (
        _ROWS[key](at).order_by().annotate(of=Value(key, CharField())).values("of").annotate(n=Count("pk")).values_list("of", "n")
        for key in (first, *others)
    )
    return whole.union(*rest, all=True)


def _read_places(found: Register, at: Limits) -> None:
    held = _drivers().order_by().values_list("place__code").annotate(n=Count("pk"), c=Count("pk", filter=Q(checked_at__gte=at.checked)))
    for code, total, checked in held:
        found.add(code, [("drivers", total), ("checked", checked), ("stale", total - checked)])
    declared = dict(Declaration.objects.filter(at__gte=at.checked).order_by("at", "id").values_list("place_id", "declared"))
    for pk, code, name in Place.objects.order_by("code").values_list("pk", "code", "name"):
        found.towns.append(Town(code, name, declared.get(pk)))
        found.add("", [("towns", 1), ("not_in", int(pk not in declared))])


def _read_branches(found: Register, at: Limits) -> None:
    for code, kind, number in _members().order_by().values_list("branch__unit__code", "membership__kind").annotate(n=Count("pk")):
        found.add(code, [("members", number), (kind, number)])
    for code, number in _ROWS["ending"](at).order_by().values_list("unit__code").annotate(n=Count("pk")):
        found.add(code, [("ending", number)])
    for code, name in Branch.objects.filter(ended_on=None).order_by("unit__code").values_list("unit__code", "unit__name"):
        warned = [("too_many", found.value("members", code) > size.MOST), ("too_few", found.value("full", code) < size.LEAST_FULL)]
        found.branches.append(BranchLine(code, name, tuple(word for word, holds in warned if holds)))


def _read_claims(found: Register, at: Limits) -> None:
    counted = _claims().order_by().values_list("branch__unit__code").annotate(
        open=Count("pk", filter=Q(state__in=RUNNING)), overdue=Count("pk", filter=_LATE & Q(at__lt=at.late)),
        sought=Count("pk", filter=SOUGHT), reached=Count("pk", filter=SOUGHT & MET),
    )  # fmt: skip
    for code, running, late, sought, reached in counted:
        found.add("", [("claims", running), ("late", late)])
        found.add(code or "", [("sought", sought), ("reached", reached)])


def definition(viewer: Viewer, key: str) -> Definition:
    """Raises UnknownPart."""
    if key not in DEFINITIONS:
        raise UnknownPart(key)
    return DEFINITIONS[key]
