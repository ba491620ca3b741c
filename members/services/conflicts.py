"""What a file could not settle, a person decides: which town a driver belongs to, what he is called."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Place
from accounts.rules.viewer import Viewer
from accounts.services import audit, register
from common.errors import DomainError, NotThere, Stale
from members.models import Conflict, Driver, FieldChange
from members.selectors.conflicts import conflicts_for
from members.services import search_keys


@transaction.atomic
def decide(*, conflict: Conflict, theirs: bool, by: Viewer, now: datetime) -> Conflict:
    """Take what the file says, or leave what stands. Asked once: the same pair is not brought up again.

    Raises NotThere, Stale, DomainError."""
    row = conflicts_for(by).select_for_update(of=("self",)).filter(pk=conflict.pk).first()
    if row is None or not by.second_factor:
        raise NotThere
    if row.taken is not None:
        raise Stale(_("别人刚定过这一条，请刷新再看"))
    driver = Driver.objects.select_for_update(of=("self",)).select_related("person").get(pk=row.driver_id)
    if theirs:
        _take(row, driver, by, now)
    row.taken, row.decided_by_id, row.decided_at = theirs, by.person_id, now
    row.save(update_fields=["taken", "decided_by", "decided_at"])
    audit.write(act="conflict.decided", by=by, about=row, new={"kind": row.kind, "theirs": theirs}, now=now)
    return row


def _take(row: Conflict, driver: Driver, by: Viewer, now: datetime) -> None:
    if row.kind == Conflict.Kind.TWO_TOWNS:
        place = Place.objects.filter(name=row.theirs).first()
        if place is None:
            raise DomainError(_("这个镇街已经不在名单里，请到司机页上改"))
        old, driver.place = str(driver.place_id), place
        driver.save(update_fields=["place"])
        _note(driver, "place", old, str(place.pk), by, now)
    elif row.kind == Conflict.Kind.NAME:
        old = driver.person.name
        with register.entering(by=by, now=now, about=row) as people:
            people.set_names({driver.person_id: row.theirs})
        _note(driver, "name", old, row.theirs, by, now)
        search_keys.renew_drivers([driver.pk])
    else:
        raise DomainError(_("这一种请到企业页上定"))


def _note(driver: Driver, name: str, old: str, new: str, by: Viewer, now: datetime) -> None:
    FieldChange.objects.create(driver=driver, at=now, field=name, old=old, new=new, by_id=by.person_id)
