"""Census and union name different employers for one human: a person settles it, and may take it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.viewer import Viewer
from accounts.services import audit
from common.errors import DomainError, NotThere, Stale
from members.models import Driver, EmployerChoice, FieldChange, UnionMember
from members.selectors.enterprises import READERS, employer_choices, employers_differ

Taken = EmployerChoice.Taken


@transaction.atomic
def settle(*, driver: Driver, taken: str, by: Viewer, now: datetime) -> EmployerChoice:
    """Take the employer the union names, or the one the census names, in both registers. Raises NotThere, Stale, DomainError.

    The driver's row keeps old and new; the union's old enterprise is kept in the choice itself."""
    if not by.second_factor or driver.person_id == by.person_id:
        raise NotThere
    if taken not in Taken.values:
        raise DomainError(_("选按摸排，或者按工会"), field="taken")
    if not employers_differ(by).filter(pk=driver.pk).exists():
        if not by.has_role(*READERS):
            raise NotThere
        raise Stale(_("别人刚定过这一位，请刷新再看"))
    row = Driver.objects.select_for_update(of=("self",)).get(pk=driver.pk)
    member = UnionMember.objects.select_for_update(of=("self",)).get(person_id=row.person_id)
    choice = EmployerChoice.objects.create(
        person_id=row.person_id, census_id=row.enterprise_id, union_id=member.enterprise_id, taken=taken, at=now, by_id=by.person_id
    )
    if taken == Taken.UNION:
        _driver(row, member.enterprise_id, by, now)
    else:
        _member(member, row.enterprise_id)
    audit.write(
        act="employer.settled", by=by, about=row, new={"taken": taken, "census": choice.census_id, "union": choice.union_id}, now=now
    )
    return choice


@transaction.atomic
def settle_many(*, drivers: Sequence[Driver], taken: str, by: Viewer, now: datetime) -> int:
    """The same for each of a page; whom somebody else has settled meanwhile is left alone. Returns how many were settled.

    Raises NotThere, DomainError."""
    open_ones = set(employers_differ(by).filter(pk__in=[each.pk for each in drivers]).values_list("pk", flat=True))
    if not by.has_role(*READERS):
        raise NotThere
    for each in drivers:
        if each.pk in open_ones:
            settle(driver=each, taken=taken, by=by, now=now)
    return len(open_ones)


@transaction.atomic
def take_back(*, choice: EmployerChoice, by: Viewer, now: datetime) -> EmployerChoice:
    """As it was: each register names its own employer again, while nobody has changed it since. Raises NotThere, DomainError."""
    row = employer_choices(by).select_related(None).select_for_update(of=("self",)).filter(pk=choice.pk).first()
    if row is None or not by.second_factor:
        raise NotThere
    driver = Driver.objects.select_for_update(of=("self",)).filter(person_id=row.person_id, merged_into=None).first()
    member = UnionMember.objects.select_for_update(of=("self",)).filter(person_id=row.person_id, ended_on=None).first()
    if row.taken == Taken.UNION:
        if driver is None or driver.enterprise_id != row.union_id:
            raise DomainError(_("司机的单位后来又改过，请到司机页上改"))
        _driver(driver, row.census_id, by, now)
    else:
        if member is None or member.enterprise_id != row.census_id:
            raise DomainError(_("工会名册后来又改过，不用再撤"))
        _member(member, row.union_id)
    row.undone_at, row.undone_by_id = now, by.person_id
    row.save(update_fields=["undone_at", "undone_by"])
    audit.write(act="employer.taken_back", by=by, about=driver or row, old={"taken": row.taken}, now=now)
    return row


def _driver(row: Driver, enterprise: int, by: Viewer, now: datetime) -> None:
    FieldChange.objects.create(
        driver=row, at=now, field="enterprise", old=str(row.enterprise_id or ""), new=str(enterprise), by_id=by.person_id
    )
    row.enterprise_id = enterprise
    row.save(update_fields=["enterprise"])


def _member(row: UnionMember, enterprise: int) -> None:
    row.enterprise_id = enterprise
    row.save(update_fields=["enterprise"])
