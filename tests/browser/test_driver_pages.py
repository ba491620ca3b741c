"""Every page of a driver, by every eye and hand: axe, thumbs, narrow screens, dark, 长辈版, weight."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from tests.browser import driver

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = (ROOT / "tests" / "vendor" / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
ALSO = (("sign in", "/accounts/driver/"), ("branch", "/members/branch"), ("union", "/members/union"))
LOOKS = [{}, {"dark": True}, {"care": True}, {"care": True, "dark": True}, {"width": 320}]
SMALL = """least => [...document.querySelectorAll('a, button, input, select, textarea, summary')].filter(e => {
  const box = e.getBoundingClientRect();
  if (!box.width || e.type === 'hidden' || e.matches('.vh, .skip')) return false;
  const label = e.labels && e.labels[0];
  return Math.max(box.height, label ? label.getBoundingClientRect().height : 0) < least;
}).map(e => e.outerHTML.slice(0, 80) + ' ' + Math.round(e.getBoundingClientRect().height))"""
COVERED = """() => [...document.querySelectorAll('main a, main button, main input, main select, main textarea, main summary')].filter(e => {
  if (!e.getBoundingClientRect().width || e.type === 'hidden' || e.disabled || e.matches('.vh')) return false;
  e.focus();
  const box = e.getBoundingClientRect(), bar = document.querySelector('.actions, .tabs');
  return bar && !bar.contains(e) && box.height < 300 && box.top > bar.getBoundingClientRect().top - 8;
}).map(e => e.outerHTML.slice(0, 80))"""

ALONE = """() => [...document.querySelectorAll('.hint, .quiet .nw, h1, .row small')].filter(e => {
  const text = e.textContent.trim(), range = document.createRange();
  if (!e.getBoundingClientRect().width || text.length < 3) return false;
  range.selectNodeContents(e);
  const lines = {};
  for (const box of range.getClientRects()) {
    const line = lines[Math.round(box.bottom / 8)] = lines[Math.round(box.bottom / 8)] || [1e9, 0];
    line[0] = Math.min(line[0], box.left), line[1] = Math.max(line[1], box.right);
  }
  const all = Object.values(lines), last = all[all.length - 1];
  return all.length > 1 && last[1] - last[0] < 1.6 * parseFloat(getComputedStyle(e).fontSize);
}).map(e => e.textContent.trim().slice(0, 40))"""


@pytest.fixture(scope="module")
def appeals(site, browser):
    """One appeal that waits and one that is answered: their numbers and codes."""
    context = browser.new_context(base_url=site.url, locale="zh-CN")
    page = context.new_page()
    waiting, answered = driver.send(page), driver.send(page)
    driver.answered_by_staff(site, answered[0])
    context.close()
    return waiting, answered


def pages(page, appeals):
    """Walk a driver's pages; the name of each as it stands open."""
    for name, path in (("home", "/"), ("track", "/appeals/track"), ("me", "/me/"), ("nothing", "/nothing"), ("calendar", "/weather/"), *ALSO):
        page.goto(path)
        yield name
    page.goto("/appeals/new")
    page.fill("#text", "短")
    page.click(driver.GO)
    page.wait_for_selector(".errors")
    yield "what with an error"
    for name in ("what", "where", "who", "photos", "phone", "check"):
        driver.fill(page, until=name, photos=1)
        yield name
    page.goto("/appeals/new/discard")
    yield "discard"
    driver.send(page)
    yield "receipt"
    page.goto("/appeals/mine")
    yield "mine"
    driver.track(page, *appeals[0])
    yield "waiting"
    url = page.url
    for name in ("add", "withdraw"):
        page.goto(f"{url}/{name}")
        yield name
    driver.track(page, *appeals[1])
    yield "answered"


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_axe_finds_nothing_and_thumbs_find_everything(phone, appeals, look):
    page, found = phone(**look), []
    for name in pages(page, appeals):
        page.wait_for_load_state("networkidle")
        page.evaluate("document.querySelector('nav.tabs > ul') && scrollTo(0, document.body.scrollHeight)")  # at the end a bar covers nothing
        page.evaluate(AXE)
        result = page.evaluate("tags => axe.run(document, { runOnly: tags })", TAGS)
        found += [f"{name}: {v['id']} {v['nodes'][0]['html'][:100]}" for v in result["violations"]]
        found += [f"{name}: small {each}" for each in page.evaluate(SMALL, 59.5 if look.get("care") else 44)]
        found += [f"{name}: covered {each}" for each in page.evaluate(COVERED)]
        found += [f"{name}: one sign alone below {each}" for each in page.evaluate(ALONE)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{name}: scrolls sideways")
        if page.locator("h1").count() != 1 or page.locator(".button").count() > 1:
            found.append(f"{name}: more than one heading or main button")
    assert found == []


def test_twice_the_type_at_320_does_not_scroll_sideways(phone, appeals):
    page, found = phone(width=320), []
    for name in pages(page, appeals):
        page.evaluate("document.documentElement.style.setProperty('font-size', '225%')")
        wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        if wide[0] > wide[1]:
            found.append(f"{name}: {wide}")
    assert found == []


@pytest.mark.parametrize("path", ["/", "/me/"])
def test_in_large_type_the_tab_bar_covers_nothing(phone, path):
    page = phone(care=True)
    page.goto(path)
    below = "document.querySelector('.tabs').getBoundingClientRect().top >= document.querySelector('main').getBoundingClientRect().bottom - 1"
    assert page.evaluate(below)


def test_type_is_never_smaller_than_sixteen(phone, appeals):
    page, found = phone(), []
    js = "() => [...document.querySelectorAll('body *')].filter(e => e.childNodes.length && [...e.childNodes].some(n => n.nodeType === 3 && n.nodeValue.trim()) && parseFloat(getComputedStyle(e).fontSize) < 16).map(e => e.outerHTML.slice(0, 60))"
    for name in pages(page, appeals):
        found += [f"{name}: {each}" for each in page.evaluate(js)]
    assert found == []


def test_nothing_comes_from_another_host_and_the_first_page_is_light(phone, site):
    page, seen = phone(), []
    page.on("response", lambda answer: seen.append(answer))
    page.goto("/", wait_until="networkidle")
    weight = sum(len(gzip.compress(answer.body())) for answer in seen)
    assert all(answer.url.startswith(site.url) for answer in seen)
    assert len(seen) <= 6 and weight <= 60_000, (len(seen), weight)


def test_no_page_moves_under_the_thumb_or_complains(phone, appeals):
    page, problems = phone(), []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" and "status of 4" not in message.text else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) window.moved += e.value; })"
        ".observe({ type: 'layout-shift', buffered: true });"
    )
    for name in pages(page, appeals):
        page.wait_for_load_state("networkidle")
        moved = page.evaluate("window.moved")
        if moved >= 0.1:
            problems.append(f"{name} moved by {moved:.2f}")
    assert problems == []


def test_words_are_those_of_a_colleague_at_the_window():
    """No official's words and no ISO dates in what a driver reads."""
    banned = ("格式错误", "非法", "予以", "依据", "系统繁忙", "网络异常", "尽快", "成功")
    found = []
    for folder in ("site", "appeals/web", "members/web"):
        for path in (ROOT / "templates" / folder).rglob("*.html"):
            text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"))
            found += [f"{path.name}: {word}" for word in banned if word in text]
    assert found == []


def test_the_script_is_plain_enough_for_an_old_phone():
    script = (ROOT / "static" / "site" / "site.js").read_text(encoding="utf-8")
    sheet = (ROOT / "static" / "site" / "site.css").read_text(encoding="utf-8")
    for sign in ("?.", "??", "=>", "async ", "await ", "...", "localStorage", "eval("):
        assert sign not in script, sign
    bare = re.sub(r"/\*.*?\*/", "", sheet, flags=re.S)
    for sign in (":has(", "inset:", "aspect-ratio", "@layer", "http"):
        assert sign not in bare, sign
    assert len(sheet.encode()) <= 30_000
