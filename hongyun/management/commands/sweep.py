"""sweep [--now ISO]: every sweep once, as beat would."""

from datetime import datetime

from django.core.management.base import BaseCommand, CommandError

from accounts.services import audit
from common import clock
from hongyun import sweeping


class Command(BaseCommand):
    help = "Run every sweep once: routing, reminders, escalations, notices."

    def add_arguments(self, parser):
        parser.add_argument("--now", help="a moment as ISO 8601; without a zone it is Shanghai's")

    def handle(self, *args, now=None, **options):
        moment = clock.now()
        if now:
            try:
                moment = datetime.fromisoformat(now)
            except ValueError as error:
                raise CommandError(f"--now: {now} is no ISO 8601 moment, e.g. 2026-11-24T09:00") from error
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=clock.SHANGHAI)
        done = sweeping.run(now=moment)
        audit.write(act="command.sweep", actor_word="operator", now=clock.now(), new={"at": moment.isoformat()} | done)
        for name, count in done.items():
            self.stdout.write(f"{name}: {count}")
