"""The union federation's register: the same steps, one human one Person, no driver made."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command

from accounts.models import AuditLine, Person
from members.models import Conflict, Driver, Enterprise, EnterpriseName, UnionMember, Upload
from tests.members.books import book, person, resident_id
from tests.members.test_import_census import DATA, bring, truth

pytestmark = pytest.mark.django_db
CODE = "91350100M000100Y43"


def names(*rows: str) -> bytes:
    """A member list as CSV."""
    return "\n".join(["姓名,身份证号,手机号,工作单位,信用代码,职业,入会日期", *rows]).encode("gb18030")


def member(n: int, *, name: str = "", phone: str = "", occupation: str = "货车司机", joined: str = "2022-05-18", code: str = CODE) -> str:
    row = person(n)
    return f"{name or row['姓名']},{resident_id(n)},{phone or row['联系电话']},徐州甲运输有限公司,{code},{occupation},{joined}"


def run(path, *more: str) -> dict:
    out = io.StringIO()
    call_command("import_union", str(path), "--json", *more, stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue())


def enter(tmp_path, *rows: str) -> dict:
    path = tmp_path / "会员.csv"
    path.write_bytes(names(*rows))
    return run(path, "--apply")


def test_219_enterprises_and_23687_members_are_in_and_again_nothing_changes():
    right = truth("union-23687")
    said = run(DATA / "union-23687.xlsx", "--apply")
    assert (said["rows"], said["accepted"], said["created"], said["rejected"]) == (right["members"], right["members"], right["members"], [])
    assert said["enterprises"]["created"] == right["enterprises"] == Enterprise.objects.filter(in_union=True).count()
    words = {"货车司机": "truck", "物流快递员": "courier", "网约车司机": "ride"}
    for word, count in right["by_occupation"].items():
        assert UnionMember.objects.filter(occupation=words[word]).count() == count
    assert not Driver.objects.exists(), "a list of the union makes no driver"
    persons = Person.objects.count()
    again = run(DATA / "union-23687.xlsx", "--apply")
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 23_687)
    assert Person.objects.count() == persons and Upload.objects.latest("pk").written == 0
    assert AuditLine.objects.filter(act="union.applied", actor_word="operator").count() == 2


def test_a_driver_of_the_census_is_the_same_person_and_keeps_his_phone_and_name(tmp_path):
    bring(tmp_path, book(person(1)), "--apply")
    enter(tmp_path, member(1, name="李别名", phone="13700000000"))
    driver, union = Driver.objects.get(), UnionMember.objects.get()
    assert union.person_id == driver.person_id and Person.objects.filter(id_index__isnull=False).count() == 1
    assert (driver.person.name, driver.person.phone) == ("张乙一", "13900000001")
    assert Conflict.objects.get().kind == "name"


def test_who_stands_in_the_unions_list_first_becomes_a_driver_through_the_census_alone(tmp_path):
    enter(tmp_path, member(1))
    assert not Driver.objects.exists()
    assert bring(tmp_path, book(person(1)), "--apply")["created"] == 1
    assert UnionMember.objects.get().person_id == Driver.objects.get().person_id


def test_a_courier_is_no_truck_driver_and_a_later_list_updates_him(tmp_path):
    enter(tmp_path, member(1, occupation="快递员"), member(2))
    said = enter(tmp_path, member(1, occupation="网约车司机", joined="2023-01-01"), member(2))
    assert (said["created"], said["updated"], said["unchanged"]) == (0, 1, 1)
    courier = UnionMember.objects.get(person__name="张乙一")
    assert (courier.occupation, courier.joined_on.isoformat()) == ("ride", "2023-01-01")


def test_who_has_left_and_is_listed_again_is_back(tmp_path):
    enter(tmp_path, member(1))
    UnionMember.objects.update(ended_on="2026-01-01")
    assert enter(tmp_path, member(1))["updated"] == 1
    assert UnionMember.objects.get().ended_on is None


def test_the_census_and_the_union_name_one_enterprise_each_in_its_own_words(tmp_path):
    bring(tmp_path, book(person(1, 所属企业="徐州甲货运公司", 统一社会信用代码=CODE)), "--apply")
    enter(tmp_path, member(2))
    enterprise = Enterprise.objects.get()
    assert set(enterprise.names.values_list("source", "name")) == {("census", "徐州甲货运公司"), ("union", "徐州甲运输有限公司")}
    assert enterprise.name == "徐州甲货运公司", "a person settles it"


def test_an_enterprise_known_by_name_alone_gets_its_code_and_stays_one(tmp_path):
    bring(tmp_path, book(person(1, 所属企业="徐州甲运输有限公司")), "--apply")
    assert Enterprise.objects.get().code is None
    enter(tmp_path, member(2))
    assert Enterprise.objects.get().code == CODE and EnterpriseName.objects.count() == 2
