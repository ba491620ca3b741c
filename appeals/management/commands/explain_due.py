"""`explain_due --clock C4 --from 2026-09-30T17:50`: a due date with every day that counts and why."""

from __future__ import annotations

import json
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from appeals.rules.clocks import CLOCK_NAMES, ClockKind, Due, due
from appeals.selectors.clocks import clock_spec
from common.clock import SHANGHAI
from common.errors import DomainError
from common.selectors import calendar
from common.words import short_day_words, short_words


class Command(BaseCommand):
    help = "Explain a due date day by day: which days count, which do not, and why."

    def add_arguments(self, parser):
        parser.add_argument("--clock", required=True, help="C1 … C10")
        parser.add_argument(
            "--from",
            dest="start",
            required=True,
            metavar="ISO",
            help="2026-09-30T17:50, in Xuzhou's time unless it names a zone",
        )
        parser.add_argument(
            "--urgent", action="store_true", help="the limit for urgent appeals, where there is one"
        )
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args, clock, start, urgent, as_json, **options):
        result = _explain(clock.strip().upper(), start, urgent)
        if as_json:
            self.stdout.write(json.dumps(_as_json(result), ensure_ascii=False))
            return
        name = CLOCK_NAMES[result.spec.kind]
        mark = _("（暂定）") if result.provisional else ""
        self.stdout.write(f"{name} {result.spec.words}：{short_words(result.due, now=result.start)}{mark}")
        for line in result.lines:
            sign = {True: _("计　"), False: _("不计"), None: _("部分")}[line.counted]
            self.stdout.write(f"  {line.date:%Y}-{short_day_words(line.date)}  {sign}  {line.why}")
        self.stdout.write(result.explanation)


def _explain(kind: str, start: str, urgent: bool) -> Due:
    """Raises CommandError, in words, for whatever was typed wrong."""
    if kind not in {known.value for known in ClockKind}:
        names = "、".join(f"{known.value} {CLOCK_NAMES[known]}" for known in ClockKind)
        raise CommandError(
            _("没有 %(kind)s 这个时限。可用的有：%(names)s。") % {"kind": kind, "names": names}
        )
    try:
        moment = datetime.fromisoformat(start)
    except ValueError as error:
        raise CommandError(
            _("时间要写成 2026-09-30T17:50 这样，写的是 %(start)s。") % {"start": start}
        ) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=SHANGHAI)
    try:
        return due(clock_spec(kind, moment, urgent), moment, calendar=calendar())
    except DomainError as error:
        raise CommandError(str(error.message)) from error
    except OverflowError as error:
        raise CommandError(_("这个日子太远，算不出来。")) from error


def _as_json(result: Due) -> dict:
    return {
        "clock": result.spec.kind.value,
        "limit": result.spec.words,
        "version": result.spec.version,
        "from": result.start.isoformat(),
        "due": result.due.isoformat(),
        "provisional": result.provisional,
        "lines": [
            {
                "date": line.date.isoformat(),
                "counted": bool(line.counted),
                "why": line.why,
                "minutes": line.minutes,
            }
            for line in result.lines
        ],
        "explanation": result.explanation,
    }
