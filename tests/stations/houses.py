"""A house with beds, a bay and a shower, for tests; and whoever keeps it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import uuid4

from accounts.models import Person, Place, Posting, Unit
from accounts.rules.roles import Role
from accounts.rules.viewer import NOBODY, Viewer
from accounts.selectors.viewer import viewer_for
from common.clock import SHANGHAI
from stations.models import Booking, Hours, Resource, Service, Station
from stations.services import bookings

NIGHT = datetime(2026, 11, 24, 14, 0, tzinfo=SHANGHAI)  # tomorrow's night of the cast's Monday


def make_house(code: str = "station-01", *, state: str = "open", **more) -> Station:
    """A house that is open round the clock, in the middle of the district."""
    unit = Unit.objects.get(code=code)
    house = Station.objects.create(
        unit=unit, slug=code, kind="centre", state=state, address="棠张镇", place=unit.place or Place.objects.first(),
        latitude=34.10, longitude=117.30, **more,
    )  # fmt: skip
    Hours.objects.create(station=house, days="all", opens=time(0), closes=time(0))
    return house


def make_service(house: Station, kind: str = "lodging", *, beds: int = 1, minutes: int = 0, **more) -> Service:
    """A service that is booked, with so many places."""
    service = Service.objects.create(station=house, kind=kind, how="book", minutes=minutes, **more)
    Resource.objects.bulk_create(Resource(service=service, name=f"{n + 1} 号") for n in range(beds))
    return service


def wish(service: Service, starts: datetime = NIGHT, **more) -> bookings.Wish:
    values = {"client_key": uuid4(), "service": service, "starts": starts, "phone": "13812345678"}
    return bookings.Wish(**values | more)


def book(service: Service, *, now: datetime, by: Viewer = NOBODY, starts: datetime = NIGHT, **more) -> Booking:
    return bookings.book(wish=wish(service, starts, **more), by=by, caller=str(uuid4()), now=now)


def chief(now: datetime) -> Viewer:
    """Whoever opens and closes houses: posted to the group above them all."""
    person = Person.objects.create(name="驿站组长", login="stations-chief", joined_at=now)
    Posting.objects.create(person=person, unit=Unit.objects.get(code="stations"), role=Role.STATION, starts_at=now - timedelta(days=400))
    return viewer_for(person, now=now, second_factor=True)


def weekday(day: int) -> date:
    return date(2026, 11, day)
