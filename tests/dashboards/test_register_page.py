"""The picture of the register: each number opens as many rows as it says, and no row says whose it is."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Place
from dashboards.rules.register import DEFINITIONS, alone
from dashboards.rules.shield import Shown
from dashboards.selectors.register import UnknownPart, register_for, rows
from members.models import Claim, ContactNote, Declaration, Driver, Outreach, UnionMember
from tests.branches.members import branch, crowd, person
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.members.makers import make_enterprise
from tests.members.zone_world import TANGZHANG, TONGSHAN, drivers, member, seated

OUTSIDE = ("driver", "secretary", "committee_secretary", "registrar", "union_officer", "desk", "handler", "auditor", "admin")


@pytest.fixture
def world(db):
    """A register with something in every figure, in two towns and two branches, on Monday."""
    cast = make_cast()
    with time_machine.travel(MONDAY, tick=False):
        seated(cast, member(cast))
        crowd(cast, 12)
        crowd(cast, 7, number=5, kind="probationary")
        crowd(cast, 2, kind="floating")
        drivers(9, first=100)
        Driver.objects.filter(pk__in=[each.pk for each in drivers(8, first=200, place=TANGZHANG)]).update(checked_at=MONDAY - timedelta(days=400))
        Declaration.objects.create(place=Place.objects.get(code=TONGSHAN), declared=30, at=MONDAY)
        _claims(cast)
        firm = make_enterprise()
        type(firm).objects.filter(pk=firm.pk).update(in_union=True)
        for each in Driver.objects.all()[:6]:
            UnionMember.objects.create(person=each.person, enterprise=firm, occupation="truck")
        yield cast


def _claims(cast) -> None:
    for n in range(14):
        source = "phone" if n < 6 else "census"
        one = Claim.objects.create(person=person(f"找{n}"), source=source, at=MONDAY - timedelta(days=30), branch=branch(3))
        if n > 7:
            Outreach.objects.create(claim=one, at=MONDAY, how="call", reached=True, by=cast.secretary)


def get(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def test_for_everybody_but_a_leader_it_is_not_there(world, client):
    assert client.get("/dashboards/register/").status_code == 404
    for slug in OUTSIDE:
        other = signed_in(getattr(world, slug))
        assert other.get("/dashboards/register/").status_code == other.get("/dashboards/register/rows/?figure=drivers").status_code == 404
        assert not register_for(world.viewer(slug), now=MONDAY).sums
        assert not rows(world.viewer(slug), "members", now=MONDAY).exists()
    assert signed_in(world.leader, second_factor=False).get("/dashboards/register/").status_code == 404


def test_every_figure_counts_exactly_its_rows(world):
    viewer = world.viewer("leader")
    found = register_for(viewer, now=MONDAY)
    for key, each in DEFINITIONS.items():
        assert found.value(key) == rows(viewer, key, now=MONDAY).count(), key
        parts = [of.code for of in ({"place": found.towns, "branch": found.branches}.get(each.by, []))]
        for part in parts:
            assert found.value(key, part) == rows(viewer, key, part, now=MONDAY).count(), (key, part)
    filled = {key for key in DEFINITIONS if found.value(key)}
    assert filled >= {"drivers", "checked", "stale", "both", "members", "full", "probationary", "seats", "union", "claims", "late", "reached"}


def test_every_link_of_the_page_opens_the_number_it_says(world):
    client, viewer = signed_in(world.leader), world.viewer("leader")
    links = re.findall(r'<a (?:class="said" )?href="/dashboards/register/rows/\?([^"]+)">([^<]+)</a>', get(client, "/dashboards/register/"))
    assert len(links) >= 30
    for query, words in links:
        asked = dict(part.split("=") for part in query.replace("&amp;", "&").split("&"))
        if re.fullmatch(r"[\d,]+", words):
            assert rows(viewer, asked["figure"], asked.get("part", ""), now=MONDAY).count() == int(words.replace(",", "")), query
        get(client, "/dashboards/register/rows/?" + query.replace("&amp;", "&"))


def test_the_denominators_are_of_the_article(world):
    found = register_for(world.viewer("leader"), now=MONDAY)
    assert found.whole("seats") == 5 * found.value("members") == 5 * 22
    assert (found.value("seats"), found.whole("heard"), found.whole("stale")) == (5, 5, found.value("drivers"))


def test_a_claim_is_no_member_and_a_member_who_left_holds_no_seat(world):
    found = register_for(world.viewer("leader"), now=MONDAY)
    assert (found.value("members"), found.value("claims")) == (22, 14)
    one = rows(world.viewer("leader"), "seats", now=MONDAY).first().contact.memberships.get()
    type(one).objects.filter(pk=one.pk).update(ended_on=MONDAY.date())
    again = register_for(world.viewer("leader"), now=MONDAY)
    assert (again.value("members"), again.value("seats")) == (21, 0)


def test_the_contact_of_this_month_counts_once_and_last_months_not(world):
    seats = list(rows(world.viewer("leader"), "seats", now=MONDAY))
    for when in (MONDAY, MONDAY - timedelta(hours=1)):
        ContactNote.objects.create(seat=seats[0], at=when, how="call")
    ContactNote.objects.create(seat=seats[1], at=MONDAY - timedelta(days=40), how="call")
    assert register_for(world.viewer("leader"), now=MONDAY).value("heard") == 1


def test_no_name_and_no_number_of_a_human_stands_in_any_row(world):
    client = signed_in(world.leader)
    named = [each.person.name for each in Driver.objects.all()] + ["王建国", "找1", "张建国"]
    for key in DEFINITIONS:
        page = get(client, f"/dashboards/register/rows/?figure={key}")
        assert not [name for name in named if name in page], key


def test_a_handful_of_members_is_neither_numbered_nor_listed_nor_told_by_subtraction(world):
    client = signed_in(world.leader)
    for key, words in (("floating", "少于 5"), ("probationary", "5 以上")):
        page = get(client, f"/dashboards/register/rows/?figure={key}")
        assert words in page and "人数少，不逐行列" in page and "<table" not in page
    assert words in get(client, "/dashboards/register/")


def test_how_far_the_work_has_come_is_a_number_however_small(world):
    ContactNote.objects.create(seat=rows(world.viewer("leader"), "seats", now=MONDAY).first(), at=MONDAY, how="call")
    page = get(signed_in(world.leader), "/dashboards/register/rows/?figure=heard")
    assert "少于 5" not in page and page.count('<th scope="row"') == 1


@pytest.mark.parametrize(("value", "whole", "shown"), [(0, 20, "exact"), (4, 20, "few"), (16, 20, "exact"), (17, 20, "exact"), (20, 20, "exact")])
def test_a_part_and_what_it_leaves(value, whole, shown):
    expected = Shown.MANY if 0 < whole - value < 5 and value >= 5 else Shown(shown)
    assert alone(value, whole) == expected


def test_an_unknown_figure_or_part_gets_a_page_that_says_so(world):
    client = signed_in(world.leader)
    for query in ("figure=nobody", "figure=drivers&part=nowhere", "figure=union&part=320312009", "figure=drivers&name=x"):
        answer = client.get(f"/dashboards/register/rows/?{query}")
        assert answer.status_code == 400 and "没有这个数" in answer.content.decode()
    with pytest.raises(UnknownPart):
        rows(world.viewer("leader"), "nobody", now=MONDAY)


def test_a_town_that_has_not_handed_in_stands_first(world):
    page = get(signed_in(world.leader), "/dashboards/register/")
    towns = page[page.index('id="towns-head"'):]
    assert towns.index("没报来") < towns.index(Place.objects.get(code=TONGSHAN).name)


def test_both_pictures_lead_to_each_other_for_a_leader_alone(world):
    assert "/dashboards/register/" in get(signed_in(world.leader), "/dashboards/")
    assert 'href="/dashboards/"' in get(signed_in(world.leader), "/dashboards/register/")
    assert "/dashboards/register/" not in get(signed_in(world.desk), "/dashboards/")


def test_it_takes_at_most_twenty_questions(world):
    client = signed_in(world.leader)
    get(client, "/dashboards/register/")
    with CaptureQueriesContext(connection) as asked:
        get(client, "/dashboards/register/")
    assert len(asked) <= 20, len(asked)


