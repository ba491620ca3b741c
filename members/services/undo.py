"""Taking an import back within seven days, as far as nobody has built on it since.

Drivers that the file made become withdrawn, never deleted: a count of a past day stays what it was. A field that
the file changed gets its old value back where the new one still stands. What somebody has touched since stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.rules.viewer import Viewer
from accounts.services import audit, register
from branches.models import Membership
from common import bulk, clock
from common.errors import DomainError, NotThere, Stale
from members.models import (
    Claim,
    Conflict,
    Declaration,
    Driver,
    DriverVehicle,
    Duplicate,
    EmployerChoice,
    Enterprise,
    FieldChange,
    JoinRequest,
    Match,
    Seat,
    StillMember,
    UnionMember,
    Upload,
    Waiting,
)
from members.selectors.uploads import uploads_for
from members.services import search_keys
from members.services.census_pass import lock_rows
from members.services.census_write import SEALED, shown

DAYS = 7
_DATES = frozenset({"certificate_expiry", "claimed_joined_on"})
_COLUMNS = (
    "gender", "licence_class", "certificate_number", "certificate_expiry", "engagement", "enterprise_id", "trade",
    "relation_place", "work_place", "business_place", "claimed_status", "claimed_joined_on", "note", "state",
)  # fmt: skip
_MEMBER = ("enterprise_id", "occupation", "joined_on", "ended_on")
_COMPANY = ("in_union", "union_since", "union_chair")
_UNION_DATES = frozenset({"joined_on", "ended_on", "union_since"})


@dataclass
class Undone:
    """What was taken back, and what stayed because somebody has built on it."""

    withdrawn: int = 0
    kept: int = 0
    restored: int = 0
    stayed: int = 0
    claims: int = 0
    conflicts: int = 0
    members: int = 0
    touched: set[int] = field(default_factory=set)

    def as_json(self) -> dict[str, int]:
        return {name: value for name, value in vars(self).items() if isinstance(value, int)}


def may_undo_until(upload: Upload) -> datetime | None:
    """The last moment at which it may be taken back; None when it was not applied."""
    return upload.applied_at + timedelta(days=DAYS) if upload.state == Upload.State.APPLIED and upload.applied_at else None


@transaction.atomic
def undo(*, upload: Upload, by: Viewer, reason: str, now: datetime) -> dict[str, int]:
    """Take it back. Raises NotThere, Stale, DomainError."""
    row = uploads_for(by).select_for_update(of=("self",)).filter(pk=upload.pk).first()
    if row is None or not by.second_factor:
        raise NotThere
    until = may_undo_until(row)
    if until is None:
        raise Stale(_("这一份没有写入，或者已经撤销了，请刷新再看"))
    if now > until:
        raise DomainError(_("写入超过 %(days)d 天了，不能整份撤销。请逐人改") % {"days": DAYS}, code="too_late")
    if len(reason.strip()) < 4:
        raise DomainError(_("写一句为什么撤销"), field="reason")
    done = Undone()
    if row.kind == Upload.Kind.UNION:
        _union(row, done)
    else:
        _lock(row)
        _withdraw(row, done, by, now)
        _restore(row, done, by, now)
        Declaration.objects.filter(upload=row).delete()
    done.conflicts, _rest = Conflict.objects.filter(upload=row, taken=None).delete()
    row.state, row.undone_by_id, row.undone_at = Upload.State.UNDONE, by.person_id, now
    row.counts = row.counts | {"undone": done.as_json()}
    row.counts.pop("before", None)
    row.save(update_fields=["state", "undone_by", "undone_at", "counts"])
    audit.write(act=f"{row.kind}.undone", by=by, about=row, new=done.as_json(), reason=reason, now=now)
    return done.as_json()


def untouched(upload: Upload) -> QuerySet[Driver]:
    """Drivers that the upload made and nobody has built on: no change, no later census, no sign-in, claim, seat."""
    me, person = OuterRef("pk"), OuterRef("person_id")
    built_on = (
        FieldChange.objects.filter(Q(upload=None) | ~Q(upload=upload), driver=me),
        Claim.objects.filter(person=person).exclude(upload=upload, state=Claim.State.OPEN),
        Membership.objects.filter(person=person),
        Seat.objects.filter(driver=me),
        Match.objects.filter(driver=me),
        Waiting.objects.filter(driver=me),
        Duplicate.objects.filter(Q(one=me) | Q(other=me), merged=True),
        Conflict.objects.filter(driver=me, taken__isnull=False),
    )
    rows = Driver.objects.filter(first_upload=upload, state=Driver.State.ACTIVE, merged_into=None, checked_at__lte=F("registered_at"))
    rows = rows.filter(person__signin_index=None)
    for each in built_on:
        rows = rows.filter(~Exists(each))
    return rows


def _lock(upload: Upload) -> None:
    """The drivers that it made or changed and the claims that it opened: what is found untouched below stays so."""
    lock_rows(Driver.objects.filter(Q(first_upload=upload) | Q(pk__in=FieldChange.objects.filter(upload=upload).values("driver_id"))))
    lock_rows(Claim.objects.filter(upload=upload, state=Claim.State.OPEN))


def _end_claims(upload: Upload, drivers: Iterable[int], now: datetime) -> int:
    """What it said of these drivers and the Party is no work any more, as long as nobody has begun with it."""
    rows = Claim.objects.filter(upload=upload, source=Claim.Source.CENSUS, state=Claim.State.OPEN, contested_at=None)
    people = Driver.objects.filter(pk__in=list(drivers)).values("person_id")
    return rows.filter(person__in=people).update(state=Claim.State.WITHDRAWN, withdrawn_at=now)


def _withdraw(upload: Upload, done: Undone, by: Viewer, now: datetime) -> None:
    made = Driver.objects.filter(first_upload=upload).exclude(state=Driver.State.WITHDRAWN).count()
    pks = list(untouched(upload).values_list("pk", flat=True))
    done.withdrawn, done.kept = len(pks), made - len(pks)
    if not pks:
        return
    done.claims += _end_claims(upload, pks, now)
    Driver.objects.filter(pk__in=pks).update(state=Driver.State.WITHDRAWN, state_since=clock.today(now))
    _note(upload, by, now, [(pk, "state", Driver.State.ACTIVE.value, Driver.State.WITHDRAWN.value, None) for pk in pks])


def _restore(upload: Upload, done: Undone, by: Viewer, now: datetime) -> None:
    later = FieldChange.objects.filter(driver=OuterRef("driver_id"), field=OuterRef("field"), id__gt=OuterRef("pk"))
    later = later.filter(Q(upload=None) | ~Q(upload=upload))
    changes = list(FieldChange.objects.filter(upload=upload).exclude(driver__first_upload=upload).annotate(later=Exists(later)))
    ended = _end_drives([each for each in changes if each.field == "plate"], now)
    drivers = {row.pk: row for row in Driver.objects.filter(pk__in={each.driver_id for each in changes}).select_related("person")}
    noted, phones, rows, silent, again = [], {}, {}, set(), {pk for pk, _plate in ended}
    for each in changes:
        row = drivers[each.driver_id]
        if each.field == "plate":
            done.restored += (row.pk, each.new) in ended
            noted += [(row.pk, "plate", each.new, "", None)] if (row.pk, each.new) in ended else []
            continue
        standing = _standing(row, each.field)
        if each.later or each.field == "name" or SEALED.get(each.field, shown)(standing) != each.new:
            done.stayed += 1
            continue
        noted.append((row.pk, each.field, each.new, each.old, standing if each.field in SEALED else None))
        done.restored += 1
        if each.field == "phone":
            phones[row.person_id] = each.sealed_old or ""
            again.add(row.pk)
            continue
        name = "enterprise_id" if each.field == "enterprise" else each.field
        setattr(row, name, _old(each))
        rows[row.pk] = row
        if each.field in ("state", "claimed_status"):
            silent.add(row.pk)
    done.claims += _end_claims(upload, silent, now)
    bulk.update(Driver, _COLUMNS, [(row.pk, *(getattr(row, name) for name in _COLUMNS)) for row in rows.values()])
    _phones_back(upload, {person: phone for person, phone in phones.items() if phone}, by, now)
    search_keys.renew_drivers(again)
    _note(upload, by, now, noted)


def _phones_back(upload: Upload, phones: dict[int, str], by: Viewer, now: datetime) -> None:
    if phones:
        with register.entering(by=by, now=now, about=upload) as people:
            people.set_phones(phones)


def _standing(row: Driver, name: str) -> Any:
    if name == "phone":
        return row.person.phone
    return row.enterprise_id if name == "enterprise" else getattr(row, name)


def _old(change: FieldChange) -> Any:
    if change.field == "certificate_number":
        return change.sealed_old
    if change.field == "enterprise":
        return int(change.old) if change.old else None
    if change.field in _DATES:
        return date.fromisoformat(change.old) if change.old else None
    return change.old


def _end_drives(changes: Iterable[FieldChange], now: datetime) -> set[tuple[int, str]]:
    """Vehicles that the file gave a driver are his no longer."""
    wanted = {(each.driver_id, each.new) for each in changes}
    open_ones = DriverVehicle.objects.filter(driver__in={driver for driver, _plate in wanted}, until=None)
    found = {pk: (driver, plate) for pk, driver, plate in open_ones.values_list("pk", "driver_id", "vehicle__plate")}
    ended = {pk: pair for pk, pair in found.items() if pair in wanted}
    DriverVehicle.objects.filter(pk__in=list(ended)).update(until=clock.today(now))
    return set(ended.values())


def _note(upload: Upload, by: Viewer, now: datetime, rows: list[tuple]) -> None:
    bulk.insert(
        FieldChange, ("driver_id", "field", "old", "new", "sealed_old", "at", "upload_id", "by_id"),
        ((*row, now, upload.pk, by.person_id) for row in rows),
    )  # fmt: skip


def _union(upload: Upload, done: Undone) -> None:
    """Members it made go, those it changed are as before; only while no later register stands upon it, and where no
    person has worked on it since: chosen between two employers, taken a member in, ended a membership."""
    if Upload.objects.filter(kind=upload.kind, state=Upload.State.APPLIED, applied_at__gt=upload.applied_at).exists():
        raise DomainError(_("后面又写入过一份名册，要先撤销后面那份"), code="not_the_last")
    before = upload.counts.get("before", {})
    changed = before.get("members", [])
    members = UnionMember.objects.filter(Q(first_upload=upload) | Q(pk__in=[row[0] for row in changed]))
    lock_rows(members)
    chosen = EmployerChoice.objects.filter(person=OuterRef("person_id"), at__gte=upload.applied_at, undone_at=None)
    joined = JoinRequest.objects.filter(person=OuterRef("person_id"), state=JoinRequest.State.ACCEPTED, decided_at__gte=upload.applied_at)
    members = members.filter(~Exists(chosen), ~Exists(joined))
    done.restored = _stood_before(UnionMember, _MEMBER, changed, members, done)
    made = UnionMember.objects.filter(first_upload=upload).count()
    mine = members.filter(first_upload=upload, ended_on=None)
    StillMember.objects.filter(member__in=mine.values("pk")).delete()
    done.members, _rest = UnionMember.objects.filter(pk__in=mine.values("pk")).delete()
    # whom it carried stands as before it: carried by the register before, or by the one that made him
    carried = UnionMember.objects.filter(last_upload=upload)
    carried.update(last_upload=Coalesce("prior_upload", "first_upload"), prior_upload=None)
    done.kept = made - done.members
    companies = before.get("enterprises", [])
    _stood_before(Enterprise, _COMPANY, companies, Enterprise.objects.filter(pk__in=[row[0] for row in companies]), done)


def _stood_before(model: type[Model], columns: tuple[str, ...], rows: list[list[Any]], free: QuerySet, done: Undone) -> int:
    """Of `rows` (pk, columns before, columns as the import wrote them) give the old values back to those that are free
    and stand as the import left them. Registers written by an earlier version do not tell what they wrote."""
    width = len(columns)
    was: dict[int, list[Any]] = {}
    wrote: dict[int, list[Any]] = {}
    for pk, *values in rows:  # an enterprise may stand in two rows of a file: the first knows what was, the last what is
        was.setdefault(pk, [_read(name, value) for name, value in zip(columns, values[:width], strict=True)])
        wrote[pk] = [_read(name, value) for name, value in zip(columns, values[width:], strict=False)]
    stands = {pk: values for pk, *values in free.filter(pk__in=list(was)).values_list("pk", *columns)}
    ready = [(pk, *was[pk]) for pk, values in stands.items() if wrote[pk] in ([], values)]
    done.stayed += len(was) - len(ready)
    return bulk.update(model, columns, ready)


def _read(name: str, value: Any) -> Any:
    return _day(value) if name in _UNION_DATES else value


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
