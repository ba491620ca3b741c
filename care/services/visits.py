"""Plan a visit, tell what was heard. Each need is filed as an appeal in the same transaction, under its own number."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Person, Unit
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.services import audit
from appeals.models import Appeal
from appeals.rules.life import About, FiledBy
from appeals.services import filing
from care.models import Need, Visit, Visitor
from care.selectors.scope import may_ask_for
from care.selectors.visits import visits_for
from common import clock
from common.errors import DomainError, NotThere, Stale

FARTHEST = timedelta(days=366)
MOST_NEEDS, MOST_WORDS = 9, 2000


@dataclass(frozen=True)
class Heard:
    """One need as it was told; `accused` are unit ids when he named one."""

    client_key: UUID
    text: str
    accused: tuple[int, ...] = ()
    plate: str = ""


@dataclass(frozen=True)
class Told:
    """What came of a visit. `went` are those who went, whoever writes it down."""

    went_at: datetime
    went: Collection[Person]
    heard: str = ""
    gave: str = ""
    follow_up_on: date | None = None
    needs: Sequence[Heard] = ()


def plan(*, client_key: UUID, person: Person, unit: Unit, planned_on: date, by: Viewer, now: datetime, why: str = "") -> Visit:
    """A visit to one of ours, by people of this unit; once for a form sent twice.

    Raises NotThere, DomainError at its field."""
    if unit.pk not in by.units(Role.SECRETARY, Role.UNION) or not may_ask_for(by, person.pk):
        raise NotThere
    if not clock.today(now) - FARTHEST <= planned_on <= clock.today(now) + FARTHEST:
        raise DomainError(_("日期要在一年以内，请看看年份"), field="planned_on", code="date")
    try:
        with transaction.atomic():
            row = Visit.objects.create(
                client_key=client_key, unit=unit, person=person, planned_on=planned_on, planned_by_id=by.person_id, why=why.strip()[:120]
            )
            audit.write(act="visit.plan", by=by, about=row, new={"on": planned_on.isoformat(), "unit": unit.pk}, now=now)
            return row
    except IntegrityError:
        known = Visit.objects.filter(client_key=client_key, unit=unit, person=person).first()
        if known is None:
            raise
        return known


@transaction.atomic
def record(*, visit: Visit, told: Told, by: Viewer, now: datetime) -> list[Appeal]:
    """Who went, what was heard and given; the needs are appeals from this moment, all or none of it stored.

    Raises NotThere, Stale (told already, otherwise than now), DomainError at its field, filing.BadFiling, TooOften."""
    if not visits_for(by).filter(pk=visit.pk).exists():
        raise NotThere
    row = Visit.objects.select_for_update(of=("self",)).select_related("person", "unit").get(pk=visit.pk)
    if row.went_at is not None:
        return _again(row, told)
    _check(told, now=now)
    row.went_at, row.recorded_by_id, row.heard = told.went_at, by.person_id, told.heard.strip()
    row.gave, row.follow_up_on = told.gave.strip(), told.follow_up_on
    row.save(update_fields=["went_at", "recorded_by", "heard", "gave", "follow_up_on"])
    Visitor.objects.bulk_create(Visitor(visit=row, person=person) for person in {one.pk: one for one in told.went}.values())
    made = [_file(row, need, told.went_at, by=by, now=now) for need in told.needs]
    said = {"went": len(told.went), "needs": len(made)}
    audit.write(act="visit.record", by=by, about=row, new=said, now=now)
    return made


def _file(visit: Visit, need: Heard, at: datetime, *, by: Viewer, now: datetime) -> Appeal:
    about = About.UNIT if need.accused else About.NOBODY
    wish = filing.Filing(
        client_key=need.client_key, text=need.text, about=about, accused=need.accused, phone=visit.person.phone or "",
        caller_name=visit.person.name, plate=need.plate, place=visit.person.place, channel=FiledBy.MEETING, channel_note=_("走访"),
        received_at=at,
    )  # fmt: skip
    appeal = filing.file(filing=wish, by=by, caller=f"visit {visit.key}", now=now)
    if not Need.objects.filter(appeal=appeal).exists():
        Need.objects.create(visit=visit, appeal=appeal)
    return appeal


def _again(row: Visit, told: Told) -> list[Appeal]:
    needs = list(row.needs.select_related("appeal").order_by("id"))
    if {need.appeal.client_key for need in needs} != {need.client_key for need in told.needs} or row.heard != told.heard.strip():
        raise Stale(_("这次走访已经记过了，要补充请另记一次"), code="told")
    return [need.appeal for need in needs]


def _check(told: Told, *, now: datetime) -> None:
    if told.went_at > now:
        raise DomainError(_("走访的时间不能晚于现在"), field="went_at", code="date")
    if told.went_at < now - FARTHEST:
        raise DomainError(_("走访的时间太早了，请看看年份"), field="went_at", code="date")
    if not told.went:
        raise DomainError(_("选上是谁去的"), field="went", code="required")
    if len(told.heard) > MOST_WORDS:
        raise DomainError(_("最多写 %(n)d 个字") % {"n": MOST_WORDS}, field="heard", code="too_long")
    if len(told.gave.strip()) > 120:
        raise DomainError(_("最多写 %(n)d 个字") % {"n": 120}, field="gave", code="too_long")
    if len(told.needs) > MOST_NEEDS:
        raise DomainError(_("一次走访最多记 %(n)d 件诉求") % {"n": MOST_NEEDS}, field="needs", code="too_many")
    if told.follow_up_on and not clock.today(now) <= told.follow_up_on <= clock.today(now) + FARTHEST:
        raise DomainError(_("再去的日期要在今天以后、一年以内"), field="follow_up_on", code="date")
