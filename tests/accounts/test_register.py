"""Thousands of people at once: one human stays one Person, and nobody can sign in by what a list says."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditLine, Person
from accounts.services import people, register
from accounts.services.register import Entry
from common.encryption import blind_index
from common.errors import DomainError
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db
ID = "11010519491231002X"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def resident_id(n: int) -> str:
    body = f"320312{1960 + n % 40}{n // 40 % 12 + 1:02d}{n // 480 % 28 + 1:02d}{n % 1000:03d}"
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, WEIGHTS, strict=True)) % 11]


def enter(*entries: Entry) -> list[int]:
    with register.entering(by=None, now=MONDAY, about=("test", "1")) as act:
        return act.find_or_make(entries)


def test_a_thousand_people_take_a_handful_of_statements_and_one_line_of_audit():
    entries = [Entry(f"张{n}", resident_id(n), "13800000000") for n in range(1000)]
    with CaptureQueriesContext(connection) as queries:
        pks = enter(*entries)
    assert len(queries) <= 8
    assert len(set(pks)) == 1000 == Person.objects.filter(pk__in=pks).count()
    line = AuditLine.objects.get(act=register.ACT)
    assert line.new == {"made": 1000, "phones": 0, "names": 0} and line.actor_word == "operator"


def test_what_is_entered_is_sealed_found_by_its_index_and_read_back():
    (pk,) = enter(Entry("毛\t军\\", ID, "13812345678"))
    person = Person.objects.get(pk=pk)
    assert (person.name, person.phone, person.id_number) == ("毛\t军\\", "13812345678", ID)
    assert person.phone_index == blind_index("13812345678", "phone") and person.id_index == blind_index(ID, "id")
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, id_number FROM accounts_person WHERE id = %s", [pk])
        assert all(value.startswith("v1.") for value in cursor.fetchone())
    assert person.signin_index is None and not person.has_usable_password() and person.is_active and not person.is_staff


def test_the_same_id_is_one_person_whoever_made_him_first():
    driver = people.prove_phone(phone="13800000001", now=MONDAY).person
    Person.objects.filter(pk=driver.pk).update(id_index=register.id_index(ID))
    assert enter(Entry("张师傅", ID, "13900000000"), Entry("张师傅", ID)) == [driver.pk, driver.pk]
    assert not AuditLine.objects.filter(act=register.ACT).exists(), "nothing changed: no line"


def test_one_phone_on_many_rows_is_many_people_and_the_account_of_nobody():
    enter(Entry("甲", resident_id(1), "13800000001"), Entry("乙", resident_id(2), "13800000001"))
    assert people.find_by_phone("13800000001") is None
    account = people.prove_phone(phone="13800000001", now=MONDAY)
    assert account.made and Person.objects.filter(phone_index=account.person.phone_index).count() == 3


def test_a_phone_that_its_owner_has_proved_is_not_overwritten():
    own = people.prove_phone(phone="13800000001", now=MONDAY).person
    (other,) = enter(Entry("乙", ID, "13800000002"))
    with register.entering(by=None, now=MONDAY, about=("test", "1")) as act:
        act.set_phones({own.pk: "13900000000", other: "13900000001"})
    own.refresh_from_db()
    assert own.phone == "13800000001" and own.signin_index == own.phone_index
    changed = Person.objects.get(pk=other)
    assert changed.phone == "13900000001" and changed.phone_index == blind_index("13900000001", "phone")


def test_a_failure_in_the_middle_leaves_nobody():
    before = Person.objects.count()
    with pytest.raises(DomainError), register.entering(by=None, now=MONDAY, about=("test", "1")) as act:
        act.find_or_make([Entry("甲", ID)])
        raise DomainError("x")
    assert Person.objects.count() == before and not AuditLine.objects.exists()


def test_ids_reserved_in_bulk_do_not_clash_with_rows_made_one_by_one():
    enter(Entry("甲", resident_id(1)))
    one = people.make_person(now=MONDAY, name="乙")
    (pk,) = enter(Entry("丙", resident_id(2)))
    assert pk > one.pk
