"""The census as towns hand it in: exactly the bad rows stay out, the same file again changes nothing."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Person, Place
from accounts.services import people
from accounts.services.register import id_index
from branches.models import Membership
from members.models import (
    Conflict,
    Driver,
    DriverVehicle,
    FieldChange,
    SearchKey,
    StagedRow,
    Vehicle,
)
from members.services import drivers
from tests.cast import MONDAY, make_cast
from tests.members.books import HEADER, book, person, resident_id

pytestmark = pytest.mark.django_db
DATA = Path(__file__).resolve().parents[2] / "members" / "data"


def run(path: Path, *more: str) -> dict:
    out = io.StringIO()
    call_command("import_census", str(path), "--json", *more, stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue())


def bring(tmp_path, content: bytes, *more: str, name: str = "棠张镇.xlsx") -> dict:
    path = tmp_path / name
    path.write_bytes(content)
    return run(path, *more)


def truth(name: str) -> dict:
    return json.loads((DATA / f"{name}.truth.json").read_text(encoding="utf-8"))


def test_the_sample_rejects_exactly_what_the_truth_says():
    said = run(DATA / "census-sample.xlsx")
    assert said["rejected"] == truth("census-sample")["rejected"]
    assert not Driver.objects.exists(), "without --apply nothing is written"


def test_a_driver_is_one_person_with_all_that_the_row_says(tmp_path):
    bring(tmp_path, book(person(1, 所属企业="徐州顺捷运输有限公司", 统一社会信用代码="91320312MALPKL5K0R", 从业资格证号=resident_id(1), 从业资格证有效期="2028-05-01", 劳动关系所在地="本地", 备注="挂靠", 车牌号="苏CD12345")), "--apply")  # fmt: skip
    driver = Driver.objects.select_related("person", "enterprise", "place").get()
    assert (driver.person.phone, driver.person.id_number) == ("13900000001", resident_id(1))
    assert driver.certificate_number == resident_id(1) and driver.certificate_expiry.isoformat() == "2028-05-01"
    assert (driver.enterprise.code, driver.engagement, driver.place.name) == ("91320312MALPKL5K0R", "attached", "棠张镇")
    assert driver.local_as_of is not None and driver.state == "active"
    assert driver.enterprise.names.get().source == "census"
    assert driver.drives.get().vehicle.kind == Vehicle.Kind.NEW_ENERGY
    assert set(driver.search_keys.values_list("key", flat=True)) == {"n:张乙", "n:乙一", "n:张乙一", "p:0001", "v:苏CD12345", "v:D12345"}


def test_a_later_file_updates_with_history_and_never_blanks_what_it_does_not_carry(tmp_path):
    bring(tmp_path, book(person(1, 备注="有挂车")), "--apply")
    said = bring(tmp_path, book(person(1, 联系电话="13700000009", 运输行业="冷链", 准驾车型="", 政治面貌="")), "--apply")
    assert (said["created"], said["updated"]) == (0, 1)
    driver = Driver.objects.get()
    assert (driver.trade, driver.licence_class, driver.note, driver.claimed_status) == ("冷链", "A2", "有挂车", "群众")
    assert driver.person.phone == "13700000009"
    history = {change.field: (change.old, change.new, change.sealed_old) for change in FieldChange.objects.all()}
    assert history == {"trade": ("煤炭", "冷链", None), "phone": ("139****0001", "137****0009", "13900000001")}
    assert SearchKey.objects.filter(key="p:0009").exists() and not SearchKey.objects.filter(key="p:0001").exists()


def test_a_second_truck_is_added_and_the_first_stays(tmp_path):
    bring(tmp_path, book(person(1)), "--apply")
    bring(tmp_path, book(person(1, 车牌号="苏C1234挂"), person(2, 车牌号="苏C1234挂")), "--apply")
    assert set(DriverVehicle.objects.values_list("driver__person__name", "vehicle__plate")) == {
        ("张乙一", "苏C00001"), ("张乙一", "苏C1234挂"), ("张丙一", "苏C1234挂"),
    }  # fmt: skip
    assert Vehicle.objects.get(plate="苏C1234挂").kind == Vehicle.Kind.TRAILER


def test_two_towns_claim_one_driver_and_a_person_is_asked_once(tmp_path):
    bring(tmp_path, book(person(1)), "--apply")
    moved = book(person(1, **{"镇(街道)": "房村镇", "运输行业": "冷链"}), sheet="房村镇")
    said = bring(tmp_path, moved, "--apply", name="房村镇.xlsx")
    assert (said["created"], said["updated"]) == (0, 1), "the rest of the row is taken"
    conflict = Conflict.objects.get()
    assert (conflict.kind, conflict.ours, conflict.theirs, conflict.taken) == ("two_towns", "棠张镇", "房村镇", None)
    assert Driver.objects.get().place.name == "棠张镇", "nobody guesses"
    assert bring(tmp_path, moved, "--apply", name="房村镇.xlsx")["unchanged"] == 1
    assert Conflict.objects.count() == 1


def test_what_waits_for_a_person_is_not_asked_again_when_a_keeper_has_moved_the_driver_elsewhere(tmp_path):
    bring(tmp_path, book(person(1)), "--apply")
    bring(tmp_path, book(person(1, **{"镇(街道)": "房村镇"})), "--apply")
    driver = Driver.objects.get()
    cast = make_cast("registrar")
    drivers.correct(driver=driver, by=cast.viewer("registrar"), now=MONDAY, reason="问过本人", place=Place.objects.get(name="大许镇"))
    bring(tmp_path, book(person(1, **{"镇(街道)": "房村镇"})), "--apply")
    assert Conflict.objects.count() == 1


def test_the_same_id_under_another_name_writes_nothing_until_a_person_has_settled_it(tmp_path):
    bring(tmp_path, book(person(1)), "--apply")
    said = bring(tmp_path, book(person(1, 姓名="李别人", 联系电话="13711111111")), "--apply")
    assert (said["updated"], said["unchanged"], said["accepted"]) == (0, 1, 1)
    assert Conflict.objects.get().kind == "name"
    driver = Driver.objects.get()
    assert (driver.person.name, driver.person.phone) == ("张乙一", "13900000001")


def test_who_signed_in_by_phone_before_is_not_made_twice_and_keeps_his_account(tmp_path):
    account = people.prove_phone(phone="13800000077", now=MONDAY).person
    Person.objects.filter(pk=account.pk).update(id_index=id_index(resident_id(1)))
    said = bring(tmp_path, book(person(1)), "--apply")
    account.refresh_from_db()
    assert said["created"] == 1 and Person.objects.filter(id_index=id_index(resident_id(1))).count() == 1
    assert account.name == "张乙一" and account.phone == "13800000077" and account.signin_index == account.phone_index
    assert Driver.objects.get().person_id == account.pk
    assert bring(tmp_path, book(person(1)), "--apply")["unchanged"] == 1


def test_a_column_that_claims_rights_is_reported_left_unread_and_mapped_to_nothing(tmp_path):
    content = book(person(1, role="system", is_verified="1"))
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    told = io.StringIO()
    call_command("import_census", str(path), "--apply", stdout=io.StringIO(), stderr=told)
    assert "role" in told.getvalue() and "is_verified" in told.getvalue()
    assert not Membership.objects.exists() and Person.objects.get(name="张乙一").login is None
    with pytest.raises(CommandError, match="没有“role”这个项目"):
        bring(tmp_path, content, "--map", "role=role")


def test_an_unknown_header_is_read_when_the_operator_says_what_it_is(tmp_path):
    header = [word for word in HEADER if word != "所属企业"]
    content = book(person(1, 挂靠何处="徐州顺捷运输有限公司"), header=header)
    bring(tmp_path, content, "--apply")
    assert Driver.objects.get().enterprise is None
    assert bring(tmp_path, content, "--apply", "--map", "挂靠何处=enterprise")["updated"] == 1
    assert Driver.objects.get().enterprise.name == "徐州顺捷运输有限公司"


@pytest.mark.parametrize(("content", "words"), [(b"", "空"), (b"PK\x03\x04 no workbook", "打不开"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls")])
def test_a_broken_file_is_one_clear_line_and_nothing_is_written(tmp_path, content, words):
    with pytest.raises(CommandError) as refused:
        bring(tmp_path, content, "--apply")
    assert words in str(refused.value) and "\n" not in str(refused.value)
    assert not Driver.objects.exists() and not StagedRow.objects.exists()


def test_a_missing_file_and_a_missing_column_are_said_in_words(tmp_path):
    with pytest.raises(CommandError, match="找不到"):
        run(tmp_path / "nowhere.xlsx")
    with pytest.raises(CommandError, match="身份证号"):
        bring(tmp_path, book({"姓名": "张三", "联系电话": "13900000001", "镇(街道)": "棠张镇"}, header=("姓名", "联系电话", "镇(街道)")))


def test_what_is_kept_of_a_row_lies_sealed(tmp_path, settings):
    bring(tmp_path, book(person(1)))
    with connection.cursor() as cursor:
        cursor.execute('SELECT "values" FROM members_stagedrow')
        stored = [value for (value,) in cursor.fetchall()]
    assert stored and all(value.startswith("v1.") for value in stored)
    sealed = settings.DATA_DIR / "sealed"
    assert not any("张乙一".encode() in each.read_bytes() or each.read_bytes()[:2] == b"PK" for each in sealed.rglob("*.sealed"))
