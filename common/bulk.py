"""Thousands of rows in one statement: COPY and unnest on PostgreSQL, executemany on SQLite.

Rows come as tuples of Python values in the order of `fields` (attnames such as `place_id`); sealed fields are sealed
here. Defaults of models, signals and save() play no part: every column without a database default must be named.
Called inside the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from django.db import connection, models

from common.encryption import seal
from common.fields import EncryptedTextField

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Ids for `count` rows to be inserted with `insert`, so that rows of other tables can already name them."""
    table, pk = model._meta.db_table, model._meta.pk.column
    if count <= 0:
        return []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [table, pk, count])
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])  # the write lock is ours: IMMEDIATE
        found = cursor.fetchone()
        first = (found[0] if found else 0) + 1
    return list(range(first, first + count))


def insert(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert the rows; returns how many. Any broken constraint breaks the caller's transaction."""
    columns = [model._meta.get_field(name) for name in fields]
    names = ", ".join(f'"{column.column}"' for column in columns)
    ready = _Counted(_prepared(rows, columns, start=0))
    if ready.empty:
        return 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # psycopg2 reads the text itself, no statement is put together from values
            cursor.copy_expert(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN', _CopyText(iter(ready)))
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks})', iter(ready))  # nosec B608 - names come from our own models, values are parameters
    return ready.count


def update(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Update rows given as (pk, value of each field); returns how many were given."""
    columns = [model._meta.get_field(name) for name in fields]
    ready = list(_prepared(rows, columns, start=1))
    if not ready:
        return 0
    table, pk = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sets = ", ".join(f'"{column.column}" = v."{column.column}"' for column in columns)
            types = ["bigint[]", *(f"{column.db_type(connection)}[]" for column in columns)]
            values = ", ".join(f"%s::{kind}" for kind in types)
            names = ", ".join([f'"{pk}"', *(f'"{column.column}"' for column in columns)])
            sql = f'UPDATE "{table}" AS t SET {sets} FROM unnest({values}) AS v ({names}) WHERE t."{pk}" = v."{pk}"'  # nosec B608 - names come from our own models, values are parameters
            cursor.execute(sql, [list(column) for column in zip(*ready, strict=True)])
        else:
            sets = ", ".join(f'"{column.column}" = %s' for column in columns)
            sql = f'UPDATE "{table}" SET {sets} WHERE "{pk}" = %s'  # nosec B608 - names come from our own models, values are parameters
            cursor.executemany(sql, [(*row[1:], row[0]) for row in ready])
    return len(ready)


def fresh_statistics(*tables: type[models.Model]) -> None:
    """Tell the planner how large these tables have become, after thousands of rows went in.

    PostgreSQL does so by itself up to a minute after the commit; until then it may take a table for empty and walk it
    whole for each row of another. Sees the rows of the caller's transaction; a table that somebody else is at with a
    statement of this kind is left alone, so that two imports never wait for each other here. Nothing to do on SQLite."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE (SKIP_LOCKED) " + ", ".join(f'"{model._meta.db_table}"' for model in tables))


def _prepared(rows: Iterable[Sequence[Any]], columns: Sequence[models.Field], *, start: int) -> Iterator[Sequence[Any]]:
    """The rows as the database takes them; `start` columns of each are left alone."""
    wanted = [(at, prepare) for at, column in enumerate(columns, start) if (prepare := _preparer(column)) is not None]
    width = len(columns) + start
    for row in rows:
        if len(row) != width:
            raise ValueError(f"{len(row)} values for {width} columns")
        if wanted:
            row = list(row)
            for at, prepare in wanted:
                if row[at] is not None:
                    row[at] = prepare(row[at])
        yield row


def _preparer(column: models.Field) -> Callable[[Any], Any] | None:
    """How a value of this column goes to the database; None where it goes as it is."""
    if isinstance(column, EncryptedTextField):
        aad = column.aad
        return lambda value: seal(value, aad) if value else value
    if isinstance(column, models.JSONField):
        return lambda value: json.dumps(value, ensure_ascii=False)
    if connection.vendor == "postgresql":
        return str if isinstance(column, models.UUIDField | models.DateTimeField) else None
    if isinstance(column, models.UUIDField):
        return lambda value: value.hex
    if isinstance(column, models.DateTimeField):
        return lru_cache(maxsize=64)(lambda value: column.get_db_prep_save(value, connection))
    return None


class _Counted:
    """An iterator that knows beforehand whether it is empty, and afterwards how many there were."""

    def __init__(self, rows: Iterator[Sequence[Any]]):
        self._first, self._rows, self.count = next(rows, None), rows, 0

    @property
    def empty(self) -> bool:
        return self._first is None

    def __iter__(self) -> Iterator[Sequence[Any]]:
        for row in chain([self._first] if self._first is not None else [], self._rows):
            self.count += 1
            yield row


class _CopyText:
    """The rows in COPY's text form, made a few hundred at a time while the driver reads them."""

    def __init__(self, rows: Iterator[Sequence[Any]]):
        self._rows, self._held, self._more = rows, "", True

    def read(self, size: int = -1) -> str:
        parts = [self._held]
        length = len(self._held)
        while self._more and (size < 0 or length < size):
            piece = "".join([_line(row) for row in islice(self._rows, 200)])
            self._more = bool(piece)
            parts.append(piece)
            length += len(piece)
        text = "".join(parts)
        if size < 0:
            self._held = ""
            return text
        self._held = text[size:]
        return text[:size]


def _line(row: Sequence[Any]) -> str:
    return "\t".join([_text(value) for value in row]) + "\n"


def _text(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES) if "\\" in value or "\t" in value or "\n" in value or "\r" in value else value
    if value is True:
        return "t"
    if value is False:
        return "f"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)
