"""A real appeal travels from the driver's words to the answer and its rating."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import AuditLine
from accounts.rules.viewer import Viewer
from appeals.errors import IllegalMove, Missing, Stale
from appeals.models import Appeal, Clock, Event, Leg, Rating
from appeals.rules.life import State
from appeals.rules.moves import MOVES, Move
from appeals.selectors.scope import appeals_for
from appeals.services import answers, calls, desk, driver, handling, requests, routing
from common.errors import NotThere
from tests.appeals import journey
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def cast():
    return make_cast()


def test_filed_routed_accepted_answered_rated_bad_next_round_answered_rated_good_called_back_closed(cast):
    now = MONDAY
    appeal = journey.file(text=journey.RUDE, now=now, accused=("squad-03",))
    assert routing.sweep(now=now) == 1
    appeal.refresh_from_db()
    assert (appeal.state, appeal.lead_unit.code, appeal.category) == (State.ROUTED, "legal", "A3")
    assert appeals_for(cast.viewer("legal_handler")).get() == appeal

    appeal = handling.accept(appeal=appeal, by=cast.viewer("legal_handler"), version=appeal.version, now=now + HOUR)
    appeal = journey.answer(cast, appeal, now=now + DAY, handler="legal_handler", head="legal_head")
    assert appeal.state == State.ANSWERED
    assert Clock.objects.get(appeal=appeal, kind="C4").met_at == now + DAY

    appeal = driver.rate(appeal=appeal, value=2, by=journey.driver_of(appeal), now=now + 2 * DAY)
    assert (appeal.state, appeal.round, appeal.lead_unit.code) == (State.IN_HAND, 2, "legal")
    assert appeal.handler == cast.second_legal_handler
    with pytest.raises(IllegalMove, match="换人办"):
        answers.submit_answer(
            appeal=appeal, parts=journey.PARTS, by=cast.viewer("legal_handler"), version=None, now=now + 2 * DAY
        )

    later = now + 3 * DAY
    appeal = journey.answer(cast, appeal, now=later, handler="second_legal_handler", head="legal_head")
    appeal = driver.rate(appeal=appeal, value=4, by=journey.driver_of(appeal), now=later + HOUR)
    assert appeal.state == State.ANSWERED, "a complaint waits for its call-back"
    appeal = calls.call_back(
        appeal=appeal, heard="solved", by=cast.viewer("call_back", later), version=None, now=later + 2 * HOUR
    )
    assert (appeal.state, appeal.ended_how) == (State.CLOSED, "rated")

    moves = list(appeal.events.values_list("move", flat=True))
    assert moves == [
        Move.FILE, Move.ROUTE, Move.ACCEPT, Move.SUBMIT_ANSWER, Move.HEAD_APPROVE, Move.APPROVE, Move.RATE, Move.REOPEN,
        Move.SUBMIT_ANSWER, Move.HEAD_APPROVE, Move.APPROVE, Move.RATE, Move.CALL_BACK, Move.CLOSE,
    ]  # fmt: skip
    acts = list(
        AuditLine.objects.filter(about_kind="appeals.appeal", about_pk=str(appeal.pk)).values_list("act", flat=True)
    )
    assert acts == [f"appeal.{move}" for move in moves]
    assert list(Rating.objects.filter(appeal=appeal).values_list("round", "value")) == [(1, 2), (2, 4)]


def test_a_hand_back_three_times_never_resets_the_first_deadline(cast):
    appeal = journey.routed(now=MONDAY)
    promised = (appeal.first_due, appeal.received_at)
    for _ in range(2):
        heads = {"transport": "head", "legal": "legal_head"}
        head = heads[appeal.lead_unit.code]
        requests.ask_hand_back(
            appeal=appeal, ground="not_ours", reason="不归本科", by=cast.viewer(head), version=None, now=MONDAY
        )
        target = "legal" if appeal.lead_unit.code == "transport" else "transport"
        requests.grant_hand_back(
            appeal=appeal, reason="换一家", by=cast.viewer("desk"), version=None, now=MONDAY, unit=_unit(target)
        )
        appeal.refresh_from_db()
        assert (appeal.first_due, appeal.received_at) == promised
    with pytest.raises(IllegalMove, match="退回过两次"):
        requests.ask_hand_back(
            appeal=appeal, ground="not_ours", reason="还是不归", by=cast.viewer("head"), version=None, now=MONDAY
        )
    appeal = desk.assign_finally(
        appeal=appeal, unit=_unit("transport"), reason="就由运输科办", by=cast.viewer("duty"), version=None, now=MONDAY
    )
    assert appeal.final_unit and appeal.first_due == promised[0]
    assert Clock.objects.get(appeal=appeal, kind="C4").first_due == promised[0]


def _unit(code):
    from accounts.models import Unit

    return Unit.objects.get(code=code)


def test_whoever_asks_for_more_time_cannot_grant_it_and_the_first_promise_stays(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    first = appeal.first_due
    requests.ask_extension(appeal=appeal, days=3, reason="货主在外地", by=cast.viewer("head"), version=None, now=MONDAY)
    with pytest.raises(IllegalMove):
        requests.grant_extension(appeal=appeal, days=3, by=cast.viewer("head"), version=None, now=MONDAY)
    with pytest.raises(IllegalMove, match="最多同意 3"):
        requests.grant_extension(appeal=appeal, days=4, by=cast.viewer("supervisor"), version=None, now=MONDAY)
    appeal = requests.grant_extension(appeal=appeal, days=2, by=cast.viewer("supervisor"), version=None, now=MONDAY)
    assert appeal.first_due == first and appeal.due > first


def test_an_extension_is_asked_a_working_day_before_the_due_date_or_not_at_all(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    late = appeal.due - timedelta(hours=2)
    with pytest.raises(IllegalMove, match="到期前 1 个工作日"):
        requests.ask_extension(appeal=appeal, days=1, reason="来不及", by=cast.viewer("head", late), version=None, now=late)


def test_the_drafter_never_approves_his_own_answer(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    answers.submit_answer(appeal=appeal, parts=journey.PARTS, by=cast.viewer("head"), version=None, now=MONDAY)
    with pytest.raises(IllegalMove, match="自己起草的"):
        answers.approve(appeal=appeal, by=cast.viewer("head"), version=None, now=MONDAY)


def test_an_open_blank_of_a_template_stops_the_answer(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    parts = journey.PARTS | {"result": "对方答应【付款日期】前付清"}
    with pytest.raises(Missing, match="还有 1 处没填"):
        answers.submit_answer(appeal=appeal, parts=parts, by=cast.viewer("handler"), version=None, now=MONDAY)


def test_two_who_edit_at_once_the_second_is_told_and_nothing_is_written(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    seen = appeal.version
    handling.progress(appeal=appeal, words="已联系货主", by=cast.viewer("handler"), version=seen, now=MONDAY)
    with pytest.raises(Stale):
        handling.progress(appeal=appeal, words="再联系", by=cast.viewer("handler"), version=seen, now=MONDAY)
    assert Event.objects.filter(appeal=appeal, move=Move.PROGRESS).count() == 1


def test_asking_the_driver_holds_the_answer_clock_and_his_reply_lets_it_run(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    first = appeal.first_due
    appeal = handling.ask_driver(appeal=appeal, words="有没有装货单？", by=cast.viewer("handler"), version=None, now=MONDAY)
    assert appeal.state == State.WAITING_DRIVER
    appeal = driver.reply(appeal=appeal, words="有，拍了两张", by=journey.driver_of(appeal), now=MONDAY + DAY)
    assert appeal.state == State.IN_HAND and appeal.first_due == first and appeal.due > first


def test_a_withdrawal_after_the_unit_was_in_touch_is_checked_by_somebody_else(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    appeal = driver.withdraw(appeal=appeal, by=journey.driver_of(appeal), now=MONDAY + HOUR)
    assert (appeal.state, appeal.ended_how) == (State.WITHDRAWN, "withdrawn_check")
    assert not Clock.objects.filter(appeal=appeal, met_at=None, ended_at=None).exclude(kind="C6").exists()
    calls.call_back(appeal=appeal, heard="solved", by=cast.viewer("call_back"), version=None, now=MONDAY + 2 * HOUR)


def test_the_driver_nudges_once_a_day_and_a_thank_you_opens_nothing(cast):
    appeal = journey.answered(cast, now=MONDAY)
    driver.add_material(appeal=appeal, words="谢谢", by=journey.driver_of(appeal), now=MONDAY)
    appeal.refresh_from_db()
    assert (appeal.state, appeal.round) == (State.ANSWERED, 1)
    other = journey.routed(now=MONDAY)
    driver.nudge(appeal=other, by=journey.driver_of(other), now=MONDAY)
    with pytest.raises(IllegalMove, match="明天还能催"):
        driver.nudge(appeal=other, by=journey.driver_of(other), now=MONDAY + HOUR)


def test_a_stranger_finds_nothing_to_act_on(cast):
    appeal = journey.routed(now=MONDAY)
    for slug in ("stranger", "neighbour", "secretary", "leader", "admin", "squad_five"):
        with pytest.raises(NotThere):
            handling.accept(appeal=appeal, by=cast.viewer(slug), version=None, now=MONDAY)
    with pytest.raises(NotThere):
        driver.nudge(appeal=appeal, by=Viewer(), now=MONDAY)


def test_the_same_form_is_one_appeal_and_other_words_under_its_key_are_refused(cast):
    from uuid import uuid4

    from appeals.errors import DifferentText

    key = uuid4()
    one = journey.file(now=MONDAY, client_key=key)
    again = journey.file(now=MONDAY + HOUR, client_key=key)
    assert again.number == one.number and Appeal.objects.count() == 1
    with pytest.raises(DifferentText):
        journey.file(text="完全不一样的另一件事，请你们也管一管", now=MONDAY, client_key=key)
    with pytest.raises(DifferentText):
        journey.file(now=MONDAY, client_key=key, phone="13900000001")


def test_after_seven_days_without_a_word_it_closes_as_unrated_once_called(cast):
    from appeals.services import ripening

    appeal = journey.answered(cast, now=MONDAY)
    for attempt in range(3):
        appeal = calls.call_back(
            appeal=appeal, heard="not_reached", by=cast.viewer("call_back"), version=None, now=MONDAY + attempt * HOUR
        )
    ripening.close_ripe(now=MONDAY + 8 * DAY)
    appeal.refresh_from_db()
    assert (appeal.state, appeal.ended_how) == (State.CLOSED, "no_rating")


def test_exactly_one_lead_leg_is_open_while_a_unit_is_responsible(cast):
    appeal = journey.answered(cast, now=MONDAY)
    assert Leg.objects.filter(appeal=appeal, role="lead", ended_at=None).count() == 1


def test_every_legal_move_has_a_word_and_a_place_in_the_bar():
    assert all(legal.word and legal.number for legal in MOVES.values())
    assert set(MOVES) == set(Move)


def test_a_squad_accused_without_its_number_bars_all_ten(cast):
    appeal = journey.routed(now=MONDAY, text="说每个月交八百块，路上中队的人就不查我们车，收钱不给票，这不是保护费吗")
    for slug in ("squad_three", "squad_five", "moved_desk"):
        assert not appeals_for(cast.viewer(slug)).filter(pk=appeal.pk).exists()
    assert appeal.lead_unit is None or appeal.lead_unit.kind != "squad"
