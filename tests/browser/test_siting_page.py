"""Where to build next, in Chromium: axe in every look, nothing sideways but the map, the same houses in the map and in the list."""

from __future__ import annotations

import pytest

from tests.browser.test_staff_pages import problems

LOOKS = ({"width": 1366, "height": 768}, {"width": 1366, "height": 768, "theme": "dark"}, {"width": 360, "height": 800})
PAGE = "/dashboards/siting/"


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_the_page_is_clean_and_holds(sit_down, look):
    page = sit_down("leader", **look)
    for path in (PAGE, f"{PAGE}?choose=99&drivers=x"):
        page.goto(path)
        assert problems(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
    page.faults.clear()  # the browser says of a 400 what it is
    page.goto(PAGE)
    assert page.locator(".map .house.proposed").count() == page.locator(".number-box.proposed").count() == 3
    page.locator("#s-choose").fill("2")
    page.get_by_role("button", name="算一算").click()
    assert page.locator(".number-box.proposed").count() == 2 and page.locator("#s-choose").input_value() == "2"
    assert page.faults == []
