"""load_demo: a believable district, once. A second call changes nothing."""

from __future__ import annotations

import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from appeals.models import Appeal
from appeals.services import receipts
from common import clock
from hongyun.demo import names
from hongyun.demo.load import load

SHOWN = "K03"  # an open appeal of a driver without an account, to try 查进度 with


class Command(BaseCommand):
    help = "Load the demo district: people, and half a year of appeals."

    def add_arguments(self, parser):
        parser.add_argument("--scale", type=int, default=1, help="so many times the drivers and appeals (the figures stay)")

        parser.add_argument("--no-register", action="store_true", help="leave the register of 22,700 drivers out")

    def handle(self, scale=1, no_register=False, **options):
        if not settings.DEMO:
            raise CommandError("load_demo is for the embedded demo; production starts empty")
        if scale < 1:
            raise CommandError("--scale is 1 or more")
        began = time.monotonic()
        found = load(now=clock.now(), scale=scale, with_register=not no_register)
        if found is None:
            self.stdout.write("· 演示数据已经在了，没有改动")
            return
        self.stdout.write(
            f"· 演示数据：建议 {found.suggestions} 条 · 路上的问题 {found.road} 个 · 法律援助 {found.aid_persons} 人次 · "
            f"纠纷 {found.disputes} 件次（{time.monotonic() - began:.0f} 秒）"
        )
        receipt = receipts.receipt_of(Appeal.objects.get(key=names.key("appeal", SHOWN)))
        self.stdout.write(f"  查进度可以试：编号 {receipt.grouped} · 查询码 {receipt.code}")
