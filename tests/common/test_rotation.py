"""After `rotate_keys` every sealed thing opens without the old key."""

from __future__ import annotations

import base64
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from common import encryption, rotation
from common.stored_files import open_sealed, store_picture
from common.uploads import check_picture
from tests.common.pictures import picture
from tests.common.test_fields import Letter

pytestmark = pytest.mark.django_db

KEY_A, KEY_B = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))


@pytest.fixture(autouse=True)
def table(settings, db, monkeypatch, tmp_path):
    settings.FIELD_KEYS = f"a:{KEY_A}"
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(rotation, "apps", SimpleNamespace(get_models=lambda: [Letter]))
    monkeypatch.setattr(rotation, "_others", {})
    monkeypatch.setattr(rotation, "BATCH", 3)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE test_letter (id integer PRIMARY KEY, text text NULL)")


def run():
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    return out.getvalue()


def test_rows_originals_and_other_places_move_and_the_old_key_may_go(settings, tmp_path):
    Letter.objects.bulk_create(Letter(id=n, text=f"letter {n}") for n in range(1, 8))
    Letter.objects.bulk_create([Letter(id=8, text=None), Letter(id=9, text="")])
    raw = picture()
    names = store_picture(check_picture(raw), raw, root=tmp_path)
    settings.FIELD_KEYS = f"b:{KEY_B},a:{KEY_A}"
    Letter.objects.create(id=10, text="new")
    rotation.register("elsewhere", lambda: (5, 0))
    said = run()
    assert "common.Letter.text：换了 7 条，打不开 0 条" in said
    assert "sealed originals：换了 1 条" in said and "elsewhere：换了 5 条" in said
    assert "common.Letter.text：换了 0 条" in run()
    settings.FIELD_KEYS = f"b:{KEY_B}"
    assert [letter.text for letter in Letter.objects.order_by("id")][:7] == [
        f"letter {n}" for n in range(1, 8)
    ]
    assert open_sealed(names.sealed, root=tmp_path) == raw


def test_a_row_that_does_not_open_stops_nothing_and_is_told(settings):
    Letter.objects.bulk_create(Letter(id=n, text="x") for n in range(1, 5))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE test_letter SET text = 'v1.gone.' || substr(text, 6) WHERE id = 2")
    settings.FIELD_KEYS = f"b:{KEY_B},a:{KEY_A}"
    with pytest.raises(CommandError, match="有 1 条打不开"):
        run()
    assert Letter.objects.get(id=4).text == "x"


def test_a_row_saved_meanwhile_keeps_its_newer_text(settings, monkeypatch):
    Letter.objects.create(id=1, text="old")
    settings.FIELD_KEYS = f"b:{KEY_B},a:{KEY_A}"
    real = encryption.rotate

    def slow(value, aad):
        Letter.objects.filter(id=1).update(text="newer")
        return real(value, aad)

    monkeypatch.setattr(encryption, "rotate", slow)
    run()
    assert Letter.objects.get(id=1).text == "newer"


def test_a_new_key_can_be_asked_for():
    out = StringIO()
    call_command("rotate_keys", "--new-key", stdout=out)
    assert encryption.KeyRing.parse(f"n:{out.getvalue().strip()}")
