"""What identifies a driver, corrected because he asked: name, phone, certificate number, plates. Part of `drivers.correct`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.rules.viewer import Viewer
from accounts.services import people, register
from common import clock
from common.errors import DomainError
from common.identifiers import check_phone, check_plate
from common.masks import mask_id, mask_phone
from members.models import Driver, DriverVehicle, FieldChange, Vehicle
from members.services import search_keys
from members.services.census_write import vehicle_kind

IDENTITY = {"name": 40, "phone": 20, "certificate_number": 30, "plate_add": 12, "plate_end": 12}
SOUGHT_BY = {"name", "phone", "plate"}  # what search keys are made of


def correct_identity(row: Driver, said: Mapping[str, str], *, by: Viewer, now: datetime) -> list[str]:
    """Correct what is said, "" for no change, in the caller's transaction that holds the row. Returns which fields changed.

    Raises DomainError at the field."""
    changed = [
        field
        for name, (field, act) in _ACTS.items()
        if said.get(name, "").strip() and act(row, said[name].strip(), by=by, now=now)
    ]
    if SOUGHT_BY & set(changed):
        search_keys.renew_drivers([row.pk])
    return changed


def _name(row: Driver, text: str, *, by: Viewer, now: datetime) -> bool:
    new = re.sub(r"\s+", "", text) if not text.isascii() else text
    if not 2 <= len(new) <= IDENTITY["name"]:
        raise DomainError(_("姓名写两个字以上"), field="name")
    old = row.person.name
    if new == old:
        return False
    _must_be_no_account_of_staff(row, "name")
    with register.entering(by=by, now=now, about=row) as act:
        act.set_names({row.person_id: new})
    row.person.name = new
    return _noted(row, "name", old, new, by=by, now=now)


def _phone(row: Driver, text: str, *, by: Viewer, now: datetime) -> bool:
    """The number serves for messages alone until he proves it by a code: no keeper opens an account."""
    new, old = check_phone(text), row.person.phone
    if new == old:
        return False
    _must_be_no_account_of_staff(row, "phone")
    row.person = people.set_phone(person=row.person, phone=new, by=by, now=now)
    return _noted(row, "phone", mask_phone(old), mask_phone(new), by=by, now=now)


def _certificate(row: Driver, text: str, *, by: Viewer, now: datetime) -> bool:
    new, old = re.sub(r"\s+", "", text).upper(), row.certificate_number or ""
    if not re.fullmatch(rf"[0-9A-Z]{{6,{IDENTITY['certificate_number']}}}", new):
        raise DomainError(_("从业资格证号是 6 位以上的数字和字母"), field="certificate_number")
    if new == old:
        return False
    row.certificate_number = new
    row.save(update_fields=["certificate_number"])
    return _noted(row, "certificate_number", mask_id(old), mask_id(new), by=by, now=now)


def _plate_added(row: Driver, text: str, *, by: Viewer, now: datetime) -> bool:
    plate = check_plate(text, field="plate_add")
    vehicle, _made = Vehicle.objects.get_or_create(plate=plate, defaults={"kind": vehicle_kind(plate)})
    _drive, made = DriverVehicle.objects.get_or_create(driver=row, vehicle=vehicle, until=None, defaults={"since": clock.today(now)})
    return made and _noted(row, "plate", "", plate, by=by, now=now)


def _plate_ended(row: Driver, text: str, *, by: Viewer, now: datetime) -> bool:
    plate = check_plate(text, field="plate_end")
    if not DriverVehicle.objects.filter(driver=row, vehicle__plate=plate, until=None).update(until=clock.today(now)):
        raise DomainError(_("他名下没有在开的这辆车"), field="plate_end")
    return _noted(row, "plate", plate, "", by=by, now=now)


def _must_be_no_account_of_staff(row: Driver, field: str) -> None:
    if row.person.login is not None:
        raise DomainError(_("他有工作账号，姓名和手机号请系统管理员来改"), field=field)


def _noted(row: Driver, field: str, old: str, new: str, *, by: Viewer, now: datetime) -> bool:
    FieldChange.objects.create(driver=row, at=now, field=field, old=old, new=new, by_id=by.person_id)
    return True


_ACTS = {
    "name": ("name", _name), "phone": ("phone", _phone), "certificate_number": ("certificate_number", _certificate),
    "plate_end": ("plate", _plate_ended), "plate_add": ("plate", _plate_added),
}  # fmt: skip
