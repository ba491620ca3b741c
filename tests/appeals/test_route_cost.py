"""What one routing asks of the database, and that asking less asked for no less than before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.rules.viewer import NOBODY
from appeals.models import Accused, Appeal, Event, Recusal
from appeals.rules.moves import Move
from appeals.selectors.knowing import opens
from appeals.selectors.scope import appeals_for
from appeals.services import routing
from appeals.services.engine import begin
from tests.appeals import journey
from tests.cast import CAST, MONDAY, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


def asked(queries) -> list[str]:
    frame = {"BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"}
    return [query["sql"] for query in queries if query["sql"].split(" ", 1)[0].strip(";").upper() not in frame]


def test_to_route_one_appeal_takes_at_most_twenty_two_queries(cast):
    first, second = journey.file(now=MONDAY), journey.file(now=MONDAY)
    routing.route(appeal_id=first.pk, now=MONDAY)
    with CaptureQueriesContext(connection) as queries:
        routing.route(appeal_id=second.pk, now=MONDAY)
    assert len(asked(queries)) <= 22, "\n".join(asked(queries))
    assert sum('INTO "accounts_auditline"' in sql for sql in asked(queries)) == 1
    assert Event.objects.filter(appeal=second, move=Move.ROUTE, seq=1).count() == 1


def test_what_opens_to_a_viewer_is_exactly_what_the_scope_holds_whoever_asked_before(cast):
    appeals = [
        journey.routed(now=MONDAY), journey.routed(now=MONDAY, accused=("squad-03",)), journey.file(now=MONDAY),
        journey.routed(now=MONDAY, text=journey.RUDE),
    ]  # fmt: skip
    Recusal.objects.create(appeal=appeals[0], person=cast.handler, why="亲属", since=MONDAY)
    Appeal.objects.filter(pk=appeals[1].pk).update(person=cast.discipline)
    viewers = [cast.viewer(slug, MONDAY) for slug in CAST] + [NOBODY]
    found = set()
    for viewer, row in product([*viewers, *viewers], appeals):  # the second time round everything is compiled
        holds = appeals_for(viewer).filter(pk=row.pk).exists()
        assert opens(viewer, row.pk) == holds, (viewer, row.pk)
        found.add(holds)
    assert found == {True, False}
    other = replace(cast.viewer("handler", MONDAY), person_id=10**9)  # the same postings, another person
    assert opens(other, appeals[0].pk) and not opens(cast.viewer("handler", MONDAY), appeals[0].pk)


def test_a_row_is_taken_as_held_only_by_the_system_and_only_in_a_transaction(cast):
    row = journey.file(now=MONDAY)
    with pytest.raises(ValueError), transaction.atomic():
        begin(row, Move.ROUTE, by=cast.viewer("desk", MONDAY), now=MONDAY, held=True)
    with pytest.raises(ValueError), transaction.atomic():
        begin(row.pk, Move.ROUTE, by=None, now=MONDAY, held=True)


def test_a_unit_that_said_no_is_ruled_out_when_the_appeal_is_routed_again(cast):
    from accounts.models import Unit
    from appeals.models import Leg

    row = journey.routed(now=MONDAY)
    unit = row.lead_unit
    Leg.objects.filter(appeal=row).update(how="handed_back", ended_at=MONDAY + timedelta(hours=1))
    Appeal.objects.filter(pk=row.pk).update(state="submitted", lead_unit=None, handler=None, hand_backs=1)
    again = routing.route(appeal_id=row.pk, now=MONDAY + timedelta(hours=2))
    assert again.lead_unit_id != unit.pk and Unit.objects.filter(pk=unit.pk).exists()


def test_a_unit_named_in_the_text_itself_is_ruled_out_before_the_choice(cast):
    row = journey.routed(now=MONDAY, text=journey.RUDE)
    named = set(Accused.objects.filter(appeal=row).values_list("unit__code", flat=True))
    assert "squad-03" in named and (row.lead_unit is None or row.lead_unit.code != "squad-03")
