"""Run as a program: fifty at once for the last pack, fifty bare takes, one tap fifty times; prints what came of them."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

NOW = datetime(2026, 11, 23, 6, 36, tzinfo=UTC)
TRIES = 50
CALM = "issued 1 out_of_stock 49 others 0 left 0 bare 0 | one tap: rows 1 | moves to and fro: left 40 broken 0"


def _at_once(act) -> list[str]:
    from django.db import connection

    def one(turn: int) -> str:
        try:
            act(turn)
            return "issued"
        except Exception as error:  # noqa: BLE001 - the outcome is what is looked at
            return getattr(error, "code", "") or type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        return list(pool.map(one, range(TRIES)))


def storm() -> str:
    from django.db.models import F

    from care.models import Issue, Stock
    from care.selectors.stock import unbalanced
    from care.services import issuing, stock
    from tests.care.goods import given, make_care, stocked
    from tests.cast import make_cast

    by = make_cast("union_officer").viewer("union_officer", NOW)
    care = stocked(make_care(NOW), 1, by, NOW)
    said = _at_once(lambda turn: given(care, by, turn, NOW))
    others = [word for word in said if word not in ("issued", "out_of_stock")]
    left = Stock.objects.get().left
    bare = _at_once(lambda turn: Stock.objects.update(left=F("left") - 1)).count("issued")
    first = f"issued {said.count('issued')} out_of_stock {said.count('out_of_stock')} others {len(others)} left {left} bare {bare}"
    stocked(care, 40, by, NOW)
    tap = care.give(57)
    _at_once(lambda turn: issuing.issue(give=tap, by=by, now=NOW))
    rows = Issue.objects.filter(plate=tap.plate).count()
    stock.receive(act=care.act(1, point=care.centre), by=by, now=NOW)

    def move(turn: int) -> None:
        here, there = (care.exit, care.centre) if turn % 2 else (care.centre, care.exit)
        stock.move(act=care.act(1, point=here), to=there, by=by, now=NOW)

    strange = [word for word in _at_once(move) if word not in ("issued", "out_of_stock")]
    together = sum(Stock.objects.values_list("left", flat=True))
    broken = len(unbalanced(by)) + len(strange)
    return f"{first} | one tap: rows {rows} | moves to and fro: left {together} broken {broken}" + (f" {others[:3]} {strange[:3]}" if others or strange else "")


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "hongyun.settings"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    sys.stdout.write(storm() + "\n")
