"""Zones 1:5: the machine proposes, people decide; who leaves leaves nobody behind without a place on the waiting list."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditLine
from branches.models import Placement
from branches.services import membership, placement
from common.errors import DomainError, NotThere
from members.models import Claim, Driver, Match, NoContact, Refusal, Seat, Waiting
from members.rules.contacts import month_begins
from members.selectors import zones as selectors
from members.services import contacts, zones
from members.services import drivers as register
from notices.models import Notice
from tests.cast import CAST, MONDAY, make_cast
from tests.members.makers import make_driver, make_enterprise
from tests.members.zone_storm import CALM, storm
from tests.members.zone_world import TANGZHANG, TONGSHAN, drivers, looking, member, seated

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(hours=1)


@pytest.fixture
def cast(db):
    return make_cast()


def proposed(cast, slug="committee_secretary", **more):
    return zones.propose(by=cast.viewer(slug), now=MONDAY, **more)


def pairs() -> set[tuple[int, int]]:
    return set(Match.objects.filter(state="proposed").values_list("contact_id", "driver_id"))


# --- propose -----------------------------------------------------------------------------------


def test_each_verified_member_gets_up_to_five_drivers_and_every_match_has_its_reason(cast):
    one, other = member(cast), member(cast, "赵立", place=TANGZHANG)
    near, far = drivers(5), drivers(5, place=TANGZHANG, first=6)
    drivers(3, place="320312105", first=11)
    made = proposed(cast)
    assert (made.free, made.made) == (10, 10)
    assert pairs() == {(one.person_id, each.pk) for each in near} | {(other.person_id, each.pk) for each in far}
    assert {tuple(each.reasons) for each in Match.objects.all()} == {("place",)}


def test_enterprise_comes_before_place_and_place_before_trade(cast):
    one = member(cast)
    works = make_enterprise()
    make_driver("王建国", person=one.person, place=TONGSHAN, enterprise=works, trade="冷链")
    same = make_driver("甲", phone="13900000101", place=TANGZHANG, enterprise=works)
    home = make_driver("乙", phone="13900000102", place=TONGSHAN)
    trade = make_driver("丙", phone="13900000103", place=TANGZHANG, trade="冷链")
    drivers(3, place=TANGZHANG, first=201)
    proposed(cast)
    order = list(Match.objects.order_by("pk").values_list("driver_id", "reasons"))
    assert order[:3] == [(same.pk, ["enterprise"]), (home.pk, ["place"]), (trade.pk, ["trade"])]
    assert len(order) == 5 and order[3][1] == []


def test_nobody_unverified_unplaced_or_gone_is_proposed_as_a_contact(cast):
    from tests.branches.members import verified

    verified(cast, name="没入列")
    gone = member(cast, "走了的")
    membership.end(membership=gone, by=cast.viewer("committee_secretary"), now=MONDAY, reason="关系转走了")
    drivers(6)
    assert proposed(cast).made == 0


def test_a_driver_who_left_is_merged_is_a_member_wants_none_or_is_held_is_proposed_to_nobody(cast):
    one, other = member(cast), member(cast, "赵立")
    seated(cast, other, 1)
    make_driver("他自己", person=one.person, place=TONGSHAN)
    free, left, twin, unwilling = drivers(4, first=50)
    Driver.objects.filter(pk=left.pk).update(state="left")
    Driver.objects.filter(pk=twin.pk).update(merged_into=free)
    NoContact.objects.create(driver=unwilling, since=MONDAY)
    proposed(cast)
    assert {driver for _c, driver in pairs()} == {free.pk}


def test_a_refused_pair_is_never_proposed_again(cast):
    one = member(cast)
    only = drivers(1)[0]
    proposed(cast)
    zones.decline(matches=[Match.objects.get().pk], by=cast.viewer("secretary"), now=MONDAY)
    assert proposed(cast).made == 0
    Match.objects.all().delete()
    Refusal.objects.create(contact=one.person, driver=only, by="driver", at=MONDAY)
    assert proposed(cast).made == 0


def test_who_said_no_after_he_was_proposed_is_not_seated_all_the_same(cast):
    one = member(cast)
    said_no, left = drivers(2)
    proposed(cast)
    Refusal.objects.create(contact=one.person, driver=said_no, by="driver", at=MONDAY)
    NoContact.objects.create(driver=left, since=MONDAY)
    for match in Match.objects.all():
        with pytest.raises(DomainError) as refused:
            zones.accept(match=match, by=cast.viewer("secretary"), now=LATER)
        assert refused.value.code == "not_free"
    assert zones.accept_many(matches=None, by=cast.viewer("secretary"), now=LATER).lapsed == 2


def test_proposing_takes_a_few_questions_however_many_they_are(cast, django_assert_max_num_queries):
    for n in range(4):
        member(cast, f"王{n}")
    drivers(30)
    with django_assert_max_num_queries(20):
        proposed(cast)
    assert Match.objects.filter(state="proposed").count() == 20
    with django_assert_max_num_queries(20):
        proposed(cast)
    assert Match.objects.filter(state="lapsed").count() == 20, "a new plan takes the place of the old one"


# --- decide ------------------------------------------------------------------------------------


def test_people_decide_one_or_all_and_a_line_is_left_for_each(cast):
    one = member(cast)
    drivers(7)
    proposed(cast)
    first = Match.objects.order_by("pk").first()
    seat = zones.accept(match=first, by=cast.viewer("secretary"), now=LATER)
    assert (seat.contact_id, seat.driver_id, seat.seat, seat.reasons, seat.decided_by) == (
        one.person_id, first.driver_id, 1, ["place"], cast.secretary,
    )  # fmt: skip
    done = zones.accept_many(matches=None, by=cast.viewer("secretary"), now=LATER)
    assert (done.seated, done.lapsed) == (4, 0)
    assert sorted(Seat.objects.values_list("seat", flat=True)) == [1, 2, 3, 4, 5]
    assert AuditLine.objects.filter(act="zone.seat").count() == 5
    assert Match.objects.filter(state="accepted", decided_by=cast.secretary, decided_at=LATER).count() == 5


def test_a_proposal_that_was_declined_while_the_other_secretary_waited_for_the_lock_stays_declined(cast, monkeypatch):
    member(cast)
    drivers(1)
    proposed(cast)
    match, plain = Match.objects.get(), zones._lock

    def lock(wanted):
        monkeypatch.setattr(zones, "_lock", plain)
        zones.decline(matches=[match.pk], by=cast.viewer("committee_secretary"), now=LATER)
        plain(wanted)

    monkeypatch.setattr(zones, "_lock", lock)
    with pytest.raises(DomainError) as refused:
        zones.accept(match=match, by=cast.viewer("secretary"), now=LATER)
    assert refused.value.code == "decided" and not Seat.objects.exists()


def test_drivers_beside_the_seats_are_counted_no_further_than_needed(cast, monkeypatch):
    member(cast)
    drivers(6)
    monkeypatch.setattr("common.counting.MOST_COUNTED", 3)
    assert selectors.covered(cast.viewer("secretary"), since=MONDAY).drivers == 4


def test_all_of_many_members_are_accepted_in_few_statements_beside_the_lines_of_audit(cast, django_assert_max_num_queries):
    for n in range(6):
        member(cast, f"王{n}")
    drivers(30)
    proposed(cast)
    with django_assert_max_num_queries(30 + 25):
        assert zones.accept_many(matches=None, by=cast.viewer("committee_secretary"), now=LATER).seated == 30


def test_a_proposal_that_time_has_overtaken_lapses_and_is_counted(cast):
    member(cast)
    gone, stays = drivers(2)
    proposed(cast)
    Driver.objects.filter(pk=gone.pk).update(state="left")
    done = zones.accept_many(matches=None, by=cast.viewer("secretary"), now=LATER)
    assert (done.seated, done.lapsed) == (1, 1)
    assert Seat.objects.get().driver == stays


def test_a_secretary_of_another_branch_decides_nothing_and_finds_nothing(cast):
    one = member(cast)
    seats = seated(cast, one, 2)
    drivers(3, first=50)
    proposed(cast)
    match = Match.objects.filter(state="proposed").first()
    for slug in ("secretary_five", "registrar", "squad_three", "leader", "union_officer", "stranger"):
        viewer = cast.viewer(slug)
        for rows in (selectors.seats_for(viewer), selectors.proposals_for(viewer), selectors.contacts_for(viewer)):
            assert not rows.exists(), slug
        assert selectors.covered(viewer, since=MONDAY).members == 0
        with pytest.raises(NotThere):
            zones.accept(match=match, by=viewer, now=LATER)
        with pytest.raises(NotThere):
            zones.decline(matches=[match.pk], by=viewer, now=LATER)
        with pytest.raises(NotThere):
            zones.end_seat(seat=seats[0], by=viewer, now=LATER, reason="不合适")
    with pytest.raises(NotThere):
        zones.propose(by=cast.viewer("registrar"), now=LATER)
    assert zones.accept_many(matches=[match.pk], by=cast.viewer("secretary_five"), now=LATER).seated == 0
    assert match.state == "proposed" and Seat.objects.filter(until=None).count() == 2


def test_a_secretary_who_proposes_again_leaves_the_proposals_of_other_branches_alone(cast):
    member(cast), member(cast, "赵立", number=5)
    drivers(10)
    proposed(cast, "secretary_five")
    theirs = pairs()
    proposed(cast, "secretary")
    assert theirs < pairs() and len(pairs()) == 10


# --- five, and never six -----------------------------------------------------------------------


def test_the_sixth_driver_is_refused_with_a_plain_word(cast):
    one = member(cast)
    seated(cast, one, 5)
    sixth = Match.objects.create(contact=one.person, driver=drivers(1, first=90)[0], at=MONDAY)
    with pytest.raises(DomainError) as refused:
        zones.accept(match=sixth, by=cast.viewer("secretary"), now=LATER)
    assert refused.value.code == "full" and "最多联系五名司机" in refused.value.message


def test_the_database_itself_knows_no_sixth_seat_and_no_second_contact(cast):
    one, other = member(cast), member(cast, "赵立")
    seats = seated(cast, one, 5)
    driver = drivers(1, first=90)[0]
    for seat in (0, 1, 5, 6):
        with pytest.raises(IntegrityError), transaction.atomic():
            Seat.objects.create(contact=one.person, driver=driver, seat=seat, since=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.create(contact=other.person, driver=seats[0].driver, seat=1, since=MONDAY)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="the test database in memory is not shared by threads")
def test_the_sixth_is_refused_under_fifty_parallel_tries():
    assert storm() == CALM


def test_nor_on_sqlite_on_disk(tmp_path):
    env = {**os.environ, "HONGYUN_DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/storm.sqlite3"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.members.zone_storm"],
        cwd=Path(__file__).resolve().parents[2], env=env, capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert done.stdout == CALM + "\n", done.stderr[-2000:]


# --- leaving -----------------------------------------------------------------------------------


def test_when_a_member_leaves_the_five_wait_from_the_same_moment_in_the_same_transaction(cast):
    one = member(cast)
    seats = seated(cast, one, 5)
    membership.end(membership=one, by=cast.viewer("committee_secretary"), now=LATER, reason="关系转走了")
    assert not Seat.objects.filter(until=None).exists()
    assert set(Seat.objects.values_list("until", "ended_why")) == {(LATER, "member_left")}
    assert set(Waiting.objects.values_list("driver_id", "since", "until", "why")) == {
        (each.driver_id, LATER, None, "member_left") for each in seats
    }


def test_if_the_leaving_fails_nobody_waits(cast, monkeypatch):
    one = member(cast)
    seated(cast, one, 2)
    from branches import registry

    def broken(**_more):
        raise RuntimeError("the light went out")

    monkeypatch.setattr(registry, "_on_leaving", [*registry._on_leaving, broken])
    with pytest.raises((RuntimeError, TypeError)), transaction.atomic():
        membership.end(membership=one, by=cast.viewer("committee_secretary"), now=LATER, reason="关系转走了")
    assert Seat.objects.filter(until=None).count() == 2 and not Waiting.objects.exists()


def test_when_a_driver_goes_his_seat_is_free_and_he_waits_for_nobody(cast):
    one = member(cast)
    seat = seated(cast, one, 1)[0]
    Match.objects.create(contact=one.person, driver=seat.driver, at=MONDAY)
    register.set_state(driver=seat.driver, state="left", on=MONDAY.date(), by=cast.viewer("registrar"), reason="本人说的", now=LATER)
    seat.refresh_from_db()
    assert (seat.until, seat.ended_why) == (LATER, "driver_left")
    assert not Waiting.objects.exists() and Match.objects.get(at=MONDAY, state="lapsed")


def test_who_waits_is_proposed_to_a_member_with_a_free_seat_and_waits_no_more_once_seated(cast):
    one, other = member(cast), member(cast, "赵立")
    seat = seated(cast, one, 1)[0]
    drivers(3, first=60)
    proposed(cast, "secretary")
    before = {pair for pair in pairs() if pair[0] == other.person_id}
    membership.end(membership=one, by=cast.viewer("committee_secretary"), now=LATER, reason="关系转走了")
    assert proposed(cast, "secretary", only_waiting=True).made == 1
    assert pairs() == before | {(other.person_id, seat.driver_id)}, "what was proposed to him stays proposed"
    zones.decline(matches=Match.objects.filter(state="proposed").exclude(driver=seat.driver).values_list("pk", flat=True),
                  by=cast.viewer("secretary"), now=LATER)  # fmt: skip
    zones.accept_many(matches=None, by=cast.viewer("secretary"), now=LATER)
    assert Waiting.objects.get().until == LATER
    assert Seat.objects.get(until=None).contact == other.person


def test_a_secretary_gives_a_waiting_driver_to_his_member_and_moves_him_to_another(cast):
    one, other, far = member(cast), member(cast, "赵立"), member(cast, "钱五", number=5)
    driver = drivers(1)[0]
    zones.wait([driver.pk], why="driver_asked", now=MONDAY)
    secretary = cast.viewer("secretary")
    with pytest.raises(NotThere):
        zones.seat_driver(member=far, driver=driver, by=secretary, now=LATER)
    seat = zones.seat_driver(member=one, driver=driver, by=secretary, now=LATER)
    moved = zones.move(seat=seat, to=other, by=secretary, now=LATER)
    assert (moved.contact, moved.until) == (other.person, None)
    seat.refresh_from_db()
    assert (seat.until, seat.ended_why) == (LATER, "moved") and not Waiting.objects.filter(until=None).exists()
    with pytest.raises(NotThere):
        zones.move(seat=moved, to=far, by=secretary, now=LATER)


def test_whom_the_secretary_takes_out_waits_and_is_not_proposed_to_the_same_member(cast):
    one = member(cast)
    seat = seated(cast, one, 1)[0]
    with pytest.raises(DomainError):
        zones.end_seat(seat=seat, by=cast.viewer("secretary"), now=LATER, reason=" ")
    zones.end_seat(seat=seat, by=cast.viewer("secretary"), now=LATER, reason="两家有过节")
    assert Waiting.objects.get(until=None).driver == seat.driver
    assert proposed(cast).made == 0


def test_a_member_who_moves_to_another_branch_keeps_his_five_and_the_new_secretary_sees_them(cast):
    one = member(cast)
    seated(cast, one, 3)
    from tests.branches.members import branch

    Placement.objects.filter(membership=one).update(branch=branch(5))
    assert selectors.seats_for(cast.viewer("secretary_five")).count() == 3
    assert not selectors.seats_for(cast.viewer("secretary")).exists()


# --- figures -----------------------------------------------------------------------------------


def test_coverage_stands_with_its_denominator(cast):
    one = member(cast)
    member(cast, "赵立")
    seats = seated(cast, one, 3)
    drivers(4, first=70)
    contacts.note(seat=seats[0], how="call", words="", by=looking(one.person), now=LATER)
    found = selectors.covered(cast.viewer("secretary"), since=month_begins(MONDAY.date()))
    assert (found.members, found.seats, found.seated, found.heard, found.drivers) == (2, 10, 3, 1, 7)


def test_who_waits_is_seen_by_the_secretary_of_his_place_and_by_whoever_had_him(cast):
    here, there = drivers(1)[0], drivers(1, place=TANGZHANG, first=2)[0]
    one = member(cast)
    had = seated(cast, one, 1, place=TANGZHANG)[0].driver
    zones.wait([here.pk, there.pk], why="driver_asked", now=MONDAY)
    membership.end(membership=one, by=cast.viewer("committee_secretary"), now=LATER, reason="关系转走了")

    def seen(slug):
        return set(selectors.waiting_for(cast.viewer(slug)).values_list("driver_id", flat=True))

    assert seen("secretary") == {here.pk, had.pk}
    assert seen("committee_secretary") == {here.pk, there.pk, had.pk}
    able = {"secretary", "committee_secretary"}
    assert [slug for slug in CAST if slug not in able and seen(slug)] == []
    assert TONGSHAN != TANGZHANG


# --- what happens in a life --------------------------------------------------------------------


def died(cast, driver, state="died"):
    return register.set_state(driver=driver, state=state, on=MONDAY.date(), by=cast.viewer("registrar"), reason="家里来电", now=LATER)


def test_the_five_of_a_member_who_died_wait_at_that_moment_and_his_branch_decides_on_the_rest(cast):
    one = member(cast)
    mine = make_driver("王建国", person=one.person, place=TONGSHAN)
    five = [seat.driver_id for seat in seated(cast, one)]
    died(cast, mine)
    assert not Seat.objects.filter(contact=one.person, until=None).exists()
    assert set(Waiting.objects.filter(until=None, since=LATER, why="member_died").values_list("driver_id", flat=True)) == set(five)
    one.refresh_from_db()
    assert one.ended_on is None
    told = Notice.objects.filter(template="branch.changed", about_pk=str(one.pk))
    assert cast.secretary.pk in set(told.values_list("recipient_id", flat=True))
    assert proposed(cast).made == 0  # nobody is given to the dead


def test_a_member_who_moved_keeps_his_five_until_his_branch_decides(cast):
    one = member(cast)
    mine = make_driver("王建国", person=one.person, place=TONGSHAN)
    seated(cast, one)
    died(cast, mine, "moved")
    assert Seat.objects.filter(contact=one.person, until=None).count() == 5
    assert Notice.objects.filter(template="branch.changed", about_pk=str(one.pk)).exists()


@pytest.mark.parametrize(("state", "after"), [("died", "refused"), ("moved", "refused"), ("other_trade", "open")])
def test_nobody_looks_any_more_for_a_claimant_who_died_or_moved(cast, state, after):
    driver = drivers(1)[0]
    claim = Claim.objects.create(person=driver.person, source="census", at=MONDAY)
    died(cast, driver, state)
    claim.refresh_from_db()
    assert claim.state == after and bool(claim.refused_why) == (after == "refused")
    assert not Notice.objects.filter(template="branch.changed").exists()


def test_a_driver_who_waits_and_becomes_a_placed_member_waits_no_more(cast):
    from tests.branches.members import branch, verified

    one = verified(cast, name="赵立")
    driver = make_driver("赵立", person=one.person, place=TONGSHAN)
    zones.wait([driver.pk], why="driver_asked", now=MONDAY)
    Match.objects.create(contact=member(cast).person, driver=driver, reasons=[], at=MONDAY)
    placement.place(membership=one, branch=branch(3), by=cast.viewer("committee_secretary"), now=LATER)
    assert not Waiting.objects.filter(driver=driver, until=None).exists() and pairs() == set()
    zones.wait([driver.pk], why="driver_asked", now=LATER)
    assert not Waiting.objects.filter(driver=driver, until=None).exists()
