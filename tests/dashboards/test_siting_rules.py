"""The choice of sites is never worse than the best of all choices: small districts by chance, and the whole one once."""

from __future__ import annotations

import csv
from itertools import combinations

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st

from dashboards.rules.siting import Problem, cost_of, search, solve, try_all, weigh
from stations.rules.near import distance_km


def best_of_all(problem: Problem) -> int:
    """Each choice reckoned by its definition, in the plainest way there is."""
    return min(
        sum(
            weight * min([problem.standing[place], *(problem.metres[site][place] for site in sites)])
            for place, weight in enumerate(problem.weights)
        )
        for sites in combinations(range(len(problem.metres)), problem.choose)
    )


@st.composite
def districts(draw) -> Problem:
    places, sites = draw(st.integers(1, 7)), draw(st.integers(1, 9))
    metres = st.integers(0, 60_000)
    rows = st.lists(st.lists(metres, min_size=places, max_size=places).map(tuple), min_size=sites, max_size=sites)
    return Problem(
        tuple(draw(st.lists(st.integers(0, 900), min_size=places, max_size=places))),
        tuple(draw(st.lists(metres, min_size=places, max_size=places))), tuple(draw(rows)), draw(st.integers(0, min(5, sites))),
    )  # fmt: skip


@runs(max_examples=300, deadline=None)
@given(districts())
def test_both_ways_find_what_trying_every_choice_finds(problem):
    best = best_of_all(problem)
    for choice in (try_all(problem), search(problem), solve(problem)):
        assert choice.cost == cost_of(problem, choice.sites) == best
        assert len(set(choice.sites)) == problem.choose


def district(choose: int = 3) -> Problem:
    """The district as the migration brings it: 29 places, 50 candidates, with weights that differ."""
    def read(name):
        with (settings.BASE_DIR / "stations" / "data" / name).open(encoding="utf-8") as handle:
            return [(float(row["latitude"]), float(row["longitude"])) for row in csv.DictReader(handle)]

    places, sites = read("place_points.csv"), read("sites.csv")
    assert (len(places), len(sites)) == (29, 50)
    metres = tuple(tuple(round(1000 * distance_km(*site, *place)) for place in places) for site in sites)
    weights = tuple(100 + 7919 * (n + 1) % 1500 for n in range(len(places)))
    return Problem(weights, tuple(round(1000 * distance_km(34.1, 117.34, *place)) for place in places), metres, choose)


def test_three_of_fifty_are_the_best_of_all_19600():
    problem = district()
    assert problem.ways == 19_600
    choice = solve(problem)
    assert (choice.tried, choice.cost) == (19_600, best_of_all(problem))
    assert search(problem).cost == choice.cost


def test_more_sites_are_searched_without_reckoning_every_choice():
    problem = district(6)
    choice = solve(problem)
    assert problem.ways == 15_890_700 and choice.tried < problem.ways / 100
    assert choice.cost == cost_of(problem, choice.sites) < solve(district(5)).cost < solve(district(4)).cost


def test_a_search_that_cuts_too_much_would_be_found(monkeypatch):
    """Without its mending and with a bound that is too proud, the search is worse than trying all."""
    from dashboards.rules import siting

    worse = 0
    monkeypatch.setattr(siting, "_least", lambda now, rows, sites: 10**15)
    monkeypatch.setattr(siting, "_mended", lambda standing, rows, taken: (tuple(sorted(taken)), sum(map(min, standing, *(rows[each] for each in taken)))))
    for shift in range(12):
        base = district()
        problem = Problem(tuple(base.weights[shift:] + base.weights[:shift]), base.standing, base.metres, 3)
        worse += search(problem).cost > try_all(problem).cost
    assert worse


def test_more_wanted_than_offered_is_refused():
    with pytest.raises(ValueError):
        solve(Problem((1,), (5,), ((3,),), 2))


def test_weights_are_parts_of_their_whole_mixed_by_the_shares():
    counts = {"drivers": [75, 25], "arrivals": [0, 0], "appeals": [0, 4]}
    assert weigh(counts, {"drivers": 1, "arrivals": 1, "appeals": 0}) == (750_000, 250_000)  # of arrivals there is nothing
    assert weigh(counts, {"drivers": 50, "arrivals": 0, "appeals": 50}) == (375_000, 625_000)
    assert weigh({"drivers": [0, 0]}, {"drivers": 9}) == (1, 1)
