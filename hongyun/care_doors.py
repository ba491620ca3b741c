"""The fourth part of the table of doors: packs and points, money and visits.

tests/house/test_care_doors.py walks each row as each role; a route that stands in no part fails the build.
"""

from __future__ import annotations

from hongyun.doors import Door


def _doors(guard: str | frozenset[str], kinds: str, *names: str, one: bool = False) -> tuple[Door, ...]:
    return tuple(Door(name, guard, kinds, one=one) for name in names)


GOODS_DOORS: tuple[Door, ...] = ()  # campaigns, stock, issuing
PEOPLE_DOORS: tuple[Door, ...] = ()  # applications, money, insurance, visits, a driver's own page
CARE_DOORS = GOODS_DOORS + PEOPLE_DOORS
