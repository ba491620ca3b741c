"""An exit without signal, in Chromium: the page opens, thirty packs go out, they are sent twice, thirty rows stand in the ledger."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = (ROOT / "tests" / "vendor" / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
PAGE = "/care/issue/exit/"
SET_UP = """
from accounts.models import Person
from accounts.selectors.viewer import viewer_for
from tests.care.goods import make_care, stocked
by = viewer_for(Person.objects.get(login="union_officer"), now=now, second_factor=True)
care = stocked(make_care(now), 100, by, now)
"""
COUNTS = """
import json
from care.models import Issue, Line, Stock
print(json.dumps([Issue.objects.count(), Line.objects.filter(kind="issued").count(), Stock.objects.get().left, Issue.objects.exclude(repeat_of=None).count()]))
"""


@pytest.fixture(scope="module")
def exit_point(site):
    site.run(SET_UP)
    return site


@pytest.fixture
def keeper(exit_point, sit_down):
    """The secretary with her phone; the page is kept by its worker."""
    page = sit_down("secretary", width=360, height=800)
    page.goto("/care/issue/")
    assert page.url.endswith(PAGE)  # she keeps one point
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    until(page, "navigator.serviceWorker.controller !== null")
    page.reload()
    return page


def until(page, what: str, seconds: float = 15) -> None:
    """Until the page says so. Not wait_for_function: the strict policy lets no page evaluate text."""
    for _turn in range(int(seconds * 20)):
        if page.evaluate(what):
            return
        page.wait_for_timeout(50)
    raise AssertionError(what)


KEPT = "document.querySelector('[data-how-many]').textContent"
EMPTY = "document.querySelector('#queue').hidden"


def counts(site) -> list[int]:
    return json.loads(site.run(COUNTS).splitlines()[-1])


def give(page, n: int, tail: str = "5678") -> None:
    page.fill("#plate", f"苏c{n:05d}")
    page.fill("#tail", tail)
    page.click(".actions .button")


def test_thirty_packs_at_an_exit_without_signal_sent_twice_are_thirty_rows(exit_point, keeper):
    page = keeper
    page.context.set_offline(True)
    page.reload()  # the worker has the page
    for n in range(30):
        give(page, 20_000 + n)
        until(page, f"{KEPT} === '{n + 1}'")
    assert "没有信号，记在手机里了" in page.inner_text("#told")
    shown = page.inner_text("#queue")
    assert "30 份未发出" in shown and "20007" not in shown and "5678" not in shown  # others look at this phone
    assert page.inner_text("[data-left]") == "70"
    assert counts(exit_point)[:3] == [0, 0, 100]
    lost = []

    def answer_lost(route):
        lost.append(json.loads(route.request.post_data))
        if len(lost) == 1:
            route.fetch()  # the server has written them, the answer never arrives
            route.abort()
        else:
            route.continue_()

    page.context.route("**/care/replay/", answer_lost)
    page.context.set_offline(False)
    for _turn in range(200):
        if lost:
            break
        page.wait_for_timeout(50)
    assert page.evaluate(f"{KEPT} === '30'")  # nobody told the phone that they were received
    page.wait_for_timeout(500)
    page.click("[data-send-now]")
    until(page, EMPTY)
    assert len(lost) == 2 and [row["client_key"] for row in lost[0]["rows"]] == [row["client_key"] for row in lost[1]["rows"]]
    assert counts(exit_point) == [30, 30, 70, 0]
    left = page.evaluate(
        "new Promise(done => { const asked = indexedDB.open('care-issue', 1); asked.onsuccess = () => { "
        "const all = asked.result.transaction('rows').objectStore('rows').getAll(); all.onsuccess = () => done(all.result.length); }; })"
    )
    assert left == 0 and "30 份都收到了" in page.inner_text("#told")


def test_with_signal_one_tap_is_one_row_and_a_second_pack_is_asked_about(exit_point, keeper):
    page, before = keeper, counts(exit_point)
    give(page, 30_000)
    page.wait_for_selector("#told .banner.ok")
    assert "发了" in page.inner_text("#told")
    give(page, 30_000)
    page.wait_for_selector("#plate-error")
    assert "铜山出口领过了" in page.inner_text("#plate-error") and page.is_visible("#anyway")
    page.fill("#anyway", "上一份被雨淋了")
    page.click(".actions .button")
    page.wait_for_selector("#told .banner.ok")
    after = counts(exit_point)
    assert (after[0] - before[0], after[3] - before[3]) == (2, 1)
    assert page.faults == [] or all("409" in told for told in page.faults)


def test_what_cannot_be_true_stays_on_the_phone_with_words(exit_point, keeper):
    page, before = keeper, counts(exit_point)
    page.context.set_offline(True)
    page.fill("#card", "1234")
    page.click(".actions .button")
    assert "没有信号查不了四位数" in page.inner_text("#card-error")
    page.fill("#card", "HYLQ:v1.k.notours")
    page.click(".actions .button")
    until(page, f"{KEPT} === '1'")
    page.context.set_offline(False)
    page.wait_for_selector("text=没有收")
    assert "认不出来" in page.inner_text("#queue")
    page.click("text=删掉这一行")
    until(page, EMPTY)
    assert counts(exit_point) == before


def test_without_a_script_the_form_hands_out_and_asks(exit_point, sit_down):
    page, before = sit_down("secretary", width=360, height=800, script=False), counts(exit_point)
    for _twice in range(2):
        page.goto(PAGE)
        give(page, 40_000)
    assert "有 1 处需要修改" in page.inner_text("main") and page.is_visible("#anyway")
    page.fill("#anyway", "家里还有一位")
    page.click(".actions .button")
    assert "发了：暖心礼包" in page.inner_text("#told") and counts(exit_point)[0] - before[0] == 2


def test_the_pages_of_the_exit_are_clean_in_light_dark_and_large(exit_point, sit_down, browser, sessions, site):
    wrong = []
    for scheme, large in (("light", False), ("dark", False), ("light", True)):
        context = browser.new_context(viewport={"width": 360, "height": 800}, locale="zh-CN", base_url=site.url, color_scheme=scheme)
        cookies = {"care": "1" if large else "0", sessions["cookie"]: sessions["secretary"]}
        context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in cookies.items()])
        page = context.new_page()
        for path in (PAGE, "/care/card"):
            page.goto(path)
            page.evaluate(AXE)
            found = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", TAGS)["violations"]
            wrong += [(path, scheme, large, one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append((path, scheme, large, "wider than the phone"))
        context.close()
    assert wrong == []
