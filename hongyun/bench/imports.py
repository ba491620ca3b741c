"""Figures of the imports, beside a yardstick: the same rows read and upserted into a bare table, without any check."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import python_calamine
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from accounts.models import Person
from accounts.rules.roles import Role
from common import bulk, clock
from hongyun.bench.register import posted
from hongyun.bench.web import Figure, line
from hongyun.bench.world import signed_in_cookie
from members.models import Upload
from members.services import commands

DATA = settings.BASE_DIR / "members" / "data"


def census(quick: bool) -> Iterator[Figure]:
    """22,720 rows staged, checked, previewed and applied; the same file again; the first page of the preview."""
    path = DATA / ("census-sample.xlsx" if quick else "census-22700.xlsx")
    yield from _figures("import", "import_census", path)
    yield from _preview(path)


def union(quick: bool) -> Iterator[Figure]:
    """The union's register in the same steps."""
    yield from _figures("union", "import_union", DATA / "union-23687.xlsx")


def _figures(name: str, command: str, path: Path) -> Iterator[Figure]:
    bare = [_bare(path), _bare(path)]
    said, cpu = _run(command, path)
    bare += [_bare(path), _bare(path)]
    again, _cpu = _run(command, path)
    bare += [_bare(path)]
    seconds, own = statistics.median(each[0] for each in bare), statistics.median(each[1] for each in bare)
    rows = said["rows"]
    yield line(f"{name}.seconds", said["seconds"], "s", rows)
    yield line(f"{name}.yardstick", seconds, "s", rows)
    yield line(f"{name}.ratio", said["seconds"] / seconds, "x", rows)
    yield line(f"{name}.cpu", cpu, "s", rows)
    yield line(f"{name}.yardstick_cpu", own, "s", rows)
    yield line(f"{name}.peak", said["peak_mb"], "MB", rows)
    yield line(f"{name}.again_ratio", again["seconds"] / seconds, "x", rows)
    yield line(f"{name}.again_written", Upload.objects.latest("pk").written, "rows", rows)
    yield line(f"{name}.queries", _queries(command, path), "queries", rows)


def _run(command: str, path: Path) -> tuple[dict[str, Any], float]:
    """In a process of its own, so that processor time and memory are the command's alone."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", command, str(path), "--apply", "--json"], cwd=settings.BASE_DIR, check=True, capture_output=True, text=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return json.loads(done.stdout), after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _queries(command: str, path: Path) -> int:
    """Statements of a first import, counted and taken back; COPY passes the wrapper by and is counted beside it."""
    counted = 0

    def wrapper(execute, sql, params, many, context):
        nonlocal counted
        counted += 1
        return execute(sql, params, many, context)

    insert = bulk.insert

    def inserting(model, fields, rows):
        nonlocal counted
        done = insert(model, fields, rows)
        counted += bool(done) and connection.vendor == "postgresql"
        return done

    bulk.insert = inserting
    try:
        with transaction.atomic():
            _empty()
            with connection.execute_wrapper(wrapper):
                commands.run(path=path, kind=command.removeprefix("import_"), answers={}, write=True, now=clock.now())
            transaction.set_rollback(True)
    finally:
        bulk.insert = insert
    return counted


def _empty() -> None:
    """Nobody in the register, within a transaction that is taken back."""
    from members.models import (
        Claim,
        Declaration,
        Driver,
        DriverVehicle,
        Enterprise,
        EnterpriseName,
        FieldChange,
        SearchKey,
        UnionMember,
        Vehicle,
    )

    for model in (SearchKey, DriverVehicle, FieldChange, Claim, Declaration, UnionMember, Driver, Vehicle, EnterpriseName, Enterprise):
        model.objects.all()._raw_delete(connection.alias)
    Person.objects.filter(login=None).update(id_index=None)


def _bare(path: Path) -> tuple[float, float]:
    """Seconds, and seconds of the processor, to read every sheet and upsert its rows as texts by sheet and row."""
    began, own = time.perf_counter(), time.process_time()
    columns = [f"c{at}" for at in range(20)]
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_bare (k text PRIMARY KEY, {', '.join(f'{name} text' for name in columns)})")
        rows = (
            [f"{name}!{at}", *(str(cell).replace("\t", " ").replace("\n", " ") for cell in (*row, *[""] * 20)[:20])]
            for name in book.sheet_names
            for at, row in enumerate(book.get_sheet_by_name(name).iter_rows())
        )
        sets = ", ".join(f"{name} = excluded.{name}" for name in columns)
        if connection.vendor == "postgresql":
            cursor.execute("CREATE TEMPORARY TABLE bench_in (LIKE bench_bare) ON COMMIT DROP")
            cursor.copy_expert("COPY bench_in FROM STDIN", bulk._CopyText(rows))
            cursor.execute(f"INSERT INTO bench_bare SELECT * FROM bench_in ON CONFLICT (k) DO UPDATE SET {sets}")  # noqa: S608
        else:
            marks = ", ".join(["%s"] * 21)
            cursor.executemany(f"INSERT INTO bench_bare VALUES ({marks}) ON CONFLICT (k) DO UPDATE SET {sets}", rows)  # noqa: S608
    took = time.perf_counter() - began, time.process_time() - own
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_bare")
    return took


def _preview(path: Path) -> Iterator[Figure]:
    person = posted("bench-registrar", "transport", Role.REGISTRAR)
    upload = Upload.objects.filter(kind=Upload.Kind.CENSUS).latest("pk")
    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies[settings.SESSION_COOKIE_NAME] = signed_in_cookie(person)
    took, size = [], 0
    for _ in range(12):
        began = time.perf_counter()
        answer = client.get(f"/admin/imports/{upload.key}/")
        took.append((time.perf_counter() - began) * 1000)
        size = len(answer.content)
        if answer.status_code != 200:
            raise RuntimeError(f"the preview answers {answer.status_code}")
    yield line("import.preview", statistics.median(took), "ms", upload.rows)
    yield line("import.preview_size", size / 1024, "KB", upload.rows)
