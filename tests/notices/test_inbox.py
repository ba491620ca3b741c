"""One's own messages, the list of what did not go out, and the counts for a monitor."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.rules.viewer import NOBODY
from appeals.admin.counts import bell_count
from notices.models import Hold, Notice
from notices.selectors.health import outbox_depth
from notices.selectors.inbox import notices_for, unread_for
from notices.selectors.trouble import troubled_for
from notices.services import inbox, outbox, sending
from tests.appeals import journey
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(minutes=1)


def test_each_sees_his_own_newest_first_with_a_link(kind):
    cast = make_cast("handler", "head")
    for pk in (1, 2):
        outbox.post(template="test.task", about=(kind, pk), now=MONDAY, to=[cast.handler, cast.head])
    assert notices_for(cast.viewer("handler"), now=MONDAY) == []
    sending.sweep(MONDAY)
    told = notices_for(cast.viewer("handler"), now=LATER)
    assert [(one.url, one.words, one.read) for one in told] == [
        ("/things/2/", "您有 1 件待办，请登录查看", False), ("/things/1/", "您有 1 件待办，请登录查看", False),
    ]  # fmt: skip
    assert unread_for(cast.viewer("handler"), now=LATER) == 2
    assert notices_for(NOBODY, now=LATER) == [] and unread_for(NOBODY, now=LATER) == 0


def test_opening_one_changes_only_ones_own(kind):
    cast = make_cast("handler", "head")
    outbox.post(template="test.task", about=(kind, 1), now=MONDAY, to=[cast.handler, cast.head])
    sending.sweep(MONDAY)
    others = Notice.objects.get(recipient=cast.head)
    assert inbox.mark_read(by=cast.viewer("handler"), now=LATER, pks=[others.pk]) == 0
    assert inbox.mark_read(by=cast.viewer("handler"), now=LATER) == 1
    assert inbox.mark_read(by=NOBODY, now=LATER) == 0
    assert (unread_for(cast.viewer("handler"), now=LATER), unread_for(cast.viewer("head"), now=LATER)) == (0, 1)


def test_who_was_recused_after_it_came_does_not_see_it_any_more(kind, allowed):
    cast = make_cast("handler")
    for pk in (1, 2):
        outbox.post(template="test.task", about=(kind, pk), now=MONDAY, to=[cast.handler])
    sending.sweep(MONDAY)
    allowed.barred.add((cast.handler.pk, "2"))
    assert [one.url for one in notices_for(cast.viewer("handler"), now=LATER)] == ["/things/1/"]
    assert unread_for(cast.viewer("handler"), now=LATER) == 1


def test_the_desk_sees_what_a_driver_did_not_get_and_may_know_of(kind, allowed, server):
    cast = make_cast("desk", "second_desk", "handler")
    server.mode = "refuse"
    for pk in (1, 2):
        outbox.post(template="test.news", about=(kind, pk), now=MONDAY, address=f"1390000000{pk}")
    sending.sweep(MONDAY)
    allowed.barred.add((cast.desk.pk, "2"))
    assert [(one.url, one.why, one.state) for one in troubled_for(cast.viewer("desk"), now=LATER)] == [
        ("/things/1/", "空号", "没发出去")
    ]
    assert len(troubled_for(cast.viewer("second_desk"), now=LATER)) == 2
    assert troubled_for(cast.viewer("handler"), now=LATER) == [] == troubled_for(NOBODY, now=LATER)


def test_what_is_still_being_tried_after_an_hour_is_listed_too(kind, server):
    cast = make_cast("desk")
    server.mode = "error"
    outbox.post(template="test.news", about=(kind, 1), now=MONDAY, address="13900000001")
    sending.sweep(MONDAY)
    assert troubled_for(cast.viewer("desk"), now=MONDAY + timedelta(minutes=59)) == []
    assert [one.state for one in troubled_for(cast.viewer("desk"), now=MONDAY + timedelta(minutes=61))] == ["等着发"]


def test_the_monitor_counts(kind, server):
    server.mode = "refuse"
    outbox.post(template="test.news", about=(kind, 1), now=MONDAY, address="13900000001")
    assert outbox_depth(now=MONDAY + timedelta(minutes=3))["notices_late_2m"] == 1
    sending.sweep(MONDAY)
    counts = outbox_depth(now=LATER)
    assert (counts["notices_failed"], counts["notices_late_2m"]) == (1, 0)


def test_the_command_holds_shows_and_lets_go(kind, capsys):
    outbox.post(template="test.news", about=(kind, 1), now=MONDAY, address="13900000001")
    call_command("outbox", "hold", "--restored-to", "2026-11-24T03:00")
    hold = Hold.objects.get()
    assert f"hold {hold.pk} restore: 1 messages" in capsys.readouterr().out
    sending.sweep(MONDAY + timedelta(days=2))
    assert Notice.objects.get().state == "queued"
    call_command("outbox", "release", str(hold.pk))
    assert "release: 1 messages" in capsys.readouterr().out
    sending.sweep(MONDAY + timedelta(days=2))
    assert Notice.objects.get().state == "sent"


def hide(allowed, cast, slug: str, pks) -> None:
    allowed.barred.update((cast.people[slug].pk, str(pk)) for pk in pks)


def test_who_has_many_hidden_ones_sees_as_many_of_the_others_as_anybody(kind, allowed):
    """The page and the number are cut after the right was asked, never before."""
    cast = make_cast("handler", "head")
    for pk in range(1, 112):
        outbox.post(template="test.task", about=(kind, pk), now=MONDAY, to=[cast.handler, cast.head])
    Notice.objects.update(state="sent", settled_at=MONDAY, next_try_at=None)
    hide(allowed, cast, "handler", range(4, 112))
    assert [one.url for one in notices_for(cast.viewer("handler"), now=LATER)] == ["/things/3/", "/things/2/", "/things/1/"]
    assert (unread_for(cast.viewer("handler"), now=LATER), unread_for(cast.viewer("head"), now=LATER)) == (3, 100)


def test_hidden_troubles_push_no_other_off_the_list(kind, allowed, server):
    cast = make_cast("desk")
    server.mode = "refuse"
    for pk in range(1, 8):
        outbox.post(template="test.news", about=(kind, pk), now=MONDAY, address=f"1390000000{pk}")
    sending.sweep(MONDAY)
    hide(allowed, cast, "desk", range(3, 8))
    assert [one.url for one in troubled_for(cast.viewer("desk"), now=LATER, limit=2)] == ["/things/2/", "/things/1/"]


def test_hidden_ones_cost_no_question_more(cast_of_two):
    """The number of questions tells nobody that something is hidden from him."""
    cast, hidden = cast_of_two
    counted = []
    for slug in ("handler", "second_handler"):
        viewer = cast.viewer(slug)
        with CaptureQueriesContext(connection) as queries:
            assert notices_for(viewer, now=LATER) == [] and unread_for(viewer, now=LATER) == 0 == bell_count(viewer)
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert Notice.objects.filter(recipient=cast.handler, about_pk=str(hidden.pk), state="sent").exists()


@pytest.fixture
def cast_of_two():
    """Of two handlers one holds a message that he must not see, and the other none."""
    cast = make_cast()
    hidden = journey.routed(now=MONDAY, text=journey.RUDE, accused=("transport",))
    about = ("appeals.appeal", hidden.pk)
    outbox.post(template="appeal.task", about=about, now=MONDAY, to=[cast.handler])
    Notice.objects.filter(recipient=cast.handler).update(state="sent", settled_at=MONDAY, next_try_at=None)
    return cast, hidden
