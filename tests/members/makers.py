"""A few drivers and enterprises for tests, made as the register makes them."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Person, Place
from members.models import Driver, Enterprise, SearchKey
from members.rules.search import keys_of
from tests.cast import MONDAY


def make_driver(name: str = "李大路", *, place: str = "320312111", phone: str = "13900000001", now: datetime = MONDAY,
                plates: tuple[str, ...] = (), person: Person | None = None, **more) -> Driver:  # fmt: skip
    """One driver with his search keys."""
    from accounts.services.people import make_person

    person = person or make_person(now=now, name=name, phone=phone)
    driver = Driver.objects.create(
        person=person, place=Place.objects.get(code=place), registered_at=now, checked_at=now, **more
    )
    SearchKey.objects.bulk_create(SearchKey(driver=driver, key=key) for key in keys_of(name=name, phone=phone, plates=plates))
    return driver


def make_enterprise(name: str = "徐州甲运输有限公司", code: str | None = None) -> Enterprise:
    return Enterprise.objects.create(name=name, code=code)
