"""What a unit began must not outlive its time with the appeal: pauses, requests, answers that wait for a yes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import AuditLine, Unit
from appeals.admin import cards
from appeals.api.sheet import sheet_of
from appeals.errors import IllegalMove
from appeals.models import Answer, Appeal, CallBack, Clock, Event, Pause, Request
from appeals.rules.life import State
from appeals.rules.moves import Move
from appeals.selectors.facts import facts_for
from appeals.services import answers, calls, desk, driver, handling, requests, ripening, rounds, routing
from appeals.web import track
from notices.models import Notice
from tests.appeals import journey
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def cast():
    return make_cast()


def unit(code: str) -> Unit:
    return Unit.objects.get(code=code)


def accuse(cast, appeal: Appeal, code: str, *, now=MONDAY) -> Appeal:
    return desk.add_accused(appeal=appeal, unit=unit(code), by=cast.viewer("desk", now), now=now)


def test_a_pause_ends_with_the_unit_that_asked_and_the_clock_runs_on(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    handling.ask_driver(appeal=appeal, words="有没有装货单？", by=cast.viewer("handler"), version=None, now=MONDAY)
    appeal = accuse(cast, appeal, "transport", now=MONDAY + HOUR)
    assert (appeal.state, appeal.lead_unit) == (State.SUBMITTED, None)
    assert Pause.objects.get(appeal=appeal).ended_at == MONDAY + HOUR
    assert Clock.objects.get(appeal=appeal, kind="C4").next_rung_at is not None, "it climbs the ladder again"


def test_the_duty_officers_last_word_ends_a_pause_too(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    Appeal.objects.filter(pk=appeal.pk).update(hand_backs=2)
    handling.ask_driver(appeal=appeal, words="有没有装货单？", by=cast.viewer("handler"), version=None, now=MONDAY)
    appeal = desk.assign_finally(
        appeal=appeal, unit=unit("legal"), reason="就由执法办", by=cast.viewer("duty"), version=None, now=MONDAY + HOUR
    )
    assert appeal.state == State.ROUTED and not Pause.objects.filter(appeal=appeal, ended_at=None).exists()
    handling.accept(appeal=appeal, by=cast.viewer("legal_handler"), version=None, now=MONDAY + HOUR)
    handling.ask_driver(appeal=appeal, words="哪天装的货？", by=cast.viewer("legal_head"), version=None, now=MONDAY + HOUR)


def test_nobody_approves_the_answer_of_a_unit_that_turned_out_to_be_accused(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    answers.submit_answer(appeal=appeal, parts=journey.PARTS, by=cast.viewer("handler"), version=None, now=MONDAY)
    appeal = accuse(cast, appeal, "transport")
    desk.route_by_hand(
        appeal=appeal, unit=unit("legal"), by=cast.viewer("desk"), version=None, now=MONDAY, reason="换一家"
    )
    handling.accept(appeal=appeal, by=cast.viewer("legal_handler"), version=None, now=MONDAY)
    with pytest.raises(IllegalMove):
        answers.head_approve(appeal=appeal, by=cast.viewer("legal_head"), version=None, now=MONDAY)
    assert not Answer.objects.filter(appeal=appeal).exists(), "the next unit begins on a blank page"
    assert journey.PARTS["basis"] in Event.objects.get(appeal=appeal, move=Move.ADD_ACCUSED).note, "and no word is lost"
    journey.answer(cast, appeal, now=MONDAY, handler="legal_handler", head="legal_head")


def test_after_a_hand_back_the_draft_is_kept_but_waits_for_nobodys_yes(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    answers.submit_answer(appeal=appeal, parts=journey.PARTS, by=cast.viewer("handler"), version=None, now=MONDAY)
    requests.ask_hand_back(
        appeal=appeal, ground="not_ours", reason="不归本科", by=cast.viewer("head"), version=None, now=MONDAY
    )
    requests.grant_hand_back(
        appeal=appeal, reason="换一家", by=cast.viewer("desk"), version=None, now=MONDAY, unit=unit("legal")
    )
    answer = Answer.objects.get(appeal=appeal)
    assert (answer.state, answer.measure) == (Answer.State.DRAFT, journey.PARTS["measure"])


def test_an_extension_that_the_last_unit_asked_for_lapses_when_it_goes(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    requests.ask_extension(appeal=appeal, days=3, reason="货主在外地", by=cast.viewer("head"), version=None, now=MONDAY)
    requests.ask_hand_back(
        appeal=appeal, ground="not_ours", reason="不归本科", by=cast.viewer("head"), version=None, now=MONDAY
    )
    requests.grant_hand_back(
        appeal=appeal, reason="换一家", by=cast.viewer("desk"), version=None, now=MONDAY, unit=unit("legal")
    )
    assert not Request.objects.filter(appeal=appeal, decision="pending").exists()
    assert not Clock.objects.filter(appeal=appeal, kind="C9", met_at=None, ended_at=None).exists()


def test_a_proposal_to_decline_lapses_once_the_unit_has_accepted(cast):
    appeal = journey.routed(now=MONDAY)
    requests.ask_decline(
        appeal=appeal, ground="other_body", reason="归人社局", by=cast.viewer("desk"), version=None, now=MONDAY
    )
    appeal = handling.accept(appeal=appeal, by=cast.viewer("handler"), version=None, now=MONDAY)
    assert Request.objects.get(appeal=appeal).decision == Request.Decision.LAPSED
    assert not Clock.objects.filter(appeal=appeal, kind="C9", met_at=None, ended_at=None).exists()
    assert appeal.next_due_clock != "C9"


def test_an_extension_nobody_decided_leaves_no_dead_clock_on_the_row(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    requests.ask_extension(appeal=appeal, days=3, reason="货主在外地", by=cast.viewer("head"), version=None, now=MONDAY)
    late = appeal.due + HOUR
    assert ripening.lapse_extensions(now=late) == 1
    appeal.refresh_from_db()
    assert (appeal.next_due_clock, appeal.next_due) != ("C9", None)
    assert appeal.next_due_clock != "C9"


def submitted_complaint(cast) -> Appeal:
    """The head has said yes, the desk has not yet."""
    appeal = journey.in_hand(cast, now=MONDAY)
    Appeal.objects.filter(pk=appeal.pk).update(kind="complaint")
    answers.submit_answer(appeal=appeal, parts=journey.PARTS, by=cast.viewer("handler"), version=None, now=MONDAY)
    return answers.head_approve(appeal=appeal, by=cast.viewer("head"), version=None, now=MONDAY)


def test_what_a_recused_drafter_submitted_goes_back_to_the_unit(cast):
    appeal = submitted_complaint(cast)
    desk.recuse(appeal=appeal, reason="货主是亲戚", by=cast.viewer("handler"), now=MONDAY)
    with pytest.raises(IllegalMove):
        answers.approve(appeal=appeal, by=cast.viewer("desk"), version=None, now=MONDAY)
    journey.answer(cast, appeal, now=MONDAY, handler="second_handler")


def test_why_somebody_steps_back_is_for_no_colleague_and_no_log(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    desk.recuse(appeal=appeal, reason="我连襟在三中队", by=cast.viewer("handler"), now=MONDAY)
    colleague = cast.viewer("second_handler")
    steps = cards.steps_card(appeal, now=MONDAY, only_public=False)["steps"]
    assert "连襟" not in str(steps) + str(sheet_of(appeal, colleague, now=MONDAY))
    assert not AuditLine.objects.filter(reason__contains="连襟").exists()
    assert appeal.recusals.get().why == "我连襟在三中队"


def test_the_drivers_own_words_never_reach_the_audit_log(cast):
    appeal = journey.answered(cast, now=MONDAY)
    rounds.reopen(appeal=appeal, reason="三中队的人又拦了我", by=journey.driver_of(appeal), now=MONDAY + HOUR)
    assert not AuditLine.objects.exclude(reason="").filter(reason__contains="三中队").exists()


def test_a_recused_heads_yes_does_not_count(cast):
    appeal = submitted_complaint(cast)
    desk.recuse(appeal=appeal, reason="货主是亲戚", by=cast.viewer("head"), now=MONDAY)
    answer = Answer.objects.get(appeal=appeal)
    assert (answer.state, answer.head_by) == (Answer.State.SUBMITTED, None)


def test_a_handler_barred_by_a_new_accusation_leaves_and_his_head_is_told(cast):
    appeal = journey.in_hand(cast, now=MONDAY, handler="former_squad_three")
    answers.submit_answer(
        appeal=appeal, parts=journey.PARTS, by=cast.viewer("former_squad_three"), version=None, now=MONDAY
    )
    Notice.objects.all().update(state="sent")
    appeal = accuse(cast, appeal, "squad-03", now=MONDAY + HOUR)
    assert (appeal.state, appeal.handler, appeal.lead_unit.code) == (State.IN_HAND, None, "transport")
    assert appeal.legs.get(ended_at=None).handler is None
    assert Answer.objects.get(appeal=appeal).state == Answer.State.DRAFT
    assert set(Notice.objects.filter(state="queued").values_list("recipient_id", flat=True)) == {cast.head.pk}


def third_round(cast) -> Appeal:
    appeal = journey.answered(cast, now=MONDAY)
    Appeal.objects.filter(pk=appeal.pk).update(round=3)
    Clock.objects.filter(appeal=appeal, kind__in=["C5", "C6"]).update(round=3)
    appeal.refresh_from_db()
    return appeal


def test_a_bad_word_after_the_last_round_ends_in_a_close_and_not_nowhere(cast):
    appeal = driver.rate(appeal=(one := third_round(cast)), value=1, by=journey.driver_of(one), now=MONDAY + HOUR)
    assert appeal.state == State.ANSWERED
    appeal = calls.call_back(
        appeal=appeal, heard="not_solved", by=cast.viewer("call_back"), version=None, now=MONDAY + 2 * HOUR
    )
    assert CallBack.objects.get(appeal=appeal).heard == "not_solved", "what he heard is written down"
    assert appeal.state == State.ANSWERED, "the window is still open"
    ripening.close_ripe(now=MONDAY + 8 * DAY)
    appeal.refresh_from_db()
    assert (appeal.state, appeal.rating) == (State.CLOSED, 1)


def test_a_bad_word_still_opens_the_next_round_and_never_closes(cast):
    appeal = journey.answered(cast, now=MONDAY)
    Appeal.objects.filter(pk=appeal.pk).update(rating=1)
    facts = facts_for(appeal, cast.viewer("desk"), now=MONDAY)
    assert facts.round == 1
    appeal.ratings.create(round=1, value=1, first_at=MONDAY, last_at=MONDAY)
    with pytest.raises(IllegalMove):
        rounds.close(appeal=appeal, now=MONDAY + 8 * DAY)


def test_the_drivers_word_is_kept_even_where_no_unit_can_take_the_next_round(cast):
    appeal = journey.answered(cast, now=MONDAY)
    Unit.objects.exclude(code="transport").update(takes_appeals=False)
    for slug in ("second_handler", "head", "former_squad_three", "posted_head"):
        cast.people[slug].postings.all().update(ends_at=MONDAY - DAY)
    appeal = driver.rate(appeal=appeal, value=1, by=journey.driver_of(appeal), now=MONDAY + HOUR)
    assert appeal.ratings.get().value == 1
    assert Notice.objects.filter(template="appeal.decide", recipient=cast.duty).exists()
    assert routing.sweep(now=MONDAY + HOUR) == 0


def test_a_fine_keeps_its_last_day_when_the_appeal_is_withdrawn(cast):
    appeal = journey.file(now=MONDAY, text="昨天在大许路口被罚了两千块，处罚决定书我不服")
    driver.withdraw(appeal=appeal, by=journey.driver_of(appeal), now=MONDAY)
    running = Clock.objects.filter(appeal=appeal, met_at=None, ended_at=None)
    assert list(running.values_list("kind", flat=True)) == ["C10"]
    assert "可以申请行政复议" in track.page(appeal, journey.driver_of(appeal), now=MONDAY, typed={})["banner"]["words"]
