"""Every number opens exactly the rows it counts, for everybody who may look."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models import Sum

from appeals.models import Accused, Appeal, Event, Recusal
from appeals.services import handling
from common import clock
from dashboards.models import DayFact, FactMark
from dashboards.rules import periods
from dashboards.rules.figures import BY_PART, COLUMNS, DEFINITIONS, UnlikeUnits, added, column_of
from dashboards.rules.sight import Sight, sight_of
from dashboards.rules.wording import Said
from dashboards.selectors.figures import Filters, UnknownFilter, board_for, figure, rows
from dashboards.selectors.project import project_figures
from dashboards.selectors.scope import scope
from dashboards.services import facts
from tests.appeals import journey
from tests.cast import MONDAY
from tests.dashboards.conftest import NOW, SEERS

PLAIN = [key for key, definition in DEFINITIONS.items() if not definition.accused]


def counted(viewer, key: str, filters: Filters, now=NOW) -> int:
    found = rows(viewer, key, filters, now=now)
    assert len(set(found.values_list("pk", flat=True))) == found.count()
    if DEFINITIONS[key].measure == "persons":
        return found.aggregate(n=Sum("persons"))["n"] or 0
    return found.count()


def values(viewer, now=NOW) -> dict[str, int]:
    board = board_for(viewer, "year", now=now)
    return {key: board.figure(key).value for key in PLAIN}


def disagreements(viewer, now=NOW, names=periods.NAMES) -> list[str]:
    """Every figure of every period, whole, by part and by week, whose number is not that of its rows."""
    wrong = []
    for name in names:
        board = board_for(viewer, name, now=now)
        asked = [(key, Filters(period=name)) for key in PLAIN]
        if name == "12w":
            asked += [(key, Filters(period=name, week=week.isoformat())) for key in ("due", "in_time", "late") for week in board.tally.weeks]
        for by in ("unit", "category", "place"):
            for key in ("open", "overdue", "received", "late", "due"):
                asked += [(key, Filters(period=name, **{by: of})) for of in board.groups(key, by)]
        for key, filters in asked:
            value, real = board.value(key, filters), counted(viewer, key, filters, now)
            if value != real:
                wrong.append(f"{key} {filters}: {value} shown, {real} rows")
    return wrong


@pytest.mark.parametrize("slug", SEERS)
def test_every_figure_counts_the_rows_it_opens(district, slug):
    viewer = district.cast.viewer(slug)
    assert disagreements(viewer) == []


def test_the_figures_are_not_all_nought(district):
    """Silence proves nothing: the district has something for every figure."""
    board = board_for(district.cast.viewer("desk"), "year", now=NOW)
    empty = [key for key in PLAIN if not board.figure(key).value]
    assert empty == [] or empty == ["due_today"]


def test_whoever_stepped_back_counts_one_less(district, recused):
    before = figure(district.cast.viewer("supervisor"), "registered", now=NOW).value
    assert figure(district.cast.viewer("desk"), "registered", now=NOW).value == before - 1
    assert disagreements(district.cast.viewer("desk"), names=("year",)) == []


def test_what_happens_after_the_facts_were_built_is_counted_at_once(district):
    """A filed appeal, an accepted one and a withdrawn accusation change numbers and rows together."""
    viewer = district.cast.viewer("desk")
    before = figure(viewer, "open", now=NOW).value
    appeal = journey.routed(now=NOW)
    handling.accept(appeal=appeal, by=district.cast.viewer("handler"), version=None, now=NOW)
    assert figure(viewer, "open", now=NOW).value == before + 1
    assert disagreements(viewer, names=("month", "year")) == []


def test_days_that_changed_are_rebuilt_a_minute_later_and_say_the_same(district):
    viewer = district.cast.viewer("desk")
    old = Appeal.objects.filter(state="closed").order_by("pk").first()
    Appeal.objects.filter(pk=old.pk).update(category="H1")
    Event.objects.create(appeal=old, seq=90, at=NOW, move="reclassify", actor_word="staff", to_state="closed")
    live = values(viewer, now=NOW)
    later, latest = NOW + timedelta(seconds=70), NOW + timedelta(seconds=140)
    assert facts.sweep(now=NOW + timedelta(seconds=30)) == 0  # too early to be believed
    facts.sweep(now=later)  # seen now
    assert facts.sweep(now=latest) > 0 and FactMark.objects.get().event_id == Event.objects.order_by("-pk").first().pk
    assert facts.sweep(now=latest + timedelta(seconds=70)) == 0  # nothing more
    assert values(viewer, now=NOW) == live
    assert disagreements(viewer, now=latest, names=("year",)) == []


def test_a_new_day_finds_yesterday_counted(district):
    viewer, tomorrow = district.cast.viewer("desk"), NOW + timedelta(days=1)
    journey.routed(now=NOW + timedelta(hours=1))
    assert disagreements(viewer, now=tomorrow, names=("month",)) == []
    facts.sweep(now=tomorrow)
    assert disagreements(viewer, now=tomorrow, names=("month",)) == []


def test_without_any_facts_the_rows_are_counted(district):
    DayFact.objects.all().delete()
    FactMark.objects.all().delete()
    assert disagreements(district.cast.viewer("leader"), names=("year",)) == []


def test_facts_hold_every_day_once_and_rebuilding_changes_nothing(district):
    before = sorted(DayFact.objects.values_list("day", "by", "of", *COLUMNS))
    facts.rebuild(now=NOW, first=clock.today(NOW - timedelta(days=40)), last=clock.today(NOW - timedelta(days=20)))
    assert sorted(DayFact.objects.values_list("day", "by", "of", *COLUMNS)) == before
    facts.rebuild(now=NOW)
    assert sorted(DayFact.objects.values_list("day", "by", "of", *COLUMNS)) == before


def test_parts_add_up_to_the_whole(district):
    board = board_for(district.cast.viewer("desk"), "year", now=NOW)
    for column in BY_PART:
        for by in ("unit", "category", "place"):
            assert sum(board.tally.by(by, column).values()) == board.tally.value(column)


def test_outcomes_add_up_to_what_was_due(district):
    f = values(district.cast.viewer("desk"))
    assert f["in_time"] + f["late"] == f["due"]
    assert f["rated"] + f["silent"] == f["rateable"] == f["answered"]
    assert f["satisfied"] + f["middling"] + f["unsatisfied"] == f["rated"]
    assert f["reached"] + f["not_reached"] + f["not_called"] == f["rateable"]
    assert f["told"] + f["untold"] == f["rateable"]
    assert f["satisfied"] == f["satisfied_all"]


def test_both_denominators_of_satisfaction_stand(district):
    viewer = district.cast.viewer("desk")
    raters, everybody = (figure(viewer, key, Filters(period="year"), now=NOW) for key in ("satisfied", "satisfied_all"))
    assert raters.value == everybody.value and raters.denominator < everybody.denominator


def test_a_bad_rating_is_not_lost_when_the_next_round_is_not_rated_yet(district):
    """Reopening empties the present round's rating on the appeal; the driver's last word stays bad."""
    bad = rows(district.cast.viewer("desk"), "unsatisfied", Filters(period="year"), now=NOW)
    assert bad.filter(round=2).exists()


def test_a_figure_carries_all_its_parts(district):
    board = board_for(district.cast.viewer("leader"), "month", now=NOW)
    for key in PLAIN:
        each = board.figure(key)
        assert each.unit and each.period and each.as_of == NOW and each.note and each.rows_url.startswith("/dashboards/rows/?")
        assert (each.denominator is None) == (not each.of)


def test_handlers_count_their_own_unit_only(district):
    viewer = district.cast.viewer("handler")
    assert sight_of(viewer) == Sight.OWN
    units = set(scope(viewer).values_list("lead_unit__code", flat=True))
    assert units == {"transport"}


def test_ratings_reach_a_unit_when_the_case_is_closed_and_a_squad_a_month_later(district):
    """Matrix, row l."""
    for slug, delay in (("handler", 0), ("squad_five", 30)):
        found = rows(district.cast.viewer(slug), "rated", Filters(period="year"), now=NOW)
        assert found.exists()
        assert not found.exclude(state="closed").exists()
        assert not found.filter(closed_at__gt=NOW - timedelta(days=delay)).exists()


def test_the_leader_counts_every_unit_but_reads_no_case(district):
    viewer = district.cast.viewer("leader")
    assert sight_of(viewer) == Sight.SUMS
    assert scope(viewer).count() == Appeal.objects.count() - Accused.objects.filter(unit__in=viewer.barred).count()


def test_nobody_else_has_figures(district):
    for slug in ("secretary", "call_back", "clerk", "cashier", "approver", "admin", "security", "auditor"):
        viewer = district.cast.viewer(slug)
        assert sight_of(viewer) is None
        with pytest.raises(UnknownFilter):
            board_for(viewer, "12w", now=NOW)
        assert not scope(viewer).exists()


def test_a_single_squad_is_counted_by_the_quarter_and_closed_only(district):
    """Trap cell 1, T2: nothing finer, nothing open, and not before the quarter is over."""
    viewer = district.cast.viewer("desk")
    assert rows(viewer, "closed", Filters(unit="squad-03", quarter="2026Q3"), now=NOW) is not None
    for key, filters in (
        ("open", Filters(unit="squad-03")),
        ("received", Filters(unit="squad-03")),
        ("closed", Filters(unit="squad-03")),
        ("received", Filters(unit="squad-03", quarter="2026Q3")),
        ("closed", Filters(unit="squad-03", quarter="2026Q4")),
        ("closed", Filters(unit="squad-03", week="2026-11-09")),
        ("accused_closed", Filters(unit="squad-03", quarter="2026Q3")),
        ("accused_closed", Filters(unit="transport", quarter="2026Q3")),
    ):
        with pytest.raises(UnknownFilter):
            rows(viewer, key, filters, now=NOW)
    assert rows(district.cast.viewer("discipline"), "accused_closed", Filters(unit="squad-03", quarter="2026Q3"), now=NOW) is not None


@pytest.mark.parametrize("slug", ["desk", "discipline", "leader"])
def test_squads_by_quarter_count_their_rows(district, slug):
    viewer = district.cast.viewer(slug)
    board = board_for(viewer, "12w", now=NOW)
    keys = ("closed", "accused_closed") if slug != "desk" else ("closed",)
    some = 0
    for key in keys:
        for quarter, cells in board.quarters(key).items():
            for code, value in cells.items():
                some += value
                assert rows(viewer, key, Filters(unit=code, quarter=quarter), now=NOW).count() == value, (key, quarter, code)
    assert some


def test_two_parts_at_once_are_refused(district):
    with pytest.raises(UnknownFilter):
        rows(district.cast.viewer("leader"), "open", Filters(unit="transport", category="D1"), now=NOW)


def test_unlike_units_are_never_added(district):
    found = project_figures(district.cast.viewer("leader"), now=NOW)
    assert [each.unit for each in found] == ["条", "个", "人次", "件次"]
    with pytest.raises(UnlikeUnits):
        added(found)


def test_the_four_facts_come_out_of_their_rows(district):
    viewer = district.cast.viewer("leader")
    for each in project_figures(viewer, now=NOW):
        assert each.value == counted(viewer, each.key, Filters())
    closed = rows(viewer, "project_legal", now=NOW)
    assert set(closed.values_list("lead_unit__code", "state")) == {("justice", "closed")}
    assert project_figures(district.cast.viewer("handler"), now=NOW) == []


def test_nought_no_data_and_not_yet_are_three_words(district):
    viewer = district.cast.viewer("desk")
    nought = figure(viewer, "declined", Filters(category="C2"), now=NOW)
    assert nought.said in (Said.ZERO, Said.NUMBER)
    nobody = figure(viewer, "in_time", Filters(unit="finance"), now=NOW)
    assert (nobody.value, nobody.denominator) == (0, 0) and nobody.said in (Said.NOT_YET, Said.NO_DATA)


def test_every_column_is_a_figure_and_every_counted_figure_has_a_column():
    assert set(COLUMNS) <= set(DEFINITIONS)
    assert {column_of(key) for key, each in DEFINITIONS.items() if each.counted} == set(COLUMNS)
    for each in DEFINITIONS.values():
        assert not each.of or each.of in DEFINITIONS
        assert not each.of or each.measure == DEFINITIONS[each.of].measure


def test_the_closures_of_several_roles_take_away_from_all(district):
    """A leader who was posted to squad three last year sees nothing against it, though he sees every unit."""
    plain = district.cast.viewer("leader")
    squad = Accused.objects.filter(unit__code="squad-03").values_list("unit_id", flat=True)[0]
    barred = replace(plain, barred=plain.barred | {squad})
    against = Appeal.objects.filter(accused__unit=squad).count()
    assert against and figure(barred, "registered", now=NOW).value == figure(plain, "registered", now=NOW).value - against
    assert disagreements(barred, names=("year",)) == []
    assert Recusal.objects.count() == 0 and MONDAY == NOW
