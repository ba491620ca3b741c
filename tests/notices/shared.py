"""A database that several processes share, and the processes that send from it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = "state, tries, doubts, out_id, error, settled_at"


class Shared:
    """The rows of this test, where other processes can reach them.

    On SQLite the test's own database lies in memory: it is copied to a file. On PostgreSQL it is the
    test database itself, which the test must have committed to (`transaction=True`)."""

    def __init__(self, folder: Path, server):
        self.server = server
        self.file = folder / "shared.sqlite3"
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(self.file)])
            with sqlite3.connect(self.file) as raw:
                raw.execute("PRAGMA journal_mode=WAL")
            self.url = f"sqlite:///{self.file}"
        else:
            told = connection.settings_dict
            self.url = f"postgres://{told['USER']}:{told['PASSWORD']}@{told['HOST']}:{told['PORT']}/{told['NAME']}"

    def start(self, *arguments: str, failpoints: str = "") -> subprocess.Popen:
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "hongyun.settings",
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": self.url,
            "REDIS_URL": "",
            "HONGYUN_DATA_DIR": str(self.file.parent / "data"),
            "FIELD_KEYS": settings.FIELD_KEYS,
            "INDEX_KEY": settings.INDEX_KEY,
            "SMS_URL": self.server.url,
            "SMS_STATUS_URL": settings.SMS_STATUS_URL,
            "SMS_SECRET": self.server.secret,
            "SMS_ALLOWED_HOSTS": "127.0.0.1",
            "SMS_PER_SECOND": "0",
            "HONGYUN_FAILPOINTS_ON": "1",
            "HONGYUN_FAILPOINTS": failpoints,
            "LOG_LEVEL": "ERROR",
        }
        program = str(ROOT / "tests" / "notices" / "one_sender.py")
        return subprocess.Popen(
            [sys.executable, program, *arguments], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, *arguments: str, failpoints: str = "") -> int:
        """One worker, to its end. Returns its exit code."""
        worker = self.start(*arguments, failpoints=failpoints)
        _out, err = worker.communicate(timeout=60)
        assert worker.returncode in (0, -9), err
        return worker.returncode

    def together(self, count: int, *arguments: str) -> int:
        """Several workers that begin at the same moment. Returns how many rows they moved in all."""
        at = str(time.time() + 1.5 + 0.8 * count)
        workers = [self.start("--at", at, *arguments) for _ in range(count)]
        moved = 0
        for worker in workers:
            out, err = worker.communicate(timeout=90)
            assert worker.returncode == 0, err
            moved += int(out)
        return moved

    def rows(self) -> list[dict]:
        """What stands in the table now."""
        statement = f"SELECT {COLUMNS} FROM notices_notice ORDER BY id"
        if connection.vendor == "sqlite":
            with sqlite3.connect(self.file) as raw:
                found = raw.execute(statement).fetchall()
        else:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                found = cursor.fetchall()
        names = [name.strip() for name in COLUMNS.split(",")]
        return [dict(zip(names, row, strict=True)) for row in found]

    def states(self) -> list[str]:
        return [row["state"] for row in self.rows()]
