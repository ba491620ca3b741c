"""Counts of several tables in one statement."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import CharField, F, Func, IntegerField, QuerySet, Subquery, Value

MOST_COUNTED = 100_000
BETWEEN = "|"  # of words_of


def up_to(rows: QuerySet) -> int:
    """How many, up to one more than MOST_COUNTED: a page never counts a million rows."""
    return rows.order_by().values("pk")[: MOST_COUNTED + 1].count()


def count_of(rows: QuerySet) -> Subquery:
    """COUNT as a scalar to annotate another query with: no GROUP BY, so there is a number also for no rows."""
    counted = rows.order_by().annotate(how_many=Func(F("pk"), function="COUNT")).values("how_many")
    return Subquery(counted, output_field=IntegerField())


class _Joined(Func):
    function, output_field = "STRING_AGG", CharField()

    def as_sqlite(self, compiler, connection, **more):
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **more)


def words_of(rows: QuerySet, word) -> Subquery:
    """The text `word` of each row in one value, BETWEEN between them, in no order; None for no rows."""
    joined = rows.order_by().annotate(joined=_Joined(word, Value(BETWEEN))).values("joined")
    return Subquery(joined, output_field=CharField())


def counts_beside(one_row: QuerySet, rows: Mapping[str, QuerySet]) -> dict[str, int]:
    """name -> how many, from one statement that hangs on `one_row` (any query that gives a single row)."""
    names = {f"n{number}": name for number, name in enumerate(rows)}
    found = one_row.annotate(**{key: count_of(rows[name]) for key, name in names.items()}).values(*names).first()
    return {name: (found or {}).get(key) or 0 for key, name in names.items()}


