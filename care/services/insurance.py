"""职工互助保险: put people on a list, tell them before it ends, write down what it helped with."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.services import audit
from care.models import Helped, Insured, Payment, Policy
from care.rules.money import Entry
from care.services import funds, notify
from common import clock
from common.errors import DomainError, NotThere

BATCH, STEP_ASIDE = 500, timedelta(hours=1)
TELL_BEFORE = timedelta(days=30)
MOST_AT_ONCE = 1000
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Listed:
    """Who is new on the list, who stood on it already, and the line of the ledger (None: nobody was new)."""

    added: int
    known: int
    payment: Payment | None


def insure(*, policy: Policy, people: Collection[Person], client_key: UUID, by: Viewer, now: datetime) -> Listed:
    """Put these people on the list and pay their premiums in one line; who stands on it is not paid for twice.

    Raises NotThere, DomainError, funds.TooLittle (then nobody is added)."""
    if not by.has_role(Role.UNION):
        raise NotThere
    if not 1 <= len(people) <= MOST_AT_ONCE:
        raise DomainError(_("一次放 1 到 %(most)d 人") % {"most": MOST_AT_ONCE}, field="people", code="quantity")
    if policy.ends_on < clock.today(now):
        raise DomainError(_("这份保险已经到期，不能再加人"), field="policy", code="ended")
    with transaction.atomic():
        policy = Policy.objects.select_for_update(of=("self",)).select_related("fund").get(pk=policy.pk)
        known = set(Insured.objects.filter(policy=policy, person__in=people).values_list("person_id", flat=True))
        new = {person.pk for person in people} - known
        if not new:
            return Listed(0, len(known), None)
        tell = tell_at(policy.ends_on)
        Insured.objects.bulk_create(
            Insured(policy=policy, person_id=pk, added_at=now, added_by_id=by.person_id, next_at=max(tell, now)) for pk in sorted(new)
        )
        premium = Payment(entry=Entry.PREMIUM, policy=policy, at=now, by_id=by.person_id, client_key=client_key)
        payment = funds.spend(fund=policy.fund, payment=premium, fen=policy.premium_fen * len(new))
        audit.write(act="policy.insure", by=by, about=policy, new={"added": len(new), "fen": -payment.change_fen}, now=now)
        return Listed(len(new), len(known), payment)


def tell_at(ends_on: date) -> datetime:
    """Nine in the morning, thirty days before the last day."""
    return datetime.combine(ends_on - TELL_BEFORE, time(9), tzinfo=clock.SHANGHAI)


def sweep(*, now: datetime) -> int:
    """Tell whoever's cover ends within thirty days, once. A row that fails steps aside for an hour."""
    due = Insured.objects.filter(next_at__lte=now).order_by("next_at", "pk").values_list("pk", flat=True)
    told = 0
    for pk in list(due[:BATCH]):
        try:
            told += look(insured_id=pk, now=now)
        except Exception:  # noqa: BLE001 - whatever is wrong with one row must not stop the others
            log.exception("insured %s stepped aside", pk)
            Insured.objects.filter(pk=pk).update(next_at=now + STEP_ASIDE)
    return told


@transaction.atomic
def look(*, insured_id: int, now: datetime) -> bool:
    """Tell one, when his cover still ends and no later one goes on. False: there was nothing to say."""
    rows = Insured.objects.select_for_update(of=("self",)).select_related("policy", "person")
    row = rows.filter(pk=insured_id, next_at__lte=now).first()
    if row is None:
        return False
    policy, row.next_at = row.policy, None
    goes_on = Insured.objects.filter(
        person=row.person_id, policy__ends_on__gt=policy.ends_on, policy__starts_on__lte=policy.ends_on + timedelta(days=1)
    ).exists()
    tell = not goes_on and policy.ends_on >= clock.today(now)
    if tell:
        ends = datetime.combine(policy.ends_on, time(23, 59), tzinfo=clock.SHANGHAI)
        notify.driver(row, notify.ENDS_SOON, now=now, due=ends)
        row.notified_at = now
    row.save(update_fields=["next_at", "notified_at"])
    return tell


def help_with(*, insured: Insured, what: str, got_fen: int, client_key: UUID, by: Viewer, now: datetime) -> Helped:
    """Write down a claim he was helped with, once. Raises NotThere, DomainError at its field."""
    if not by.has_role(Role.UNION):
        raise NotThere
    if not what.strip() or len(what) > 500:
        raise DomainError(_("写清楚是什么事，最多 500 个字"), field="what", code="required")
    if got_fen:
        funds.check_fen(got_fen, field="got")
    with transaction.atomic():
        values = {"insured": insured, "what": what.strip(), "got_fen": got_fen, "at": now, "by_id": by.person_id}
        row, made = Helped.objects.get_or_create(client_key=client_key, defaults=values)
        if made:
            audit.write(act="insured.helped", by=by, about=row, new={"insured": insured.pk, "fen": got_fen}, now=now)
        return row
