"""A sealed column is clear in Python, sealed in the database, and deaf to every question."""

from __future__ import annotations

import base64

import pytest
from django.core import serializers
from django.core.exceptions import FieldError
from django.db import connection, models
from django.db.models import F, Value
from django.db.models.functions import Lower, Substr
from django.test.utils import isolate_apps

from common.encryption import SealBroken
from common.fields import EncryptedTextField

pytestmark = pytest.mark.django_db

KEY_A, KEY_B = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))

with isolate_apps("common"):

    class Letter(models.Model):
        """A table of this test alone."""

        id = models.IntegerField(primary_key=True)
        text = EncryptedTextField(null=True, blank=True)

        class Meta:
            app_label = "common"
            db_table = "test_letter"
            managed = False


@pytest.fixture(autouse=True)
def table(settings, db):
    settings.FIELD_KEYS = f"a:{KEY_A}"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE test_letter (id integer PRIMARY KEY, text text NULL)")


def raw(pk: int) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM test_letter WHERE id = %s", [pk])
        return cursor.fetchone()[0]


def test_clear_here_sealed_there_however_it_is_written():
    Letter(id=1, text="13812345678").save()
    Letter.objects.bulk_create([Letter(id=2, text="13812345678")])
    Letter.objects.filter(id=2).update(text="13812345679")
    third = Letter.objects.create(id=3, text="old")
    third.text = "13812345670"
    Letter.objects.bulk_update([third], ["text"])
    assert list(Letter.objects.order_by("id").values_list("text", flat=True)) == [
        "13812345678",
        "13812345679",
        "13812345670",
    ]
    assert all(raw(pk).startswith("v1.a.") and "1381" not in raw(pk) for pk in (1, 2, 3))


def test_nothing_stays_nothing():
    Letter.objects.create(id=1, text=None)
    Letter.objects.create(id=2, text="")
    assert raw(1) is None and raw(2) == ""
    assert Letter.objects.get(text=None).pk == 1
    assert Letter.objects.get(text__isnull=True).pk == 1
    assert Letter.objects.exclude(text__isnull=True).get().text == ""


@pytest.mark.parametrize(
    "lookup",
    [
        "exact",
        "iexact",
        "contains",
        "icontains",
        "startswith",
        "istartswith",
        "endswith",
        "gt",
        "gte",
        "lt",
        "lte",
        "in",
        "range",
        "regex",
        "iregex",
    ],
)
def test_no_lookup_can_feel_its_way_along_the_value(lookup):
    value = ["a", "b"] if lookup in ("in", "range") else "a"
    with pytest.raises(FieldError, match="sealed"):
        Letter.objects.filter(**{f"text__{lookup}": value}).exists()


@pytest.mark.parametrize(
    "lookup", ["lower__startswith", "length", "search", "trigram_similar", "nonsense", "0"]
)
def test_nor_any_transform(lookup):
    with pytest.raises(FieldError):
        Letter.objects.filter(**{f"text__{lookup}": "a"}).exists()


def test_nor_any_detour():
    for query in (
        lambda: Letter.objects.filter(text=F("id")),
        lambda: Letter.objects.filter(text=Value("x")),
        lambda: Letter.objects.exclude(text="x"),
        lambda: Letter.objects.annotate(low=Lower("text")).filter(low="x"),
        lambda: Letter.objects.get(text="x"),
        lambda: Letter.objects.get_or_create(text="x"),
    ):
        with pytest.raises(FieldError, match="sealed"):
            bool(query())


def test_a_function_in_the_database_sees_the_sealed_text_only():
    Letter.objects.create(id=1, text="13812345678")
    cut = Letter.objects.annotate(cut=Substr("text", 1, 5))
    assert cut.filter(cut="v1.a.").exists() and not cut.filter(cut="13812").exists()


def test_a_changed_row_and_a_lost_key_say_so(settings):
    Letter.objects.create(id=1, text="one")
    Letter.objects.filter(id=1).get()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE test_letter SET text = 'v1.a.' || substr(text, 7)")
    with pytest.raises(SealBroken):
        Letter.objects.get(id=1)
    Letter.objects.filter(id=1).update(text="two")
    settings.FIELD_KEYS = f"b:{KEY_B}"
    with pytest.raises(SealBroken, match="no key"):
        Letter.objects.get(id=1)


def test_saving_again_moves_a_row_to_the_new_key(settings):
    Letter.objects.create(id=1, text="one")
    settings.FIELD_KEYS = f"b:{KEY_B},a:{KEY_A}"
    Letter.objects.get(id=1).save()
    assert raw(1).startswith("v1.b.")
    assert Letter.objects.get(id=1).text == "one"


def test_a_fixture_is_sealed_and_loads_again():
    Letter.objects.create(id=1, text="13812345678")
    dump = serializers.serialize("json", Letter.objects.all())
    assert "13812345678" not in dump and "v1.a." in dump
    field = Letter._meta.get_field("text")
    assert (
        field.to_python(serializers.serialize("python", Letter.objects.all())[0]["fields"]["text"])
        == "13812345678"
    )


def test_text_that_looks_sealed_is_kept_as_it_was_typed():
    Letter.objects.create(id=1, text="v1.a.AAAA")
    assert Letter.objects.get(id=1).text == "v1.a.AAAA"
    letter = Letter(id=2, text="v1.a.AAAA")
    letter.clean_fields()
    assert letter.text == "v1.a.AAAA"


def test_it_deconstructs_cleanly_and_takes_the_place_of_a_renamed_column():
    name, path, args, kwargs = EncryptedTextField(null=True).deconstruct()
    assert (path, list(args), kwargs) == ("common.fields.EncryptedTextField", [], {"null": True})
    kwargs = EncryptedTextField(seal_as="old.Model.name").deconstruct()[3]
    assert EncryptedTextField(**kwargs).aad == "old.Model.name"
    assert Letter._meta.get_field("text").aad == "common.Letter.text"


def test_an_index_on_a_sealed_column_is_a_mistake():
    with isolate_apps("common"):

        class Wrong(models.Model):
            text = EncryptedTextField(unique=True)

            class Meta:
                app_label = "common"

        assert [error.id for error in Wrong._meta.get_field("text").check()] == ["common.E001"]
