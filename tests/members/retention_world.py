"""Drivers whose three years are over, workbooks that nobody needs any more: for the tests of retention."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings

from accounts.models import Person, SignedIn
from accounts.rules.viewer import Viewer
from accounts.services.people import make_person
from common.clock import SHANGHAI
from common.stored_files import SEALED, store_sealed
from members.models import (
    Claim,
    Driver,
    FieldChange,
    Upload,
)
from members.services import (
    claims,
    retention,
    uploads,
)
from tests.cast import MONDAY, Cast, make_cast
from tests.members.books import book, person, resident_id
from tests.members.makers import make_driver
from tests.members.test_claims import said

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LEFT = date(2023, 11, 23)  # three years before MONDAY
PHONE, NUMBER = "13900000077", resident_id(77)


def cast_of_keepers() -> Cast:
    return make_cast(
        "driver", "registrar", "second_registrar", "secretary", "committee_secretary", "secretary_five", "handler", "union_officer"
    )


def gone_driver(n: int = 77, *, left: date = LEFT, **more) -> Driver:
    """Somebody who left the register, with phone, ID and a certificate under the ID's number."""
    at = datetime(2022, 1, 5, tzinfo=SHANGHAI)
    one = make_person(now=at, name=f"李{n}号", phone=f"139{n:08d}", id_number=resident_id(n))
    values = {"state": "left", "state_since": left, "certificate_number": resident_id(n)} | more
    driver = make_driver(f"李{n}号", phone=one.phone, person=one, now=at, **values)
    change = {"driver": driver, "at": at, "old": "mask", "new": "mask"}
    FieldChange.objects.create(field="phone", sealed_old="13800009999", **change)
    return driver


def sweep(now: datetime = MONDAY) -> int:
    return retention.sweep(now=now)


def on_disk(name: str) -> bool:
    return (settings.DATA_DIR / SEALED / name).exists()


def upload_of(cast, **more) -> Upload:
    taken = uploads.take(content=book(person(1), person(2)), name="棠张镇.xlsx", kind="census", by=cast.viewer("registrar"), now=MONDAY)
    Upload.objects.filter(pk=taken.pk).update(**more)
    return Upload.objects.get(pk=taken.pk)


def has_session(cast, one):
    SignedIn.objects.create(person=one, session_key="k", made_at=MONDAY)


def has_login(cast, one):
    Person.objects.filter(pk=one.pk).update(login="gone-once")


def refused(cast, *, proof: bool = False, why: str = "他说的李四不认识") -> Claim:
    """A claim of the driver, refused on MONDAY by his secretary."""
    name = store_sealed(b"photo", root=settings.DATA_DIR) if proof else ""
    claim = claims.open_claim(
        person=cast.driver, said=said(relation="老家村里", home_branch="老家村", home_phone="051683312345", proof=name),
        by=Viewer(person_id=cast.driver.pk), now=MONDAY,
    )  # fmt: skip
    by = cast.viewer("secretary")
    claims.reach_out(claim=claim, by=by, how="call", reached=True, note="他老婆接的", now=MONDAY)
    return claims.refuse(claim=claim, by=by, why=why, now=MONDAY)
