"""Drivers that a viewer may know of, and finding one among a million by two characters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce

from accounts.models import Place
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from branches.models import Placement
from branches.selectors.scope import is_committee
from common.counting import up_to
from common.identifiers import small_number
from members.models import Driver, Enterprise, EnterpriseName, FieldChange, SearchKey, Seat
from members.rules.search import key_for
from members.selectors.zones import waiting_for

READERS = (Role.REGISTRAR, Role.SECRETARY)
TRADES = ("煤炭", "冷链", "危险品", "商品车", "快递", "集装箱", "普货")
FILTERS = {"place": "place__code", "engagement": "engagement", "trade": "trade", "enterprise": "enterprise_id", "state": "state"}


def drivers_for(viewer: Viewer) -> QuerySet[Driver]:
    """The whole register for its keeper; for a secretary his members, the drivers they look after, and who waits for one."""
    return _known_to(viewer).filter(merged_into=None)


def _known_to(viewer: Viewer) -> QuerySet[Driver]:
    if not viewer.has_role(*READERS):
        return Driver.objects.none()
    rows = Driver.objects.all()
    if viewer.has_role(Role.REGISTRAR):
        return rows
    placed = Placement.objects.filter(until=None)
    if not is_committee(viewer):
        placed = placed.filter(branch__unit_id__in=viewer.units(Role.SECRETARY))
    people = placed.values("membership__person_id")
    held = Seat.objects.filter(driver=OuterRef("pk"), until=None, contact__in=people)
    return rows.filter(Q(person__in=people) | Exists(held) | Q(pk__in=waiting_for(viewer).values("driver_id")))


def found(viewer: Viewer, rows: QuerySet[Driver], typed: str) -> QuerySet[Driver]:
    """Those of `rows` who are found by two or more characters of the name, a plate, or the last four of the phone."""
    key = key_for(typed)
    if not key:
        return rows.none()
    kept = SearchKey.objects.filter(key=key)
    if key.startswith("n:") and len(key) > 4:  # the whole name, or some characters of a longer one
        pairs = [f"n:{key[at : at + 2]}" for at in range(2, len(key) - 1)]
        both = rows
        for pair in pairs:
            both = both.filter(pk__in=SearchKey.objects.filter(key=pair).values("driver_id"))
        return both
    return rows.filter(pk__in=kept.values("driver_id"))


def counted(viewer: Viewer, rows: QuerySet[Driver]) -> int:
    """How many, up to one more than MOST_COUNTED: a pager never counts a million rows."""
    return up_to(rows)


def has_trade(viewer: Viewer, trade: str) -> bool:
    """Whether a filter by this trade is one: of those that everybody knows, or of a driver the viewer may know of."""
    return trade in TRADES or drivers_for(viewer).filter(trade=trade).exists()


def trades_to_choose(viewer: Viewer, asked: str = "") -> list[str]:
    """The trades of a form: those that everybody knows, and the one asked for where the register holds it."""
    return [*TRADES, asked] if asked and asked not in TRADES and has_trade(viewer, asked) else list(TRADES)


def employer_called(viewer: Viewer, typed: str) -> Enterprise | None:
    """The one enterprise with this code, or with exactly this name by any source; for who keeps the register."""
    text = typed.strip()
    if not text or not viewer.has_role(Role.REGISTRAR):
        return None
    called = EnterpriseName.objects.filter(enterprise=OuterRef("pk"), name=text)
    found = list(Enterprise.objects.filter(Q(code=text.upper()) | Q(name=text) | Exists(called))[:2])
    return found[0] if len(found) == 1 else None


def wrong_filters(viewer: Viewer, asked: Mapping[str, str]) -> list[str]:
    """Which of FILTERS are asked for by a value that is none. What is no filter at all is its door's to refuse."""
    checks = {
        "place": lambda code: Place.objects.filter(code=code).exists(),
        "engagement": lambda word: word in Driver.Engagement.values,
        "trade": lambda word: has_trade(viewer, word),
        "enterprise": lambda pk: small_number(pk) is not None,
        "state": lambda word: word in Driver.State.values,
    }
    return [name for name, fits in checks.items() if asked.get(name) and not fits(asked[name])]


def narrowed(viewer: Viewer, asked: Mapping[str, str]) -> QuerySet[Driver]:
    """The viewer's drivers by FILTERS: of the list, of an export and of the API alike. Without a state: those who drive."""
    rows = drivers_for(viewer).filter(state=asked.get("state") or Driver.State.ACTIVE)
    wanted = {field: asked[name] for name, field in FILTERS.items() if asked.get(name) and name != "state"}
    return rows.filter(**wanted)


def as_of(viewer: Viewer, moment: datetime, *, place_id: int | None = None) -> int:
    """How many drivers the register held at `moment`, reproducible on any later day: changes since are taken back.

    `place_id`: only those who stood in that place then."""
    rows = _known_to(viewer).filter(registered_at__lte=moment)
    rows = rows.annotate(merged_then=_then("merged_into", moment)).filter(Q(merged_then="") | Q(merged_then=None))
    rows = rows.annotate(state_then=_then("state", moment)).filter(state_then=Driver.State.ACTIVE)
    if place_id is not None:
        rows = rows.annotate(place_then=_then("place", moment)).filter(place_then=str(place_id))
    return rows.count()


def _then(field: str, moment: datetime) -> Coalesce:
    """What stood in `field` at `moment`: the old value of the first change after it, else what stands now."""
    later = FieldChange.objects.filter(driver=OuterRef("pk"), field=field, at__gt=moment).order_by("at", "id").values("old")[:1]
    now = F(f"{field}_id" if field in ("place", "merged_into") else field)
    return Coalesce(Subquery(later), Cast(now, CharField()), output_field=CharField())
