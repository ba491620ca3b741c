"""One table, one list: what a branch handed out in a morning is written down in one act, set by set.

Who is on it twice, or had it in this period already, is left out and counted; everybody else gets his line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4, uuid5

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.rules.viewer import Viewer
from accounts.services import audit
from care.models import Issue, Line
from care.rules.ledger import Kind, signed
from care.selectors.scope import keeps
from care.services import issuing
from care.services.stock import Heap, take
from common import identifiers
from common.errors import DomainError, NotThere, Stale
from members.models import DriverVehicle

MOST = 500  # names on one list


@dataclass(frozen=True)
class Handed:
    """How many got one, and how many of the list had had it."""

    given: int
    had: int


def hand_out(*, heap: Heap, to: Sequence[Person | tuple[str, str]], client_key: UUID, by: Viewer, now: datetime, at: datetime | None = None) -> Handed:
    """One piece each, to people or to (plate, last four of the phone), all of it or nothing. Sent twice it is written once.

    Raises NotThere, DomainError at its field, OutOfStock, Stale (somebody handed out to one of them at this very moment)."""
    if not keeps(by, heap.point):
        raise NotThere
    if not 0 < len(to) <= MOST:
        raise DomainError(_("一份名单 1 到 %(most)d 位") % {"most": MOST}, field="to", code="quantity")
    at = at or now
    people = _people(to)
    least = next((one for one in people.values() if one.person_id is None), next(iter(people.values())))
    period = issuing.allowed(issuing.Give(uuid4(), heap), least, at)
    rows = Issue.objects.filter(campaign=heap.campaign, good=heap.good, period=period, repeat_of=None, back_at=None)
    had = set(rows.filter(recipient__in=people).values_list("recipient", flat=True))
    fresh = [one for key, one in people.items() if key not in had]
    if fresh:
        try:
            with transaction.atomic():
                _write(heap, fresh, period, client_key, by=by, now=now, at=at)
        except IntegrityError as clash:
            raise Stale(_("名单里有人刚刚在别处领了，请再交一次"), code="stale") from clash
    return Handed(len(fresh), len(to) - len(fresh))


def _write(heap: Heap, fresh: list[issuing.To], period: str, key: UUID, *, by: Viewer, now: datetime, at: datetime) -> None:
    take(heap, len(fresh))
    lines = Line.objects.bulk_create(
        [
            Line(client_key=uuid5(key, one.key), kind=Kind.ISSUED, change=signed(Kind.ISSUED, 1), at=at, written_at=now, by_id=by.person_id, **heap.where)
            for one in fresh
        ],
        batch_size=500,
    )  # fmt: skip
    Issue.objects.bulk_create(
        [
            Issue(
                line=line, campaign=heap.campaign, good=heap.good, person_id=one.person_id, plate=one.plate, recipient=one.key, period=period,
                quantity=1, at=at,
            )
            for line, one in zip(lines, fresh, strict=True)
        ],
        batch_size=500,
    )  # fmt: skip
    said = {"change": -len(fresh), "point": heap.point.pk, "good": heap.good.pk, "lines": f"{lines[0].pk}–{lines[-1].pk}"}
    audit.write(act="stock.issued_list", by=by, about=heap.campaign, new=said, now=now)


def _people(to: Sequence[Person | tuple[str, str]]) -> dict[str, issuing.To]:
    """By the keyed hash that stands for each. A plate and phone that the register knows are that driver."""
    plates = {identifiers.check_plate(one[0]) for one in to if not isinstance(one, Person)}
    drives: dict[str, list[Person]] = {}
    for row in DriverVehicle.objects.filter(vehicle__plate__in=plates, until=None).select_related("driver__person", "vehicle"):
        drives.setdefault(row.vehicle.plate, []).append(row.driver.person)
    found: dict[str, issuing.To] = {}
    for one in to:
        person, plate, tail = (one, "", "") if isinstance(one, Person) else (None, identifiers.check_plate(one[0]), issuing.check_tail(one[1]))
        if person is None:
            known = {each.pk: each for each in drives.get(plate, ()) if (each.phone or "").endswith(tail)}
            person = next(iter(known.values())) if len(known) == 1 else None
        key = issuing.recipient_of(person.pk) if person else issuing.recipient_at(plate, tail)
        found.setdefault(key, issuing.To(person.pk if person else None, plate, key))
    return found
