"""Work lists have a next page: fifty people whom nobody reaches hide nobody, and no line comes twice or is left out."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Consent, Place
from accounts.services.people import make_person
from branches.models import Branch
from members.admin import claims as claim_pages
from members.admin import data_requests, joins
from members.admin import zones as zone_pages
from members.models import Claim, DataRequest, JoinRequest, Outreach, Waiting
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.members.makers import make_driver

pytestmark = pytest.mark.django_db
SURNAMES = "赵钱孙李周"


@pytest.fixture
def cast(monkeypatch):
    for page, name in (
        (claim_pages, "MOST"),
        (data_requests, "SHOWN"),
        (joins, "SHOWN"),
        (zone_pages, "PAGE"),
    ):
        monkeypatch.setattr(page, name, 2)
    with time_machine.travel(MONDAY, tick=False):
        yield make_cast()


def humans():
    return [
        make_person(now=MONDAY, name=f"{name}大路", phone=f"1390000010{at}")
        for at, name in enumerate(SURNAMES)
    ]


def walked(person, name, query="") -> str:
    """The surnames as they stand on page after page."""
    client, here, seen = signed_in(person), reverse(f"admin:{name}"), ""
    for _page in range(len(SURNAMES)):
        text = client.get(f"{here}{query}").content.decode()
        seen += "".join(
            found
            for found in re.findall(
                rf"([{SURNAMES}])\*", re.sub(r'<span class="sr">[^<]*</span>', "", text.split("<main")[1])
            )
        )
        onward = re.search(r'<a class="btn" href="([^"]*)">下一页', text)
        if onward is None:
            return seen
        assert text.count("回到第一页") == (1 if _page else 0)
        query = onward[1].replace("&amp;", "&")
    raise AssertionError("no last page")


def sought(cast) -> list[Claim]:
    branch = Branch.objects.get(unit__code="branch-03")
    return [
        Claim.objects.create(
            person=person, source="census", at=MONDAY + timedelta(minutes=at // 2), branch=branch
        )
        for at, person in enumerate(humans())
    ]


def tried(cast, claim, reached=False, times=1):
    for _time in range(times):
        Outreach.objects.create(claim=claim, at=MONDAY, by=cast.secretary, how="call", reached=reached)


def test_whom_the_organisation_looks_for_stands_unreached_and_least_tried_first(cast):
    rows = sought(cast)
    assert walked(cast.secretary, "members_claims", "?tab=census") == "赵钱孙李周"
    tried(cast, rows[0], times=2)
    tried(cast, rows[1], reached=True)
    tried(cast, rows[2])
    assert walked(cast.secretary, "members_claims", "?tab=census") == "李周孙赵钱"


def test_a_line_worked_on_meanwhile_takes_nobody_from_the_next_page(cast):
    rows = sought(cast)
    client, here = signed_in(cast.secretary), reverse("admin:members_claims")
    onward = re.search(r'href="([^"]*)">下一页', client.get(f"{here}?tab=census").content.decode())[
        1
    ].replace("&amp;", "&")
    tried(cast, rows[1], times=3)
    text = client.get(f"{here}{onward}").content.decode()
    assert "孙*" in text and "李*" in text


def test_claims_that_came_by_phone_have_a_next_page_oldest_first(cast):
    branch = Branch.objects.get(unit__code="branch-03")
    for at, person in enumerate(reversed(humans())):
        Claim.objects.create(person=person, source="phone", at=MONDAY - timedelta(days=at), branch=branch)
    assert walked(cast.secretary, "members_claims") == "赵钱孙李周"


def test_drivers_who_wait_for_a_contact_have_a_next_page(cast):
    place = Place.objects.get(code="320312009")
    for person in humans():
        Waiting.objects.create(driver=make_driver(person=person, place=place.code), since=MONDAY, why="moved")
    assert walked(cast.secretary, "members_waiting") == "赵钱孙李周"


def test_requests_to_join_and_about_ones_data_have_a_next_page(cast):
    for person in humans():
        consent = Consent.objects.create(person=person, purpose="union", version=1, given_at=MONDAY)
        JoinRequest.objects.create(person=person, occupation="truck", asked_at=MONDAY, consent=consent)
        DataRequest.objects.create(person=person, kind="correct", words="改一下", asked_at=MONDAY)
    assert walked(cast.union_officer, "members_joins") == "赵钱孙李周"
    assert walked(cast.registrar, "members_data_requests") == "赵钱孙李周"
    assert (
        "5 件等您回话"
        in signed_in(cast.registrar).get(reverse("admin:members_data_requests")).content.decode()
    )


@pytest.mark.parametrize("mark", ["x", "1", "1.2.3", "-1.2", "9" * 40 + ".1", "²"])
def test_a_page_that_is_none_is_refused(cast, mark):
    for who, name in (
        (cast.secretary, "claims"),
        (cast.secretary, "waiting"),
        (cast.union_officer, "joins"),
        (cast.registrar, "data_requests"),
    ):
        assert signed_in(who).get(reverse(f"admin:members_{name}"), {"after": mark}).status_code == 400
