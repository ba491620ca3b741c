"""The third part of the table of doors: stations and who keeps them.

tests/house/test_station_doors.py walks each row as each role; a route that stands in no part fails the build.
"""

from __future__ import annotations

from accounts.rules.roles import Role
from hongyun.doors import DRIVER, EVERYONE, Door

KEEPERS = frozenset({Role.STATION})
GROUP = ("admin:stations_houses", "admin:stations_house", "admin:stations_move")  # whoever is posted above all houses
LEDGERS = ("shift", "write", "boxes", "opening", "letter", "things", "thing")
TICKET = ("ticket", "ticket-qr", "cancel", "rate", "line")


DESK = ("services", "offer", "terms", "pause", "resume", "out", "back", "hours", "day", "day_usual")
API_GROUP = tuple(f"stations-api:station_{name}" for name in ("found", "facts", "describe", "move"))


def _doors(guard: str | frozenset[str], kinds: str, *names: str, one: bool = False) -> tuple[Door, ...]:
    return tuple(Door(name, guard, kinds, one=one) for name in names)


STATION_DOORS: tuple[Door, ...] = (
    *_doors(EVERYONE, "n", "stations:index", "stations:map", "stations:house", "stations:book", "stations:photo"),  # what is free is public
    *_doors(EVERYONE, "n", "stations:mine"),  # how to begin, or one's own
    *_doors(DRIVER, "abn", *(f"stations:{name}" for name in TICKET), one=True),  # whose account it was made with
    *_doors(KEEPERS, "abn", "admin:stations_desk"),
    *_doors(KEEPERS, "abn", "admin:stations_today", one=True),  # the desk of this very house
    *_doors(KEEPERS, "n", *(f"admin:stations_{name}" for name in ("services", "service", "pause", "out", "home", "photos", "photo")), one=True),
    *_doors(KEEPERS, "n", *(f"admin:stations_{name}" for name in LEDGERS), one=True),  # a letter is written here and never read
    *_doors(KEEPERS, "n", *GROUP, one=True),
    *_doors(EVERYONE, "n", "stations-api:stations", "stations-api:stations_near", "stations-api:station"),
    *_doors(EVERYONE, "n", *(f"stations-api:station_{name}" for name in ("slots", "book", "wait"))),
    *_doors(DRIVER, "abn", *(f"stations-api:station_{name}" for name in ("ticket", "cancel", "rate", "line", "line_leave")), one=True),
    *_doors(DRIVER, "abn", "stations-api:stations_mine", "stations-api:stations_my_lines"),  # whoever is signed in, his own
    *_doors(KEEPERS, "abn", *(f"stations-api:station_{name}" for name in ("desk", "check_in", "let_go")), one=True),
    *_doors(KEEPERS, "n", *(f"stations-api:station_{name}" for name in ("walk_in", "take_back", *DESK)), one=True),
    *_doors(KEEPERS, "n", *API_GROUP, one=True),
    *_doors(frozenset({Role.LEADER}), "s", "dashboards:siting"),  # and whoever leads all houses: tests/dashboards/test_siting.py
)
