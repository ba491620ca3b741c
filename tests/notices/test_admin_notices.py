"""The bell: closed words that lead to the row, counted for whoever may still know of it."""

from __future__ import annotations

import pytest
import time_machine

from appeals.admin.counts import bell_count
from appeals.services import desk
from notices.models import Notice
from notices.services import sending
from tests.appeals import journey
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in

pytestmark = pytest.mark.django_db
LATER = MONDAY.replace(hour=16)


@pytest.fixture
def cast(db):
    with time_machine.travel(LATER, tick=False):
        yield make_cast()


def test_the_bell_leads_to_the_appeal_and_is_opened_by_a_button(cast):
    appeal = journey.routed(now=MONDAY)
    sending.sweep(now=LATER)
    assert Notice.objects.filter(recipient=cast.handler, channel="inapp", state="sent").exists()
    client = signed_in(cast.handler)
    assert bell_count(cast.viewer("handler", LATER)) == 1
    body = client.get("/admin/notices/").content.decode()
    assert f"/admin/appeals/appeal/{appeal.key}/" in body and "1 条没看" in body and "石子" not in body
    assert bell_count(cast.viewer("handler", LATER)) == 1
    client.post("/admin/notices/")
    assert bell_count(cast.viewer("handler", LATER)) == 0


def test_who_stepped_back_has_nothing_to_open(cast):
    appeal = journey.routed(now=MONDAY)
    sending.sweep(now=LATER)
    desk.recuse(appeal=appeal, reason="货主是我亲戚", by=cast.viewer("handler", LATER), now=LATER)
    assert bell_count(cast.viewer("handler", LATER)) == 0
    assert str(appeal.key) not in signed_in(cast.handler).get("/admin/notices/").content.decode()
    assert bell_count(cast.viewer("second_handler", LATER)) == 1


def test_holds_and_trouble_are_for_their_roles(cast):
    assert signed_in(cast.admin).get("/admin/notices/holds/").status_code == 200
    assert signed_in(cast.desk).get("/admin/notices/trouble/").status_code == 200
    for path in ("/admin/notices/holds/", "/admin/notices/trouble/"):
        assert signed_in(cast.handler).get(path).status_code == 404
    assert signed_in(cast.admin).post("/admin/notices/holds/", {"hold": "77", "act": "send"}).status_code == 404
