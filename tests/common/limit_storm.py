"""Run as a program: a storm of parallel hits on one sender; prints how many were let through."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 11, 23, 9, 50, tzinfo=UTC)
THREADS, HITS, LIMIT = 20, 100, 7


def storm(now: datetime = NOW) -> int:
    """How many of HITS parallel hits passed a limit of LIMIT. Needs a table that threads share."""
    from django.db import connection

    from common.errors import TooOften
    from common.limits import hit

    def one(_turn: int) -> int:
        try:
            hit(
                "storm", "13812345678", now=now, limits=[(LIMIT, timedelta(hours=1)), (50, timedelta(days=1))]
            )
        except TooOften:
            return 0
        finally:
            connection.close()
        return 1

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(one, range(HITS)))


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "hongyun.settings"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", "common", verbosity=0)
    sys.stdout.write(f"passed {storm()} {storm(NOW + timedelta(hours=1))}\n")
