"""Figures of whoever belongs to the accused: with a hidden appeal and without it, the same bytes and questions.

Daily facts hold the hidden appeal, so this is where a leak would sit: it is there before the facts are
built (and taken out of the sums), or comes after them (and never gets into what is counted live).
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from appeals.models import Accused, Appeal, Event, Recusal
from common.triggers import switch_all
from dashboards.services import facts
from tests.appeals import journey
from tests.cast import MONDAY
from tests.dashboards.conftest import NOW
from tests.house.walking import signed_in

CONFLICTED = ("squad_three", "squad_three_head", "former_squad_three", "posted_head", "moved_desk")
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')
KEYS = ("registered", "open", "overdue", "received", "due", "late", "rated", "not_called", "solved", "project_road", "disputes")
TABLES = ("clock", "leg", "event", "accused", "answer", "rating", "callback", "routedecision", "photo", "request")


class Undo(Exception):
    pass


def paths() -> list[str]:
    found = [f"/dashboards/?period={name}" for name in ("12w", "month", "year")]
    found += [f"/dashboards/rows/?figure={key}&period=year" for key in KEYS]
    found += ["/dashboards/rows/?figure=open&category=A3", "/dashboards/rows/?figure=closed&unit=squad-03&quarter=2026Q3"]
    return [*found, "/dashboards/rows/?figure=accused_closed&unit=squad-03&quarter=2026Q3", "/dashboards/rows/?figure=received&unit=legal"]


def seen(client) -> dict[str, tuple]:
    answers = {}
    client.get("/dashboards/")  # what is read once a process is read before we count
    for path in paths():
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path)
        answers[path] = (answer.status_code, TOKEN.sub(b"", answer.content), len(queries))
    return answers


def erase(pks: list[int]) -> None:
    """The world in which they were never filed."""
    marks = ",".join("%s" for _ in pks)
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DELETE FROM appeals_{table} WHERE appeal_id IN ({marks})", pks)  # noqa: S608 - fixed names
        cursor.execute("DELETE FROM notices_notice WHERE about_kind = 'appeals.appeal'")
        cursor.execute(f"DELETE FROM appeals_appeal WHERE id IN ({marks})", pks)  # noqa: S608


def leaks(client, hidden: list[int]) -> list[str]:
    """Pages at which the two worlds differ. In the world without, facts never knew of `hidden`; the mark stands
    where it stood, so that what came after the facts is still after them."""
    with_it = seen(client)
    try:
        with transaction.atomic():
            switch_all(on=False)
            erase(hidden)
            facts.rebuild(now=NOW, first=(NOW - timedelta(days=200)).date(), last=NOW.date())
            without = seen(client)
            raise Undo
    except Undo:
        pass
    return [path for path in with_it if with_it[path] != without[path]]


def against_squad_three() -> list[int]:
    return sorted(set(Accused.objects.filter(unit__code="squad-03").values_list("appeal_id", flat=True)))


@pytest.mark.parametrize("slug", CONFLICTED)
def test_appeals_that_facts_already_hold_show_nowhere(district, wall, slug):
    hidden = against_squad_three()
    assert {"closed"} <= set(Appeal.objects.filter(pk__in=hidden).values_list("state", flat=True))
    assert leaks(signed_in(getattr(district.cast, slug)), hidden) == []


@pytest.mark.parametrize("slug", ["squad_three_head", "moved_desk"])
def test_an_appeal_that_came_after_the_facts_shows_nowhere(district, wall, slug):
    Recusal.objects.all().delete()
    appeal = journey.routed(now=MONDAY, text="执法三中队昨晚拦下我，张口就骂，证件也不亮", accused=("squad-03",))
    old = Appeal.objects.filter(accused__unit__code="squad-03", state="closed").order_by("pk").first()
    Event.objects.create(appeal=old, seq=91, at=NOW, move="note", actor_word="staff", to_state="closed")
    assert leaks(signed_in(getattr(district.cast, slug)), [appeal.pk, old.pk]) == []


def test_with_the_guard_switched_off_there_is_a_leak(district, wall, monkeypatch):
    """The twin of this test: without the closure it must find a difference, else it proves nothing."""
    from dashboards.selectors import scope, tallies

    monkeypatch.setattr(tallies, "barred_from", lambda viewer: [])
    monkeypatch.setattr(scope, "not_conflicted", lambda viewer, rows: rows)
    found = leaks(signed_in(district.cast.moved_desk), against_squad_three())
    assert "/dashboards/?period=year" in found and "/dashboards/rows/?figure=received&period=year" in found


def test_with_facts_read_as_they_are_there_is_a_leak(district, wall, monkeypatch):
    """Rows guarded, sums not: the page alone would tell."""
    from dashboards.selectors import tallies

    monkeypatch.setattr(tallies, "barred_from", lambda viewer: [])
    found = leaks(signed_in(district.cast.moved_desk), against_squad_three())
    assert "/dashboards/?period=year" in found and "/dashboards/rows/?figure=received&period=year" in found


def test_the_discipline_officer_counts_them(district, wall):
    assert leaks(signed_in(district.cast.discipline), against_squad_three()) != []
