"""替他反映 in Chromium: a contact's phone, in every look and without script; the driver finds it as his own."""

from __future__ import annotations

import json

import pytest

from tests.browser import driver
from tests.browser.driver import GO
from tests.browser.test_driver_pages import COVERED, SMALL
from tests.browser.test_staff_pages import problems

SET_UP = """
import json
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from accounts.models import Person
from accounts.services import consents
from tests.cast import CAST, Cast
from tests.members.zone_world import member, seated

cast = Cast({slug: Person.objects.get(name=CAST[slug][0]) for slug in CAST})
made = {"cookie": settings.SESSION_COOKIE_NAME}
for n, look in enumerate(("light", "dark", "care", "narrow", "plain")):
    seat = seated(cast, member(cast, f"王建国{n}"), 1, now=now)[0]
    person = seat.driver.person
    consents.give(person=person, purpose="speak_for_me", now=now)
    made[look] = {"driver": str(person.key)}
    for side, who in (("contact", seat.contact), ("own", person)):
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(who.pk), "accounts.backends.StaffBackend"
        session[HASH_SESSION_KEY] = who.get_session_auth_hash()
        session.save()
        made[look][side] = session.session_key
print(json.dumps(made))
"""
LOOKS = {"light": {}, "dark": {"dark": True}, "care": {"care": True}, "narrow": {"width": 320}}
TAKE_BACK = """
from accounts.models import Person
from accounts.services import consents
consents.withdraw(person=Person.objects.get(key="{driver}"), purpose="speak_for_me", now=now)
"""


@pytest.fixture(scope="module")
def rows(site):
    return json.loads(site.run(SET_UP).splitlines()[-1])


def as_(page, rows, site, look: str, side: str) -> None:
    page.context.clear_cookies(name=rows["cookie"])
    page.context.add_cookies([{"name": rows["cookie"], "value": rows[look][side], "url": site.url}])


def steps(page, rows, site, look: str):
    """From his five to the number, and the driver's own page; yields at each page that can be looked at."""
    key = rows[look]["driver"]
    as_(page, rows, site, look, "contact")
    page.goto(f"/members/five/{key}")
    yield "one of five"
    page.click(f"a[href='/appeals/for/{key}/']")
    yield "before"
    page.click(GO)
    page.fill("#text", "短")
    page.click(GO)
    page.wait_for_selector(".errors")
    yield "what with an error"
    page.fill("#text", driver.STORY)
    acts = {
        "where": lambda: page.select_option("#place", label="大许镇"),
        "who": lambda: (page.check("#about-squad"), page.check("#squad-3")),
        "photos": lambda: page.set_input_files("#album", [driver.snapshot()]),
        "phone": lambda: None,
        "check": lambda: None,
    }
    for name, act in acts.items():
        page.click(GO)
        page.wait_for_url(f"**/appeals/for/{key}/{name}")
        act()
        if name == "photos":
            page.wait_for_timeout(800)
        yield name
    page.click(GO)
    page.wait_for_url(f"**/appeals/for/{key}/receipt/**")
    assert page.locator("#code").count() == 0
    yield "receipt"
    page.goto(f"/appeals/for/{key}/")
    assert "替他写过的" in page.inner_text("main")
    yield "written"
    page.goto(f"/appeals/for/{key}/what")
    page.fill("#text", driver.STORY)
    page.click(GO)
    page.wait_for_url(f"**/appeals/for/{key}/where")
    site.run(TAKE_BACK.format(driver=key))
    page.click(GO)
    page.wait_for_selector("h1:has-text('现在不能替他交')")
    assert driver.STORY in page.inner_text("main")
    yield "closed"
    as_(page, rows, site, look, "own")
    page.goto("/appeals/mine")
    yield "mine"
    page.click(".card a.row.link")
    page.wait_for_url("**/appeals/track/**")
    assert "由您的联系人王师傅代您写下" in page.inner_text("main")
    yield "track"


@pytest.mark.parametrize("look", LOOKS)
def test_a_contact_writes_for_his_driver_in_every_look(phone, rows, site, look):
    page, found = phone(**LOOKS[look]), []
    for name in steps(page, rows, site, look):
        page.wait_for_load_state("networkidle")
        said = problems(page) + [f"small {each}" for each in page.evaluate(SMALL, 59.5 if look == "care" else 44)]
        said += [f"covered {each}" for each in page.evaluate(COVERED)]
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        said += [f"{wide}px too wide"] if wide > 0 else []
        said += ["not one heading"] if page.locator("h1").count() != 1 else []
        found += [f"{name}: {each}" for each in said]
    assert not found, "\n".join(found)


def test_and_without_script(phone, rows, site):
    walked = list(steps(phone(script=False), rows, site, "plain"))
    assert walked[-3:] == ["closed", "mine", "track"]
