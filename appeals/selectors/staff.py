"""What the staff pages read: counts in one query, lists, the neighbours of a row, things to decide.

Every function starts from `appeals_for(viewer)`: what the viewer may not know of is not there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value

from accounts.models import Person, Posting, Unit
from accounts.rules.roles import BUREAU_WIDE, HANDLING, Role
from accounts.rules.viewer import Viewer
from accounts.selectors.viewer import in_force
from appeals.models import Answer, Appeal, CallBack, Request
from appeals.rules.clock_kinds import ClockKind
from appeals.rules.day_ends import end_of, end_of_week
from appeals.rules.life import OPEN, State
from appeals.selectors.scope import appeals_for
from common import clock
from common.encryption import blind_index

ELSEWHERE = (Unit.Kind.OUTSIDE, Unit.Kind.TOWN)  # other departments: they get the matter, not the name
_OF_OTHERS = {"handler": (Person, {"name"}), "lead_unit": (Unit, {"code", "name", "kind"})}  # what a list says of them
_NOT_FOR_LISTS = (
    *("text", "position", "phone", "channel_note", "code_hash", "content_hash", "spot"),
    *(
        f"{path}__{field.name}"
        for path, (model, shown) in _OF_OTHERS.items()
        for field in model._meta.concrete_fields
        if not field.primary_key and field.name not in shown
    ),
)


@dataclass(frozen=True)
class Counts:
    """Rows behind each number of the menu and the tabs."""

    open: int = 0
    mine: int = 0
    today: int = 0
    week: int = 0
    overdue: int = 0
    waiting: int = 0
    to_do: int = 0
    desk: int = 0
    decide: int = 0
    call_back: int = 0


def rows_for(viewer: Viewer) -> QuerySet[Appeal]:
    """Rows for lists: without the long and the sealed columns, the handler's own phone and number among them."""
    return appeals_for(viewer).select_related("place", "lead_unit", "handler").defer(*_NOT_FOR_LISTS)


def view_q(view: str, viewer: Viewer, *, now: datetime) -> Q:
    """The condition of one saved view."""
    return _VIEWS[view](viewer, now)


def _running(**due) -> Q:
    return Q(state__in=sorted(OPEN - {State.WAITING_DRIVER}), **due)


_VIEWS: dict[str, Callable[[Viewer, datetime], Q]] = {
    "open": lambda viewer, now: Q(state__in=sorted(OPEN)),
    "mine": lambda viewer, now: Q(state__in=sorted(OPEN), handler_id=viewer.person_id),
    "today": lambda viewer, now: _running(next_due__lte=end_of(clock.today(now))),
    "week": lambda viewer, now: _running(next_due__lte=end_of_week(now)),
    "overdue": lambda viewer, now: _running(next_due__lt=now),
    "waiting": lambda viewer, now: Q(state=State.WAITING_DRIVER),
    "answered": lambda viewer, now: Q(state=State.ANSWERED),
    # named by what it is not: most rows are, and no sort is needed
    "ended": lambda viewer, now: ~Q(state__in=sorted({*OPEN, State.ANSWERED})),
}
VIEWS = tuple(_VIEWS)


def decide_q(viewer: Viewer) -> Q:
    """Open appeals with something that waits for this viewer's yes or no: a draft, or a request."""
    drafts = Answer.objects.filter(appeal=OuterRef("pk"), round=OuterRef("round")).exclude(drafted_by=viewer.person_id)
    asked = Request.objects.filter(appeal=OuterRef("pk"), decision=Request.Decision.PENDING).exclude(
        asked_by=viewer.person_id
    )
    found = Q(pk__in=[])
    heads = sorted(viewer.units(Role.HEAD))
    if heads:
        found |= Q(lead_unit_id__in=heads) & Exists(drafts.filter(state=Answer.State.SUBMITTED))
    if viewer.has_role(Role.DESK, Role.SUPERVISOR):
        found |= Exists(drafts.filter(state=Answer.State.HEAD_APPROVED).exclude(head_by=viewer.person_id))
    other_unit = ~Q(lead_unit_id__in=sorted(viewer.units()) or [0]) | Q(lead_unit_id=None)
    if viewer.has_role(Role.DESK, Role.DUTY):
        found |= other_unit & Exists(asked.filter(kind=Request.Kind.HAND_BACK))
        found |= Q(Exists(asked.filter(kind=Request.Kind.DECLINE)))
    if viewer.has_role(Role.SUPERVISOR):
        found |= other_unit & Exists(asked.filter(kind=Request.Kind.EXTENSION))
    return Q(state__in=sorted(OPEN)) & found


def unmanned_q(viewer: Viewer, *, now: datetime) -> Q:
    """Under way at a unit this viewer heads, and nobody does it: the handler's posting ended, or he had to step back."""
    there = Posting.objects.filter(
        Q(person=OuterRef("handler_id"), person__is_active=True) | Q(substitute_for=OuterRef("handler_id")),
        in_force(now), unit=OuterRef("lead_unit_id"), role__in=HANDLING,
    )  # fmt: skip
    heads = Q(lead_unit_id__in=sorted(viewer.units(Role.HEAD)) or [0])
    return heads & Q(state__in=[State.IN_HAND, State.WAITING_DRIVER]) & (Q(handler=None) | ~Exists(there))


def own_q(viewer: Viewer) -> Q:
    """Led by a unit where the viewer handles appeals."""
    return Q(lead_unit_id__in=sorted(viewer.units(*HANDLING)) or [0])


def day_groups(viewer: Viewer, *, now: datetime) -> dict[str, Q]:
    """今天 in groups, in order; no appeal stands in two, so that their sum is what the menu counts."""
    decide, groups = decide_q(viewer), _day_conditions(viewer, now=now)
    for name in groups.keys() - {"decide", "call_back"}:
        groups[name] &= ~decide
    if "unmanned" in groups:
        for name in ("due", "routed", "waiting"):
            groups[name] &= ~groups["unmanned"]
    return groups


def _day_conditions(viewer: Viewer, *, now: datetime) -> dict[str, Q]:
    """Each group of 今天 by itself: what waits for a decision may stand in another as well."""
    own = own_q(viewer)
    groups: dict[str, Q] = {}
    if viewer.has_role(Role.HEAD):
        groups["unmanned"] = unmanned_q(viewer, now=now)
    if viewer.has_role(Role.DESK, Role.DUTY):
        groups["desk"] = desk_q(viewer, now=now)
    # A request waits for somebody else (C9): the unit's own day is full of what it can do itself.
    mine = ~Q(next_due_clock=ClockKind.DECIDE) | Q(due__lte=end_of(clock.today(now)))
    groups["due"] = own & view_q("today", viewer, now=now) & Q(state=State.IN_HAND) & mine
    groups["routed"] = own & Q(state=State.ROUTED)
    groups["decide"] = decide_q(viewer)
    groups["waiting"] = own & Q(state=State.WAITING_DRIVER)
    if viewer.has_role(Role.CALL_BACK):
        groups["call_back"] = call_back_q(viewer)
    if viewer.has_role(Role.SUPERVISOR, Role.DUTY):
        groups["late"] = view_q("overdue", viewer, now=now) & ~own & ~Q(state=State.SUBMITTED)
    return groups


def desk_q(viewer: Viewer, *, now: datetime) -> Q:
    """What the router left to a person, or has not looked at within two minutes; nothing for other roles."""
    if not viewer.has_role(Role.DESK, Role.DUTY):
        return Q(pk__in=[])
    return Q(state=State.SUBMITTED) & (Q(at_desk=True) | Q(entered_at__lt=now - timedelta(minutes=2)))


def call_back_q(viewer: Viewer) -> Q:
    """Answered rounds nobody has reached yet, outside the caller's own units."""
    done = CallBack.objects.filter(appeal=OuterRef("pk"), round=OuterRef("round")).exclude(
        heard=CallBack.Heard.NOT_REACHED
    )
    tried = CallBack.objects.filter(appeal=OuterRef("pk"), round=OuterRef("round"), attempt=3)
    waits = Q(state=State.ANSWERED) | Q(state=State.WITHDRAWN, ended_how="withdrawn_check")
    return waits & ~Exists(done) & ~Exists(tried) & ~Q(lead_unit_id__in=sorted(viewer.units()) or [0])


def counts_for(viewer: Viewer, *, now: datetime) -> Counts:
    """Every count of menu and tabs, in one query over what is open."""
    parts = _day_conditions(viewer, now=now)
    counted = {view: view_q(view, viewer, now=now) for view in VIEWS[:6]}
    counted["to_do"] = reduce(or_, parts.values())  # their union is the same, whether or not they overlap
    scope = Q(state__in=sorted(OPEN))
    counted |= {name: parts[name] for name in ("desk", "decide", "call_back") if name in parts}
    if "call_back" in parts:
        scope |= Q(state__in=[State.ANSWERED, State.WITHDRAWN])
    rows = appeals_for(viewer).filter(scope).order_by()
    # annotate, not aggregate: that compares each count with all before it, node by node, which took longer than the query
    one = rows.annotate(all=Value(1)).values("all").annotate(**{name: Count("pk", filter=q) for name, q in counted.items()})
    return Counts(**next(iter(one.values(*counted)), {}))


def listed(viewer: Viewer, condition: Q, *, words: str = "", newest: bool = False) -> QuerySet[Appeal]:
    """Rows under a condition and the words searched for: due first, what has no clock last; or the newest first."""
    rows = rows_for(viewer).filter(condition)
    if len(words) >= 2:
        rows = rows.filter(_search_q(words))
    return rows.order_by("-id") if newest else rows.order_by(F("next_due").asc(nulls_last=True), "-id")


def _search_q(text: str) -> Q:
    """Content, number or its tail; two signs are enough."""
    digits = "".join(sign for sign in text if sign.isdigit())
    if len(digits) >= 4 and not text.replace(" ", "").strip("0123456789"):
        return Q(number__endswith=digits)
    return Q(title__icontains=text) | Q(text__icontains=text) | Q(spot__icontains=text)


def find(viewer: Viewer, text: str) -> list[Appeal]:
    """Hits of the top bar: number or its tail, phone, plate, name. At most ten."""
    digits = "".join(sign for sign in text if sign.isdigit())
    plate = text.upper().replace("·", "").replace(" ", "")
    who = Q(plate__iexact=plate) | Q(caller_name__startswith=text)
    if len(digits) == 11:
        who |= Q(phone_index=blind_index(digits, "phone"))
    wanted = Q(title__icontains=text) | (who & _shows_driver_q(viewer))
    if len(digits) >= 4:
        wanted |= Q(number__endswith=digits)
    return list(rows_for(viewer).filter(wanted).order_by("-id")[:10])


def _shows_driver_q(viewer: Viewer) -> Q:
    """Where a name found would tell no more than the page does: another department needs the driver's word."""
    if viewer.has_role(*BUREAU_WIDE):
        return Q()
    if viewer.roles <= {Role.LIAISON}:
        return Q(tell_unit=True)
    return Q(tell_unit=True) | Q(lead_unit=None) | ~Q(lead_unit__kind__in=ELSEWHERE)


def coming(viewer: Viewer, days: list[date]) -> dict[date, int]:
    """How many open appeals are due on each of `days`."""
    first, last = days[0], days[-1]
    start = datetime.combine(first, time(), clock.SHANGHAI)
    dues = (
        appeals_for(viewer)
        .filter(state__in=sorted(OPEN), next_due__gte=start, next_due__lte=end_of(last))
        .values_list("next_due", flat=True)
    )
    found = dict.fromkeys(days, 0)
    for due in dues:
        day = clock.today(due)
        if day in found:
            found[day] += 1
    return found


def month_of(viewer: Viewer, *, now: datetime) -> dict[str, int]:
    """Facts of this month for the viewer's own work: answered, in time by the first promise, rated."""
    first = clock.local(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (
        appeals_for(viewer)
        .filter(answered_at__gte=first, handler_id=viewer.person_id)
        .order_by()
        .aggregate(
            answered=Count("pk"),
            in_time=Count("pk", filter=Q(answered_at__lte=F("first_due"))),
            rated=Count("pk", filter=Q(rating__isnull=False)),
            satisfied=Count("pk", filter=Q(rating__gte=4)),
        )
    )


def neighbours(viewer: Viewer, appeal: Appeal) -> tuple[Appeal | None, Appeal | None]:
    """The open appeal due just before this one, and just after."""
    if appeal.next_due is None:
        return None, None
    rows = appeals_for(viewer).filter(state__in=sorted(OPEN)).exclude(pk=appeal.pk).only("key", "title")
    before = rows.filter(Q(next_due__lt=appeal.next_due) | Q(next_due=appeal.next_due, id__gt=appeal.pk))
    after = rows.filter(Q(next_due__gt=appeal.next_due) | Q(next_due=appeal.next_due, id__lt=appeal.pk))
    return before.order_by("-next_due", "id").first(), after.order_by("next_due", "-id").first()
