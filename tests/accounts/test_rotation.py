"""After a change of keys everybody is still found, still signs in, and the old key may go."""

from __future__ import annotations

import base64
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import Person
from accounts.services import people, second_factor
from common.encryption import SealBroken
from tests.accounts.conftest import with_factor
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db
OLD, NEW = (base64.b64encode(bytes([n]) * 32).decode() for n in (7, 8))


def raw(column="phone"):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM accounts_person WHERE {column} IS NOT NULL ORDER BY id")
        return [value for (value,) in cursor.fetchall()]


def rotate():
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    return out.getvalue()


def test_rows_indexes_and_second_factors_survive_a_change_of_keys(settings, request):
    settings.FIELD_KEYS = f"old:{OLD}"
    cast = request.getfixturevalue("cast")
    people.make_person(now=MONDAY, phone="13800003333", id_number="11010519491231002X")
    secret = with_factor(cast.handler)
    indexes = raw("phone_index")
    assert all(value.startswith("v1.old.") for value in raw())
    settings.FIELD_KEYS = f"new:{NEW},old:{OLD}"
    said = rotate()
    assert "accounts.Person.phone：换了 3 条" in said and "second factors：换了 2 条" in said
    assert all(value.startswith("v1.new.") for value in raw() + raw("id_number"))
    assert "换了 0 条" in rotate()  # may be run again
    settings.FIELD_KEYS = f"new:{NEW}"
    assert raw("phone_index") == indexes and people.find_by_phone("13800000001") == cast.driver
    assert Person.objects.get(pk=cast.driver.pk).phone == "13800000001"
    now = MONDAY + timedelta(minutes=1)
    assert second_factor.check(person=cast.handler, code=second_factor.code_at(secret, now), now=now).kind == "totp"


def test_without_its_key_nothing_opens(settings, request):
    settings.FIELD_KEYS = f"old:{OLD}"
    cast = request.getfixturevalue("cast")
    settings.FIELD_KEYS = f"new:{NEW}"
    with pytest.raises(SealBroken):
        Person.objects.get(pk=cast.driver.pk)


def test_a_stolen_table_tells_no_number(cast):
    people.make_person(now=MONDAY, phone="13800003333", id_number="11010519491231002X")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_person")
        table = str(cursor.fetchall())
    import hashlib

    for clear in ("13800003333", "11010519491231002X", "13800000001"):
        assert clear not in table and hashlib.sha256(clear.encode()).hexdigest() not in table
