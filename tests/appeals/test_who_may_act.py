"""Who may act and who is told when people move: results, reminders, one's own matter, a closure that grows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Person, Posting, Unit
from accounts.rules.viewer import Viewer
from appeals.admin.counts import bell_count
from appeals.errors import IllegalMove
from appeals.models import Accused, Appeal, Clock, Event, Leg
from appeals.rules.facts import Actor
from appeals.rules.life import State
from appeals.rules.moves import MOVES, Move
from appeals.selectors import staff
from appeals.selectors.facts import facts_for
from appeals.selectors.scope import appeals_for
from appeals.services import answers, desk, driver, handling, reminders, requests, ripening, routing
from appeals.services.acts import STAFF_MOVES
from common.errors import NotThere
from notices.models import Notice
from notices.selectors.inbox import notices_for
from notices.services import sending
from tests.appeals import journey
from tests.cast import LONG_AGO, MONDAY, make_cast

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LATER = MONDAY + HOUR


@pytest.fixture
def cast():
    return make_cast()


def unit(code: str) -> Unit:
    return Unit.objects.get(code=code)


def post(person: Person, code: str, role: str, **more) -> Posting:
    return Posting.objects.create(person=person, unit=unit(code), role=role, **{"starts_at": LONG_AGO, **more})


def leaves(person: Person, *, at=MONDAY) -> None:
    person.postings.filter(ends_at=None).update(ends_at=at)


def told(template: str, person: Person) -> int:
    return Notice.objects.filter(template=template, recipient=person).exclude(state="cancelled").count()


# --- whoever asked hears the result ------------------------------------------------------------


def handed_back(cast, *, granted: bool = True, by_now=LATER) -> Appeal:
    appeal = journey.in_hand(cast, now=MONDAY)
    requests.ask_hand_back(appeal=appeal, ground="not_ours", reason="不归本科", by=cast.viewer("head"), version=None, now=MONDAY)
    decide = requests.grant_hand_back if granted else requests.refuse_hand_back
    return decide(appeal=appeal, reason="看过了", by=cast.viewer("desk", by_now), version=None, now=by_now)


def test_whoever_asked_for_a_hand_back_hears_that_it_was_granted_though_it_left_him(cast):
    """bar D3 8: the result goes to whoever asked; the appeal itself is not his to open any more."""
    appeal = handed_back(cast)
    assert not appeals_for(cast.viewer("head", LATER)).filter(pk=appeal.pk).exists()
    sending.sweep(LATER)
    mine = [one for one in notices_for(cast.viewer("head", LATER), now=LATER + MINUTE) if "申请有结果" in one.words]
    assert [(one.url, one.label) for one in mine] == [("", f"尾号 {appeal.number[-8:-4]} {appeal.number[-4:]}")]
    assert bell_count(cast.viewer("head", LATER)) >= 1


def test_a_refusal_leads_to_the_appeal(cast):
    appeal = handed_back(cast, granted=False)
    sending.sweep(LATER)
    mine = [one for one in notices_for(cast.viewer("head", LATER), now=LATER + MINUTE) if "申请有结果" in one.words]
    assert len(mine) == 1 and str(appeal.key) in mine[0].url


@pytest.mark.parametrize("granted", [True, False])
def test_he_hears_it_where_he_is_posted_now(cast, granted):
    leaves_at = MONDAY + 30 * MINUTE
    post(cast.head, "legal", "handler")
    cast.head.postings.filter(unit=unit("transport")).update(ends_at=leaves_at)
    handed_back(cast, granted=granted)
    sending.sweep(LATER)
    assert [one.words for one in notices_for(cast.viewer("head", LATER), now=LATER + MINUTE)].count("您的申请有结果了，请登录查看") == 1


def test_the_result_of_an_extension_reaches_whoever_asked(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    requests.ask_extension(appeal=appeal, days=3, reason="货主在外地", by=cast.viewer("head"), version=None, now=MONDAY)
    post(cast.head, "legal", "handler")
    cast.head.postings.filter(unit=unit("transport")).update(ends_at=LATER)
    requests.grant_extension(appeal=appeal, days=2, by=cast.viewer("supervisor"), version=None, now=LATER)
    assert told("appeal.decided", cast.head) == 1


def test_the_accused_the_recused_and_who_left_the_staff_hear_no_result(cast):
    """Only while he may know: a result never tells somebody of a matter that is closed to him."""
    handed_back(cast)
    leaves(cast.head, at=LATER + MINUTE)
    sending.sweep(LATER + 2 * MINUTE)
    assert Notice.objects.get(template="appeal.decided", recipient=cast.head).state == "cancelled"

    appeal = journey.in_hand(cast, now=MONDAY)
    requests.ask_hand_back(
        appeal=appeal, ground="not_ours", reason="不归本科", by=cast.viewer("posted_head"), version=None, now=MONDAY
    )
    desk.add_accused(appeal=appeal, unit=unit("squad-03"), by=cast.viewer("desk"), now=MONDAY)
    appeal.refresh_from_db()
    if appeal.lead_unit_id is None:
        return
    requests.grant_hand_back(appeal=appeal, reason="好", by=cast.viewer("desk"), version=None, now=LATER)
    assert told("appeal.decided", cast.posted_head) == 0


# --- a handler who is not there any more -------------------------------------------------------


def remind(appeal: Appeal, *, now) -> set[int]:
    """Who hears the first reminder (R1) of the answer's clock."""
    Clock.objects.exclude(appeal=appeal, kind="C4").update(next_rung_at=None)
    Clock.objects.filter(appeal=appeal, kind="C4").update(next_rung_at=now)
    reminders.batch(now=now)
    return set(Notice.objects.filter(about_pk=str(appeal.pk), clock="C4", rung="R1").values_list("recipient__name", flat=True))


R1_AT = MONDAY.replace(day=27, hour=9, minute=1)


def test_a_reminder_for_a_handler_who_left_falls_to_the_head(cast):
    """bar D5 R1: the handler, or his deputy; never somebody whose posting ended."""
    appeal = journey.in_hand(cast, now=MONDAY)
    leaves(cast.handler)
    assert remind(appeal, now=R1_AT) == {"沈国栋", "兼职科长"}


@pytest.mark.parametrize("how", ["left", "away"])
def test_a_reminder_goes_to_whoever_stands_in_for_him(cast, how):
    appeal = journey.in_hand(cast, now=MONDAY)
    post(cast.second_handler, "transport", "squad_handler", substitute_for=cast.handler)
    if how == "left":
        leaves(cast.handler)
    else:
        Person.objects.filter(pk=cast.handler.pk).update(away_from=MONDAY.date(), away_to=R1_AT.date() + DAY)
    assert remind(appeal, now=R1_AT) == {"刘洋"}


def test_a_stand_in_who_may_not_read_it_hears_nothing(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    post(cast.former_squad_three, "transport", "squad_handler", substitute_for=cast.handler)
    desk.add_accused(appeal=appeal, unit=unit("squad-03"), by=cast.viewer("desk"), now=MONDAY)
    leaves(cast.handler)
    assert remind(Appeal.objects.get(pk=appeal.pk), now=R1_AT) == {"沈国栋"}


def test_the_head_sees_on_his_day_what_has_nobody_to_do_it(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    groups = staff.day_groups(cast.viewer("head"), now=MONDAY)
    assert not appeals_for(cast.viewer("head")).filter(groups["unmanned"]).exists()
    leaves(cast.handler)
    viewer = cast.viewer("head", LATER)
    groups = staff.day_groups(viewer, now=LATER)
    rows = appeals_for(viewer)
    assert list(rows.filter(groups["unmanned"])) == [appeal]
    assert sum(rows.filter(each).count() for each in groups.values()) == 1, "and in no other group"
    assert staff.counts_for(viewer, now=LATER).to_do == 1
    assert "unmanned" not in staff.day_groups(cast.viewer("second_handler"), now=LATER)
    handling.assign_handler(appeal=appeal, handler=cast.second_handler, by=viewer, version=None, now=LATER)
    assert not rows.filter(staff.day_groups(viewer, now=LATER)["unmanned"]).exists()


def test_what_the_driver_sends_reaches_somebody_when_his_handler_has_left(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    handling.ask_driver(appeal=appeal, words="有没有装货单？", by=cast.viewer("handler"), version=None, now=MONDAY)
    leaves(cast.handler)
    driver.reply(appeal=appeal, words="找到了", by=journey.driver_of(appeal), now=LATER)
    driver.add_material(appeal=appeal, words="还有一张", by=journey.driver_of(appeal), now=LATER)
    driver.nudge(appeal=appeal, by=journey.driver_of(appeal), now=LATER)
    assert (told("appeal.material", cast.head), told("appeal.nudged", cast.head)) == (2, 1)
    assert told("appeal.material", cast.handler) == 0


# --- nobody is staff in his own matter ---------------------------------------------------------


OWN_ROLES = ("handler", "head", "desk", "duty", "supervisor", "discipline")


@pytest.mark.parametrize("slug", OWN_ROLES)
def test_a_complainant_who_is_staff_is_only_a_driver_in_his_own_matter(cast, slug):
    """D3: each move by somebody without interest in it; the complainant has one."""
    appeal = journey.in_hand(cast, now=MONDAY, by=Viewer(person_id=cast.people[slug].pk), handler="second_handler")
    viewer = cast.viewer(slug)
    assert appeal.person_id == viewer.person_id and not appeals_for(viewer).exists()
    assert facts_for(appeal, viewer, now=MONDAY).actors == {Actor.DRIVER}
    with pytest.raises(IllegalMove):
        desk.reclassify(appeal=appeal, by=viewer, version=None, now=MONDAY, reason="我的事快点办", urgency="pressing")
    driver.nudge(appeal=appeal, by=viewer, now=MONDAY)
    assert Event.objects.get(appeal=appeal, move=Move.NUDGE).actor_word == "driver"


def test_his_own_matter_is_neither_given_to_him_nor_does_he_hear_as_staff_of_it(cast):
    appeal = journey.routed(now=MONDAY, by=Viewer(person_id=cast.handler.pk))
    assert told("appeal.task", cast.handler) == 0 and told("appeal.task", cast.second_handler) == 1
    appeal = handling.accept(appeal=appeal, by=cast.viewer("second_handler"), version=None, now=MONDAY)
    with pytest.raises(IllegalMove):
        handling.assign_handler(appeal=appeal, handler=cast.handler, by=cast.viewer("head"), version=None, now=MONDAY)
    with pytest.raises(NotThere):
        answers.save_draft(appeal=appeal, parts=journey.PARTS, by=cast.viewer("handler"), draft_version=None, now=MONDAY)
    leaves(cast.second_handler)
    assert "周敏" not in remind(appeal, now=R1_AT)
    before = Notice.objects.filter(recipient=cast.handler, state="queued").count()
    desk.add_accused(appeal=appeal, unit=unit("squad-03"), by=cast.viewer("desk"), now=MONDAY)
    assert Notice.objects.filter(recipient=cast.handler, state="queued").count() == before, "as a driver he still hears"


# --- a closure that grows ----------------------------------------------------------------------


def test_a_posting_that_joins_the_lead_unit_to_the_accused_takes_the_appeal_back(cast):
    """信访工作条例 30, bar D3 27: if the lead is recused, it goes back to be routed; its clocks run on."""
    appeal = journey.in_hand(cast, now=MONDAY, text=journey.RUDE, handler="legal_handler", accused=("squad-05",))
    answers.submit_answer(appeal=appeal, parts=journey.PARTS, by=cast.viewer("legal_handler"), version=None, now=MONDAY)
    dues = set(Clock.objects.filter(appeal=appeal, leg=None).values_list("kind", "first_due", "due", "started_at"))
    assert ripening.keep_out(now=LATER) == 0
    Unit.objects.filter(code="squad-05").update(parent=unit("legal"))
    post(cast.squad_five, "legal", "handler")
    assert ripening.keep_out(now=LATER) == 1
    appeal.refresh_from_db()
    assert (appeal.state, appeal.lead_unit, appeal.handler) == (State.SUBMITTED, None, None)
    assert Leg.objects.get(appeal=appeal).how == "recused"
    event = Event.objects.get(appeal=appeal, move=Move.KEEP_OUT)
    assert not event.public and journey.PARTS["basis"] in event.note
    assert ripening.keep_out(now=LATER) == 0, "twice is once"
    routing.sweep(now=LATER)
    appeal.refresh_from_db()
    assert appeal.lead_unit_id != unit("legal").pk
    after = set(Clock.objects.filter(appeal=appeal, leg=None).values_list("kind", "first_due", "due", "started_at"))
    assert dues <= after


def test_the_clock_of_a_new_round_is_not_reset_when_its_unit_is_taken_out(cast):
    appeal = journey.answered(
        cast, now=MONDAY, text=journey.RUDE, handler="legal_handler", head="legal_head", accused=("squad-05",)
    )
    appeal = driver.rate(appeal=appeal, value=1, by=journey.driver_of(appeal), now=LATER)
    assert appeal.round == 2
    mend = Clock.objects.get(appeal=appeal, kind="C7")
    Unit.objects.filter(code="squad-05").update(parent=appeal.lead_unit)
    post(cast.squad_five, appeal.lead_unit.code, "handler")
    assert ripening.keep_out(now=LATER + DAY) == 1
    routing.sweep(now=LATER + DAY)
    again = Clock.objects.get(appeal=appeal, kind="C7")
    assert (again.started_at, again.first_due, again.due, again.ended_at) == (mend.started_at, mend.first_due, mend.due, None)


def test_a_handler_who_is_posted_to_the_accused_is_out_and_his_head_is_told(cast):
    appeal = journey.in_hand(cast, now=MONDAY, accused=("squad-05",))
    post(cast.handler, "squad-05", "squad_handler")
    assert ripening.keep_out(now=LATER) == 1
    appeal.refresh_from_db()
    assert (appeal.state, appeal.handler, appeal.lead_unit.code) == (State.IN_HAND, None, "transport")
    assert told("appeal.task", cast.head) >= 1


def test_a_unit_accused_in_the_rows_alone_is_found_too(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    Accused.objects.create(appeal=appeal, unit=unit("transport"), source="text", since=LATER)
    assert ripening.keep_out(now=LATER) == 1
    assert Appeal.objects.get(pk=appeal.pk).lead_unit is None


def test_that_it_was_taken_back_stands_on_no_page_of_the_staff(cast):
    from appeals.admin import cards
    from appeals.api.sheet import sheet_of

    appeal = journey.in_hand(cast, now=MONDAY)
    Accused.objects.create(appeal=appeal, unit=unit("transport"), source="text", since=LATER)
    ripening.keep_out(now=LATER)
    appeal.refresh_from_db()
    said = str(cards.steps_card(appeal, now=LATER, only_public=False)) + str(sheet_of(appeal, cast.viewer("desk"), now=LATER))
    assert MOVES[Move.KEEP_OUT].word not in said and Move.KEEP_OUT.value not in said


# --- the driver names a unit afterwards; the clerk has no door of his own ----------------------


def test_the_driver_adds_a_unit_on_his_page_and_it_is_out_at_once(cast):
    """D3 27: an accused unit is added at once, by the driver too; only the discipline officer takes it out."""
    import time_machine

    from appeals.services import receipts

    with time_machine.travel(MONDAY, tick=False):
        appeal = journey.in_hand(cast, now=MONDAY)
        client, receipt = Client(), receipts.receipt_of(appeal)
        client.post("/appeals/track", {"number": receipt.number, "code": receipt.code})
        page, door = f"/appeals/track/{appeal.key}", f"/appeals/track/{appeal.key}/who"
        assert door in client.get(page).content.decode()
        assert Client().get(door).status_code == 404
        assert "执法三中队" in client.get(door).content.decode()
        assert client.post(door, {"about": "other", "other": "nowhere"}).status_code == 422
        assert client.post(door, {"about": "other", "other": "transport"})["Location"] == f"{page}?done=accused"
        shown = client.get(f"{page}?done=accused").content.decode()
    accused = Accused.objects.get(appeal=appeal)
    assert (accused.unit.code, accused.source) == ("transport", "driver")
    appeal.refresh_from_db()
    assert (appeal.state, appeal.lead_unit) == (State.SUBMITTED, None)
    assert not appeals_for(cast.viewer("handler")).filter(pk=appeal.pk).exists()
    assert "加上了" in shown and "您说的单位看不到" in shown


def test_the_driver_names_only_units_of_his_list(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    hidden = Unit.objects.filter(may_be_named=False, is_active=True).first()
    with pytest.raises(IllegalMove):
        desk.add_accused(appeal=appeal, unit=hidden, by=journey.driver_of(appeal), now=MONDAY)
    assert not Accused.objects.filter(appeal=appeal).exists()


def test_the_clerk_is_granted_no_move_that_he_cannot_reach():
    """At the counter he opens the driver's own page with the driver's number and code; the table promises no more."""
    granted = {move for move, legal in MOVES.items() if Actor.CLERK in legal.by}
    assert granted == {Move.FILE}
    assert not {Move.DRIVER_REPLY, Move.ADD_MATERIAL} & set(STAFF_MOVES)


# --- what the pages of the staff say -----------------------------------------------------------


def test_only_the_first_proposal_carries_a_score_and_none_tells_of_a_recusal(cast):
    """What was not worked out is not shown, and k (the accused set) is not for the desk (security.md §3)."""
    from appeals.admin.desk import choices_of
    from appeals.models import RouteDecision

    units = [unit(code) for code in ("legal", "transport", "office")]
    whys = ("“运费”", "执法三中队需回避", "这一类的默认单位")
    proposals = [{"unit": one.pk, "name": one.name, "why": why} for one, why in zip(units, whys, strict=True)]
    found = choices_of(RouteDecision(proposals=proposals, confidence=0.62), units)
    assert [(one["score"], one["percent"]) for one in found] == [("0.62", 62), ("", 0), ("", 0)]
    assert [one["sure"] for one in found] == ["把握中等", "备选", "备选"]
    assert "回避" not in str(found)
    dropped = choices_of(RouteDecision(proposals=proposals, confidence=0.62), units[1:])
    assert [one["score"] for one in dropped] == ["", ""], "the first of what is left was not the one scored"


def test_today_the_list_and_the_dashboard_say_what_they_count_as_due_today(cast):
    import time_machine
    from django.urls import reverse

    from dashboards.rules.figures import _TABLE
    from tests.house.walking import signed_in

    journey.in_hand(cast, now=MONDAY - 10 * DAY)
    with time_machine.travel(MONDAY, tick=False):
        client = signed_in(cast.handler)
        assert "本单位正在办的；没到下班也算，已超期的也在" in client.get("/admin/").content.decode()
        assert "已超期的也在" in client.get(reverse("admin:appeals_list") + "?view=today").content.decode()
    assert next(one for one in _TABLE if one.key == "due_today").note == "最近一个时限今天到，还没过"
