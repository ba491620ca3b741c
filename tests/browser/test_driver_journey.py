"""A driver's way through the portal in Chromium, with and without script, on an old phone and on a bad line."""

from __future__ import annotations

import re

import pytest

from tests.browser import driver
from tests.browser.driver import GO

OLD = "Mozilla/5.0 (Linux; Android 7.0) AppleWebKit/537.36 Version/4.0 Chrome/57.0.2987.132 MQQBrowser/6.2 Mobile MicroMessenger/8.0"


def test_without_script_he_files_with_two_photos_gets_a_number_follows_and_rates(phone, site):
    page = phone(script=False)
    driver.fill(page, until="photos")
    page.set_input_files("#album", [driver.snapshot(1), driver.snapshot(2)])
    assert page.locator("text=选好了，点“传上去”").is_visible() and not page.locator("text=从相册选").is_visible()
    page.click("button[value=stay]")
    assert page.locator("[data-photo]").count() == 2
    page.click(GO)
    page.click(GO)
    page.click(GO)
    number, code = driver.number_of(page), page.inner_text("#code")
    assert re.fullmatch(r"\d{16}", number) and re.fullmatch(r"\d{3} \d{3}", code)
    driver.answered_by_staff(site, number)
    other = phone(script=False)
    driver.track(other, number, code)
    assert other.inner_text("h1") == "有答复了"
    other.check("#score-4")
    other.click(GO)
    assert "评价收到了" in other.inner_text(".banner")


def test_five_taps_in_a_tenth_of_a_second_are_one_appeal(phone, site):
    page = phone()
    driver.fill(page)
    page.evaluate("const b = document.querySelector('.actions .button'); for (let i = 0; i < 5; i++) b.click();")
    page.wait_for_url("**/appeals/receipt/**")
    number = driver.number_of(page)
    for _ in range(3):
        page.go_back()
    assert site.run(f"from appeals.models import *; print(Appeal.objects.filter(number='{number}').count(), Draft.objects.filter(appeal__number='{number}').count())") == "1 1"


def test_errors_are_read_first_and_lead_to_their_field(phone):
    page = phone()
    page.goto("/appeals/new")
    page.fill("#text", "他们骂人")
    page.click(GO)
    page.wait_for_selector(".errors")
    assert page.evaluate("document.activeElement.classList.contains('errors')")
    assert page.title().startswith("错误：")
    page.click(".errors a")
    assert page.evaluate("document.activeElement.id") == "text"
    assert page.input_value("#text") == "他们骂人"
    page.wait_for_timeout(4000)
    assert page.locator("text=写了 4 个字，至少要 10 个字").count() == 2, "no words that vanish"


def test_what_he_types_is_kept_while_he_types(phone):
    page = phone()
    page.goto("/appeals/new")
    page.fill("#text", "写到一半就停电了")
    with page.expect_response("**/appeals/new", timeout=8000) as saved:
        pass
    assert saved.value.json()["saved_at"]
    page.goto("/appeals/new")
    assert page.input_value("#text") == "写到一半就停电了"
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_one_tap_leaves_and_back_does_not_come_back(phone):
    page = phone()
    driver.fill(page, until="who")
    page.click("text=快速离开")
    page.wait_for_url("**/weather/")
    assert "红运" not in page.content() and page.title() == "日历"
    for _ in range(3):
        page.go_back()
        assert driver.STORY not in page.content()


def test_a_photo_that_fails_says_so_loses_nothing_and_can_be_sent_again(phone):
    page = phone()
    driver.fill(page, until="photos")
    page.route("**/appeals/new/upload", lambda route: route.abort())
    page.set_input_files("#album", [driver.snapshot()])
    page.wait_for_selector("text=没传上去")
    assert page.locator("text=信号断了。照片和字都还在。").is_visible()
    page.unroute("**/appeals/new/upload")
    page.click("text=再传一次")
    page.wait_for_selector("text=传好了")
    page.click(GO)
    page.click(GO)
    assert "照片 1 张" in page.inner_text("main")


def test_a_failed_photo_does_not_hold_the_words(phone):
    page = phone()
    driver.fill(page, until="photos")
    page.route("**/appeals/new/upload", lambda route: route.abort())
    page.set_input_files("#album", [driver.snapshot()])
    page.wait_for_selector("text=没传上去")
    page.click(GO)
    page.wait_for_url("**/appeals/new/phone")


def test_the_card_names_who_will_not_see_it_as_he_chooses(phone):
    page = phone()
    driver.fill(page, until="who")
    page.check("#about-squad")
    page.check("#squad-3")
    assert "执法三中队看不到这件诉求" in page.inner_text("#sees")
    page.check("#about-nobody")
    assert not page.locator("#sees").is_visible(), "not for a question or a suggestion"


def test_position_is_asked_at_a_tap_and_a_refusal_is_no_end(phone):
    page = phone()
    page.add_init_script("window.asked = 0; navigator.geolocation.getCurrentPosition = function (y, n) { window.asked++; n({ code: 1 }); };")
    driver.fill(page, until="where")
    assert page.evaluate("window.asked") == 0
    page.click("[data-locate]")
    assert page.evaluate("window.asked") == 1
    assert "写路名就行" in page.inner_text("[data-locate-status]")


def test_the_receipt_can_be_copied_and_saved_as_a_picture(phone):
    page = phone()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    number, code = driver.send(page)
    page.click("[data-copy-all]")
    page.wait_for_selector("text=复制好了")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert number in copied and code in copied.replace(" ", "")
    with page.expect_download() as saved:
        page.click("text=存成图片")
    assert saved.value.suggested_filename.endswith(".png")


def test_the_qr_brings_the_number_but_not_the_code(phone):
    page = phone()
    page.goto("/appeals/track#7304198255602417")
    assert page.input_value("#number") == "7304 1982 5560 2417"
    assert page.input_value("#code") == "" and page.evaluate("document.activeElement.id") == "code"


def test_an_old_webview_in_wechat_does_without_what_it_lacks(phone):
    page = phone(agent=OLD)
    page.add_init_script(
        "delete Navigator.prototype.sendBeacon; delete Navigator.prototype.serviceWorker; delete window.SyncManager;"
        "Object.defineProperty(window, 'indexedDB', { value: undefined }); delete HTMLCanvasElement.prototype.toBlob;"
    )
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    number, _code = driver.send(page, photos=1)
    assert len(number) == 16 and problems == []


def test_the_worker_hands_it_over_within_two_seconds(phone, site):
    page = phone()
    number, code = driver.send(page)
    page.wait_for_timeout(2000)
    driver.track(page, number, code)
    assert page.inner_text("h1") == "已转给科室"
    assert "执法大队法制督察" in page.inner_text(".hold")


@pytest.mark.parametrize("path", ["/nothing", "/appeals/receipt/00000000-0000-4000-8000-000000000000"])
def test_a_dead_end_says_what_to_do_and_whom_to_call(phone, path):
    page = phone()
    answer = page.goto(path)
    assert answer.status == 404
    text = page.inner_text("body")
    assert "12328" in text and "0516-5550 1232" in text and "查进度" in text


def test_an_expired_form_says_that_what_was_kept_is_kept(phone):
    page = phone()
    driver.fill(page, until="where")
    page.context.clear_cookies(name="c")
    page.click(GO)
    text = page.inner_text("body")
    assert "放得太久" in text and "都还在" in text and "12328" in text
    page.click("text=接着写")
    assert driver.STORY in page.input_value("#text")
