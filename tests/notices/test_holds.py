"""Too much at once, or an old copy of the database: stop, and ask."""

from datetime import timedelta

import pytest

from accounts.models import AuditLine, Person
from common.errors import NotThere
from notices.models import Hold, Notice
from notices.selectors.trouble import holds_for
from notices.services import holds, outbox, sending
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db


def people(count):
    return Person.objects.bulk_create(Person(name="某人", login=f"p{n}", joined_at=MONDAY) for n in range(count))


def post_rungs(kind, persons, *, pk=1, now=MONDAY, **more):
    rows = [
        outbox.Row("test.task", kind, str(pk), recipient_id=person.pk, clock="answer", rung="R3", due=MONDAY, **more)
        for person in persons
    ]
    outbox.post_many(rows, now=now)


def sent():
    return Notice.objects.filter(about_kind="test.thing", state="sent").count()


def test_more_than_the_brake_allows_stops_and_asks(kind, settings):
    settings.STORM_BRAKE = 10
    cast = make_cast("admin", "driver")
    post_rungs(kind, people(11))
    outbox.post(template="test.news", about=(kind, 5), now=MONDAY, to=[cast.driver], channels=["inapp"])
    post_rungs(kind, [cast.admin], pk=6, urgent=True)
    sending.sweep(MONDAY)
    assert sent() == 2, "what a driver waits for and what is urgent go on"
    [hold] = holds_for(cast.viewer("admin"))
    assert (hold.why, hold.messages) == ("storm", 11)
    assert Notice.objects.filter(template="notices.hold", state="sent", recipient=cast.admin).count() == 1
    sending.sweep(MONDAY + timedelta(minutes=1))
    assert sent() == 2 and Hold.objects.count() == 1


def test_many_rows_for_few_people_are_no_storm(kind, settings):
    settings.STORM_BRAKE = 10
    persons = people(10)
    for pk in range(20):
        post_rungs(kind, persons, pk=pk)
    sending.sweep(MONDAY)
    assert sent() == 200 and not Hold.objects.exists()


def test_a_person_lets_them_out_and_they_all_leave(kind, settings):
    settings.STORM_BRAKE = 10
    cast = make_cast("admin", "handler")
    post_rungs(kind, people(30))
    sending.sweep(MONDAY)
    [hold] = Hold.objects.all()
    with pytest.raises(NotThere):
        holds.end(pk=hold.pk, drop=False, by=cast.viewer("handler"), now=MONDAY)
    later = MONDAY + timedelta(minutes=5)
    assert holds.end(pk=hold.pk, drop=False, by=cast.viewer("admin"), now=later) == 30
    sending.sweep(later)
    assert sent() == 30 and Hold.objects.count() == 1
    assert list(AuditLine.objects.order_by("pk").values_list("act", flat=True)) == ["notices.held", "notices.hold_ended"]
    with pytest.raises(NotThere):
        holds.end(pk=hold.pk, drop=True, by=None, now=later)


def test_or_throws_them_away(kind, settings):
    settings.STORM_BRAKE = 10
    post_rungs(kind, people(30))
    sending.sweep(MONDAY)
    assert holds.end(pk=Hold.objects.get().pk, drop=True, by=None, now=MONDAY) == 30
    sending.sweep(MONDAY + timedelta(hours=1))
    assert sent() == 0 and Notice.objects.filter(state="cancelled").count() == 30


def test_a_second_storm_after_the_first_stops_again(kind, settings):
    settings.STORM_BRAKE = 10
    persons = people(30)
    post_rungs(kind, persons)
    sending.sweep(MONDAY)
    holds.end(pk=Hold.objects.get().pk, drop=False, by=None, now=MONDAY)
    sending.sweep(MONDAY)
    later = MONDAY + timedelta(minutes=10)
    post_rungs(kind, persons, pk=2, now=later)
    sending.sweep(later)
    assert sent() == 30 and Hold.objects.filter(ended_at=None).count() == 1


def test_an_old_copy_of_the_database_sends_nothing_before_somebody_says_so(kind):
    outbox.post(template="test.news", about=(kind, 1), now=MONDAY, address="13900000001")
    point = MONDAY + timedelta(days=1)
    assert holds.after_restore(restored_to=point, now=point) is not None
    assert holds.after_restore(restored_to=point, now=point) is None
    outbox.post(template="test.news", about=(kind, 2), now=point + timedelta(hours=1), address="13900000002")
    sending.sweep(point + timedelta(hours=1))
    assert dict(Notice.objects.filter(about_kind=kind).values_list("about_pk", "state")) == {"1": "queued", "2": "sent"}
    assert holds.end(pk=Hold.objects.get().pk, drop=True, by=None, now=point) == 1
    sending.sweep(point + timedelta(hours=2))
    assert Notice.objects.get(about_pk="1").state == "cancelled"
