"""Versions of limits in the database, and the command that explains a due date with them."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from accounts.models import AuditLine
from appeals.models.clocks import ClockRule
from appeals.rules.clocks import Unit
from appeals.selectors.clocks import NoClockRule, clock_rules, clock_spec, rule_versions
from appeals.services.clock_rules import RuleRefused, save_rule
from common.services import enter_year
from tests.appeals.clock_tables import SPECS, at

pytestmark = pytest.mark.django_db
NOW = at("2026-11-25T09:00")


def explain(*args: str) -> dict:
    out = StringIO()
    call_command("explain_due", *args, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_the_migrations_bring_every_limit():
    assert {kind.value: rule.spec() for kind, rule in clock_rules(NOW).items()} == {
        kind: spec for kind, spec in SPECS.items() if kind != "C1 urgent"
    }


def test_an_urgent_appeal_has_its_own_limit_only_where_there_is_one():
    assert clock_spec("C1", NOW, urgent=True) == SPECS["C1 urgent"]
    assert clock_spec("C4", NOW, urgent=True) == SPECS["C4"]


def test_all_limits_are_one_query(django_assert_num_queries):
    clock_rules(NOW)  # the first of a process also makes the objects
    with django_assert_num_queries(1):
        clock_rules(NOW)


def test_a_limit_that_changed_counts_at_once():
    """What is kept between filings is asked for again the moment any row is another than it was."""
    before = clock_rules(NOW)["C4"]
    ClockRule.objects.filter(pk=before.pk).update(amount=before.amount + 1)
    assert clock_rules(NOW)["C4"].amount == before.amount + 1


def test_a_new_version_holds_from_its_day_and_the_old_one_until_its_eve():
    rule = save_rule(kind="C4", amount=4, unit="working_days", valid_from=date(2026, 12, 1), by=None, now=NOW)
    assert rule.version == 2
    assert clock_spec("C4", at("2026-11-30T23:59")).amount == 5
    assert clock_spec("C4", at("2026-12-01T00:00")).amount == 4
    assert [r.version for r in rule_versions() if r.kind == "C4"] == [2, 1]
    assert AuditLine.objects.get(act="appeals.clock_rule.save").old == {"amount": 5, "unit": "working_days"}


def test_a_version_cannot_begin_in_the_past():
    with pytest.raises(RuleRefused) as refused:
        save_rule(kind="C4", amount=4, unit="working_days", valid_from=date(2026, 11, 24), by=None, now=NOW)
    assert refused.value.field == "valid_from"


def test_two_versions_cannot_begin_on_one_day():
    save_rule(kind="C4", amount=4, unit="working_days", valid_from=date(2026, 12, 1), by=None, now=NOW)
    with pytest.raises(RuleRefused, match="第 2 版从 2026-12-01 起用"):
        save_rule(kind="C4", amount=3, unit="working_days", valid_from=date(2026, 12, 1), by=None, now=NOW)


@pytest.mark.parametrize(
    ("kind", "amount", "unit"),
    [
        ("C3", 6, "working_days"),
        ("C4", 1, "working_days"),
        ("C3", 8, "calendar_days"),
        ("C7", 1, "working_days"),
    ],
)
def test_progress_longer_than_the_answer_is_refused_from_either_side(kind, amount, unit):
    with pytest.raises(RuleRefused, match="首次进展") as refused:
        save_rule(kind=kind, amount=amount, unit=unit, valid_from=date(2026, 12, 1), by=None, now=NOW)
    assert refused.value.field == "amount"
    assert clock_spec(kind, at("2027-06-01T09:00")) == SPECS[kind]
    assert not ClockRule.objects.filter(version=2).exists()


def test_a_form_that_only_calls_clean_refuses_it_too():
    rule = ClockRule.objects.get(kind="C3")
    rule.amount = 6
    with pytest.raises(ValidationError, match="首次进展"):
        rule.clean()


def test_versions_that_never_meet_do_not_disturb_each_other():
    """C4 falls to one day in 2028, C3 to one day at the same time: neither version meets the other's past."""
    save_rule(kind="C3", amount=1, unit="working_days", valid_from=date(2028, 1, 1), by=None, now=NOW)
    save_rule(kind="C4", amount=1, unit="working_days", valid_from=date(2028, 1, 1), by=None, now=NOW)
    assert clock_spec("C4", at("2028-02-01T09:00")).unit is Unit.WORKING_DAYS


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"unit": "moons"}, "unit"),
        ({"urgent_amount": 3}, "urgent_unit"),
        ({"urgent_amount": 6, "urgent_unit": "working_days"}, "urgent_amount"),
    ],
)
def test_an_impossible_limit_is_refused_at_its_field(change, field):
    wanted = {"kind": "C4", "amount": 4, "unit": "working_days", "valid_from": date(2026, 12, 1)} | change
    with pytest.raises(RuleRefused) as refused:
        save_rule(**wanted, by=None, now=NOW)
    assert refused.value.field == field


def test_before_the_first_version_there_is_no_limit():
    with pytest.raises(NoClockRule):
        clock_spec("C4", at("2001-01-01T09:00"))


# -- explain_due
def test_explain_due_answers_as_its_door_promises():
    """Received on the eve of National Day: 8, 9, 10 (Sat, worked), 12, 13 October."""
    answer = explain("--clock", "C4", "--from", "2026-09-30T17:50")
    assert answer["due"] == "2026-10-13T17:30:00+08:00"
    assert answer["provisional"] is False
    assert [line["date"][8:] for line in answer["lines"] if line["counted"]] == ["08", "09", "10", "12", "13"]
    assert all(set(line) >= {"date", "counted", "why"} and line["why"] for line in answer["lines"])


def test_explain_due_follows_the_calendar_as_it_is_entered():
    """Thu 31 Dec 2026: Fri 1 Jan counts as long as nobody knows better."""
    before = explain("--clock", "c2", "--from", "2026-12-31T10:00")
    enter_year(
        year=2027, rows=[(date(2027, 1, n), "holiday", "元旦") for n in (1, 2, 3)], source="通知", now=NOW
    )
    after = explain("--clock", "c2", "--from", "2026-12-31T10:00")
    assert (before["due"][:10], before["provisional"]) == ("2027-01-01", True)
    assert (after["due"][:10], after["provisional"]) == ("2027-01-04", False)


def test_explain_due_takes_a_moment_in_any_zone_and_a_bare_date():
    assert (
        explain("--clock", "C1", "--from", "2026-11-23T15:00:00+00:00")["due"] == "2026-11-24T01:00:00+08:00"
    )
    assert explain("--clock", "C2", "--from", "2026-11-23")["due"] == "2026-11-24T17:30:00+08:00"
    assert (
        explain("--clock", "C1", "--urgent", "--from", "2026-11-23T10:00")["due"]
        == "2026-11-23T10:15:00+08:00"
    )


def test_explain_due_reads_well_in_a_terminal():
    out = StringIO()
    call_command("explain_due", "--clock", "C4", "--from", "2026-12-28T09:50", stdout=out)
    assert "答复 5 个工作日：2027-01-04 周一 17:30（暂定）" in out.getvalue()
    assert "2027-01-01 周五  计　  工作日（暂定）" in out.getvalue()


@pytest.mark.parametrize(
    ("clock", "start", "said"),
    [
        ("C8", "2026-11-23", "没有 C8 这个时限"),
        ("C4", "昨天", "时间要写成"),
        ("C4", "9999-12-30", "太远"),
        ("C4", "1999-01-01", "没有起用的时限"),
    ],
)
def test_what_is_typed_wrong_is_said_in_words(clock, start, said):
    with pytest.raises(CommandError, match=said):
        call_command("explain_due", "--clock", clock, "--from", start)
