"""Where to build next at full size: the towns' register, 29 places, 50 candidates, three to choose; beside trying every choice plainly."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from django.conf import settings

from accounts.selectors.viewer import viewer_for
from common import clock
from dashboards.rules.siting import Problem, search, solve
from dashboards.selectors import siting as selectors
from hongyun.bench.web import Figure, line
from hongyun.bench.world import fill, person_of
from members.models import Driver
from members.services import commands
from stations.models import Site


def siting(quick: bool) -> Iterator[Figure]:
    """The answer as the page asks for it; the solver alone; every choice by its definition; six of fifty."""
    fill(people=True)
    now = clock.now()
    path = settings.BASE_DIR / "members" / "data" / ("census-sample.xlsx" if quick else "census-22700.xlsx")
    commands.run(path=path, kind="census", answers={}, write=True, now=now)
    leader = viewer_for(person_of("leader"), now=now, second_factor=True)
    asked: list[Problem] = []
    kept = selectors.rules.solve
    try:
        selectors.rules.solve = lambda problem: asked.append(problem) or kept(problem)
        began = time.perf_counter()
        found = selectors.siting_for(leader, selectors.Asked(keep=False), now=now)
        took = time.perf_counter() - began
    finally:
        selectors.rules.solve = kept
    assert found is not None and found.ways == 19_600, "three of fifty"
    yield line("siting.answer", took, "s", found.ways)
    yield line("siting.drivers", found.drivers, "drivers", Driver.objects.count())
    yield line("siting.sites", Site.objects.count(), "sites", len(found.places))
    problem = asked[0]
    began = time.perf_counter()
    choice = solve(problem)
    yield line("siting.solve", time.perf_counter() - began, "s", choice.tried)
    began = time.perf_counter()
    best = _best_of_all(problem)
    yield line("siting.every_choice", time.perf_counter() - began, "s", problem.ways)
    yield line("siting.worse_than_best", choice.cost - best, "weight·m", problem.ways)
    began = time.perf_counter()
    six = search(replace(problem, choose=6))
    yield line("siting.six_of_fifty", time.perf_counter() - began, "s", six.tried)


def _best_of_all(problem: Problem) -> int:
    """The yardstick: every choice by its definition, nothing shared between them."""
    places = range(len(problem.weights))
    return min(
        sum(problem.weights[place] * min(problem.standing[place], *(problem.metres[site][place] for site in sites)) for place in places)
        for sites in combinations(range(len(problem.metres)), problem.choose)
    )
