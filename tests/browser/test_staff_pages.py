"""The staff's pages in Chromium: axe in every look, the strict policy unbroken, nothing hidden, the keyboard enough."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = (ROOT / "tests" / "vendor" / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = {
    "light 1440": {"width": 1440, "height": 900},
    "dark 1366": {"width": 1366, "height": 768, "theme": "dark"},
    "care 1366": {"width": 1366, "height": 768, "care": True},
    "1024": {"width": 1024, "height": 768},
    "phone": {"width": 360, "height": 800},
    "phone dark": {"width": 360, "height": 800, "theme": "dark"},
}
COVERED = """() => [...document.querySelectorAll('main a, main button, main input, main select, main textarea, main summary')].filter(e => {
  if (!e.getBoundingClientRect().width || e.type === 'hidden' || e.disabled || e.matches('.sr')) return false;
  if (getComputedStyle(e).opacity === '0') return false;
  e.focus();
  const box = e.getBoundingClientRect(), bar = document.querySelector('.bar, .bulk:not([hidden])');
  return bar && !bar.contains(e) && box.height < 300 && box.top > bar.getBoundingClientRect().top - 2;
}).map(e => e.outerHTML.slice(0, 100))"""
SET_UP = """
import json
from datetime import timedelta
from accounts.models import Person
from accounts.selectors.viewer import viewer_for
from appeals.models import ReplyTemplate
from appeals.services import answers, requests
from notices.models import Hold, Notice
from notices.services import outbox, sending
from tests.appeals import journey

class Cast:
    def viewer(self, slug, at=now):
        return viewer_for(Person.objects.get(login=slug), now=at, second_factor=True)

cast, keys, yesterday = Cast(), {}, now - timedelta(days=1)
keys["in_hand"] = str(journey.in_hand(cast, now=yesterday, plate="苏C12345", caller_name="张建国").key)
keys["routed"] = str(journey.routed(now=yesterday, text=journey.FREIGHT + "，第二回").key)
waits = journey.in_hand(cast, now=yesterday, text=journey.FREIGHT + "，第三回")
answers.submit_answer(appeal=waits, parts=journey.PARTS, by=cast.viewer("handler"), version=None, now=now)
keys["submitted"] = str(waits.key)
keys["answered"] = str(journey.answered(cast, now=yesterday, text=journey.FREIGHT + "，第四回").key)
keys["fresh"] = str(journey.routed(now=now, text=journey.FREIGHT + "，第五回").key)
desk = journey.routed(now=now, text="你好在吗，有人吗，我想问个事，在不在啊")
keys["desk"] = str(desk.key)
lost = dict(template="appeal.answered", about_kind="appeals.appeal", channel="sms", hours="any", made_at=now, settled_at=now)
for n, (state, why) in enumerate([("failed", "空号"), ("unknown", "")]):
    Notice.objects.create(**lost, about_pk=str(waits.pk), unique_key=f"lost {n}", address="13800007777", state=state, error=why)
keys["hold"] = str(Hold.objects.create(why="storm", before=now, messages=230, made_at=now).pk)
outbox.post(template="notices.hold", about=("notices.hold", keys["hold"]), now=now, to=Person.objects.filter(login="admin"))
sending.sweep(now)
keys["person"] = str(Person.objects.get(login="second_handler").key)
ReplyTemplate.objects.create(name="约谈后答复", category="D1", measure="【日期】我们约谈了货主。", result="【付款日期】前付清。")
print(json.dumps(keys))
"""


@pytest.fixture(scope="module")
def keys(site):
    import json

    return json.loads(site.run(SET_UP).splitlines()[-1])


def doors(keys) -> list[tuple[str, str]]:
    """(who, path) of every page of the staff, with something on it."""
    one = f"/admin/appeals/appeal/{keys['in_hand']}/"
    return [
        ("", "/accounts/staff/"), ("", "/admin/signed-out/"),
        ("handler", "/admin/"), ("desk", "/admin/"), ("clerk", "/admin/"), ("leader", "/admin/"), ("supervisor", "/admin/"),
        ("handler", "/admin/appeals/appeal/"), ("desk", "/admin/appeals/appeal/?view=open"),
        ("handler", "/admin/appeals/appeal/?state=in_hand&who=me"), ("handler", "/admin/appeals/appeal/?q=没有这样的"),
        ("handler", one), ("head", one), ("handler", f"{one}?sheet=3"), ("handler", f"{one}?public=1"),
        ("desk", one), ("discipline", one),
        ("head", f"{one}act/?move=ask_hand_back"), ("handler", f"{one}act/?move=recuse"),
        ("head", f"/admin/appeals/appeal/{keys['submitted']}/"), ("handler", f"/admin/appeals/appeal/{keys['routed']}/"),
        ("call_back", f"/admin/appeals/appeal/{keys['answered']}/"),
        ("call_back", f"/admin/appeals/appeal/{keys['answered']}/act/?move=call_back"),
        ("call_back", "/admin/appeals/call-backs/"), ("head", "/admin/appeals/decide/"), ("desk", "/admin/appeals/desk/"),
        ("clerk", "/admin/appeals/register/"), ("desk", "/admin/appeals/rules/"), ("desk", "/admin/appeals/rules/A1-2/"),
        ("desk", "/admin/appeals/clockrule/"), ("desk", "/admin/appeals/clockrule/add/"), ("desk", "/admin/calendar/"),
        ("head", "/admin/appeals/replytemplate/"), ("head", "/admin/appeals/replytemplate/add/"), ("handler", "/admin/find/"),
        ("discipline", "/admin/"), ("discipline", "/admin/appeals/appeal/"), ("call_back", "/admin/"), ("security", "/admin/"),
        ("auditor", "/admin/"), ("auditor", "/admin/accounts/posting/"), ("supervisor", "/admin/calendar/"),
        ("security", f"/admin/accounts/person/{keys['person']}/change/"), ("admin", "/admin/accounts/person/add/"),
        ("security", "/admin/accounts/unit/transport/change/"), ("desk", "/admin/notices/"),
        ("leader", "/dashboards/"), ("handler", "/dashboards/?period=month"), ("discipline", "/dashboards/?period=year"),
        ("desk", "/dashboards/rows/?figure=open"), ("leader", "/dashboards/rows/?figure=open"),
        ("admin", "/admin/accounts/person/"), ("security", "/admin/accounts/posting/"), ("security", "/admin/accounts/unit/"),
        ("auditor", "/admin/accounts/auditline/"),
        ("handler", "/admin/notices/"), ("desk", "/admin/notices/trouble/"), ("admin", "/admin/notices/holds/"),
        ("admin", f"/admin/notices/holds/?hold={keys['hold']}&act=drop"), ("admin", "/admin/notices/"), ("clerk", "/admin/notices/"),
    ]  # fmt: skip


def problems(page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
    return [f"{each['id']}: {node['html'][:120]}" for each in found["violations"] for node in each["nodes"][:3]]


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_in_every_look(sit_down, keys, look):
    bad = []
    pages = {}
    for who, path in doors(keys):
        page = pages.get(who) or pages.setdefault(who, sit_down(who, **LOOKS[look]))
        answer = page.goto(path)
        said = [f"status {answer.status}"] if answer.status >= 400 else []
        said += problems(page)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        said += [f"{wide}px too wide"] if wide > 0 else []
        said += [f"covered: {each}" for each in page.evaluate(COVERED)]
        said += page.faults
        page.faults.clear()
        bad += [f"{who} {path}: {each}" for each in said]
    assert not bad, "\n".join(bad)


@pytest.mark.parametrize("dark", [False, True])
def test_pages_in_the_drivers_dress_that_staff_meet_too(phone, sit_down, sessions, site, dark):
    page = phone(dark=dark)
    page.context.add_cookies([{"name": sessions["cookie"], "value": sessions["handler"], "url": site.url}])
    for path in ("/accounts/sessions/", "/demo/outbox/"):
        page.goto(path)
        assert problems(page) == [], path


@pytest.mark.parametrize("dark", [False, True])
def test_the_page_of_the_api_reads_well_and_asks_no_other_host(phone, site, dark):
    page = phone(dark=dark)
    page.goto("/api/v1/docs/")
    page.click("summary:has-text('提交一件诉求')")
    assert problems(page) == [] and page.faults == []


def test_a_handler_works_without_script(sit_down, keys):
    page = sit_down("handler", script=False)
    page.goto("/admin/")
    page.click(f"form[action*='{keys['fresh']}'] button")
    page.wait_for_selector(".messagelist .success")
    page.goto(f"/admin/appeals/appeal/{keys['fresh']}/")
    page.click("label[for=sheet-2]")
    page.fill("#words-progress", "已经联系料场，约了明天当面谈。")
    page.click("#form-progress button")
    page.wait_for_selector(".messagelist .success")
    page.fill("#answer-measure", "我们约谈了货主。")
    page.fill("#answer-result", "【付款日期】前付清。")
    page.click(".bar .btn.main")
    page.wait_for_selector(".error-box")
    assert page.input_value("#answer-measure") == "我们约谈了货主。"


def test_what_is_typed_is_kept_and_shown_as_the_driver_will_see_it(sit_down, keys, site):
    page = sit_down("handler")
    page.goto(f"/admin/appeals/appeal/{keys['in_hand']}/")
    page.fill("#answer-measure", "我们【日期】约谈了货主。")
    assert page.text_content("[data-shows=measure] .blank") == "日期"
    page.wait_for_selector("[data-draft-state]:has-text('存在服务器上')", timeout=8000)
    page.fill("#answer-basis", "运费不是工资。")
    page.wait_for_timeout(3500)
    page.goto(f"/admin/appeals/appeal/{keys['in_hand']}/")
    assert page.input_value("#answer-basis") == "运费不是工资。"
    assert page.faults == []


def test_the_list_by_keyboard_alone(sit_down, keys):
    page = sit_down("handler")
    page.goto("/admin/appeals/appeal/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    page.focus("tbody input[type=checkbox]")
    page.keyboard.press("Space")
    assert page.text_content("[data-picked] [data-count]") == "1"
    assert page.is_visible("[data-picked]")


def test_the_menu_of_a_phone_opens_without_script(sit_down, keys):
    page = sit_down("handler", width=390, height=844, script=False)
    page.goto("/admin/")
    assert not page.is_visible(".phone-menu .nav")
    page.click(".phone-menu > summary")
    page.click(".phone-menu .nav-item >> text=诉求列表")
    page.wait_for_url("**/appeals/appeal/")


def test_dark_and_large_are_kept_by_the_server(sit_down, keys):
    page = sit_down("handler", script=False)
    page.goto("/admin/")
    page.click(".top > .look button[name=theme]")
    page.wait_for_selector("html[data-theme=dark]")
    page.click(".top > .look button[name=care]")
    page.wait_for_selector("html.care")
