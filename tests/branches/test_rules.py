"""What binds a branch, as plain functions: domain.md, «Branches: rules that bind»."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branches.rules import (
    contact,
    coverage,
    dates,
    district_map,
    kinds,
    probation,
    quorum,
    size,
    terms,
    three_local,
)
from branches.rules.kinds import Kind, Tally
from branches.rules.proposals import About, Choice, propose


def test_a_floating_a_probationary_and_a_retired_member_have_no_vote():
    assert [kind for kind in Kind if kinds.has_vote(kind)] == [Kind.FULL]
    tally = kinds.tally(["full"] * 26 + ["floating"] * 5 + ["probationary"] * 3 + ["retired"])
    assert (tally.total, tally.votes) == (35, 26)


@pytest.mark.parametrize(("votes", "needed"), [(1, 1), (2, 2), (3, 2), (26, 14), (27, 14), (50, 26)])
def test_more_than_half_is_more_than_half(votes, needed):
    assert quorum.needed(votes) == needed
    assert needed * 2 > votes and (needed - 1) * 2 <= votes


def test_a_resolution_is_held_against_all_who_should_attend_not_those_who_came():
    assert quorum.may_meet(14, 26) and not quorum.may_meet(13, 26)
    assert not quorum.passes(13, 26), "all fourteen present but one said yes: thirteen of twenty-six is half, no more"
    assert quorum.passes(14, 26)
    assert not quorum.may_meet(0, 0) and not quorum.passes(0, 0)


def test_the_fifty_first_member_warns_and_fewer_than_three_full_members_warn():
    assert size.after_one_more(Tally(full=49)) is None
    assert "第 51 人" in size.after_one_more(Tally(full=45, floating=5)).words
    assert [each.code for each in size.warnings(Tally(full=50))] == []
    assert [each.code for each in size.warnings(Tally(full=51))] == ["too_many"]
    assert [each.code for each in size.warnings(Tally(full=2, floating=9))] == ["too_few"]


def test_seven_members_elect_a_committee_of_three_to_five():
    assert size.warnings(Tally(full=6), committee=0) == []
    for seats, codes in ((0, ["committee"]), (2, ["committee"]), (3, []), (5, []), (6, ["committee"])):
        assert [each.code for each in size.warnings(Tally(full=7), committee=seats)] == codes


def test_a_term_is_three_years_and_is_announced_ninety_and_thirty_days_before():
    assert terms.ends(date(2024, 3, 14)) == date(2027, 3, 14)
    assert terms.ends(date(2024, 2, 29)) == date(2027, 2, 28)
    end = date(2027, 3, 14)
    assert terms.reminder_dates(end) == [date(2026, 12, 14), date(2027, 2, 12)]
    assert terms.reminder_due(end, date(2026, 12, 13)) is None
    assert terms.reminder_due(end, date(2026, 12, 14)) == 90
    assert terms.reminder_due(end, date(2027, 2, 12)) == terms.reminder_due(end, date(2028, 1, 1)) == 30
    assert terms.words(end, date(2026, 11, 23)) == "还剩 111 天"
    assert terms.words(end, end) == "今天到期" and terms.words(end, end + timedelta(3)) == "已过期 3 天"


def test_a_branch_decides_on_a_probationary_member_one_year_after_joining():
    assert probation.decide_on(date(2025, 12, 8)) == date(2026, 12, 8)
    assert probation.is_near(date(2026, 12, 8), date(2026, 11, 23))
    assert not probation.is_near(date(2027, 1, 8), date(2026, 11, 23)) and not probation.is_near(None, date(2026, 11, 23))


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(0, 400))
def test_out_of_contact_is_six_months_and_the_day_for_the_query_says_the_same(today, ago):
    last = today - timedelta(days=ago)
    assert contact.is_out(last, today) == (last <= contact.flag_before(today))
    assert contact.is_out(last, today) == (contact.months_silent(last, today) >= 6)
    assert dates.add_months(contact.flag_before(today), 6) <= today


def test_the_three_local_table_says_who_carries_each_of_the_eight():
    assert len(three_local.TABLE) == 8
    for (relation, _labour, _business), row in three_local.TABLE.items():
        votes_here = row.carrier in (three_local.Carrier.HERE, three_local.Carrier.HERE_AWAY)
        assert votes_here == relation, "whoever has his relation here votes here, nobody else"
        assert row.why and three_local.CARRIER_WORDS[row.carrier]
    assert three_local.carried(relation=False, labour=False, business=True).carrier == three_local.Carrier.FLOATING
    assert three_local.carried(relation=False, labour=False, business=False).carrier == three_local.Carrier.HOME


@pytest.mark.parametrize(("words", "local"), [("本地", True), ("铜山区", True), ("茅村镇", True), ("外地", False), ("河南永城", False), ("", False)])
def test_what_a_sheet_says_is_local_or_not(words, local):
    assert three_local.is_local(words, ["茅村镇"]) is local


KEYS = st.lists(
    st.builds(
        coverage.Key, kind=st.sampled_from(coverage.KINDS), key=st.sampled_from("abcdef"), name=st.just("x"),
        place=st.sampled_from(["", "a", "b"]),
    ), max_size=12, unique_by=lambda key: (key.kind, key.key),
)  # fmt: skip
ROWS = st.lists(st.tuples(st.sampled_from(coverage.KINDS), st.sampled_from("abcdef"), st.integers(1, 3)), max_size=20)


@given(KEYS, ROWS)
def test_each_key_has_exactly_one_branch_or_is_listed(keys, rows):
    lines = coverage.settle(keys, rows)
    assert [line.key for line in lines] == keys, "each key once"
    gaps, overlaps = coverage.gaps(lines), coverage.overlaps(lines)
    for line in lines:
        own = {branch for kind, key, branch in rows if (kind, key) == (line.key.kind, line.key.key)}
        above = {branch for kind, key, branch in rows if (kind, key) == ("place", line.key.place)}
        want = own or (above if line.key.kind == "enterprise" and line.key.place else set())
        assert set(line.branches) == want
        assert (len(want) == 1) + (line in gaps) + (line in overlaps) == 1


def test_the_map_gives_every_tile_a_place_of_its_own():
    cells = list(district_map.CELLS.values())
    assert len(set(cells)) == len(cells) == 29


def test_a_proposal_says_why_and_an_overfull_branch_comes_last():
    about = About(place="p1", place_name="茅村镇", enterprise="e1", enterprise_name="蓝海运输", trade="煤炭")
    choices = [
        Choice(1, Tally(full=50), places=frozenset({"p1"}), enterprises=frozenset({"e1"})),
        Choice(2, Tally(full=2), area=frozenset({"p1"}), trades=frozenset({"煤炭"})),
        Choice(3, Tally(full=20), places=frozenset({"p1"})),
        Choice(4, Tally(full=1)),
    ]
    found = propose(about, choices)
    assert [each.branch for each in found] == [3, 2, 1]
    assert "管茅村镇" in found[0].reasons
    assert found[1].reasons[:2] == ("茅村镇是依托中队的管片", "管煤炭运输") and "要充实" in found[1].reasons[-1]
    assert "第 51 人" in found[2].warning and "管蓝海运输" in found[2].reasons
    assert propose(About(), choices)[0].branch == 4 and "没有支部覆盖到他" in propose(About(), choices)[0].reasons[0]
