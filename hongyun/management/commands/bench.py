"""bench [NAME…] [--quick]: one JSON line per figure, on the database and broker of the environment."""

from __future__ import annotations

import json
import sys

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

NAMES = ("submit", "list", "sweep", "route", "dashboard", "start")


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
        from hongyun.bench import jobs, web

        figures = {
            "submit": web.submit, "list": web.lists, "sweep": jobs.sweep, "route": jobs.route,
            "dashboard": web.dashboard, "start": jobs.start,
        }  # fmt: skip
        for name in names or NAMES:
            for figure in figures[name](quick):
                self.stdout.write(json.dumps(figure | {"database": connection.vendor}, ensure_ascii=False))
                self.stdout.flush()
