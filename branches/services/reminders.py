"""What every sweep does in this room: terms that end, members out of contact, probations to decide on.

`<= today`, never `==` a day; the moment of the reminder stands on the row, and the notice has one unique key.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, TruncDate

from accounts.models import Person, Posting, Unit
from accounts.rules.roles import Role
from accounts.selectors.viewer import in_force
from branches.models import Membership, Officer
from branches.rules import contact, probation, terms
from common import clock
from common.clock import SHANGHAI
from notices.services import outbox

OFFICER, MEMBER = "branches.officer", "branches.membership"
TERM, SILENT, DECIDE, CHANGED = "branch.term", "branch.silent", "branch.decide", "branch.changed"
BATCH = 500


def sweep(now: datetime) -> int:
    """All three. Returns how many rows were reminded of."""
    return remind_of_terms(now) + remind_of_silence(now) + remind_of_decisions(now)


@transaction.atomic
def remind_of_terms(now: datetime) -> int:
    """Ninety and thirty days before a term ends its branch's secretary and the committee's hear of it, once each."""
    today = clock.today(now)
    limit = today + timedelta(days=terms.REMIND_DAYS[0])
    rows = Officer.objects.select_for_update().filter(ended_on=None, term_ends__lte=limit).order_by("term_ends", "pk")
    told = [each for each in rows.select_related("unit")[:BATCH] if _term_is_due(each, today)]
    readers = _readers({each.unit_id for each in told}, now)
    for each in told:
        days = terms.reminder_due(each.term_ends, today)
        _post(TERM, (OFFICER, each.pk), readers[each.unit_id], rung=f"T{days}", day=each.term_ends, now=now)
    Officer.objects.filter(pk__in=[each.pk for each in told]).update(warned_at=now)
    return len(told)


@transaction.atomic
def remind_of_silence(now: datetime) -> int:
    """Six months without contact: flagged once to the secretary; a contact takes the flag down again."""
    rows = Membership.objects.filter(ended_on=None, warned_at=None).annotate(
        heard_on=Coalesce(F("last_contact_on"), TruncDate("verified_at", tzinfo=SHANGHAI))
    )
    rows = rows.filter(heard_on__lte=contact.flag_before(clock.today(now)))
    return _remind(rows.order_by("pk"), SILENT, "heard_on", "warned_at", now=now)


@transaction.atomic
def remind_of_decisions(now: datetime) -> int:
    """A month before the day on which the branch talks about a probationary member."""
    limit = clock.today(now) + probation.SOON
    rows = Membership.objects.filter(ended_on=None, kind="probationary", decide_on__lte=limit, decide_told_at=None)
    return _remind(rows.order_by("decide_on", "pk"), DECIDE, "decide_on", "decide_told_at", now=now)


def tell_changed(*, person_id: int, now: datetime) -> None:
    """A room above learned that a member died or moved away: his branch's secretary hears of it, in the caller's transaction."""
    row = Membership.objects.filter(person=person_id, ended_on=None).first()
    if row is None:
        return
    unit = row.placements.filter(until=None).values_list("branch__unit_id", flat=True).first()
    to = _readers([unit], now)[unit] if unit else _committee_readers(now)
    outbox.post(template=CHANGED, about=(MEMBER, row.pk), to=to, due=now, now=now)


def _remind(rows: models.QuerySet, template: str, day: str, mark: str, *, now: datetime) -> int:
    found = list(rows.select_for_update(of=("self",))[:BATCH])
    units = dict(
        Membership.objects.filter(pk__in=[each.pk for each in found], placements__until=None)
        .values_list("pk", "placements__branch__unit_id")
    )  # fmt: skip
    readers = _readers({unit for unit in units.values() if unit}, now)
    committee = _committee_readers(now)
    for each in found:
        to = readers.get(units.get(each.pk), committee)
        _post(template, (MEMBER, each.pk), to, rung="", day=getattr(each, day), now=now)
    Membership.objects.filter(pk__in=[each.pk for each in found]).update(**{mark: now})
    return len(found)


def _term_is_due(officer: Officer, today: date) -> bool:
    """Whether a reminder holds that has not been given: the one before it may have been."""
    days = terms.reminder_due(officer.term_ends, today)
    if days is None:
        return False
    begins = officer.term_ends - timedelta(days=days)
    return officer.warned_at is None or clock.today(officer.warned_at) < begins


def _post(template: str, about: tuple[str, int], to: Iterable[Person], *, rung: str, day: date, now: datetime) -> None:
    outbox.post(
        template=template, about=about, to=to, rung=rung, due=datetime.combine(day, time(18), tzinfo=SHANGHAI), now=now
    )


def _readers(units: Iterable[int], now: datetime) -> dict[int, list[Person]]:
    """By unit: its secretaries, and those of the committee."""
    units = set(units)
    held = Posting.objects.filter(in_force(now), unit_id__in=units, role=Role.SECRETARY, person__is_active=True)
    committee = _committee_readers(now) if units else []
    found = {unit: list(committee) for unit in units}
    for posting in held.select_related("person"):
        if posting.person not in found[posting.unit_id]:
            found[posting.unit_id].append(posting.person)
    return found


def _committee_readers(now: datetime) -> list[Person]:
    rows = Posting.objects.filter(
        Q(unit__kind=Unit.Kind.COMMITTEE), in_force(now), role=Role.SECRETARY, person__is_active=True
    )
    return [posting.person for posting in rows.select_related("person").order_by("pk")]
