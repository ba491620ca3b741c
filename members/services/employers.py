"""Census and union name different employers for one human: a person settles it, and may take it back."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.rules.viewer import Viewer
from accounts.services import audit
from common.errors import DomainError, NotThere, Stale
from members.models import Driver, EmployerChoice, Enterprise, FieldChange, UnionMember
from members.selectors.enterprises import READERS, TOGETHER, employer_choices, employers_differ

Taken = EmployerChoice.Taken
BATCH = 500


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
def settle_pair(*, census: Enterprise, union: Enterprise, taken: str, by: Viewer, now: datetime) -> int:
    """One word for every driver whom the census places in the one enterprise and the union in the other. Returns how many.

    Whoever settles stays out himself; each driver keeps a choice of his own, so that one alone can be taken back.
    Raises NotThere, Stale, DomainError."""
    if not by.second_factor or not by.has_role(*READERS):
        raise NotThere
    if taken not in Taken.values:
        raise DomainError(_("选按摸排，或者按工会"), field="taken")
    wanted = employers_differ(by).filter(enterprise=census, other=union.pk).values("pk")
    rows = list(Driver.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk"))
    members = _theirs([each.person_id for each in rows], union.pk)
    rows = [each for each in rows if each.enterprise_id == census.pk and each.person_id in members]
    if not rows:
        raise Stale(_("这一对别人刚定过，请刷新再看"))
    made = [
        EmployerChoice(person_id=each.person_id, census=census, union=union, taken=taken, at=now, by_id=by.person_id) for each in rows
    ]
    try:
        with transaction.atomic():
            EmployerChoice.objects.bulk_create(made, batch_size=BATCH)
    except IntegrityError as clash:  # somebody settled one of them in this very moment
        raise Stale(_("这一对别人刚定过，请刷新再看")) from clash
    if taken == Taken.UNION:
        _drivers(rows, union.pk, by, now)
    else:
        _members([members[each.person_id] for each in rows], census.pk)
    audit.write(act="employer.pair_settled", by=by, about=census, new={"taken": taken, "union": union.pk, "drivers": len(rows)}, now=now)
    return len(rows)


@transaction.atomic
def settle_pairs(*, pairs: Sequence[tuple[Enterprise, Enterprise]], taken: str, by: Viewer, now: datetime) -> tuple[int, int]:
    """The same for each of a page of (census, union). Returns how many pairs and how many drivers were settled; a pair
    that somebody else has settled meanwhile is left alone. Raises NotThere, DomainError."""
    done: list[int] = []
    for census, union in pairs:
        with contextlib.suppress(Stale):
            done.append(settle_pair(census=census, union=union, taken=taken, by=by, now=now))
    return len(done), sum(done)


@transaction.atomic
def take_back_pair(*, choice: EmployerChoice, by: Viewer, now: datetime) -> tuple[int, int]:
    """All that was settled with this one in the same moment. Returns how many are as they were, and how many stay
    because somebody has changed them since. Raises NotThere, Stale."""
    if not by.second_factor or not by.has_role(*READERS):
        raise NotThere
    together = employer_choices(by).select_related(None).filter(**{name: getattr(choice, name) for name in TOGETHER})
    rows = list(together.select_for_update(of=("self",)).order_by("pk"))
    if not rows:
        raise Stale(_("别人刚撤过这一次，请刷新再看"))
    people = [each.person_id for each in rows]
    if choice.taken == Taken.UNION:
        found = Driver.objects.select_for_update(of=("self",)).filter(person__in=people, merged_into=None, enterprise=choice.union_id)
        drivers = list(found.order_by("pk"))
        _drivers(drivers, choice.census_id, by, now)
        back = {each.person_id for each in drivers}
    else:
        members = _theirs(people, choice.census_id)
        _members(list(members.values()), choice.union_id)
        back = set(members)
    undone = [each.pk for each in rows if each.person_id in back]
    EmployerChoice.objects.filter(pk__in=undone).update(undone_at=now, undone_by=by.person_id)
    left = len(rows) - len(undone)
    audit.write(
        act="employer.pair_taken_back", by=by, about=choice.census, new={"union": choice.union_id, "drivers": len(undone), "left": left}, now=now
    )
    return len(undone), left


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


def _drivers(rows: list[Driver], enterprise: int, by: Viewer, now: datetime) -> None:
    """As `_driver` for many."""
    notes = [
        FieldChange(driver=row, at=now, field="enterprise", old=str(row.enterprise_id or ""), new=str(enterprise), by_id=by.person_id) for row in rows
    ]
    FieldChange.objects.bulk_create(notes, batch_size=BATCH)
    Driver.objects.filter(pk__in=[row.pk for row in rows]).update(enterprise=enterprise)


def _members(pks: list[int], enterprise: int) -> None:
    UnionMember.objects.filter(pk__in=pks).update(enterprise=enterprise)


def _theirs(people: list[int], enterprise: int) -> dict[int, int]:
    """Person to his row in the union's register, locked, of those it places in this enterprise."""
    rows = UnionMember.objects.select_for_update(of=("self",)).filter(person__in=people, ended_on=None, enterprise=enterprise)
    return dict(rows.order_by("pk").values_list("person_id", "pk"))


def _member(row: UnionMember, enterprise: int) -> None:
    row.enterprise_id = enterprise
    row.save(update_fields=["enterprise"])
