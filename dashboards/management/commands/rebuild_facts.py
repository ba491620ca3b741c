"""rebuild_facts: the daily facts again from the rows."""

from __future__ import annotations

from datetime import date

from django.core.management.base import BaseCommand, CommandError

from accounts.services import audit
from common import clock
from dashboards.services import facts


class Command(BaseCommand):
    help = "Delete the daily facts and write them again, for all days or from one day to another."

    def add_arguments(self, parser):
        parser.add_argument("--from", dest="first", type=_day, default=None, metavar="D", help="第一天，如 2026-11-01")
        parser.add_argument("--to", dest="last", type=_day, default=None, metavar="D", help="最后一天")

    def handle(self, *, first: date | None, last: date | None, **options):
        if first and last and first > last:
            raise CommandError("--from 晚于 --to")
        now = clock.now()
        written = facts.rebuild(now=now, first=first, last=last)
        span = {"rows": written, "from": first and first.isoformat(), "to": last and last.isoformat()}
        audit.write(act="command.rebuild_facts", actor_word="operator", now=now, new=span)
        self.stdout.write(f"写了 {written} 行日数据")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise CommandError(f"日期写成 2026-11-01 这样：{text}") from wrong
