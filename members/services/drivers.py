"""What happens in a driver's life: he leaves, moves, dies, changes trade; a keeper corrects what stands there."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Place
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.services import audit
from common import clock
from common.errors import DomainError, NotThere
from members import registry
from members.models import Driver, Enterprise, FieldChange
from members.selectors.register import drivers_for
from members.services.corrections import IDENTITY, correct_identity

TEXTS = {"trade": 20, "licence_class": 12, "relation_place": 40, "work_place": 40, "business_place": 40, "note": 200}
KEYS = ("place", "living_place", "enterprise")  # kept in the history by their numbers


@transaction.atomic
def set_state(*, driver: Driver, state: str, on: date, by: Viewer, reason: str, now: datetime) -> Driver:
    """He left, moved away, died, changed trade, or is back. What hangs on him ends in the same moment.

    Raises NotThere, DomainError."""
    row = _locked(driver, by)
    if state not in set(Driver.State.values) - {Driver.State.WITHDRAWN}:
        raise DomainError(_("选一种情况"), field="state")
    if on > clock.today(now):
        raise DomainError(_("日子不能在今天以后"), field="on")
    if len(reason.strip()) < 2:
        raise DomainError(_("写一句怎么知道的"), field="reason")
    if row.state == state:
        return row
    _note(row, "state", row.state, state, by=by, now=now)
    row.state, row.state_since, row.erased_at = state, on, None  # who is back and leaves again has his three years again
    row.save(update_fields=["state", "state_since", "erased_at"])
    audit.write(act="driver.state", by=by, about=row, new={"state": state, "on": on.isoformat()}, reason=reason, now=now)
    if state != Driver.State.ACTIVE:
        registry.gone(driver=row, by=by, now=now)
    return row


@transaction.atomic
def correct(
    *, driver: Driver, by: Viewer, now: datetime, reason: str, place: Place | None = None, living_place: Place | None = None,
    enterprise: Enterprise | None = None, engagement: str = "", certificate_expiry: date | None = None, **texts: str,
) -> Driver:  # fmt: skip
    """Correct what is known of a driver, each change kept with old and new. Only what is handed in changes.

    `texts`: those of TEXTS ("" blanks), and of corrections.IDENTITY ("" changes nothing): name, phone, certificate_number,
    plate_add, plate_end. Raises NotThere, DomainError."""
    row = _locked(driver, by)
    if len(reason.strip()) < 2:
        raise DomainError(_("写一句为什么改"), field="reason")
    if engagement and engagement not in Driver.Engagement.values:
        raise DomainError(_("选企业职工、挂靠或者个体"), field="engagement")
    for field in texts:
        if field not in TEXTS and field not in IDENTITY:
            raise DomainError(_("这一项不能在这里改"), field=field)
    said: dict[str, object] = {"place": place, "living_place": living_place, "certificate_expiry": certificate_expiry}
    wanted = {field: value for field, value in said.items() if value is not None and getattr(row, field) != value}
    wanted |= _employment(row, enterprise, engagement)
    for field, value in texts.items():
        if field in TEXTS and value.strip()[: TEXTS[field]] != getattr(row, field):
            wanted[field] = value.strip()[: TEXTS[field]]
    for field, value in wanted.items():
        old = getattr(row, f"{field}_id") if field in KEYS else getattr(row, field)
        _note(row, field, old, getattr(value, "pk", value), by=by, now=now)
        setattr(row, field, value)
    if wanted:
        row.save(update_fields=list(wanted))
    changed = [*wanted, *correct_identity(row, {name: texts[name] for name in IDENTITY if name in texts}, by=by, now=now)]
    if changed:
        audit.write(act="driver.correct", by=by, about=row, new={"fields": ",".join(sorted(set(changed)))}, reason=reason, now=now)
    return row


def _employment(row: Driver, enterprise: Enterprise | None, engagement: str) -> dict[str, object]:
    """What changes of where he works: who has an enterprise is not on his own, and who goes on his own has none."""
    wanted: dict[str, object] = {}
    if enterprise is not None and enterprise.pk != row.enterprise_id:
        wanted["enterprise"] = enterprise
        if (engagement or row.engagement) == Driver.Engagement.SELF_EMPLOYED:
            engagement = Driver.Engagement.EMPLOYED
    if engagement and engagement != row.engagement:
        wanted["engagement"] = engagement
        if engagement == Driver.Engagement.SELF_EMPLOYED and row.enterprise_id is not None:
            wanted["enterprise"] = None
    return wanted


def _note(row: Driver, field: str, old: object, new: object, *, by: Viewer, now: datetime) -> None:
    FieldChange.objects.create(
        driver=row, at=now, field=field, old=_said(old), new=_said(new), by_id=by.person_id
    )


def _said(value: object) -> str:
    return "" if value is None else str(value)


def _locked(driver: Driver, by: Viewer) -> Driver:
    """The row, if the viewer keeps the register; nobody changes his own. Raises NotThere, DomainError."""
    if not by.has_role(Role.REGISTRAR) or not by.second_factor:
        raise NotThere
    row = drivers_for(by).select_for_update(of=("self",)).select_related("person").filter(pk=driver.pk).first()
    if row is None:
        raise NotThere
    if row.person_id == by.person_id:
        raise DomainError(_("自己的登记要别人来改，请另一位管库的人办"), code="oneself")
    return row
