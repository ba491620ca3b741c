"""The demo: figures that come out of rows, every state, nothing that leaves, and the same at each load."""

from __future__ import annotations

import io
from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, F, Sum
from django.test import override_settings

from accounts.models import Person, Posting, Unit
from accounts.rules.roles import HANDLING, Role
from accounts.selectors.demo import SLUGS, demo_accounts
from accounts.selectors.viewer import viewer_for
from appeals.models import Answer, Appeal, Clock, Event, Leg, Photo, Rating, Request
from appeals.rules.life import State
from appeals.selectors import staff
from appeals.selectors.scope import appeals_for, own_appeals
from appeals.services import reminders, ripening
from branches.models import Membership, Officer, Placement, Transfer
from branches.selectors import coverage
from branches.selectors.scope import members_for
from common import clock
from common.selectors import one_calendar
from hongyun.demo import facts
from hongyun.demo.load import load
from hongyun.demo.stories import pool, stories
from members.models import (
    Claim,
    Conflict,
    ContactNote,
    Driver,
    Enterprise,
    Export,
    JoinRequest,
    Match,
    Outreach,
    Seat,
    UnionMember,
    Upload,
    Waiting,
)
from members.rules.contacts import month_begins
from members.selectors import claims, union, zones
from members.selectors.exports import to_decide
from members.web.steps import steps_of
from notices.models import Notice
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """One load for the whole file, taken back afterwards."""
    with (
        django_db_blocker.unblock(),
        override_settings(DATA_DIR=tmp_path_factory.mktemp("demo"), DEMO=True),
        transaction.atomic(),
    ):
        yield load(now=MONDAY, with_register=True)
        transaction.set_rollback(True)


def viewer(slug: str):
    return viewer_for(Person.objects.get(demo_slug=slug), now=MONDAY, second_factor=True)


def test_the_four_figures_come_out_of_rows_by_their_own_queries(demo):
    closed = Appeal.objects.filter(state="closed")
    assert closed.filter(kind="suggestion").count() == 12
    assert facts.solved(closed.filter(category__in=["C1", "C2", "C3", "C4"])).count() == 34
    assert closed.filter(lead_unit__code="justice").aggregate(n=Sum("persons"))["n"] == 44
    assert closed.filter(category__in=["D1", "D2", "D3", "D4", "F3"]).count() == 25
    assert demo == facts.Figures(12, 34, 44, 25)


def test_the_project_page_says_the_same(demo):
    project = pytest.importorskip("dashboards.selectors.project")
    assert [figure.value for figure in project.project_figures(viewer("leader"), now=MONDAY)] == [12, 34, 44, 25]


def test_the_four_sets_share_no_row_and_no_sweep_of_the_coming_month_adds_one(demo):
    rows = {story.id for name in ("suggestion", "road", "aid", "dispute") for story in pool(name)}
    assert len(rows) == 12 + 34 + 16 + 25
    with transaction.atomic():
        for week in range(1, 6):
            ripening.close_ripe(now=MONDAY + timedelta(days=7 * week))
        assert facts.figures() == facts.Figures(12, 34, 44, 25)
        transaction.set_rollback(True)


def test_every_state_is_there(demo):
    found = dict(Appeal.objects.order_by().values_list("state").annotate(Count("pk")))
    assert set(found) == set(State) - {State.MERGED}
    assert found["submitted"] >= 5 and found["routed"] >= 5 and found["in_hand"] >= 20 and found["answered"] >= 5


def test_every_kind_of_request_waits_and_a_draft_and_an_urgent_one(demo):
    waiting = set(Request.objects.filter(decision="pending").values_list("kind", flat=True))
    assert {"hand_back", "extension", "decline"} <= waiting
    assert set(Answer.objects.values_list("state", flat=True)) == set(Answer.State.values)
    assert Appeal.objects.filter(urgency="urgent", state="in_hand").exists()
    assert Appeal.objects.filter(round=2, state="in_hand").exists() and Rating.objects.filter(value__lte=2).exists()


def test_the_demo_accounts_stand_on_the_sign_in_page(demo):
    assert [account.slug for account in demo_accounts()] == list(SLUGS)
    assert not any(person.has_usable_password() for person in Person.objects.all())


def test_every_unit_that_takes_appeals_can_work_and_approve(demo):
    for unit in Unit.objects.filter(takes_appeals=True, is_active=True):
        roles = list(Posting.objects.filter(unit=unit, ends_at=None).values_list("role", flat=True))
        workers = [role for role in roles if role in HANDLING - {Role.HEAD}]
        assert 2 <= len(workers) <= 5 and Role.HEAD in roles, unit.code
    assert Posting.objects.filter(role=Role.SECRETARY).count() == 11, "ten branches and the committee"
    for role, count in ((Role.DESK, 3), (Role.DUTY, 2), (Role.SUPERVISOR, 2), (Role.CALL_BACK, 2), (Role.DISCIPLINE, 2)):
        assert Posting.objects.filter(role=role).count() == count


def test_the_handlers_day_is_the_picture_of_the_day(demo):
    groups = staff.day_groups(viewer("handler"), now=MONDAY)
    rows = staff.rows_for(viewer("handler"))
    found = {name: rows.filter(condition).count() for name, condition in groups.items()}
    assert found["due"] >= 4 and found["routed"] >= 3 and found["waiting"] >= 1 and found["decide"] >= 2
    assert rows.filter(groups["due"], next_due__lt=MONDAY).exists(), "one is overdue"
    assert sum(staff.coming(viewer("handler"), _next_days()).values()) >= 8


def _next_days():
    return [clock.today(MONDAY + timedelta(days=n)) for n in range(1, 5)]


def test_squad_three_and_its_branch_see_nothing_of_what_is_said_against_it(demo):
    against = Appeal.objects.filter(accused__unit__code="squad-03", accused__removed_at=None)
    assert against.filter(state="in_hand").exists()
    for slug in ("squad_three", "secretary"):
        assert not appeals_for(viewer(slug)).filter(pk__in=against).exists()
    assert appeals_for(viewer("discipline")).filter(pk__in=against).count() == against.count()


def test_the_demo_driver_has_his_own(demo):
    own = own_appeals(viewer("driver"))
    assert set(own.values_list("state", flat=True)) == {"in_hand", "waiting_driver", "answered", "closed"}


def test_nothing_waits_to_leave_and_the_next_sweep_does_not_flood(demo):
    assert not Notice.objects.filter(state__in=["queued", "sending"]).exists()
    assert not Notice.objects.filter(settled_at__gt=MONDAY).exists()
    with transaction.atomic():
        assert reminders.sweep(now=MONDAY + timedelta(minutes=1)) <= 2
        transaction.set_rollback(True)


def test_nothing_happened_after_the_moment_of_loading_and_events_lie_in_order(demo):
    for model, field in ((Event, "at"), (Appeal, "received_at"), (Leg, "opened_at"), (Photo, "added_at")):
        assert not model.objects.filter(**{f"{field}__gt": MONDAY}).exists()
    at = list(Event.objects.order_by("pk").values_list("at", flat=True))
    assert at == sorted(at)
    assert not Clock.objects.filter(met_at__gt=MONDAY).exists()


def test_most_answers_came_in_time_and_some_did_not(demo):
    verdicts = [met <= due for met, due in Clock.objects.filter(kind="C4", met_at__isnull=False).values_list("met_at", "due")]
    assert 0.85 <= sum(verdicts) / len(verdicts) < 1


# the register: 22,700 drivers, 313 members in ten branches, 1,565 in zones, 219 enterprises, 23,687 union members


def test_the_register_holds_the_drivers_of_the_census_and_nobody_else(demo):
    assert Driver.objects.count() == Driver.objects.filter(state="active", merged_into=None).count() == 22_700
    assert Driver.objects.values("person").distinct().count() == 22_700
    first = Upload.objects.get(name="census-22700.xlsx")
    assert (first.counts["created"], first.counts["rejected"]) == (22_700, 20)


def test_every_driver_of_the_demo_is_one_of_the_register(demo):
    driver = Person.objects.get(demo_slug="driver")
    assert (driver.name, driver.phone) == ("张建国", "13800005678")
    assert [each.vehicle.plate for each in driver.driver.drives.all()].count("苏CA7245") == 1
    filed = Appeal.objects.exclude(person=None).values("person")
    assert Driver.objects.filter(person__in=filed).count() == filed.distinct().count()
    assert Driver.objects.filter(person__signin_index__isnull=False).count() >= 250


def test_313_verified_members_stand_in_ten_branches_each_verified_by_one_and_placed_by_another(demo):
    placed = Placement.objects.filter(until=None, membership__ended_on=None)
    assert placed.count() == 313 and placed.values("branch").distinct().count() == 10
    assert not placed.filter(placed_by=F("membership__verified_by")).exists()
    assert set(placed.values_list("membership__kind", flat=True)) >= {"full", "probationary", "floating"}
    assert not placed.filter(membership__kind="floating", membership__home_branch="").exists()
    waiting = Membership.objects.filter(ended_on=None).exclude(pk__in=placed.values("membership"))
    assert [each.person.claims.get().state for each in waiting] == ["verified"]


def test_nobody_is_a_member_by_his_own_word(demo):
    members = Membership.objects.values("person")
    assert not Membership.objects.exclude(person__claims__state__in=["placed", "verified"]).exists()
    assert Claim.objects.filter(state="open").exists()
    assert not Claim.objects.filter(state="open", person__in=members).exists()


def test_1565_drivers_have_a_contact_five_a_member_each_with_its_reasons(demo):
    seats = Seat.objects.filter(until=None)
    assert seats.count() == 1_565 and seats.values("driver").distinct().count() == 1_565
    assert set(seats.values_list("contact").annotate(n=Count("pk")).values_list("n", flat=True)) == {5}
    assert not seats.filter(reasons=[]).exists()
    assert Match.objects.filter(state="accepted").count() == 1_565 and not Match.objects.filter(state="proposed").exists()
    shown = zones.covered(viewer("committee_secretary"), since=month_begins(clock.today(MONDAY)))
    assert (shown.members, shown.seated, shown.seats, shown.drivers) == (313, 1_565, 1_565, 22_700)
    assert 0 < shown.heard < shown.seats and seats.filter(due_at__lte=MONDAY).exists()


def test_the_union_holds_219_enterprises_and_23687_members_and_no_driver_came_of_it(demo):
    assert Enterprise.objects.filter(in_union=True).count() == 219
    assert UnionMember.objects.filter(ended_on=None).count() == 23_687
    assert Driver.objects.filter(person__union_member__isnull=False).count() == 9_000
    found = union.figures(viewer("union_officer"))
    assert found.members == 23_687 and found.missing == 12_696 - 9_000


def test_the_demo_driver_has_a_contact_who_is_the_demo_member_with_his_five(demo):
    member = Person.objects.get(demo_slug="member")
    contact = zones.own_contact(viewer("driver"))
    assert contact.contact == member and zones.own_seats(viewer("member")).count() == 5
    assert zones.contacts_for(viewer("secretary")).filter(person=member).exists()
    assert steps_of(member.claims.get(), now=MONDAY)[-1]["what"] == "镇街摸排时登记的", "he did not come by himself"


def test_something_waits_for_everybody_of_the_register(demo):
    assert Upload.objects.get(state="checked").asked_to == Person.objects.get(demo_slug="registrar")
    assert Conflict.objects.filter(kind="two_towns", taken=None).exists()
    assert Export.objects.get(state="asked").rows > 200 and to_decide(viewer("registrar")).exists()
    assert Transfer.objects.filter(done_at=None, refused_at=None).count() == 1
    assert JoinRequest.objects.filter(state="open").count() == 3 and Waiting.objects.filter(until=None).exists()
    of_branch = Claim.objects.filter(branch__unit__code="branch-03", source="phone")
    assert {"open", "verified"} <= set(of_branch.values_list("state", flat=True))
    assert Claim.objects.exclude(contested_at=None).get().state == "open"
    reach = claims.reach(viewer("committee_secretary"))
    assert reach.of == 313 and 0.8 < reach.reached / reach.of < 1


def test_places_enterprises_and_trades_have_one_branch_but_for_what_people_have_to_settle(demo):
    table = coverage.table_for(viewer("committee_secretary"))
    assert [line.key.kind for line in table.gaps] == ["enterprise", "trade"]
    assert [line.key.kind for line in table.overlaps] == ["trade"]
    assert len(table.of_kind("place")) == 29


def test_the_demo_branch_has_a_term_that_ends_a_silent_member_and_a_probation_to_decide(demo):
    today = clock.today(MONDAY)
    officers = Officer.objects.filter(unit__code="branch-03", ended_on=None)
    assert officers.filter(term_ends__range=(today, today + timedelta(days=30))).exists()
    assert 3 <= officers.exclude(post="group_leader").count() <= 5 and officers.filter(post="group_leader").count() == 2
    members = members_for(viewer("secretary")).filter(placements__until=None)
    silent = members.filter(last_contact_on=None, warned_at__isnull=False)
    assert silent.count() == 2 and not ContactNote.objects.filter(seat__contact__in=silent.values("person")).exists()
    assert members.filter(kind="probationary", decide_on__lte=today + timedelta(days=30)).exists()


def test_a_second_load_changes_nothing(demo):
    before = digest()
    said = io.StringIO()
    call_command("load_demo", stdout=said)
    assert "没有改动" in said.getvalue() and digest() == before


def test_the_texts_are_many_and_none_is_said_twice():
    texts = [story.text for story in stories().values()]
    assert len(texts) >= 180 and len(set(texts)) == len(texts)


@pytest.mark.slow
def test_two_fresh_loads_are_equal_but_for_what_is_sealed(tmp_path, settings):
    settings.DEMO, settings.DATA_DIR = True, tmp_path
    found = []
    for _each in range(2):
        with transaction.atomic(), one_calendar():
            load(now=MONDAY, with_register=True)
            found.append(digest())
            transaction.set_rollback(True)
    assert found[0] == found[1]


def digest() -> list[str]:
    """Everything that does not depend on keys of rows or on seals, a hash for each kind of rows."""
    queries = (
        Person.objects.exclude(demo_slug="", login=None, signin_index=None).order_by("key").values_list("key", "login", "name", "phone_index", "phone_proved_at", "demo_slug"),
        Posting.objects.order_by("person__key", "unit__code", "role", "starts_at").values_list("person__key", "unit__code", "role", "starts_at", "ends_at"),
        Appeal.objects.order_by("number").values_list(
            "key", "number", "code_hash", "state", "text", "category", "kind", "urgency", "lead_unit__code", "handler__login",
            "person__key", "received_at", "due", "next_due", "answered_at", "closed_at", "version",
        ),
        Event.objects.order_by("appeal__number", "seq").values_list("appeal__number", "seq", "move", "at", "actor__key", "words"),
        Clock.objects.order_by("appeal__number", "kind", "round", "started_at", "id").values_list("kind", "due", "met_at", "level"),
        Notice.objects.order_by("made_at", "template", "recipient__login", "recipient__phone_index", "channel", "rung", "id").values_list(
            "template", "state", "made_at", "settled_at", "recipient__name", "rung"
        ),
        Photo.objects.order_by("key").values_list("key", "sha256"),
        Driver.objects.order_by("person__id_index").values_list("person__id_index", "person__name", "place__code", "enterprise__code", "state"),
        Placement.objects.order_by("membership__person__id_index").values_list(
            "membership__person__id_index", "membership__kind", "membership__home_branch", "branch__unit__code", "since", "placed_by__login"
        ),
        Officer.objects.order_by("unit__code", "post", "person__id_index", "person__login").values_list("unit__code", "post", "person__name", "since"),
        Seat.objects.order_by("driver__person__id_index", "since").values_list("driver__person__id_index", "contact__id_index", "seat", "since", "due_at"),
        Claim.objects.order_by("at", "person__id_index").values_list("person__id_index", "source", "state", "at", "branch__unit__code"),
        Outreach.objects.order_by("at", "claim__person__id_index").values_list("claim__person__id_index", "at", "how", "reached"),
        ContactNote.objects.order_by("at", "seat__driver__person__id_index").values_list("at", "how", "seat__driver__person__id_index"),
        Upload.objects.order_by("at").values_list("name", "rows", "written", "state"),
    )  # fmt: skip
    return [f"{query.model.__name__} {sha256(repr(list(query)).encode()).hexdigest()}" for query in queries]
