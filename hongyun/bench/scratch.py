"""A scratch installation for the bench: its own folder, its own database, gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection


@contextmanager
def scratch_environment() -> Iterator[dict[str, str]]:
    """Environment variables of a fresh installation of the same kind (SQLite, or PostgreSQL + Redis)."""
    folder = tempfile.mkdtemp(prefix="hongyun-bench-")
    environment = os.environ | {
        "HONGYUN_DATA_DIR": folder,
        "HONGYUN_TESTING": "1",
        "TRUSTED_PROXIES": "127.0.0.1",
        "REDIS_PREFIX": f"bench-{os.getpid()}:",
        "DJANGO_SETTINGS_MODULE": "hongyun.settings",
    }
    name = ""
    if connection.vendor == "postgresql":
        name = f"hongyun_bench_{os.getpid()}"
        _server(f'CREATE DATABASE "{name}"')
        parts = urlsplit(os.environ["DATABASE_URL"])
        environment["DATABASE_URL"] = urlunsplit(parts._replace(path=f"/{name}"))
    try:
        yield environment
    finally:
        if name:
            connection.close()
            _server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        shutil.rmtree(folder, ignore_errors=True)


def _server(sql: str) -> None:
    """One statement outside any transaction, on the server's maintenance database."""
    import psycopg2

    config = settings.DATABASES["default"]
    handle = psycopg2.connect(
        dbname="postgres", user=config["USER"], password=config["PASSWORD"], host=config["HOST"], port=config["PORT"] or None
    )
    handle.autocommit = True
    with handle.cursor() as cursor:
        cursor.execute(sql)
    handle.close()


def run_inside(environment: dict[str, str], names: list[str], quick: bool) -> int:
    """Run the figures in the scratch installation; their lines go to our own output."""
    manage = str(settings.BASE_DIR / "manage.py")
    command = [sys.executable, manage, "bench", "--inside", *names, *(["--quick"] if quick else [])]
    for step in ([sys.executable, manage, "migrate", "-v0"], [sys.executable, manage, "createcachetable", "-v0"]):
        subprocess.run(step, env=environment, check=True)  # noqa: S603
    return subprocess.run(command, env=environment).returncode  # noqa: S603
