"""manage.py outbox status | hold --restored-to … | release N | drop N."""

from __future__ import annotations

from datetime import datetime

from django.core.management.base import BaseCommand, CommandError

from common import clock
from common.errors import NotThere
from notices.models import Hold
from notices.selectors.health import outbox_depth
from notices.services import holds


class Command(BaseCommand):
    help = "What waits, what is held and why; let it out or throw it away."

    def add_arguments(self, parser):
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("status", help="counts and holds")
        hold = acts.add_parser("hold", help="after a backup was put back: keep its old messages in")
        hold.add_argument("--restored-to", required=True, help="the moment of the backup, e.g. 2026-11-23T03:00+08:00")
        for act, words in (("release", "let what is held leave"), ("drop", "cancel what is held")):
            acts.add_parser(act, help=words).add_argument("hold", type=int)

    def handle(self, *args, act: str, **options):
        now = clock.now()
        if act == "hold":
            holds.after_restore(restored_to=_moment(options["restored_to"]), now=now)
        elif act in ("release", "drop"):
            try:
                moved = holds.end(pk=options["hold"], drop=act == "drop", by=None, now=now)
            except NotThere:
                raise CommandError(f"hold {options['hold']} does not stand") from None
            self.stdout.write(f"{act}: {moved} messages")
        for name, value in outbox_depth(now=now).items():
            self.stdout.write(f"{name} {value}")
        for one in Hold.objects.filter(ended_at=None).order_by("pk"):
            self.stdout.write(f"hold {one.pk} {one.why}: {one.messages} messages, since {clock.local(one.made_at):%Y-%m-%d %H:%M}")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError("a moment looks like 2026-11-23T03:00+08:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.SHANGHAI)
