"""The API of imports, what is behind the numbers: rows in words, the workbook with remarks, a second person asked, headers."""

from __future__ import annotations

from uuid import uuid4

import pytest

from members.models import HeaderWord, Upload
from members.services import staging
from tests.appeals.api import Clock, fields, staff
from tests.cast import MONDAY, make_cast
from tests.members.books import book, person
from tests.members.test_api_union import hand_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture(autouse=True)
def clock(monkeypatch, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return Clock(monkeypatch, MONDAY)


def handed_in(caller, content: bytes) -> str:
    key = hand_in(caller, content, kind="census", key=uuid4()).json()["key"]
    staging.stage(upload_id=Upload.objects.get(key=key).pk, now=MONDAY)
    return f"uploads/{key}"


def test_what_was_not_taken_is_told_by_row_and_column_in_words_and_comes_back_in_the_workbook(cast):
    first, second, sheet = staff(cast, "registrar"), staff(cast, "second_registrar"), book(person(1), person(2, 联系电话="1380000"))
    path = handed_in(first, sheet)
    row = second.get(f"{path}/rows/").json()["items"][0]
    assert (row["reason"], row["outcome"]) == ("phone_invalid", "rejected") and row["column"] and row["why"] and row["row"] > 1
    made = second.get(f"{path}/rows/", show="create")
    assert len(made.json()["items"]) == 1 and made.json()["items"][0]["name"].endswith("*") and "13900000001" not in made.content.decode()
    assert "show" in fields(second.get(f"{path}/rows/", show="same"))
    assert staff(cast, "union_officer").get(f"{path}/rows/").status_code == staff(cast, "secretary").get(f"{path}/rows/").status_code == 404
    answer = first.post(f"{path}/remarks/")
    assert answer.status_code == 200 and answer.content[:2] == b"PK" and answer["Cache-Control"] == "no-store"
    assert second.post(f"{path}/remarks/").status_code == 404  # his own file alone
    assert "x" in fields(first.post(f"{path}/remarks/", {"x": 1}))


def test_a_second_person_is_asked_never_oneself(cast):
    first, second = staff(cast, "registrar"), staff(cast, "second_registrar")
    path = handed_in(first, book(person(1)))
    assert [each["person"] for each in first.get(f"{path}/confirmers/").json()["items"]] == [str(cast.second_registrar.key)]
    for wrong in ({}, {"whom": "x"}, {"whom": str(cast.registrar.key)}, {"whom": str(cast.driver.key)}):
        assert "whom" in fields(first.post(f"{path}/ask/", wrong)), wrong
    asked = {"whom": str(cast.second_registrar.key)}
    assert staff(cast, "union_officer").post(f"{path}/ask/", asked).status_code == 404
    assert first.post(f"{path}/ask/", asked).status_code == 200 and Upload.objects.get().asked_to == cast.second_registrar
    assert second.post(f"{path}/drop/").status_code == 200 and first.post(f"{path}/ask/", asked).status_code == 409


def test_a_remembered_header_is_listed_and_forgotten_once(cast):
    HeaderWord.objects.create(header="挂靠何处", field="enterprise", by=cast.registrar, at=MONDAY)
    keeper = staff(cast, "registrar")
    row = keeper.get("uploads/headers/").json()["items"][0]
    assert (row["header"], row["field"], row["by"]) == ("挂靠何处", "enterprise", cast.registrar.name)
    assert staff(cast, "union_officer").get("uploads/headers/").status_code == 404
    assert staff(cast, "union_officer").post("uploads/headers/forget/", {"header": "挂靠何处"}).status_code == 404
    assert "header" in fields(keeper.post("uploads/headers/forget/", {}))
    assert keeper.post("uploads/headers/forget/", {"header": "挂靠何处"}).json()["items"] == []
    assert keeper.post("uploads/headers/forget/", {"header": "挂靠何处"}).status_code == 404
