"""The auditor holds the head of each day, so that a tail cut off later is seen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.services import audit
from hongyun import auditing
from notices.models import Notice
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db


def test_the_head_of_a_finished_day_goes_to_the_auditor_once_and_to_nobody_else():
    cast = make_cast("auditor", "admin", "desk")
    audit.write(act="test", now=MONDAY)
    audit.seal(now=MONDAY)
    assert auditing.send_heads(now=MONDAY) == 0, "the day is not over"
    for _ in range(2):
        auditing.send_heads(now=MONDAY + timedelta(days=1))
    told = Notice.objects.filter(template=auditing.TEMPLATE)
    assert {row.recipient_id for row in told} == {cast.auditor.pk} and told.filter(channel="inapp").count() == 1
    assert told.first().data["mac"]
