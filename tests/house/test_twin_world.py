"""Two districts that differ in one hidden appeal give the accused unit's people the same bytes at every door.

信访工作条例 Arts 30, 46. The twin of this test switches the guard off and must find a difference.
"""

from __future__ import annotations

import re

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appeals.models import Appeal
from appeals.services import handling
from common.triggers import switch_all
from tests.appeals import journey
from tests.cast import MONDAY, make_cast
from tests.house.walking import doors_for_staff, signed_in

pytestmark = pytest.mark.django_db
LATER = MONDAY.replace(hour=16)
CONFLICTED = ("squad_three", "squad_three_head", "secretary", "former_squad_three", "posted_head", "moved_desk")
SECRET = "执法三中队昨晚在大许路口拦下我，张口就骂，证件也不亮"
NOISE = (
    re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"'),
    re.compile(rb'"csrfToken":"[^"]+"'),
    re.compile(rb'name="client_key" value="[^"]+"'),
    re.compile(rb'class="qrline"[^>]+'),  # one's own code to get something, sealed anew each time it is shown
)


def world(hidden: bool):
    """A district with some ordinary appeals, and in one of the two a hidden one against squad three."""
    cast = make_cast()
    for n in range(3):
        journey.in_hand(cast, now=MONDAY, text=f"{journey.FREIGHT}，第 {n} 次了")
    journey.routed(now=MONDAY, text="车被扣了，罚款我认，求求先放车", place=journey.place("大许镇"))
    secret = None
    if hidden:
        secret = journey.routed(now=MONDAY, text=SECRET, accused=("squad-03",))
        handling.accept(appeal=secret, by=cast.viewer("legal_handler"), version=None, now=MONDAY)
    return cast, secret


def seen(client: Client, path: str) -> tuple[int, bytes, int]:
    """Status, body without tokens, number of queries."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    for noise in NOISE:
        body = noise.sub(b"", body)
    return response.status_code, body, len(queries)


def compare(slug: str, cast, secret: Appeal) -> list[str]:
    """Doors at which this person can tell the two worlds apart. The hidden appeal is taken out of the second world
    by raw SQL on a savepoint, so that all other rows, keys and moments are the very same."""
    found = []
    traveller = time_machine.travel(LATER, tick=False)
    traveller.start()
    client = signed_in(cast.people[slug])
    paths = [*doors_for_staff(), *about(secret)]
    for path in paths:
        client.get(path)  # what is read once a process or session is read before we count
    with_it = {path: seen(client, path) for path in paths}
    try:
        with transaction.atomic():
            switch_all(on=False)
            _erase(secret)
            without = {path: seen(client, path) for path in paths}
            raise _Undo
    except _Undo:
        pass
    traveller.stop()
    for path in paths:
        if with_it[path] != without[path]:
            found.append(f"{path} {_difference(with_it[path], without[path])}")
    return found


def about(secret: Appeal) -> list[str]:
    """Doors that name the hidden appeal, and searches that would find it."""
    one, number = f"/admin/appeals/appeal/{secret.key}/", secret.number
    return [
        one, f"{one}draft/", f"{one}reveal/", f"/admin/find/?q={number}", f"/admin/find/?q={number[-8:]}",
        "/admin/find/?q=大许", f"/admin/appeals/appeal/?q={number}", "/admin/appeals/appeal/?q=证件也不亮",
        "/admin/appeals/appeal/?state=in_hand", "/admin/appeals/appeal/?category=A3", f"/api/v1/handle/{number}/",
        "/dashboards/rows/?figure=open",
    ]  # fmt: skip


def _difference(one, other) -> str:
    """Where two answers part, for the person who mends it."""
    if one[0] != other[0] or one[2] != other[2]:
        return f"status {one[0]}/{other[0]}, queries {one[2]}/{other[2]}"
    at = next((n for n, pair in enumerate(zip(one[1], other[1], strict=False)) if pair[0] != pair[1]), -1)
    return f"{one[1][max(0, at - 80) : at + 80].decode(errors='replace')!r}"


class _Undo(Exception):
    pass


def _erase(appeal: Appeal) -> None:
    """The world in which it was never filed."""
    with connection.cursor() as cursor:
        pk = appeal.pk
        cursor.execute("DELETE FROM notices_notice WHERE about_kind = 'appeals.appeal' AND about_pk = %s", [str(pk)])
        cursor.execute(
            "DELETE FROM accounts_auditline WHERE about_kind = 'appeals.appeal' AND about_pk = %s", [str(pk)]
        )
        for table in ("clock", "request", "leg", "event", "accused", "recusal", "routedecision", "answer", "photo"):
            cursor.execute(f"DELETE FROM appeals_{table} WHERE appeal_id = %s", [pk])  # noqa: S608 - fixed names
        cursor.execute("DELETE FROM appeals_appeal WHERE id = %s", [pk])


@pytest.mark.parametrize("slug", CONFLICTED)
def test_no_byte_differs_for_whoever_belongs_to_the_accused(slug):
    cast, secret = world(hidden=True)
    assert compare(slug, cast, secret) == []


def test_with_the_guard_switched_off_the_twin_world_test_fails(monkeypatch):
    from appeals.selectors import scope

    monkeypatch.setattr(scope, "not_conflicted", lambda viewer, rows: rows)
    cast, secret = world(hidden=True)
    leaks = compare("moved_desk", cast, secret)
    assert any("/admin/appeals/appeal/" in leak for leak in leaks), leaks


def test_the_discipline_officer_sees_it():
    from appeals.selectors.scope import appeals_for

    cast, secret = world(hidden=True)
    assert appeals_for(cast.viewer("discipline")).filter(pk=secret.pk).exists()
    for slug in CONFLICTED:
        assert not appeals_for(cast.viewer(slug)).filter(pk=secret.pk).exists()
