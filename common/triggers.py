"""Database triggers: promises that hold against raw SQL too, on PostgreSQL and on SQLite.

A `Trigger` refuses an operation on a table while `when` (SQL over OLD/NEW) is true.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connections
from django.db.migrations import RunPython


@dataclass(frozen=True)
class Trigger:
    """Refuse `operation` (UPDATE, DELETE, INSERT) on `table` when `when` holds, with `message`.

    `only`: the database it is for, where another one keeps the promise by other means."""

    name: str
    table: str
    operation: str
    message: str
    when: str = "1=1"
    only: str = ""

    def create_sql(self, vendor: str) -> list[str]:
        if self.only not in ("", vendor):
            return []
        if vendor == "sqlite":
            return [
                f'CREATE TRIGGER "{self.name}" BEFORE {self.operation} ON "{self.table}" FOR EACH ROW '
                f"WHEN {self.when} BEGIN SELECT RAISE(ABORT, '{self.message}'); END"
            ]
        function = f"{self.name}_f"
        back = "OLD" if self.operation == "DELETE" else "NEW"
        return [
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger AS $$ BEGIN "
            f"IF {self.when} THEN RAISE EXCEPTION '{self.message}' USING ERRCODE = 'integrity_constraint_violation'; "
            f"END IF; RETURN {back}; END $$ LANGUAGE plpgsql",
            f'CREATE TRIGGER "{self.name}" BEFORE {self.operation} ON "{self.table}" '
            f"FOR EACH ROW EXECUTE FUNCTION {function}()",
        ]

    def drop_sql(self, vendor: str) -> list[str]:
        if self.only not in ("", vendor):
            return []
        if vendor == "sqlite":
            return [f'DROP TRIGGER IF EXISTS "{self.name}"']
        return [f'DROP TRIGGER IF EXISTS "{self.name}" ON "{self.table}"', f"DROP FUNCTION IF EXISTS {self.name}_f()"]


_installed: list[Trigger] = []


def run_triggers(triggers: list[Trigger]) -> RunPython:
    """The migration operation that creates them, and drops them on the way back."""
    _installed.extend(trigger for trigger in triggers if trigger not in _installed)

    def forward(apps, schema_editor):
        for trigger in triggers:
            for sql in trigger.create_sql(schema_editor.connection.vendor):
                schema_editor.execute(sql)

    def backward(apps, schema_editor):
        for trigger in triggers:
            for sql in trigger.drop_sql(schema_editor.connection.vendor):
                schema_editor.execute(sql)

    return RunPython(forward, backward)


def switch_all(on: bool, using: str = "default") -> None:
    """Tests that empty whole tables take the triggers off and put them back."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for trigger in _installed:
            for sql in trigger.drop_sql(connection.vendor):
                cursor.execute(sql)
            if on:
                for sql in trigger.create_sql(connection.vendor):
                    cursor.execute(sql)
