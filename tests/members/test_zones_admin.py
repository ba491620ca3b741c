"""片区与联系人 and 待分配司机: what a secretary sees and decides, and what nobody else finds."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Consent, Person
from branches.services import membership
from members.models import Match, Seat, Waiting
from members.services import contacts, zones
from tests.cast import CAST, MONDAY, make_cast
from tests.house.walking import signed_in
from tests.members.makers import make_driver, make_enterprise
from tests.members.zone_world import TANGZHANG, TONGSHAN, drivers, looking, member, seated

pytestmark = pytest.mark.django_db
ABLE = {"secretary", "committee_secretary"}


@pytest.fixture
def cast(db):
    with time_machine.travel(MONDAY, tick=False):
        yield make_cast()


def get(cast, slug, name, *args, query="", status=200) -> str:
    answer = signed_in(cast.people[slug]).get(reverse(f"admin:{name}", args=args) + query)
    assert answer.status_code == status, (slug, name, answer.status_code)
    return answer.content.decode()


def post(cast, slug, name, *args, status=302, **data):
    answer = signed_in(cast.people[slug]).post(reverse(f"admin:{name}", args=args), data)
    assert answer.status_code == status, (slug, name, answer.status_code)
    return answer.content.decode()


def test_coverage_has_its_denominator_and_members_show_masked_with_their_seats(cast):
    one = member(cast)
    member(cast, "赵立")
    seats = seated(cast, one, 3)
    contacts.note(seat=seats[0], how="call", words="", by=looking(one.person), now=MONDAY)
    text = get(cast, "secretary", "members_zones")
    assert "2 名党员 × 5 = 10 个位置，填了 3 个；全区在册司机 3 名" in text
    assert "王*" in text and "王建国" not in text and "1/3" in text and "2 个" in text
    assert "王*" in get(cast, "secretary", "members_zones", query="?view=silent")
    assert "王*" in get(cast, "secretary", "members_zones", query="?view=short")
    assert "王*" not in get(cast, "secretary", "members_zones", query="?view=proposed")
    get(cast, "secretary", "members_zones", query="?view=nonsense", status=400)
    get(cast, "secretary", "members_zones", query="?branch=branch-05", status=404)


def test_more_drivers_than_are_counted_show_as_a_number_and_more(cast, monkeypatch):
    member(cast)
    drivers(3)
    for where in ("common.counting", "members.admin.zones"):
        monkeypatch.setattr(f"{where}.MOST_COUNTED", 2)
    assert "全区在册司机 2 名以上" in get(cast, "secretary", "members_zones")


def test_the_machine_proposes_with_reasons_in_words_and_people_decide_all_or_one(cast):
    one = member(cast)
    works = make_enterprise("徐州甲运输有限公司")
    make_driver("王建国", person=one.person, place=TONGSHAN, enterprise=works)
    make_driver("陈同事", phone="13900000301", place=TANGZHANG, enterprise=works)
    drivers(4)
    post(cast, "secretary", "members_zones", act="propose")
    assert Match.objects.filter(state="proposed").count() == 5 and not Seat.objects.exists()
    text = get(cast, "secretary", "members_zone", one.person.key)
    assert "同一家公司：徐州甲运输有限公司" in text and "同在铜山街道" in text
    assert "陈*" in text and "陈同事" not in text and "13900000301" not in text
    first, second = Match.objects.order_by("pk")[:2]
    post(cast, "secretary", "members_zone", one.person.key, act="accept", match=first.pk)
    post(cast, "secretary", "members_zone", one.person.key, act="decline", match=second.pk)
    post(cast, "secretary", "members_zone", one.person.key, act="accept_all")
    assert Seat.objects.count() == 4 and Match.objects.get(pk=second.pk).state == "declined"
    assert "同一家公司：徐州甲运输有限公司" in get(cast, "secretary", "members_zone", one.person.key)


def test_all_are_accepted_at_once_from_the_list(cast):
    member(cast), member(cast, "赵立")
    drivers(8)
    post(cast, "committee_secretary", "members_zones", act="propose")
    assert "全部定下 8 名" in get(cast, "committee_secretary", "members_zones")
    post(cast, "committee_secretary", "members_zones", act="accept")
    assert Seat.objects.filter(until=None).count() == 8


def test_the_sixth_is_refused_politely_on_the_page(cast):
    one = member(cast)
    seated(cast, one, 5)
    match = Match.objects.create(contact=one.person, driver=drivers(1, first=90)[0], at=MONDAY)
    text = post(cast, "secretary", "members_zone", one.person.key, status=422, act="accept", match=match.pk)
    assert "一名党员最多联系五名司机，他已经有五名了" in text


def test_a_driver_is_swapped_out_or_over_to_another_member(cast):
    one, other = member(cast), member(cast, "赵立")
    first, second = seated(cast, one, 2)
    page = ("members_zone", one.person.key)
    assert "写一句为什么" in post(cast, "secretary", *page, status=422, act="end", seat=first.pk, reason="")
    post(cast, "secretary", *page, act="end", seat=first.pk, reason="两家有过节")
    post(cast, "secretary", *page, act="move", seat=second.pk, to=other.person.key)
    assert Seat.objects.get(until=None).contact == other.person
    waits = get(cast, "secretary", "members_waiting")
    assert "支部换下来的" in waits and "李*" in waits
    post(cast, "secretary", *page, status=404, act="end", seat=first.pk, reason="已经没了")


def test_whoever_waits_is_listed_with_why_and_how_long_and_given_to_a_member(cast):
    one, other = member(cast), member(cast, "赵立")
    seat = seated(cast, one, 1)[0]
    membership.end(membership=one, by=cast.viewer("committee_secretary"), now=MONDAY, reason="关系转走了")
    Waiting.objects.update(since=MONDAY - timedelta(days=3))
    text = get(cast, "secretary", "members_waiting")
    assert "原来的联系人离开了支部" in text and "3 天" in text and "赵*" in text
    driver = seat.driver.person.key
    assert "选一名党员" in post(cast, "secretary", "members_waiting", status=422, act="seat", driver=driver, member="x")
    post(cast, "secretary", "members_waiting", act="propose")
    assert "提议了赵*" in get(cast, "secretary", "members_waiting")
    post(cast, "secretary", "members_waiting", act="seat", driver=driver, member=other.person.key)
    assert Seat.objects.get(until=None).contact == other.person and not Waiting.objects.filter(until=None).exists()
    assert "没有人在等" in get(cast, "secretary", "members_waiting")


def test_the_secretary_writes_down_that_a_driver_without_account_agreed_by_telephone(cast):
    one = member(cast)
    seat = seated(cast, one, 1)[0]
    post(cast, "secretary", "members_zone", one.person.key, act="agreed", seat=seat.pk)
    assert (Consent.objects.get().purpose, Consent.objects.get().how) == ("zone", "staff")
    assert "他同意给" in get(cast, "secretary", "members_zone", one.person.key)
    Person.objects.filter(pk=seat.driver.person_id).update(phone_proved_at=MONDAY)
    text = post(cast, "secretary", "members_zone", one.person.key, status=422, act="agreed", seat=seat.pk)
    assert "他自己能登录" in text


def test_what_a_contact_heard_stands_on_no_page_of_the_staff_list(cast):
    one = member(cast)
    seat = seated(cast, one, 1)[0]
    contacts.note(seat=seat, how="call", words="孩子要上学", by=looking(one.person), now=MONDAY)
    for name, args in (("members_zones", ()), ("members_zone", (one.person.key,)), ("members_waiting", ())):
        assert "孩子要上学" not in get(cast, "secretary", name, *args)


def test_a_secretary_of_another_branch_and_everybody_else_find_nothing_and_change_nothing(cast):
    one = member(cast)
    seat = seated(cast, one, 1)[0]
    match = Match.objects.create(contact=one.person, driver=drivers(1, first=50)[0], at=MONDAY)
    zones.wait([drivers(1, first=60)[0].pk], why="driver_asked", now=MONDAY)
    assert "王*" not in get(cast, "secretary_five", "members_zones")
    assert "李*" not in get(cast, "secretary_five", "members_waiting")
    get(cast, "secretary_five", "members_zone", one.person.key, status=404)
    for data in ({"act": "accept", "match": match.pk}, {"act": "end", "seat": seat.pk, "reason": "不合适"}):
        post(cast, "secretary_five", "members_zone", one.person.key, status=404, **data)
    for slug in (slug for slug in CAST if slug not in ABLE | {"secretary_five"}):
        client = signed_in(cast.people[slug])
        for name, args in (("members_zones", ()), ("members_waiting", ()), ("members_zone", (one.person.key,))):
            answer = client.get(reverse(f"admin:{name}", args=args))
            assert answer.status_code in (302, 404), (slug, name)
            assert answer.status_code == 404 or answer["Location"].startswith(("/accounts/", "/admin/login/"))
    match.refresh_from_db()
    assert Seat.objects.filter(until=None).count() == 1 and match.state == "proposed"


def test_my_branch_shows_seats_talks_and_who_waits(cast):
    one = member(cast)
    seats = seated(cast, one, 4)
    contacts.note(seat=seats[0], how="call", words="", by=looking(one.person), now=MONDAY)
    zones.wait([drivers(1, first=60)[0].pk], why="driver_asked", now=MONDAY)
    text = get(cast, "secretary", "branches_mine")
    assert "1 名 × 5，还空 1 个位置" in text and "11 月已联系，还有 3 名" in text
    assert "责任片区" in text and "另有 1 名司机在等联系人" in text and "本月联系五人" in text
    assert 'class="heard"' in text and "1/4" in text


def test_the_list_takes_no_more_questions_for_more_members(cast, django_assert_max_num_queries):
    for n in range(12):
        seated(cast, member(cast, f"王{n}"), 1)
    client, path = signed_in(cast.secretary), reverse("admin:members_zones")
    client.get(path)
    with django_assert_max_num_queries(24):
        client.get(path)


def test_why_somebody_was_let_go_is_told_to_the_secretary_who_gives_him_to_another(cast):
    one = member(cast)
    contacts.let_go(seat=seated(cast, one, 1)[0], by=looking(one.person), why="跑的线路对不上", now=MONDAY)
    text = get(cast, "secretary", "members_waiting")
    assert "联系人换下来的" in text and "跑的线路对不上" in text
    assert "跑的线路对不上" not in get(cast, "secretary_five", "members_waiting")
