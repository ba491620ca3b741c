"""Closing by time alone: who may close is found in the database, so that nobody waits behind those who only wait."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from appeals.models import Appeal, CallBack, Clock, Rating
from appeals.rules.guards import may_close
from appeals.rules.life import State
from appeals.selectors.facts import facts_for
from appeals.services import ripening
from tests.appeals import journey
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = MONDAY + 8 * DAY


@pytest.fixture
def cast():
    return make_cast()


def copy_of(appeal: Appeal, *, tail: int, **changed) -> Appeal:
    """A row like this one, answered too, with a number that ends as told and its own rating window."""
    window = Clock.objects.get(appeal=appeal, kind="C5", round=1)
    copy = Appeal.objects.get(pk=appeal.pk)
    fresh = Appeal()
    copy.pk, copy.key, copy.client_key = None, fresh.key, fresh.key
    copy.number = f"{Appeal.objects.count():010d}{tail:06d}"
    for name, value in changed.items():
        setattr(copy, name, value)
    copy.save(force_insert=True)
    window.pk, window.appeal, window.round = None, copy, copy.round
    window.save(force_insert=True)
    return copy


def call(appeal: Appeal, cast, *heard: str) -> None:
    for attempt, word in enumerate(heard, start=1):
        CallBack.objects.create(
            appeal=appeal, round=appeal.round, attempt=attempt, by=cast.call_back, at=MONDAY, heard=word
        )


def test_what_the_database_finds_ripe_is_what_the_table_lets_close(cast):
    """bar D3 22: rated 3 or better and called back or sampled out, or the window over and called back."""
    first = journey.answered(cast, now=MONDAY)
    calls = ((), ("solved",), ("not_reached",), ("not_reached",) * 3)
    for rating, heard, kind, tail, round_ in product((None, 1, 3), calls, ("complaint", "help"), (3, 4), (1, 3)):
        row = copy_of(first, tail=tail, rating=rating, kind=kind, round=round_)
        if rating is not None:
            Rating.objects.create(appeal=row, round=round_, value=rating, first_at=MONDAY, last_at=MONDAY)
        if round_ == 3 and tail == 4:
            Rating.objects.create(appeal=row, round=1, value=2, first_at=MONDAY, last_at=MONDAY)
        call(row, cast, *heard)
    for now in (MONDAY + DAY, LATER):
        desk = cast.viewer("desk", now)
        rows = Appeal.objects.filter(state=State.ANSWERED)
        allowed = {row.pk for row in rows if may_close(facts_for(row, desk, now=now)) == ""}
        assert set(ripening.ripe(now=now).values_list("pk", flat=True)) == allowed
        assert allowed and allowed < set(rows.values_list("pk", flat=True))


def test_those_that_wait_for_a_call_back_keep_nobody_waiting(cast):
    """bar D7: a sweep of bounded size starves nobody, whatever stands before him."""
    first = journey.answered(cast, now=MONDAY)
    for tail in range(6):
        copy_of(first, tail=tail)
    last = copy_of(first, tail=9)
    call(last, cast, "solved")
    assert ripening.close_ripe(now=LATER, limit=2) == 1
    last.refresh_from_db()
    assert last.state == State.CLOSED


def test_a_row_that_always_fails_keeps_nobody_waiting(cast, monkeypatch):
    """bar F18: a poison row steps aside, the others are served in the same tick."""
    first = journey.answered(cast, now=MONDAY)
    rows = [copy_of(first, tail=tail) for tail in range(3)]
    for row in rows:
        call(row, cast, "solved")
    good, real = rows[-1], ripening.calls.close_if_ripe

    def close(*, appeal, now):
        if appeal.pk != good.pk:
            raise RuntimeError("poison")
        return real(appeal=appeal, now=now)

    monkeypatch.setattr(ripening.calls, "close_if_ripe", close)
    assert ripening.close_ripe(now=LATER, limit=1) == 1
