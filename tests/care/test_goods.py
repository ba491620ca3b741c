"""Campaigns, points, counts and cards: written down by who may, refused at the field, nothing by halves."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditLine, Unit
from care.models import Campaign, Card, Fund, Good, Issue, Line, Offer, Point, Stock, Tally
from care.selectors.stock import just_given, offers_now, tallies_for, unbalanced
from care.services import campaigns, cards, counting, issuing, lists, offline, stock
from common.errors import DomainError, NotThere, Stale
from tests.care.goods import PLATES, given, make_care, stocked
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db
SOON = {"starts_at": MONDAY, "ends_at": MONDAY + timedelta(days=30)}


@pytest.fixture
def cast():
    return make_cast("union_officer", "secretary", "second_registrar", "station_staff", "driver", "neighbour", "cashier", "stranger")


@pytest.fixture
def by(cast):
    return cast.viewer("union_officer")


def at_field(act, field: str | None, code: str = "") -> str:
    before = [model.objects.count() for model in (Campaign, Good, Offer, Point, Tally, Line, Issue)]
    with pytest.raises(DomainError) as error:
        act()
    assert error.value.field == field and (not code or error.value.code == code), (error.value.field, error.value.code)
    assert before == [model.objects.count() for model in (Campaign, Good, Offer, Point, Tally, Line, Issue)]
    return error.value.message


def test_a_campaign_with_its_fund_its_goods_and_its_rule_gives_from_its_start(by):
    row = campaigns.start(said=campaigns.Said("迎七一·送清凉", **SOON, fund="new", budget_fen=2_000_000), by=by, now=MONDAY)
    water = campaigns.make_good(name="矿泉水", unit_word="箱", by=by, now=MONDAY)
    campaigns.offer(campaign=row, good=water, period="week", each=2, by=by, now=MONDAY)
    point = campaigns.open_point(said=campaigns.Where("铜山出口", "exit", Unit.objects.get(code="branch-03")), by=by, now=MONDAY)
    stock.receive(act=stock.Act(uuid4(), stock.Heap(row, point, water), 10), by=by, now=MONDAY)
    give = issuing.Give(uuid4(), stock.Heap(row, point, water), 2, plate=PLATES[0], tail="1234")
    assert issuing.issue(give=give, by=by, now=MONDAY).period == "2026-W48"
    assert [(one.campaign, one.good) for one in offers_now(by, now=MONDAY)] == [(row, water)]
    assert Fund.objects.get().name == "迎七一·送清凉经费" and row.fund == Fund.objects.get()
    assert {"campaign.start", "campaign.offer", "good.make", "point.open"} <= set(AuditLine.objects.values_list("act", flat=True))
    campaigns.stop(campaign=row, by=by, now=MONDAY)
    assert offers_now(by, now=MONDAY) == []
    campaigns.resume(campaign=row, by=by, now=MONDAY)
    assert len(offers_now(by, now=MONDAY)) == 1 and offers_now(by, now=SOON["ends_at"]) == []


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": "一"}, "name"), ({"name": "长" * 61}, "name"), ({"ends_at": MONDAY}, "ends_at"), ({"ends_at": MONDAY - timedelta(days=1)}, "ends_at"),
        ({"ends_at": MONDAY + timedelta(days=300 * 365)}, "ends_at"), ({"who": "all"}, "who"), ({"words": "长" * 201}, "words"), ({"fund": "nothing"}, "fund"), ({"fund": "new"}, "budget"),
    ],
)  # fmt: skip
def test_a_campaign_that_cannot_be_is_refused_at_its_field(by, more, field):
    assert at_field(lambda: campaigns.start(said=campaigns.Said(**{"name": "一路有爱", **SOON} | more), by=by, now=MONDAY), field)


def test_a_campaign_that_has_spent_keeps_its_fund(by, cast):
    care = make_care()
    same = {"name": care.campaign.name, "starts_at": care.campaign.starts_at, "ends_at": care.campaign.ends_at}
    care.fund.left_fen = 100_000
    care.fund.save()
    stock.receive(act=care.act(1), by=by, now=MONDAY, cost_fen=100)
    at_field(lambda: campaigns.change(campaign=care.campaign, said=campaigns.Said(**same, fund="new"), by=by, now=MONDAY), "fund", "spent")
    row = campaigns.change(campaign=care.campaign, said=campaigns.Said(**same | {"name": "一路有爱 二"}, fund="warm"), by=by, now=MONDAY)
    assert (row.name, row.fund) == ("一路有爱 二", care.fund)


@pytest.mark.parametrize("each", [0, -1, 51, 10**9, True, "2"])
def test_a_rule_of_no_human_size_is_refused(by, each):
    care = make_care()
    at_field(lambda: campaigns.offer(campaign=care.campaign, good=care.pack, period="day", each=each, by=by, now=MONDAY), "each")


def test_only_the_officer_of_the_union_writes_campaigns_goods_and_points_down(cast):
    care = make_care()
    for slug in ("secretary", "station_staff", "cashier", "stranger"):
        who = {"by": cast.viewer(slug), "now": MONDAY}
        for act in (
            lambda who=who: campaigns.start(said=campaigns.Said("一路有爱", **SOON), **who), lambda who=who: campaigns.stop(campaign=care.campaign, **who),
            lambda who=who: campaigns.make_good(name="毛巾", **who), lambda who=who: campaigns.open_point(said=campaigns.Where("出口", "exit"), **who),
            lambda who=who: campaigns.offer(campaign=care.campaign, good=care.pack, period="day", each=1, **who),
            lambda who=who: campaigns.shut_point(point=care.exit, **who),
        ):  # fmt: skip
            with pytest.raises(NotThere):
                act()


def test_a_point_with_something_on_it_is_not_shut(by):
    care = stocked(make_care(), 3, by)
    assert "3 份" in at_field(lambda: campaigns.shut_point(point=care.exit, by=by, now=MONDAY), None, "not_empty")
    stock.move(act=care.act(3), to=care.centre, by=by, now=MONDAY)
    campaigns.shut_point(point=care.exit, by=by, now=MONDAY)
    with pytest.raises(NotThere):
        given(care, by)
    campaigns.reopen_point(point=care.exit, by=by, now=MONDAY)
    at_field(lambda: campaigns.open_point(said=campaigns.Where("铜山出口", "nothing"), by=by, now=MONDAY), "kind")


def test_a_difference_waits_for_the_second_one_and_things_go_on_meanwhile(by, cast):
    care = stocked(make_care(), 10, by)
    secretary = cast.viewer("secretary")
    tally = counting.counted(client_key=uuid4(), heap=care.heap(), found=8, by=secretary, now=MONDAY, why="少两份")
    assert list(tallies_for(by)) == [tally] and Stock.objects.get().left == 10
    at_field(lambda: counting.counted(client_key=uuid4(), heap=care.heap(), found=7, by=by, now=MONDAY), "found", "open_count")
    given(care, secretary)  # nine by the book, seven on the table
    with pytest.raises(DomainError, match="第二位请换一个人"):
        counting.sign(tally=tally, by=secretary, now=MONDAY)
    for slug in ("stranger", "station_staff"):
        with pytest.raises(NotThere):
            counting.sign(tally=tally, by=cast.viewer(slug), now=MONDAY)
    line = counting.sign(tally=tally, by=by, now=MONDAY)
    assert (line.change, line.by_id, line.second_by_id) == (-2, by.person_id, secretary.person_id)
    assert Stock.objects.get().left == 7 and unbalanced(by) == [] and not tallies_for(by)
    with pytest.raises(Stale):
        counting.sign(tally=tally, by=by, now=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Tally.objects.filter(pk=tally.pk).update(signed_by=tally.by_id)


def test_a_count_that_fits_needs_nobody_and_a_wrong_one_is_thrown_away(by):
    care = stocked(make_care(), 10, by)
    key = uuid4()
    fits = counting.counted(client_key=key, heap=care.heap(), found=10, by=by, now=MONDAY)
    assert fits.settled_at == MONDAY and counting.counted(client_key=key, heap=care.heap(), found=10, by=by, now=MONDAY) == fits
    with pytest.raises(Stale):
        counting.counted(client_key=key, heap=care.heap(), found=9, by=by, now=MONDAY)
    wrong = counting.counted(client_key=uuid4(), heap=care.heap(), found=1, by=by, now=MONDAY)
    counting.drop(tally=wrong, by=by, now=MONDAY)
    assert Line.objects.count() == 1 and not tallies_for(by)
    at_field(lambda: counting.counted(client_key=uuid4(), heap=care.heap(), found=10**9, by=by, now=MONDAY), "found", "quantity")


def test_more_missing_than_is_there_by_now_is_counted_anew(by, cast):
    care = stocked(make_care(), 3, by)
    tally = counting.counted(client_key=uuid4(), heap=care.heap(), found=1, by=cast.viewer("secretary"), now=MONDAY)
    stock.move(act=care.act(2), to=care.centre, by=by, now=MONDAY)
    with pytest.raises(stock.OutOfStock):
        counting.sign(tally=tally, by=by, now=MONDAY)
    tally.refresh_from_db()
    assert tally.settled_at is None and unbalanced(by) == []


def test_a_driver_is_found_by_his_digits_and_by_his_code_for_a_quarter_of_an_hour(by, cast):
    care = stocked(make_care(), 10, by)
    driver = cast.viewer("driver")
    card, code = cards.card_of(by=driver, now=MONDAY), cards.sealed(by=driver, now=MONDAY)
    assert cards.card_of(by=driver, now=MONDAY + timedelta(minutes=5)).code == card.code and Card.objects.count() == 1
    row = given(care, by, plate="", tail="", card=card.code)
    assert (row.person, row.plate) == (cast.driver, "")
    at_field(lambda: given(care, by, plate="", tail="", card=code), "plate", "repeat")  # the same human
    over = MONDAY + timedelta(minutes=21)
    for shown in (card.code, code, "0000" if card.code != "0000" else "1111", "https://example.com", "HYLQ:x", "１２３４"):
        at_field(lambda shown=shown: given(care, by, plate="", tail="", card=shown, now=over), "card", "unknown")
    assert cards.tidy(over) == 1
    with pytest.raises(NotThere):
        cards.sealed(by=cast.viewer("stranger").__class__(), now=MONDAY)


def test_digits_that_another_driver_shows_are_not_given_twice(cast, monkeypatch):
    turns = iter([7, 7, 8])
    monkeypatch.setattr(cards.secrets, "randbelow", lambda _most: next(turns))
    assert cards.card_of(by=cast.viewer("driver"), now=MONDAY).code == "0007"
    assert cards.card_of(by=cast.viewer("neighbour"), now=MONDAY).code == "0008"


def sent(care, n: int, at=MONDAY, **more) -> offline.Row:
    values = {"point": "exit", "campaign": "road", "good": "暖心礼包", "plate": PLATES[n], "tail": "5678"}
    return offline.Row(uuid4(), at, **values | more)


def test_a_phone_whose_clock_is_off_says_so_and_what_names_nothing_is_refused_beside_the_others(by, cast):
    care = stocked(make_care(), 10, by)
    yesterday = MONDAY - timedelta(days=1)
    rows = [
        sent(care, 0, yesterday), sent(care, 1, point="nowhere"), sent(care, 2, campaign="none"), sent(care, 3, good="金条"),
        sent(care, 4, yesterday, plate="", tail="", card=cards.sealed(by=cast.viewer("driver"), now=MONDAY - timedelta(hours=1))),
    ]  # fmt: skip
    # an hour has passed since both rows, and the phone's clock is 23 hours behind
    said = offline.take_in(rows=rows, by=by, now=MONDAY, sent_at=yesterday + timedelta(hours=1))
    assert [(one.what, one.code) for one in said] == [("made", ""), ("refused", "not_found"), ("refused", "not_found"), ("refused", "not_found"), ("made", "")]
    assert all(one.words for one in said if one.what == "refused") and said[4].issue.person == cast.driver
    assert said[0].issue.at == MONDAY - timedelta(hours=1) and Issue.objects.count() == 2
    again = offline.take_in(rows=rows, by=by, now=MONDAY + timedelta(minutes=1), sent_at=yesterday + timedelta(hours=1, minutes=1))
    assert [one.what for one in again] == ["known", "refused", "refused", "refused", "known"] and Issue.objects.count() == 2
    with pytest.raises(DomainError):
        offline.take_in(rows=[rows[0]] * 501, by=by, now=MONDAY)


def test_a_replayed_queue_of_a_campaign_that_ended_meanwhile_is_taken_as_far_as_it_ran_then(by):
    care = stocked(make_care(), 10, by)
    ends = care.campaign.ends_at
    said = offline.take_in(rows=[sent(care, 0, ends - timedelta(hours=1)), sent(care, 1, ends + timedelta(minutes=5))], by=by, now=ends + timedelta(hours=2))
    assert [(one.what, one.code) for one in said] == [("made", ""), ("refused", "ended")]


def test_the_last_hand_outs_of_a_point_are_for_who_keeps_it(by, cast):
    care = stocked(make_care(), 10, by)
    rows = [given(care, by, n) for n in range(3)]
    assert [one.pk for one in just_given(cast.viewer("secretary"), care.exit, most=2)] == [rows[2].pk, rows[1].pk]
    assert just_given(cast.viewer("station_staff"), care.exit) == [] and just_given(cast.viewer("stranger"), care.exit) == []


def test_a_list_is_one_act_that_leaves_out_who_had_it_and_is_written_once(by, cast):
    care = stocked(make_care(), 30, by)
    given(care, by, 0)
    to = [(plate, "5678") for plate in PLATES[:20]] + [cast.driver, cast.driver]
    key = uuid4()
    first = lists.hand_out(heap=care.heap(), to=to, client_key=key, by=by, now=MONDAY)
    again = lists.hand_out(heap=care.heap(), to=to, client_key=key, by=by, now=MONDAY)
    assert (first.given, first.had, again.given) == (20, 2, 0)
    assert Stock.objects.get().left == 9 and Issue.objects.count() == 21 and unbalanced(by) == []
    at_field(lambda: given(care, by, 5), "plate", "repeat")
    others = [(plate, "1111") for plate in PLATES[:10]]
    with pytest.raises(stock.OutOfStock):
        lists.hand_out(heap=care.heap(), to=others, client_key=uuid4(), by=by, now=MONDAY)
    assert Stock.objects.get().left == 9
    at_field(lambda: lists.hand_out(heap=care.heap(), to=[("不是", "1")], client_key=uuid4(), by=by, now=MONDAY), "plate")
    at_field(lambda: lists.hand_out(heap=care.heap(), to=[], client_key=uuid4(), by=by, now=MONDAY), "to")
    over = care.campaign.ends_at
    at_field(lambda: lists.hand_out(heap=care.heap(), to=others[:1], client_key=uuid4(), by=by, now=over), "campaign", "ended")
    with pytest.raises(NotThere):
        lists.hand_out(heap=care.heap(), to=to, client_key=key, by=cast.viewer("stranger"), now=MONDAY)
