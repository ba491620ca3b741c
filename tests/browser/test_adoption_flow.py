"""登记里有您吗？ in Chromium: without script, on a phone, in every look; axe, thumbs, nothing sideways."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from tests.browser.test_driver_pages import SMALL
from tests.browser.test_staff_pages import problems

SET_UP = """
import json
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from accounts.services import people
from tests.members.books import resident_id
from tests.members.makers import make_driver, make_enterprise

made = {"cookie": settings.SESSION_COOKIE_NAME}
for n, look in enumerate(("light", "dark", "care", "care_dark", "plain")):
    phone, identity = f"1397755000{n}", resident_id(300 + n)
    row = people.make_person(now=now, name="李大路", phone=phone, id_number=identity)
    make_driver("李大路", place="320312009", phone=phone, person=row, enterprise=make_enterprise(f"徐州第{n}运输有限公司"))
    account = people.prove_phone(phone=phone, now=now).person
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(account.pk), "accounts.backends.StaffBackend"
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.save()
    made[look] = {"session": session.session_key, "tail": identity[-6:]}
print(json.dumps(made))
"""
LOOKS = {"light": {}, "dark": {"dark": True}, "care": {"care": True}, "care_dark": {"care": True, "dark": True}}


@pytest.fixture(scope="module")
def rows(site):
    return json.loads(site.run(SET_UP).splitlines()[-1])


def looked(page, name: str, *, care: bool) -> list[str]:
    said = problems(page) + [f"small {each}" for each in page.evaluate(SMALL, 59.5 if care else 44)]
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    said += [f"{wide}px too wide"] if wide > 0 else []
    said += ["not one heading"] if page.locator("h1").count() != 1 else []
    return [f"{name}: {each}" for each in said]


@pytest.mark.parametrize("look", LOOKS)
def test_he_finds_himself_in_the_register_in_every_look(phone, rows, site, look):
    found, care = [], bool(LOOKS[look].get("care"))
    page = phone(**LOOKS[look])
    for name in steps(page, rows, site, look):
        found += looked(page, name, care=care)
    assert not found, "\n".join(found)


def test_and_without_script(phone, rows, site):
    assert list(steps(phone(script=False), rows, site, "plain")) == ["me", "form", "wrong", "found"]


def steps(page, rows, site, look):
    """From 我的 to his contact; yields at each page that can be looked at."""
    mine = rows[look]
    page.context.add_cookies([{"name": rows["cookie"], "value": mine["session"], "url": site.url}])
    page.goto("/me/")
    yield "me"
    page.click("a[href='/members/register']")
    yield "form"
    page.fill("#name", "李大路")
    page.fill("#id_tail", "000000")
    page.click(".actions .button")
    page.wait_for_selector("#name-error")
    assert page.input_value("#id_tail") == "" and page.input_value("#name") == "李大路"
    yield "wrong"
    page.fill("#id_tail", mine["tail"].lower())
    page.click(".actions .button")
    page.wait_for_selector("h1:has-text('对上了')")
    assert "铜山街道" in page.inner_text("main") and "运输有限公司" in page.inner_text("main")
    yield "found"
    page.click("main a.button")
    page.wait_for_url("**/members/contact")
    assert urlsplit(page.url).path == "/members/contact"
