"""Whatever is wrong: a clear word in Chinese at the field, 4xx, nothing lost, nothing stored by halves."""

from __future__ import annotations

import io
import re
import struct
import zlib
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from appeals.models import Appeal, Event, Photo
from appeals.services import routing
from common import stored_files
from tests.appeals import journey
from tests.appeals.api import BASE, TEXT, Caller, Clock, fields
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    return Clock(monkeypatch, MONDAY)


LONG = "字" * 2001
FILING = [
    # what is sent, status, the field, what is said there
    ({}, 400, "text", "至少 10 个字"),
    ({"text": None}, 400, "text", "至少 10 个字"),
    ({"text": ""}, 422, "text", "至少 10 个字"),
    ({"text": " 　\n\t " * 30}, 422, "text", "至少 10 个字"),
    ({"text": "\u200b\u2800\u3164\ufeff" * 5}, 422, "text", "请写发生了什么"),
    ({"text": "太短了" + "\u200b" * 9}, 422, "text", "写了 3 个字"),
    ({"text": "太短了"}, 422, "text", "写了 3 个字"),
    ({"text": LONG}, 422, "text", "请删掉 1 个"),
    ({"text": "好" * 9 + "\u0000坏"}, 400, "text", "空字符"),
    ({"text": "好" * 9 + "\ud800"}, 400, "text", ""),
    ({"text": ["甲", "乙"]}, 400, "text", ""),
    ({"text": TEXT, "phone": "12345"}, 422, "phone", ""),
    ({"text": TEXT, "place": "999999999"}, 400, "place", "没有这个镇街"),
    ({"text": TEXT, "place": {"id": 1}}, 400, "place", ""),
    ({"text": TEXT, "spot": "路" * 121}, 422, "spot", "最多 120"),
    ({"text": TEXT, "happened": "晨" * 61}, 422, "happened", "最多 60"),
    ({"text": TEXT, "position": "<script>"}, 400, "position", "纬度,经度"),
    ({"text": TEXT, "about": "unit"}, 422, "about", "请点是哪个单位"),
    ({"text": TEXT, "about": "我"}, 400, "about", ""),
    ({"text": TEXT, "units": ["no-such-unit"]}, 400, "units", "不能点名"),
    ({"text": TEXT, "units": ["desk"]}, 400, "units", "不能点名"),
    ({"text": TEXT, "units": ["squad-03"], "about": "nobody"}, 400, "about", "units"),
    ({"text": TEXT, "fine_on": "2026-13-45"}, 400, "fine_on", ""),
    ({"text": TEXT, "fine_on": "2027-01-01"}, 422, "fine_on", "不能晚于今天"),
    ({"text": TEXT, "persons": 0}, 400, "persons", ""),
    ({"text": TEXT, "persons": "1e400"}, 400, "persons", ""),
    ({"text": TEXT, "units": "squad-03"}, 400, "units", ""),
    ([1, 2], 400, "", "JSON 对象"),
    ("一句话", 400, "", "JSON 写错了"),
    ('{"text": "没写完', 400, "", "JSON 写错了：第 1 行"),
    (b"\xff\xfe\x00", 400, "", "UTF-8"),
    ("[" * 100_000, 400, "", "套得太深"),
    ('{"text": NaN}', 400, "", "JSON 写错了"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status", "field", "words"), FILING, ids=range(len(FILING)))
def test_a_filing_that_is_wrong_says_so_at_its_field_and_stores_nothing(body, status, field, words):
    response = Caller().post("appeals/", body, key=uuid4())
    assert response.status_code == status, response.content.decode()
    problem = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert problem["status"] == status and CHINESE.search(problem["title"])
    said = fields(response).get(field) or (problem["detail"] if not field else "")
    assert words in said and CHINESE.search(said), problem
    assert Appeal.objects.count() == 0


def test_everything_wrong_is_said_at_once():
    response = Caller().post("appeals/", {"text": "短", "phone": "1", "spot": "路" * 200}, key=uuid4())
    assert set(fields(response)) == {"text", "phone", "spot"}


def test_signs_of_every_kind_are_kept_as_they_were_typed():
    text = "😀😡🚛 G3 K712 罚款 <b>200</b> & “三百” \\u0041 'x'"
    number = Caller().file(text=text).json()["number"]
    assert Appeal.objects.get(number=number).text == text


@pytest.mark.parametrize("size", [1024 * 1024 + 1, 10 * 1024 * 1024])
def test_a_text_of_megabytes_is_refused_by_its_size(size):
    response = Caller().post("appeals/", '{"text": "' + "a" * size + '"}', key=uuid4())
    assert response.status_code == 413 and response["Content-Type"] == "application/problem+json"
    assert "太大" in response.json()["detail"]


def test_a_form_is_not_json():
    response = Caller().client.post(BASE + "appeals/", {"text": TEXT}, headers={"Idempotency-Key": str(uuid4())})
    assert response.status_code == 415 and response["Content-Type"] == "application/problem+json"
    response = Caller().client.post(BASE + "appeals/", TEXT, content_type="text/plain", headers={"Idempotency-Key": str(uuid4())})
    assert response.status_code == 415


@pytest.mark.parametrize("key", [None, "", "1", "x" * 5000])
def test_a_filing_without_a_key_is_refused(key):
    response = Caller().post("appeals/", {"text": TEXT}, key=key)
    assert response.status_code == 400 and "Idempotency-Key" in fields(response)
    assert Appeal.objects.count() == 0


def test_a_wrong_code_six_times_shuts_the_number_for_a_day(clock):
    receipt = Caller().file().json()
    wrong = f"{(int(receipt['code']) + 1) % 10**6:06d}"
    for _ in range(5):
        refused = Caller().post("track/", {"number": receipt["number"], "code": wrong})
        assert (refused.status_code, refused.json()["code"]) == (422, "wrong_pair")
    shut = Caller().post("track/", {"number": receipt["number"], "code": receipt["code"]})
    assert shut.status_code == 429 and int(shut["Retry-After"]) > 3600 * 20
    clock.now += timedelta(days=1, minutes=1)
    assert Caller().post("track/", {"number": receipt["number"], "code": receipt["code"]}).status_code == 200


def test_a_wrong_number_and_a_wrong_code_are_the_same_bytes():
    receipt = Caller().file().json()
    wrong = f"{(int(receipt['code']) + 1) % 10**6:06d}"
    code = Caller().post("track/", {"number": receipt["number"], "code": wrong})
    number = Caller().post("track/", {"number": "1" * 16, "code": receipt["code"]})
    assert (code.status_code, code.content) == (number.status_code, number.content)
    act = Caller().post(f"appeals/{receipt['number']}/nudge/", {"code": wrong})
    none = Caller().post(f"appeals/{'1' * 16}/nudge/", {"code": wrong})
    assert (act.status_code, act.content) == (none.status_code, none.content) == (code.status_code, code.content)


def test_an_appeal_of_another_is_not_there(cast):
    receipt = Caller().file().json()
    routing.sweep(now=MONDAY)
    for caller in (Caller(), Caller(cast.neighbour)):
        for path in ("nudge", "withdraw"):
            theirs = caller.post(f"appeals/{receipt['number']}/{path}/")
            nobodys = caller.post(f"appeals/{'9' * 16}/{path}/")
            assert theirs.status_code == 404 and theirs.content == nobodys.content
    assert Appeal.objects.get().state == "routed"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "version"),
        ({"version": "abc"}, "version"),
        ({"version": -1}, "version"),
        ({"version": 1}, "words"),
        ({"version": 1, "words": "  "}, "words"),
        ({"version": 1, "words": "字" * 2001}, "words"),
        ({"version": 1, "words": "好", "state": "closed"}, "state"),
    ],
)
def test_a_move_that_is_filled_in_badly_says_so_at_its_field(cast, body, field):
    appeal = journey.in_hand(cast, now=MONDAY)
    before = Event.objects.count()
    response = Caller(cast.handler, staff=True).post(f"handle/{appeal.number}/progress/", body)
    assert response.status_code == 400 and CHINESE.search(fields(response)[field])
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    ("move", "body", "field"),
    [
        ("ask_hand_back", {"ground": "because", "reason": "x"}, "ground"),
        ("ask_extension", {"days": 6, "reason": "x"}, "days"),
        ("ask_extension", {"days": "三", "reason": "x"}, "days"),
        ("assign_handler", {"handler": "not-a-uuid"}, "handler"),
        ("assign_handler", {"handler": str(uuid4())}, "handler"),
    ],
)
def test_a_move_with_words_that_are_not_in_its_list_is_refused(cast, move, body, field):
    appeal = journey.in_hand(cast, now=MONDAY)
    response = Caller(cast.head, staff=True).post(f"handle/{appeal.number}/{move}/", {"version": appeal.version} | body)
    assert 400 <= response.status_code < 500 and field in fields(response), response.content.decode()


def test_a_unit_that_does_not_exist_and_one_that_is_ruled_out_are_refused_at_the_field(cast):
    number = Caller().file(text="今天天气不错，没有什么事，就是说一声谢谢你们", units=["squad-03"]).json()["number"]
    routing.sweep(now=MONDAY)
    desk = Caller(cast.desk, staff=True)
    version = desk.get(f"handle/{number}/").json()["version"]
    for unit in ("no-such-unit", "squad-03"):
        response = desk.post(f"handle/{number}/route_by_hand/", {"version": version, "unit": unit, "reason": "试试"})
        assert 400 <= response.status_code < 500 and "unit" in fields(response), response.content.decode()


# --- photos -------------------------------------------------------------------------------------


def jpeg(colour: str = "red", *, gps: bool = False) -> bytes:
    image, out = Image.new("RGB", (64, 48), colour), io.BytesIO()
    exif = Image.Exif()
    if gps:
        exif[0x8825] = {1: "N", 2: (34.0, 15.0, 0.0), 3: "E", 4: (117.0, 10.0, 0.0)}
        exif[0x010F] = "PhoneMaker"
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def bomb(side: int = 50_000) -> bytes:
    """The header of a PNG of 2.5 thousand megapixels."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def send(number: str, code: str, *files: bytes, name: str = "a.jpg", **more):
    body = {"photos": [SimpleUploadedFile(name, raw, "image/jpeg") for raw in files], "code": code} | more
    return Caller().client.post(f"{BASE}appeals/{number}/photos/", body)


@pytest.fixture
def receipt():
    return Caller().file().json()


def test_photos_are_drawn_anew_and_a_resend_stores_none_twice(receipt, settings):
    first = send(receipt["number"], receipt["code"], jpeg("red", gps=True), jpeg("blue"))
    assert (first.status_code, first.json()) == (201, {"kept": 2, "known": 0})
    again = send(receipt["number"], receipt["code"], jpeg("red", gps=True), jpeg("blue"))
    assert (again.status_code, again.json()) == (200, {"kept": 0, "known": 2})
    assert Photo.objects.count() == 2 and Event.objects.filter(move="add_material").count() == 1
    served = stored_files.open_served(Photo.objects.first().served, root=settings.DATA_DIR)
    assert b"PhoneMaker" not in served and not Image.open(io.BytesIO(served)).getexif()


@pytest.mark.parametrize(
    "bad",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<!doctype html><script>alert(1)</script>", bomb(),
     jpeg()[:60], b"\xff\xd8\xff" + b"<?php" * 50, jpeg() + b"\0" * (10 * 1024 * 1024)],
    ids=["empty", "svg", "html", "bomb", "cut", "script behind a header", "too heavy"],
)  # fmt: skip
def test_one_bad_photo_is_named_and_none_is_stored(receipt, bad, settings):
    response = send(receipt["number"], receipt["code"], jpeg(), bad)
    assert response.status_code == 422, response.content
    assert list(fields(response)) == ["photos.1"] and CHINESE.search(fields(response)["photos.1"])
    assert Photo.objects.count() == 0 and Event.objects.filter(move="add_material").count() == 0
    left = [path for path in settings.DATA_DIR.rglob("*") if path.is_file() and path.suffix in (".jpg", ".sealed")]
    assert left == []


def test_no_photo_and_ten_photos_are_refused(receipt):
    for files in ((), tuple(jpeg((n * 20, 0, 0)) for n in range(10))):
        response = send(receipt["number"], receipt["code"], *files)
        assert response.status_code == 400 and "photos" in fields(response), response.content.decode()
    assert Photo.objects.count() == 0


@pytest.mark.parametrize("kind", ["", "multipart/form-data", "multipart/form-data; boundary=x"])
def test_a_form_without_a_body_or_a_boundary_is_a_problem(receipt, cast, kind):
    for caller in (Caller(), Caller(cast.driver)):
        headers = {"X-CSRFToken": caller.token}
        for raw in (b"", b"--y\r\n"):
            response = caller.client.post(
                f"{BASE}appeals/{receipt['number']}/photos/", raw, content_type=kind, headers=headers
            )
            assert response.status_code in (400, 415) and response["Content-Type"] == "application/problem+json"
            assert CHINESE.search(response.json()["detail"])


def test_photos_of_a_stranger_do_not_reach_an_appeal(receipt):
    response = send(receipt["number"], "", jpeg())
    missing = send("9" * 16, "", jpeg())
    assert response.status_code == 404 and response.content == missing.content
    assert Photo.objects.count() == 0


def test_unknown_addresses_and_methods_are_problems_too():
    for method, path, status in (("get", "nothing/", 404), ("get", "appeals/", 405), ("delete", "track/", 405), ("options", "track/", 405)):
        response = getattr(Caller().client, method)(BASE + path)
        assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json"), path
        assert CHINESE.search(response.json()["title"])
