"""bench [NAME…] [--quick]: one JSON line per figure, on the database and broker of the environment."""

from __future__ import annotations

import json
import sys
from importlib import import_module

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

FIGURES = {  # name -> module and function; imported only when asked for
    "submit": ("web", "submit"),
    "list": ("web", "lists"),
    "sweep": ("jobs", "sweep"),
    "route": ("jobs", "route"),
    "dashboard": ("web", "dashboard"),
    "export": ("register", "export"),
    "register": ("register", "register"),  # after the export, for it leaves a million rows behind
    "import": ("imports", "census"),
    "union": ("imports", "union"),
    "zones": ("zones", "district"),
    "issue": ("care", "issue"),
    "booking": ("stations", "booking"),
    "siting": ("siting", "siting"),
    "near": ("stations", "near"),  # after the others, for it leaves ten thousand houses and a million bookings behind
    "start": ("jobs", "start"),
}
NAMES = tuple(FIGURES)


class Command(BaseCommand):
    help = "Measure speeds in a scratch installation beside a yardstick. Names: " + " ".join(NAMES)

    def add_arguments(self, parser):
        parser.add_argument("names", nargs="*", metavar="NAME")
        parser.add_argument("--quick", action="store_true", help="smaller sizes, for a first look")
        parser.add_argument("--inside", action="store_true", help="(internal) already in the scratch installation")

    def handle(self, names, quick=False, inside=False, **options):
        unknown = set(names) - set(NAMES)
        if unknown:
            raise CommandError(f"no figure is called {', '.join(sorted(unknown))}; there are: {' '.join(NAMES)}")
        if not inside:
            from hongyun.bench.scratch import run_inside, scratch_environment

            with scratch_environment() as environment:
                sys.exit(run_inside(environment, list(names), quick))
        for name in names or NAMES:
            module, function = FIGURES[name]
            measure = getattr(import_module(f"hongyun.bench.{module}"), function)
            for figure in measure(quick):
                self.stdout.write(json.dumps(figure | {"database": connection.vendor}, ensure_ascii=False))
                self.stdout.flush()
