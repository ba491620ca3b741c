"""Care for people in Chromium: axe and nothing sideways on a driver's pages and the staff's; a drawn signature arrives."""

from __future__ import annotations

import json

import pytest

from tests.browser.test_driver_pages import ALONE, SMALL
from tests.browser.test_staff_pages import problems

SET_UP = """
import json
from importlib import import_module
from uuid import uuid4
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from accounts.models import Person
from accounts.selectors.viewer import viewer_for
from care.services import applications, funds
from tests.care.goods import asked, signature

def by(slug):
    return viewer_for(Person.objects.get(login=slug), now=now, second_factor=True)

who = Person.objects.get(name="张师傅", login=None)
mine = viewer_for(who, now=now, second_factor=False)
fund = funds.set_up(name="送温暖专项", budget_fen=10**7, by=by("union_officer"), now=now)
funds.put_in(fund=fund, fen=500_000, client_key=uuid4(), by=by("cashier"), now=now, why="拨款")
waits = asked(who, mine, now=now, papers=[signature()])
paid = asked(who, mine, now=now, kind="solatium")
applications.approve(application=paid, amount_fen=80_000, fund=fund, by=by("approver"), version=0, now=now)
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(who.pk), "accounts.backends.StaffBackend"
session[HASH_SESSION_KEY] = who.get_session_auth_hash()
session.save()
print(json.dumps({"waits": str(waits.key), "paid": str(paid.key), "session": session.session_key, "cookie": settings.SESSION_COOKIE_NAME}))
"""


@pytest.fixture(scope="module")
def rows(site):
    return json.loads(site.run(SET_UP).splitlines()[-1])


@pytest.mark.parametrize("look", [{}, {"dark": True}, {"care": True}, {"width": 320}], ids=str)
def test_a_drivers_pages_are_clean(phone, site, rows, look):
    page, found = phone(**look), []
    page.context.add_cookies([{"name": rows["cookie"], "value": rows["session"], "url": site.url}])
    for path in ("/care/", "/care/ask/solatium/", f"/care/asked/{rows['waits']}/", f"/care/asked/{rows['waits']}/withdraw/", f"/care/asked/{rows['paid']}/receipt/"):
        page.goto(path)
        found += [f"{path}: {each}" for each in problems(page)]
        found += [f"{path}: small {each}" for each in page.evaluate(SMALL, 59.5 if look.get("care") else 44)]
        found += [f"{path}: {each} stands alone" for each in page.evaluate(ALONE)]
        if (wide := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
            found.append(f"{path}: {wide}px too wide")
    assert not found and not page.faults, "\n".join(found + page.faults)


@pytest.mark.parametrize("look", [{"width": 1366, "height": 768}, {"width": 1366, "height": 768, "theme": "dark"}, {"width": 360, "height": 800}], ids=str)
def test_the_staffs_pages_are_clean(sit_down, rows, look):
    found = []
    for slug, paths in {
        "approver": ("/admin/care/applications/", f"/admin/care/applications/{rows['waits']}/"),
        "cashier": (f"/admin/care/applications/{rows['paid']}/", "/admin/care/money/"),
        "union_officer": ("/admin/care/insurance/", "/admin/care/visits/", "/admin/care/visits/new/", "/admin/care/nominate/", "/admin/care/money/"),
    }.items():
        page = sit_down(slug, **look)
        for path in paths:
            page.goto(path)
            found += [f"{path}: {each}" for each in problems(page)]
            if (wide := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
                found.append(f"{path}: {wide}px too wide")
        found += page.faults
    assert not found, "\n".join(found)


def test_what_he_draws_with_his_finger_is_his_receipt(phone, site, rows):
    page = phone()
    page.context.add_cookies([{"name": rows["cookie"], "value": rows["session"], "url": site.url}])
    page.goto(f"/care/asked/{rows['paid']}/receipt/")
    box = page.locator("[data-sign]").bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 90)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 20, steps=5)
    page.mouse.move(box["x"] + 250, box["y"] + 100, steps=5)
    page.mouse.up()
    page.get_by_role("button", name="签字").click()
    page.wait_for_url("**/asked/*/")
    assert page.get_by_text("收条签好了").is_visible()
