"""Thousands of rows in one statement: COPY and unnest on PostgreSQL, executemany on SQLite.

Rows come as tuples of Python values in the order of `fields` (attnames such as `place_id`); sealed fields are sealed
here. Defaults of models, signals and save() play no part: every column without a database default must be named.
Called inside the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
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
    prepare = _preparers(columns)
    names = ", ".join(f'"{column.column}"' for column in columns)
    ready = [_prepared(row, prepare) for row in rows]
    if not ready:
        return 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # psycopg2 reads the text itself, no statement is put together from values
            cursor.copy_expert(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN', _CopyText(ready))
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks})', ready)  # noqa: S608
    return len(ready)


def update(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Update rows given as (pk, value of each field); returns how many were given."""
    columns = [model._meta.get_field(name) for name in fields]
    prepare = [None, *_preparers(columns)]
    ready = [_prepared(row, prepare) for row in rows]
    if not ready:
        return 0
    table, pk = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sets = ", ".join(f'"{column.column}" = v."{column.column}"' for column in columns)
            types = ["bigint[]", *(f"{column.db_type(connection)}[]" for column in columns)]
            values = ", ".join(f"%s::{kind}" for kind in types)
            names = ", ".join([f'"{pk}"', *(f'"{column.column}"' for column in columns)])
            sql = f'UPDATE "{table}" AS t SET {sets} FROM unnest({values}) AS v ({names}) WHERE t."{pk}" = v."{pk}"'  # noqa: S608
            cursor.execute(sql, [list(column) for column in zip(*ready, strict=True)])
        else:
            sets = ", ".join(f'"{column.column}" = %s' for column in columns)
            sql = f'UPDATE "{table}" SET {sets} WHERE "{pk}" = %s'  # noqa: S608
            cursor.executemany(sql, [(*row[1:], row[0]) for row in ready])
    return len(ready)


def _preparers(columns: Sequence[models.Field]) -> list[Callable[[Any], Any] | None]:
    return [_preparer(column) for column in columns]


def _preparer(column: models.Field) -> Callable[[Any], Any] | None:
    """How a value of this column goes to the database; None where it goes as it is."""
    if isinstance(column, EncryptedTextField):
        aad = column.aad
        return lambda value: seal(value, aad) if value else value
    if isinstance(column, models.JSONField):
        return lambda value: json.dumps(value, ensure_ascii=False)
    if isinstance(column, models.UUIDField | models.DateTimeField):
        if connection.vendor == "postgresql":
            return lambda value: None if value is None else str(value)
        return lambda value: column.get_db_prep_save(value, connection)
    return None


def _prepared(row: Sequence[Any], prepare: Sequence[Callable[[Any], Any] | None]) -> tuple[Any, ...]:
    return tuple(
        value if ready is None or value is None else ready(value) for value, ready in zip(row, prepare, strict=True)
    )


class _CopyText:
    """The rows in COPY's text form, made a few hundred at a time while the driver reads them."""

    def __init__(self, rows: list[tuple[Any, ...]]):
        self._rows, self._at, self._held = rows, 0, ""

    def read(self, size: int = -1) -> str:
        parts = [self._held]
        length = len(self._held)
        while self._at < len(self._rows) and (size < 0 or length < size):
            piece = "".join(_line(row) for row in self._rows[self._at : self._at + 200])
            self._at += 200
            parts.append(piece)
            length += len(piece)
        text = "".join(parts)
        if size < 0:
            self._held = ""
            return text
        self._held = text[size:]
        return text[:size]


def _line(row: tuple[Any, ...]) -> str:
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
