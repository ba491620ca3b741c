"""三个在本地 on the pages: what is local, who carries him, which kind is offered first, and a warning that refuses nothing."""

from __future__ import annotations

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Place
from accounts.rules.viewer import NOBODY, Viewer
from branches.models import Membership
from members.models import Claim
from members.selectors.three_local import local_of
from members.services import claims as services
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.members.makers import make_driver

pytestmark = pytest.mark.django_db
TONGSHAN = "320312009"  # covered by branch three


@pytest.fixture
def cast():
    with time_machine.travel(MONDAY, tick=False):
        yield make_cast()


def claimed(cast, relation="河南永城", work="铜山区", business="本地") -> Claim:
    make_driver(
        person=cast.driver, place=TONGSHAN, relation_place="本地", work_place=work, business_place=business
    )
    said = services.Said(
        name="张大路",
        kind="full",
        relation=relation,
        home_branch="永城城关支部",
        place=Place.objects.get(code=TONGSHAN),
    )
    return services.open_claim(person=cast.driver, said=said, by=Viewer(person_id=cast.driver.pk), now=MONDAY)


def page(cast, claim) -> str:
    return signed_in(cast.secretary).get(reverse("admin:members_claim", args=[claim.key])).content.decode()


def verify(cast, claim, kind):
    typed = {
        "act": "verify",
        "how": "telephone",
        "kind": kind,
        "home_branch": "永城城关支部",
        "joined_on": "2015-07",
    }
    return (
        signed_in(cast.secretary)
        .post(reverse("admin:members_claim", args=[claim.key]), typed, follow=True)
        .content.decode()
    )


def test_whose_relation_is_elsewhere_is_offered_as_floating_and_the_page_says_who_carries_him(cast):
    text = page(cast, claimed(cast))
    assert "不在本地：河南永城" in text and "在本地：铜山区" in text
    assert "作为流动党员编进这里的支部，表决在原支部" in text
    assert '<option value="floating" selected>' in text and '<option value="full" selected>' not in text


def test_whose_relation_is_here_is_offered_as_he_says(cast):
    text = page(cast, claimed(cast, relation="本区铜山街道", business="上海"))
    assert "在本地：本区铜山街道" in text and "不在本地：上海" in text and "定一个人每月联系" in text
    assert '<option value="full" selected>' in text


def test_full_though_the_relation_is_elsewhere_is_warned_of_and_not_refused(cast):
    claim = claimed(cast)
    assert "入列前请再核一次" in verify(cast, claim, "full")
    assert Membership.objects.get().kind == "full"
    member = (
        signed_in(cast.committee_secretary)
        .get(reverse("admin:branches_member", args=[cast.driver.key]))
        .content.decode()
    )
    assert "三个在本地" in member and "不在本地：河南永城" in member and "却按正式党员在这里表决" in member


def test_a_floating_one_is_no_reason_to_warn(cast):
    claim = claimed(cast)
    assert "入列前请再核一次" not in verify(cast, claim, "floating")
    member = (
        signed_in(cast.committee_secretary)
        .get(reverse("admin:branches_member", args=[cast.driver.key]))
        .content.decode()
    )
    assert "作为流动党员编进这里的支部" in member and "却按正式党员在这里表决" not in member


def test_who_does_not_know_is_not_elsewhere_and_nobody_else_is_told(cast):
    claim = claimed(cast, relation="不清楚")
    found = local_of(cast.viewer("secretary"), cast.driver.pk, claim)
    assert found.said[0] == "本地" and not found.elsewhere
    assert (
        local_of(NOBODY, cast.driver.pk, claim) is None
        and local_of(cast.viewer("registrar"), cast.driver.pk, claim) is None
    )


def test_the_title_of_a_claim_is_masked(cast):
    text = page(cast, claimed(cast))
    assert "张大路" not in text and "张*" in text
