"""What time does to bookings: one reminder, the bed given away after the grace, done at the end; a bad row stops nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notices.models import Notice
from stations.models import Booking
from stations.services import bookings, sweep
from tests.cast import MONDAY, make_cast
from tests.stations.houses import NIGHT, book, make_house, make_service

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def lodging(db):
    return make_service(make_house(), beds=3, grace=60)


def told(template: str) -> int:
    return Notice.objects.filter(template=f"station.{template}").count()


def state(row: Booking) -> str:
    row.refresh_from_db()
    return row.state


def test_he_is_reminded_once_an_hour_before(lodging):
    row = book(lodging, now=MONDAY)
    assert sweep.sweep(now=NIGHT - HOUR - timedelta(seconds=1)) == 0 and told("reminder") == 0
    for minutes in (0, 0, 5):
        sweep.sweep(now=NIGHT - HOUR + timedelta(minutes=minutes))
    assert told("reminder") == 1 and state(row) == "booked" and row.reminded_at == NIGHT - HOUR


def test_a_sweep_that_slept_past_the_start_sends_no_reminder_any_more(lodging):
    row = book(lodging, now=MONDAY)
    sweep.sweep(now=NIGHT + timedelta(minutes=10))
    assert told("reminder") == 0 and state(row) == "booked" and row.next_at == NIGHT + HOUR


def test_after_the_grace_the_bed_is_given_away_and_he_is_told(lodging):
    row = book(lodging, now=MONDAY)
    sweep.sweep(now=NIGHT - HOUR)
    assert sweep.sweep(now=NIGHT + HOUR - timedelta(seconds=1)) == 0 and state(row) == "booked"
    assert sweep.sweep(now=NIGHT + HOUR) == 1 and state(row) == "no_show" and row.next_at is None
    assert sweep.sweep(now=NIGHT + 9 * HOUR) == 0 and told("missed") == 1


def test_who_books_a_slot_that_runs_has_the_grace_from_then(lodging):
    row = book(lodging, now=NIGHT + 5 * HOUR)
    assert sweep.sweep(now=NIGHT + 5 * HOUR) == 0 and state(row) == "booked"
    assert sweep.sweep(now=NIGHT + 6 * HOUR) == 1 and state(row) == "no_show"


def test_who_is_in_the_house_is_done_at_the_end_and_never_missed(lodging):
    row, desk = book(lodging, now=MONDAY), make_cast("station_staff").viewer("station_staff", NIGHT)
    bookings.check_in(booking=row, by=desk, now=NIGHT)
    assert sweep.sweep(now=NIGHT + 3 * HOUR) == 0 and state(row) == "in_house"
    assert sweep.sweep(now=row.ends_at) == 1 and state(row) == "done" and row.next_at is None and told("missed") == 0


def test_a_row_that_fails_steps_aside_for_an_hour_and_the_others_go_on(lodging, monkeypatch):
    bad, good = book(lodging, now=MONDAY, phone="13900000001"), book(lodging, now=MONDAY, phone="13900000002")
    miss = bookings.miss

    def breaks(*, booking, now):
        if booking.pk == bad.pk:
            raise RuntimeError("poison")
        return miss(booking=booking, now=now)

    monkeypatch.setattr(bookings, "miss", breaks)
    late = NIGHT + 2 * HOUR
    assert sweep.sweep(now=late) == 1 and (state(bad), state(good)) == ("booked", "no_show")
    assert bad.next_at == late + HOUR and sweep.sweep(now=late) == 0
    monkeypatch.setattr(bookings, "miss", miss)
    assert sweep.sweep(now=late + HOUR) == 1 and state(bad) == "no_show"


def test_what_was_cancelled_meanwhile_is_left_alone(lodging):
    row = book(lodging, now=MONDAY)
    Booking.objects.filter(pk=row.pk).update(state="cancelled", next_at=NIGHT)
    sweep.sweep(now=NIGHT)
    assert state(row) == "cancelled" and row.next_at is None and told("missed") == 0
