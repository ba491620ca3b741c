"""A district with enough in it that every figure has something, and people who look at it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import time_machine

from appeals.models import Accused, Appeal, CallBack, Clock, Rating, Recusal
from common.clock import SHANGHAI
from dashboards.services import facts
from hongyun.bench_data import make_appeals
from tests.cast import MONDAY, Cast, make_cast

NOW = MONDAY
SEERS = ("desk", "supervisor", "duty", "discipline", "leader", "handler", "head", "legal_head", "squad_three", "squad_five",
         "squad_three_head", "former_squad_three", "posted_head", "moved_desk")  # fmt: skip


@dataclass
class District:
    """The people, and the moment at which the facts were built."""

    cast: Cast


@pytest.fixture
def district(db) -> District:
    """260 appeals over five months, some of them against squads; facts built, then a few things happened."""
    cast = make_cast()
    make_appeals(260, now=NOW, days=150, seed=7, open_share=0.2, accused_share=0.1)
    _spoil()
    facts.rebuild(now=NOW)
    return District(cast)


def _spoil() -> None:
    """What the generator does not tell: bad ratings mended and not, a hand-stepped-back, calls in vain."""
    answered = list(Appeal.objects.filter(answered_at__isnull=False).order_by("pk"))
    for appeal in answered[5:60:11]:
        Rating.objects.filter(appeal=appeal).delete()
        Rating.objects.create(appeal=appeal, round=1, value=2, solved=False, first_at=NOW, last_at=NOW)
    for appeal in answered[::9]:
        CallBack.objects.filter(appeal=appeal).delete()
        for attempt in (1, 2):
            CallBack.objects.create(appeal=appeal, round=1, attempt=attempt, by=appeal.answers.first().approved_by, at=NOW, heard="not_reached")
    Appeal.objects.filter(pk__in=[appeal.pk for appeal in answered[5:60:11]]).update(round=2)
    for clock in Clock.objects.filter(kind="C4", appeal__in=answered[:20]):
        Clock.objects.filter(pk=clock.pk).update(due=clock.due.astimezone(SHANGHAI).replace(hour=23))
    assert Accused.objects.count() > 10


@pytest.fixture
def recused(district) -> Appeal:
    """One appeal from which the desk stepped back."""
    appeal = Appeal.objects.filter(state="closed").order_by("pk")[3]
    Recusal.objects.create(appeal=appeal, person=district.cast.desk, why="亲属", since=NOW)
    return appeal


@pytest.fixture
def wall():
    """The wall stands at Monday 14:36."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller
