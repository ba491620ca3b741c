"""The register of the demo: two workbooks through the operator's command, then what people made of them, all by services."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db.models import Count

import members
from accounts.models import Person, Place
from accounts.rules.viewer import Viewer
from accounts.services.people import set_phone
from branches.services import reminders
from hongyun.demo import names, party, people, workbooks, zones
from hongyun.demo.people import DEMO_PHONE, DRIVERS, Cast
from hongyun.demo.stage import Stage
from hongyun.demo.world import UNREAD
from members.models import Claim, Conflict, Driver, UnionMember, Upload
from members.selectors.union import missing_for
from members.services import apply, commands, conflicts, contacts, exports, joining, staging, uploads
from notices.services import history

DATA = Path(members.__file__).resolve().parent / "data"
CENSUS_AGO, UNION_AGO = 215, 200
DRIVER_NAME, DRIVER_PLATE = "张建国", "苏CA7245"


def load(cast: Cast, *, now: datetime) -> None:
    """Make the register as it stands at `now`; the demo's drivers become people of it."""
    stage = Stage(cast, now)
    commands.run(path=DATA / "census-22700.xlsx", kind=Upload.Kind.CENSUS, answers={}, write=True, now=stage.ago(CENSUS_AGO))
    commands.run(path=DATA / "union-23687.xlsx", kind=Upload.Kind.UNION, answers={}, write=True, now=stage.ago(UNION_AGO))
    while joining.keep_tails(now=stage.ago(UNION_AGO)):
        pass
    party.admit_all(stage)
    party.lead(stage)
    party.keep_in_touch(stage)
    party.cover(stage)
    zones.fill(stage)
    member, seat = zones.pair(stage)
    _later_files(stage, seat.driver)
    cast.drivers = _with_phones(stage, seat.driver)
    cast.member = zones.sign_in(stage, member)
    Person.objects.filter(pk=member.pk).update(demo_slug="member", key=names.key("member"))
    zones.agree(stage, cast.drivers[0])
    zones.talk(stage)
    _waiting(stage)


def settle(*, now: datetime) -> None:
    """What the sweeps say by now counts as told; what came in lately still stands in the bell."""
    contacts.remind(now)
    reminders.sweep(now)
    history.settle_history(until=now, unread_since=now - UNREAD)


def _with_phones(stage: Stage, first: Driver) -> list[Person]:
    """Four hundred drivers of the register, `first` before all; two of three proved their phone."""
    out = Claim.objects.values("person_id")
    everybody = list(Driver.objects.exclude(person__in=out).exclude(pk=first.pk).order_by("pk").values_list("person_id", flat=True))
    chosen = everybody[:: len(everybody) // (DRIVERS + 100)]
    found = list(Person.objects.filter(pk__in=chosen).order_by("pk").select_related("place"))
    shared = Person.objects.filter(phone_index__in=[one.phone_index for one in found])
    twice = set(shared.values("phone_index").annotate(n=Count("pk")).filter(n__gt=1).values_list("phone_index", flat=True))
    drivers = [first.person, *(one for one in found if one.phone_index not in twice)][:DRIVERS]
    for n, person in enumerate(drivers):
        if at := people.proved_at(n, stage.now):
            drivers[n] = set_phone(person=person, phone=DEMO_PHONE if n == 0 else person.phone, by=None, now=at, proved=True)
        drivers[n].key, drivers[n].demo_slug = names.key("driver", n), "driver" if n == 0 else ""
    Person.objects.bulk_update(drivers, ["key", "demo_slug"], batch_size=200)
    return drivers


def _later_files(stage: Stage, driver: Driver) -> None:
    """Two files that came after the census, written in by two people; the demo's driver is named rightly by them."""
    town = driver.place
    drivers = workbooks.drivers_of(town.code, count=14, out=[driver.person_id])
    rows = [workbooks.row_of(driver, name=DRIVER_NAME), *workbooks.rows_of(drivers)]
    _apply(stage, workbooks.Town(f"{town.name}货车司机信息更正表", rows), f"{town.name}更正.xlsx", days=58)
    for row in Conflict.objects.filter(driver=driver, kind=Conflict.Kind.NAME, taken=None):
        conflicts.decide(conflict=row, theirs=True, by=stage.staff("registrar"), now=stage.ago(57, 15))
    driver.person.refresh_from_db()
    expiry = stage.today.replace(year=stage.today.year + 4, day=1).isoformat()
    other = Place.objects.exclude(pk=town.pk).filter(kind=town.kind).order_by("code")[0]
    rows = [
        workbooks.row_of(driver, phone=DEMO_PHONE, plate=DRIVER_PLATE),
        *(workbooks.row_of(each, certificate_expiry=expiry) for each in drivers[:9]),
        *(workbooks.row_of(each, place=town.name) for each in workbooks.drivers_of(other.code, count=3)),  # two towns claim them
    ]  # fmt: skip
    _apply(stage, workbooks.Town(f"{town.name}第三季度补报", rows), f"{town.name}第三季度.xlsx", days=26)
    driver.person.refresh_from_db()


def _apply(stage: Stage, book: workbooks.Town, name: str, *, days: int) -> Upload:
    """Handed in by one keeper, looked through and written by the other, whom the demo signs in."""
    upload = _hand_in(stage, book, name, at=stage.ago(days, 9, 30))
    second = stage.staff("registrar")
    uploads.confirm(upload=upload, sha256=upload.sha256, by=second, now=stage.ago(days, 11))
    if apply.apply(upload_id=upload.pk, now=stage.ago(days, 11, 1)) is None:
        upload.refresh_from_db()
        raise RuntimeError(upload.why_failed)
    return upload


def _hand_in(stage: Stage, book: workbooks.Town, name: str, *, at: datetime) -> Upload:
    upload = uploads.take(content=book.content(), name=name, kind=Upload.Kind.CENSUS, by=stage.staff("registrar2"), now=at)
    staging.stage(upload_id=upload.pk, now=at)
    upload.refresh_from_db()
    return uploads.ask(upload=upload, whom=stage.cast.staff["registrar"], by=stage.staff("registrar2"), now=at)


def _waiting(stage: Stage) -> None:
    """What waits for somebody today: a file and an export for a second person, claims, a transfer, requests to join."""
    town, next_town = Place.objects.get(name="棠张镇"), Place.objects.get(name="张集镇")
    known = workbooks.drivers_of(town.code, count=24)
    expiry = stage.today.replace(year=stage.today.year + 5, day=1).isoformat()
    rows = [
        *workbooks.rows_of(known[:14]),
        *(workbooks.row_of(each, certificate_expiry=expiry, trade="冷链") for each in known[14:]),
        *(workbooks.new_row(n, town.name) for n in range(6)),
        workbooks.new_row(7, town.name, phone="1595200O123"), workbooks.new_row(8, town.name, name=""),
        # the same human under another ID: once it is written, the search for duplicates finds him
        workbooks.new_row(9, town.name, name=known[0].person.name, phone=known[0].person.phone),
        *(workbooks.row_of(each, place=town.name) for each in workbooks.drivers_of(next_town.code, count=1)),
    ]  # fmt: skip
    _hand_in(stage, workbooks.Town(f"{town.name}货车司机补报（新增）", rows), f"{town.name}11月补报.xlsx", at=stage.ago(0, 8, 40))
    exports.ask(
        what="drivers", columns=["name", "phone", "place", "employer", "trade", "expiry"], filters={"place": town.code},
        reason="镇里要核对从业资格证快到期的司机", by=stage.staff("registrar2"), now=stage.ago(1, 16),
    )  # fmt: skip
    proved = [one for one in stage.cast.drivers[1:] if one.signin_index]
    party.come_by_phone(stage, proved)
    zones.wait(stage, proved)
    party.move_one(stage)
    _union_work(stage, proved)


def _union_work(stage: Stage, drivers: list[Person]) -> None:
    """Three ask to join; some truck drivers of the union were handed to the keeper of the register."""
    have = set(UnionMember.objects.filter(person__in=drivers).values_list("person_id", flat=True))
    able = [one for one in reversed(drivers) if one.pk not in have and not one.claims.exists()]
    for n, person in enumerate(able[:3]):
        asked = joining.Asked(name=person.name, occupation="truck", employer_words=("跑自己的车", "顺捷运输", "没有单位")[n])
        joining.ask(person=person, asked=asked, by=Viewer(person_id=person.pk), now=stage.ago(n + 1, 18))
    by = stage.staff("union1")
    for member in missing_for(by).order_by("pk")[:4]:
        joining.hand_over(member=member, what="handed", note="", by=by, now=stage.ago(6))


