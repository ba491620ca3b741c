"""Run as a program: fifty at once for the last bed, then fifty bare inserts that ask nobody; prints what came of them."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

NOW = datetime(2026, 11, 23, 6, 36, tzinfo=UTC)
TRIES = 50
CALM = "booked 1 full 49 others 0 waiting 49 bare 0 moved up 1"


def _at_once(act) -> list[str]:
    from django.db import connection

    def one(turn: int) -> str:
        try:
            act(turn)
            return "booked"
        except Exception as error:  # noqa: BLE001 - the outcome is what is looked at
            return getattr(error, "code", "") or type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        return list(pool.map(one, range(TRIES)))


def storm() -> str:
    from accounts.rules.viewer import NOBODY
    from stations.models import Booking, StandBy
    from stations.services import bookings, waiting
    from tests.stations.houses import NIGHT, book, make_house, make_service, wish

    service = make_service(make_house(), beds=1)
    said = _at_once(lambda turn: book(service, now=NOW, phone=f"138000000{turn:02d}"))
    for turn in range(TRIES - 1):
        waiting.join(wish=wish(service, phone=f"139000000{turn:02d}"), by=NOBODY, caller=str(uuid4()), now=NOW)
    line = StandBy.objects.filter(state="waiting").count()
    first = Booking.objects.select_related("station", "service", "resource").get()

    def bare(turn: int) -> None:
        Booking.objects.create(
            client_key=uuid4(), station=first.station, service=service, resource=first.resource, kind="lodging", starts_at=NIGHT,
            ends_at=first.ends_at, made_at=NOW, code=f"9{turn:03d}",
        )  # fmt: skip

    forced = _at_once(bare).count("booked")
    bookings.cancel(booking=first, by=NOBODY, now=NOW)
    _at_once(lambda turn: waiting.move_up(service_id=service.pk, now=NOW))
    moved = Booking.objects.filter(state="booked").count()
    others = [word for word in said if word not in ("booked", "full")]
    return (
        f"booked {said.count('booked')} full {said.count('full')} others {len(others)} waiting {line} bare {forced} moved up {moved}"
        + (f" {others[:3]}" if others else "")
    )


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "hongyun.settings"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    sys.stdout.write(storm() + "\n")
