"""The form on a phone: nothing typed is lost, one form is one appeal, and the receipt comes once."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appeals.models import Appeal, Draft, DraftPhoto, Photo
from appeals.rules.life import About
from appeals.selectors.clocks import clock_rules
from appeals.services import drafts, receipts
from common.selectors import calendar
from common.uploads import MAX_BYTES
from notices.models import Notice
from tests.cast import MONDAY
from tests.common.pictures import picture, png_header, with_position

pytestmark = pytest.mark.django_db
STORY = "昨晚九点多，在大许镇 310 国道路口，执法三中队的人把我拦下，开口就骂。"


@pytest.fixture
def wall():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def phone(wall, client):
    """A phone that has opened the form: it holds its cookie and the key of the form."""
    return Phone(client)


class Phone:
    def __init__(self, client: Client):
        self.client = client
        self.key = re.search(r'name="client_key" value="([^"]+)"', client.get("/appeals/new").content.decode())[1]

    def post(self, page: str = "what", **fields):
        url = "/appeals/new" if page == "what" else f"/appeals/new/{page}"
        return self.client.post(url, {"client_key": self.key, "go": "next", **fields})

    def get(self, page: str = "what") -> str:
        return self.client.get("/appeals/new" if page == "what" else f"/appeals/new/{page}").content.decode()

    def fill(self, **more) -> None:
        """All pages, up to check-your-answers."""
        self.post(text=more.get("text", STORY))
        self.post("where", place=more.get("place", "320312118"), spot="310 国道路口", day="2026-11-22", clock="21:00")
        self.post("who", **more.get("who", {"about": "squad", "squad": "squad-03"}))
        self.post("photos", photos=more.get("photos", []))
        self.post("phone", phone=more.get("phone", "138-6112 5678"))

    def send(self, **fields):
        return self.post("check", **fields)


def photo(name: str = "1.jpg", data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data or picture(), content_type="image/jpeg")


def test_six_pages_make_one_appeal_as_the_driver_said_it(phone):
    phone.fill(photos=[photo("1.jpg"), photo("2.png", picture("PNG", (50, 60)))])
    page = phone.get("check")
    for word in ("大许镇，310 国道路口", "11月22日 周日 21:00 左右", "执法三中队", "他们看不到", "照片 2 张", "138 6112 5678"):
        assert word in page
    answer = phone.send(consent="1")
    appeal = Appeal.objects.get()
    assert answer.status_code == 302 and answer["Location"] == f"/appeals/receipt/{appeal.key}"
    assert (appeal.text, appeal.place.name, appeal.spot) == (STORY, "大许镇", "310 国道路口")
    assert (appeal.happened, appeal.about, appeal.phone, appeal.tell_unit) == ("11月22日 周日 21:00 左右", About.UNIT, "13861125678", True)
    assert list(appeal.accused.values_list("unit__code", flat=True)) == ["squad-03"]
    assert Photo.objects.filter(appeal=appeal).count() == 2 and DraftPhoto.objects.count() == 0


def test_every_page_has_one_heading_one_main_button_and_a_quick_way_out(phone):
    phone.fill(photos=[photo()])
    for name in ("what", "where", "who", "photos", "phone", "check"):
        page = phone.get(name)
        assert page.count("<h1") == 1 and page.count('class="button"') == 1, name
        assert "快速离开" in page and "12328" in page
        assert "执法三中队" not in re.search(r"<title>(.*?)</title>", page)[1]


def test_what_was_typed_stays_on_an_error_and_on_back(phone):
    answer = phone.post(text="他们骂人")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("写了 4 个字，至少要 10 个字") == 2 and "他们骂人</textarea>" in page
    assert re.search(r"<title>错误：", page) and 'href="#text"' in page
    phone.post("where", spot="还没想好", go="back")
    assert 'value="还没想好"' in phone.get("where")
    assert "他们骂人</textarea>" in phone.get()


def test_photos_stay_on_an_error_and_a_bad_one_harms_no_good_one(phone):
    phone.post(text=STORY)
    answer = phone.post("photos", photos=[photo(), photo("x.jpg", b"<svg onload=alert(1)>"), photo("3.jpg", picture(size=(90, 90)))])
    page = answer.content.decode()
    assert answer.status_code == 422 and page.count("传好了") >= 2
    assert "照片要 JPEG、PNG 或 WebP" in page
    phone.post("phone", phone="138 6112 567")
    assert DraftPhoto.objects.count() == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (png_header(50_000, 50_000), "照片尺寸太大"),
        (b"<html><script>1</script></html>", "照片要 JPEG、PNG 或 WebP"),
        (b"\xff\xd8\xff" + b"0" * MAX_BYTES, "10 MB"),
    ],
)
def test_a_hostile_photo_is_refused_in_words_and_nothing_is_kept(phone, data, words):
    phone.post(text=STORY)
    answer = phone.post("photos", photos=[photo("a.jpg", data)])
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not DraftPhoto.objects.exists()


def test_the_position_in_a_photo_is_gone_from_what_is_shown(phone):
    phone.post(text=STORY)
    phone.post("photos", photos=[photo("a.jpg", with_position())])
    shown = phone.client.get(reverse("appeals:draft-photo", args=[DraftPhoto.objects.get().key]))
    assert shown["Content-Type"] == "image/jpeg" and b"SECRET" not in shown.content and b"Exif" not in shown.content


def test_a_tenth_photo_is_told_of(phone):
    phone.post(text=STORY)
    phone.post("photos", photos=[photo(f"{n}.jpg", picture(size=(60 + n, 60))) for n in range(9)])
    answer = phone.post("photos", photos=[photo("10.jpg", picture(size=(99, 60)))])
    assert "最多 9 张" in answer.content.decode() and DraftPhoto.objects.count() == 9


def test_ten_photos_tapped_at_once_without_script_leave_nine_and_a_word(phone):
    phone.post(text=STORY)
    answer = phone.post("photos", photos=[photo(f"{n}.jpg", picture(size=(60 + n, 60))) for n in range(10)])
    assert (answer.status_code, DraftPhoto.objects.count()) == (422, 9) and "最多 9 张" in answer.content.decode()


def test_a_photo_can_be_taken_out_and_its_files_go(phone, settings):
    phone.post(text=STORY)
    phone.post("photos", photos=[photo()])
    phone.post("photos", go="stay", remove=str(DraftPhoto.objects.get().key))
    assert not DraftPhoto.objects.exists()
    assert not list((settings.DATA_DIR / "uploads").rglob("*.jpg"))


def test_another_browser_sees_neither_draft_nor_photo_nor_receipt(phone):
    phone.fill(photos=[photo()])
    other = Client()
    assert other.get("/appeals/new/check")["Location"] == "/appeals/new"
    assert other.get(reverse("appeals:draft-photo", args=[DraftPhoto.objects.get().key])).status_code == 404
    receipt = phone.send()["Location"]
    for url in (receipt, f"{receipt}/qr.svg", f"{receipt}/receipt.png"):
        assert phone.client.get(url).status_code == 200
        assert other.get(url).status_code == 404


def test_one_form_is_one_appeal_however_often_it_is_sent(phone):
    phone.fill()
    first = phone.send()["Location"]
    for _ in range(3):
        assert phone.send()["Location"] == first
    assert phone.post(text="另外一段话，写得足够长了")["Location"] == first
    assert phone.client.get("/appeals/new/check")["Location"] == first, "Back shows the receipt"
    assert Appeal.objects.count() == 1


def test_the_draft_is_marked_as_sent_in_the_same_transaction_or_nothing_is_stored(phone, monkeypatch):
    """One commit a submit: no appeal without its draft sent, whatever ends the process in between."""
    phone.fill(photos=[photo()])

    def broken(**_):
        raise RuntimeError("the end of the process")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(drafts, "sent", broken)
        phone.send(consent="1")
    assert not Appeal.objects.exists() and not Photo.objects.exists()
    assert Draft.objects.get().appeal is None and DraftPhoto.objects.count() == 1 and STORY in phone.get("check")
    phone.send(consent="1")
    assert Draft.objects.get().appeal == Appeal.objects.get()


def test_a_submit_takes_at_most_twelve_queries(phone):
    """With receipt, audit, event, clocks, outbox and draft; BEGIN, COMMIT and savepoints frame the work."""
    calendar(), clock_rules(MONDAY)  # the first of a process also reads the working days and the limits
    phone.fill(who={"about": "nobody"}, place="")
    with CaptureQueriesContext(connection) as queries:
        assert phone.send(consent="1").status_code == 302
    frames = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    asked = [each["sql"] for each in queries if not each["sql"].startswith(frames)]
    assert Notice.objects.count() == 1 and len(asked) <= 12, asked


def test_change_one_answer_comes_back_to_check_and_leaves_the_others(phone):
    phone.fill()
    assert "check=1" in phone.get("check")
    assert 'name="to_check"' in phone.client.get("/appeals/new/who?check=1").content.decode()
    answer = phone.post("who", about="unknown", to_check="1")
    assert answer["Location"] == "/appeals/new/check"
    page = phone.get("check")
    assert "不知道是谁" in page and STORY in page and "138 6112 5678" in page


def test_on_the_way_to_sending_only_the_wrong_fields_open(phone):
    phone.fill(text="他们骂人", phone="138 6112 567")
    page = phone.send().content.decode()
    assert "改好这 2 处再提交" in page and "没有问题的 4 处" in page
    assert "地方、时间、说的是谁、照片" in page
    assert phone.send(text=STORY, phone="13861125678")["Location"].startswith("/appeals/receipt/")


def test_nobody_need_be_named_and_no_phone_left(phone):
    phone.fill(who={"about": "nobody"}, phone="")
    page = phone.get("check")
    assert "没有说谁" in page and 'name="consent"' not in page
    phone.send(consent="1")
    appeal = Appeal.objects.get()
    assert (appeal.about, appeal.phone, appeal.tell_unit) == (About.NOBODY, None, False)


def test_a_company_that_is_not_in_the_list_is_kept_in_words(phone):
    phone.fill(who={"about": "other", "other": "", "other_name": "柳新一个料场"})
    phone.send()
    appeal = Appeal.objects.get()
    assert (appeal.about, appeal.about_words) == (About.OTHER, "柳新一个料场")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "请选一个；拿不准就选“不知道是谁”"),
        ({"about": "squad"}, "请点是哪个中队"),
        ({"about": "other"}, "请选单位，或者写个名字"),
        ({"about": "<script>"}, "请选一个"),
    ],
)
def test_whom_it_is_about_is_asked_again_in_words(phone, fields, words):
    phone.post(text=STORY)
    assert words in phone.post("who", **fields).content.decode()


def test_a_squad_tapped_without_script_counts(phone):
    phone.post(text=STORY)
    assert phone.post("who", squad="squad-05").status_code == 302


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"spot": "路" * 121}, "最多 120 个字"),
        ({"day": "earlier", "date": "2026-12-24"}, "这个日子还没到"),
        ({"day": "earlier", "date": "20260101x"}, "这个日子看不懂"),
        ({"day": "earlier", "date": "0026-01-01"}, "这个日子太早了"),
    ],
)
def test_place_and_time_say_how_to_mend(phone, fields, words):
    phone.post(text=STORY)
    answer = phone.post("where", **fields)
    assert answer.status_code == 422 and words in answer.content.decode()


@pytest.mark.parametrize("text", ["", "   \n ", "😀" * 9, "字" * 2001])
def test_a_story_too_short_or_too_long_is_told_its_length(phone, text):
    answer = phone.post(text=text)
    assert answer.status_code == 422 and "个字" in answer.content.decode()
    assert not Appeal.objects.exists()


def test_emoji_and_odd_signs_are_the_drivers_own_words(phone):
    phone.fill(text="他骂我👮😡，还说 <b>再来</b> 就 & 扣车")
    phone.send()
    assert Appeal.objects.get().text == "他骂我👮😡，还说 <b>再来</b> 就 & 扣车"


def test_the_receipt_shows_number_code_dates_and_whom_to_call(phone, wall):
    phone.fill()
    url = phone.send()["Location"]
    page = phone.client.get(url)
    text, appeal = page.content.decode(), Appeal.objects.get()
    code = receipts.receipt_of(appeal).code
    assert page["Cache-Control"] == "no-store"
    assert f"{code[:3]} {code[3:]}" in text and appeal.number in text.replace("</i> <i>", "").replace(" ", "")
    for word in ("今天", "16:36 前", "11月25日", "周三 17:30 前", "11月30日", "周一 17:30 前", "0516-5550 1232", "12328"):
        assert word in text
    assert "您说的单位看不到这件诉求" in text and "执法三中队" not in text
    assert not re.search(r"\d{4}-\d\d-\d\d", text.replace(str(appeal.key), ""))
    wall.shift(timedelta(minutes=9))
    assert code[:3] in phone.client.get(url).content.decode(), "a lost connection loses nothing"
    wall.shift(timedelta(minutes=2))
    late = phone.client.get(url).content.decode()
    assert f"{code[:3]} {code[3:]}" not in late and "查询码只显示那一次" in late
    assert phone.client.get(f"{url}/receipt.png").status_code == 404


def test_a_fine_carries_its_last_day_from_the_first_second(phone):
    phone.fill(text="昨天在大许镇被罚了两千块钱，决定书也给我了")
    text = phone.client.get(phone.send()["Location"]).content.decode()
    assert "行政复议" in text and "1月22日" in text


def test_the_picture_is_a_png_and_the_qr_holds_the_number_behind_the_hash(phone):
    phone.fill()
    url = phone.send()["Location"]
    assert phone.client.get(f"{url}/receipt.png").content.startswith(b"\x89PNG")
    assert phone.client.get(f"{url}/qr.svg")["Content-Type"] == "image/svg+xml"


def test_leaving_in_a_hurry_closes_the_form_until_it_is_opened_again(phone, settings):
    phone.post(text=STORY)
    answer = phone.client.post("/appeals/new/leave")
    assert answer["Location"] == settings.QUICK_EXIT_URL
    assert phone.client.get("/appeals/new")["Location"] == "/", "Back does not come back"
    assert phone.client.get("/appeals/new/check")["Location"] == "/"
    home = phone.client.get("/").content.decode()
    assert "草稿" not in home and "resume=1" in home
    assert phone.client.get("/appeals/new?resume=1")["Location"] == "/appeals/new"
    assert STORY in phone.get()


def test_a_draft_is_deleted_only_by_a_second_tap(phone):
    phone.fill(photos=[photo()])
    assert "删掉这份草稿" in phone.client.get("/appeals/new/discard").content.decode()
    assert Draft.objects.count() == 1
    phone.client.post("/appeals/new/discard")
    assert not Draft.objects.exists() and not DraftPhoto.objects.exists()


def test_a_draft_goes_after_a_day(phone, wall):
    phone.fill(photos=[photo()])
    wall.shift(timedelta(hours=25))
    assert phone.client.get("/appeals/new/check")["Location"] == "/appeals/new"
    assert drafts.sweep_old(now=MONDAY + timedelta(hours=25)) >= 1
    assert not Draft.objects.exists() and not DraftPhoto.objects.exists()


def test_a_draft_of_yesterday_still_knows_its_day(phone, wall):
    phone.post(text=STORY)
    phone.post("where", day="2026-11-21")
    wall.shift(timedelta(hours=12))
    page = phone.get("where")
    assert 'value="2026-11-21"' in page and re.search(r'value="earlier" checked', page)


def test_a_script_keeps_the_draft_and_sends_photos_one_by_one(phone):
    assert phone.post(text="写了一半", go="save").json() == {"saved_at": "14:36"}
    assert "写了一半</textarea>" in phone.get()
    sent = phone.client.post("/appeals/new/upload", {"photos": photo()})
    assert sent.status_code == 200 and sent.json()["left"] == 8
    bad = phone.client.post("/appeals/new/upload", {"photos": photo("b.jpg", b"nothing")})
    assert bad.status_code == 422 and "照片" in bad.json()["message"]
    assert Client().post("/appeals/new/upload", {"photos": photo()}).status_code == 409


def test_the_form_of_a_stranger_is_not_taken_over_by_its_key(phone):
    phone.post(text=STORY)
    thief = Client()
    thief.post("/appeals/new", {"client_key": phone.key, "text": "我想看看别人写了什么内容", "go": "next"})
    assert STORY not in thief.get("/appeals/new").content.decode()
    assert STORY in phone.get()


def test_a_page_without_a_draft_leads_to_the_first(client):
    for name in ("where", "who", "photos", "phone", "check"):
        assert client.get(f"/appeals/new/{name}")["Location"] == "/appeals/new"


def test_the_station_qr_brings_its_place_along(client):
    client.get("/appeals/new?place=320312111")
    assert client.get("/appeals/new").status_code == 200


def test_a_form_that_asks_for_nothing_known_is_refused_without_harm(client):
    assert client.post("/appeals/new", {"client_key": "../../etc", "go": "x" * 999}).status_code == 422
    assert client.get(f"/appeals/receipt/{uuid4()}").status_code == 404
