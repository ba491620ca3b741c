"""`manage.py rotate_keys`: everything sealed moves to the first key of FIELD_KEYS."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.services import audit
from common import clock
from common.encryption import new_key, ring
from common.rotation import rotate_everything


class Command(BaseCommand):
    help = "把所有加密的字段和照片原件换到 FIELD_KEYS 里的第一把钥匙；全部换完以后才可以去掉旧钥匙。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--new-key", action="store_true", help="只生成一把新钥匙并打印，不换任何东西")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new_key"]:
            self.stdout.write(new_key())
            return
        broken = moved = 0
        for outcome in rotate_everything(settings.DATA_DIR):
            self.stdout.write(f"{outcome.place}：换了 {outcome.moved} 条，打不开 {outcome.broken} 条")
            broken += outcome.broken
            moved += outcome.moved
        audit.write(act="command.rotate_keys", actor_word="operator", now=clock.now(), new={"moved": moved, "broken": broken})
        if broken:
            raise CommandError(f"有 {broken} 条打不开，旧钥匙先不要去掉")
        self.stdout.write(f"全部在钥匙 {ring().current} 之下，旧钥匙可以去掉了")
