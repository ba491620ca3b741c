"""What both import commands share: the bar on stderr, the lines for people, the JSON for programs."""

from __future__ import annotations

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from common import clock
from common.errors import DomainError
from members.services import commands

WIDTH = 24


class ImportCommand(BaseCommand):
    """FILE [--apply] [--json]. One clear line and an exit code other than 0 for a file that cannot be taken."""

    kind = ""
    words = ""

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--apply", action="store_true", help="write it; without it nothing but the preview is kept")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *, file: Path, apply: bool, **options):
        bar = _Bar(self.stderr)
        try:
            done = commands.run(
                path=file, kind=self.kind, answers=_answers(options.get("map")), write=apply, now=clock.now(),
                progress=bar.show, stage_done=bar.total,
            )  # fmt: skip
        except DomainError as error:
            bar.end()
            raise CommandError(error.message) from error
        bar.end()
        for question in done.upload.questions:
            words = _("没有读的列：“%(header)s”（%(sheets)s），%(filled)d 行有值")
            self.stderr.write(words % {"header": question["header"], "sheets": "、".join(question["sheets"][:3]), "filled": question["filled"]})
        if options["json"]:
            self.stdout.write(json.dumps(done.as_json(), ensure_ascii=False))
            return
        self._say(done, apply)

    def _say(self, done: commands.Outcome, applied: bool) -> None:
        counts = done.counts
        words = _("%(rows)d 行：新增 %(created)d，更新 %(updated)d，一样 %(unchanged)d，不收 %(rejected)d")
        self.stdout.write(words % counts)
        for row in done.rejected[:50]:
            self.stdout.write(f"  {row['sheet']} 第 {row['row']} 行  {row['reason']}")
        if counts.get("conflicts"):
            self.stdout.write(_("要人定的冲突 %(conflicts)d 处") % counts)
        self.stdout.write(_("写入了") if applied else _("只看了预览，没有写入；要写入请加 --apply"))
        self.stdout.write(_("用时 %(seconds).1f 秒，内存最多 %(peak).0f MB") % {"seconds": done.seconds, "peak": done.peak_mb})


def _answers(pairs: list[str] | None) -> dict[str, str]:
    answers = {}
    for pair in pairs or []:
        header, sign, field = pair.rpartition("=")
        if not sign or not header.strip():
            raise DomainError(_("--map 要写成 '表头=项目'，例如 --map '挂靠何处=enterprise'"))
        answers[header.strip()] = field.strip()
    return answers


class _Bar:
    """A bar on a terminal, nothing at all in a log."""

    def __init__(self, out):
        self.out, self.rows, self.drawn = out, 0, False

    def total(self, rows: int) -> None:
        self.end()
        self.rows = rows

    def show(self, done: int) -> None:
        if not self.out.isatty():
            return
        filled = WIDTH * done // self.rows if self.rows else 0
        words = f"{done:,} / {self.rows:,} 行" if self.rows else f"读到 {done:,} 行"
        bar = "█" * filled + "·" * (WIDTH - filled) if self.rows else ""
        self.out.write(f"\r{bar} {words}", ending="")
        self.out.flush()
        self.drawn = True

    def end(self) -> None:
        if self.drawn:
            self.out.write("")
            self.drawn = False
