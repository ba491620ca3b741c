"""The register's pages in Chromium, a driver's and the staff's, light and dark: axe, thumbs, nothing sideways, no complaint."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from tests.browser.test_driver_pages import ALONE, LOOKS, SMALL
from tests.browser.test_staff_pages import problems

SET_UP = """
import json
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from accounts.models import Consent, Person, Place
from accounts.rules.viewer import Viewer
from accounts.selectors.viewer import viewer_for
from accounts.services import consents
from branches.models import Branch
from branches.services import membership, placement, transfers
from members.models import Conflict, HeaderWord, Match, UnionMember
from members.services import claims, exports, own, uploads, zones
from members.tasks import *
from tests.members.books import book, person
from tests.members.makers import make_driver, make_enterprise


def by(slug):
    return viewer_for(Person.objects.get(login=slug), now=now, second_factor=True)


def placed(name, phone):
    who = make_driver(name, place="320312009", phone=phone).person
    one = membership.admit(person=who, kind="full", how="telephone", by=by("secretary"), now=now)
    placement.place(membership=one, branch=Branch.objects.get(unit__code="branch-03"), by=by("committee_secretary"), now=now)
    return one


def claimed(name, phone):
    who = make_driver(name, place="320312009", phone=phone).person
    said = claims.Said(name=name, kind="full", relation="大许镇", place=Place.objects.get(code="320312009"))
    return claims.open_claim(person=who, said=said, by=Viewer(person_id=who.pk), now=now)


keys, session_of = {}, {}
member, moving = placed("党建国", "13977770001"), placed("方向前", "13977770002")
transfers.ask(membership=moving, to_branch=Branch.objects.get(unit__code="branch-05"), by=by("secretary"), now=now, reason="搬家了")
drivers = [make_driver(f"司机{n}", place="320312009", phone=f"1397778000{n}", plates=(f"苏C8888{n}",), trade="煤炭") for n in range(4)]
for driver in drivers[:3]:
    match = Match.objects.create(contact=member.person, driver=driver, reasons=["place"], at=now)
    zones.accept(match=match, by=by("secretary"), now=now)
Match.objects.create(contact=member.person, driver=drivers[3], reasons=["place"], at=now)
zones.end_seat(seat=member.person.seats.filter(until=None).last(), by=by("secretary"), reason="说不到一块", now=now)
consents.give(person=drivers[0].person, purpose=Consent.Purpose.ZONE, now=now)
waits, refused = claimed("等核实", "13977770003"), claimed("没核上", "13977770004")
claims.refuse(claim=refused, by=by("secretary"), why="原支部查不到这个人", now=now)
upload = uploads.take(content=book(person(1), person(2, 姓名="")), name="大许镇.xlsx", kind="census", by=by("registrar"), now=now)
Conflict.objects.create(upload=upload, driver=drivers[0], kind="two_towns", sheet="大许镇", row=3, ours="铜山街道", theirs="大许镇", found_at=now)
exports.ask(what="drivers", columns=[], filters={}, reason="核对名单", by=by("registrar"), now=now)
company, other = make_enterprise(), make_enterprise("徐州乙网约车服务有限公司")
drivers[1].enterprise = company
drivers[1].save(update_fields=["enterprise"])
UnionMember.objects.create(person=drivers[1].person, enterprise=other, occupation="truck", joined_on=now.date())
HeaderWord.objects.create(header="挂靠何处", field="enterprise", by=Person.objects.get(login="registrar"), at=now)
own.ask(kind="correct", words="我不跑煤炭了", by=Viewer(person_id=drivers[0].person_id), now=now)
consents.give(person=moving.person, purpose=Consent.Purpose.SHOW_IDENTITY, now=now)
keys = {
    "member": str(member.person.key), "driver": str(drivers[0].person.key), "claim": str(waits.key), "refused": str(refused.key),
    "upload": str(upload.key), "enterprise": company.pk, "other": other.pk,
}
people = {"shown": moving.person, "member": member.person, "driven": drivers[0].person, "waits": waits.person, "refused": refused.person, "plain": drivers[3].person}
for name, who in people.items():
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(who.pk), "accounts.backends.StaffBackend"
    session[HASH_SESSION_KEY] = who.get_session_auth_hash()
    session.save()
    session_of[name] = session.session_key
print(json.dumps({"keys": keys, "sessions": session_of, "cookie": settings.SESSION_COOKIE_NAME}))
"""
STAFF = (
    ("registrar", "/admin/drivers/"), ("registrar", "/admin/drivers/{driver}/"), ("secretary", "/admin/drivers/"),
    ("secretary", "/admin/claims/"), ("secretary", "/admin/claims/{claim}/"), ("committee_secretary", "/admin/claims/?tab=refused"),
    ("secretary", "/admin/branches/mine/"), ("secretary", "/admin/branches/members/"), ("secretary", "/admin/branches/members/{member}/"),
    ("committee_secretary", "/admin/branches/branch/branch-03/"), ("committee_secretary", "/admin/branches/overview/"),
    ("committee_secretary", "/admin/branches/coverage/"), ("secretary", "/admin/branches/transfers/"), ("secretary", "/admin/branches/terms/"),
    ("secretary", "/admin/zones/"), ("secretary", "/admin/zones/{member}/"), ("secretary", "/admin/zones/waiting/"),
    ("registrar", "/admin/imports/"), ("registrar", "/admin/imports/{upload}/"), ("registrar", "/admin/conflicts/"),
    ("registrar", "/admin/handed-in/"), ("registrar", "/admin/duplicates/"), ("registrar", "/admin/exports/"),
    ("registrar", "/admin/data-requests/"), ("registrar", "/admin/enterprises/"), ("registrar", "/admin/enterprises/{enterprise}/"),
    ("union_officer", "/admin/union/"), ("union_officer", "/admin/union/joins/"), ("union_officer", "/admin/union/missing/"),
    ("registrar", "/admin/find/"), ("registrar", "/admin/"), ("secretary", "/admin/"),
    ("committee_secretary", "/admin/"), ("committee_secretary", "/admin/claims/"), ("committee_secretary", "/admin/branches/members/"),
    ("committee_secretary", "/admin/branches/terms/"), ("committee_secretary", "/admin/zones/"), ("secretary", "/admin/branches/coverage/"),
    ("secretary", "/admin/branches/overview/"), ("secretary", "/admin/zones/?view=short"), ("secretary", "/admin/drivers/{driver}/"),
    ("secretary", "/admin/exports/"), ("secretary", "/admin/branches/members/{member}/act/kind/"), ("registrar", "/admin/headers/"),
    ("registrar", "/admin/imports/{upload}/?show=rejected"), ("registrar", "/admin/imports/{upload}/?step=drop"),
    ("registrar", "/admin/drivers/?enterprise={enterprise}"), ("registrar", "/admin/enterprises/employers/"), ("registrar", "/admin/union/missing/"),
    ("registrar", "/admin/handed-in/?as_of=2026-01-01"), ("registrar", "/admin/enterprises/employers/?census={enterprise}&union={other}"),
    ("leader", "/"), ("leader", "/admin/"), ("leader", "/dashboards/register/"), ("leader", "/dashboards/register/rows/?figure=drivers"),
    ("union_officer", "/admin/"), ("union_officer", "/admin/imports/"), ("union_officer", "/admin/enterprises/{enterprise}/"),
)  # fmt: skip
STAFF_LOOKS = (
    {"width": 1366, "height": 768}, {"width": 1366, "height": 768, "theme": "dark"},
    {"width": 360, "height": 800}, {"width": 360, "height": 800, "theme": "dark"}, {"width": 1920, "height": 1080},
)  # fmt: skip
DRIVERS = (
    ("", "/members/branch"), ("plain", "/members/branch"), ("waits", "/members/branch/mine"), ("waits", "/members/branch/withdraw"),
    ("refused", "/members/branch/mine"), ("refused", "/members/branch/again"), ("plain", "/members/data"), ("waits", "/members/data"),
    ("member", "/members/branch/mine"), ("member", "/members/five"), ("shown", "/members/five"), ("driven", "/members/data"), ("member", "/members/five/{driver}"),
    ("member", "/members/five/{driver}/let-go"), ("driven", "/members/contact"), ("driven", "/members/contact/change"),
    ("driven", "/members/contact/change?none=1"), ("", "/members/union"), ("plain", "/members/union"), ("member", "/"), ("driven", "/"), ("driven", "/me/"), ("driven", "/appeals/mine"),
)  # fmt: skip


@pytest.fixture(scope="module")
def rows(site):
    return json.loads(site.run(SET_UP).splitlines()[-1])


def faults(page, path: str) -> list[str]:
    """What is wrong with the page at `path`, axe and all."""
    answer = page.goto(path)
    page.evaluate("document.querySelector('nav.tabs > ul') && scrollTo(0, document.body.scrollHeight)")  # at the end a bar covers nothing
    said = [f"status {answer.status}"] if answer.status >= 400 else problems(page)
    said += [f"led away to {page.url}"] if urlsplit(page.url).path != urlsplit(path).path else []
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    said += [f"{wide}px too wide"] if wide > 0 else []
    return [f"{path}: {each}" for each in said]


@pytest.mark.parametrize("look", STAFF_LOOKS, ids=str)
def test_every_staff_page_of_the_register(sit_down, rows, look):
    found, pages = [], {}
    for who, path in STAFF:
        page = pages.get(who) or pages.setdefault(who, sit_down(who, **look))
        found += [f"{who} {each}" for each in faults(page, path.format(**rows["keys"]))]
        found += [f"{who} {path}: {each}" for each in page.faults]
        page.faults.clear()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_every_drivers_page_of_the_register(phone, rows, site, look):
    found, pages = [], {}
    for who, path in DRIVERS:
        page = pages.get(who) or pages.setdefault(who, phone(**look))
        if who:
            page.context.add_cookies([{"name": rows["cookie"], "value": rows["sessions"][who], "url": site.url}])
        found += [f"{who} {each}" for each in faults(page, path.format(**rows["keys"]))]
        found += [f"{who} {path}: small {each}" for each in page.evaluate(SMALL, 59.5 if look.get("care") else 44)]
        found += [f"{who} {path}: {each} stands alone on a last line" for each in page.evaluate(ALONE)]
        if page.locator("h1").count() != 1:
            found.append(f"{who} {path}: not one heading")
    assert not found, "\n".join(found)


def test_without_script_the_proof_has_a_field_that_can_be_seen(phone, rows, site):
    page = phone(script=False)
    page.context.add_cookies([{"name": rows["cookie"], "value": rows["sessions"]["plain"], "url": site.url}])
    page.goto("/members/branch")
    assert page.locator("#proof").evaluate("e => getComputedStyle(e).opacity") == "1"
    assert page.get_by_text("转接单、党费证都行").last.is_visible()


def test_on_a_phone_the_numbers_of_a_row_keep_their_words(sit_down, rows):
    page = sit_down("registrar", width=360, height=800)
    page.goto("/admin/enterprises/")
    assert page.locator("tbody tr").first.get_by_text("在册司机").is_visible()
    page.goto(f"/admin/drivers/?enterprise={rows['keys']['enterprise']}")
    assert page.get_by_text("企业：").is_visible()


def test_what_waits_elsewhere_is_said_in_words(sit_down, rows):
    page = sit_down("registrar")
    page.goto("/admin/")
    assert "1 件等您" in page.locator(".wait-row", has_text="冲突待定").inner_text()


def test_nothing_is_called_missing_before_anything_was_looked_for(sit_down, rows):
    page = sit_down("secretary")
    page.goto("/admin/find/")
    assert page.get_by_text("想找谁").is_visible() and not page.get_by_text("没有找到").is_visible()
    page.goto("/admin/zones/?view=proposed")
    assert not page.get_by_text("这里没有人").is_visible()
