"""Whether one appeal is among those a viewer may know of: the scope's own SQL, compiled once for viewers alike.

Routing asks this for everybody who would be told. To put the condition together costs ten times what asking
it costs; what it says is `scope.appeals_for` and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from django.core.exceptions import EmptyResultSet
from django.db import connection

from accounts.rules.viewer import Viewer
from appeals.selectors.scope import appeals_for

_APPEAL, _PERSON = -1, -2  # stand for the two ids that change from one question to the next; real ids are positive


def opens(viewer: Viewer, appeal_id: int) -> bool:
    """As `appeals_for(viewer).filter(pk=appeal_id).exists()`."""
    return bool(open_to({0: viewer}, appeal_id))


def open_to(viewers: Mapping[int, Viewer], appeal_id: int) -> set[int]:
    """Under which keys stand viewers to whom the appeal opens: one question to the database for all of them."""
    asked, parts, values = [], [], []
    for key, viewer in viewers.items():
        sql, given = _question(viewer, appeal_id)
        if sql:
            asked.append(key)
            parts.append(f"EXISTS({sql})")
            values.extend(given)
    if not parts:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)  # nosec B608 - the scope as Django compiled it; values stay apart
        return {key for key, holds in zip(asked, cursor.fetchone(), strict=True) if holds}


def _question(viewer: Viewer, appeal_id: int) -> tuple[str, list]:
    """The scope's SQL and its values for this appeal and this person; "" where nothing can open to him."""
    if viewer.person_id is None:  # who nobody is is told apart by what he holds, so nothing is kept of it
        sql, values = _sql(viewer)
    else:
        sql, values = _compiled(replace(viewer, person_id=_PERSON, name=""), connection.vendor)
    meant = {_APPEAL: appeal_id, _PERSON: viewer.person_id}
    return sql, [meant.get(value, value) for value in values]


@lru_cache(maxsize=512)
def _compiled(viewer: Viewer, vendor: str) -> tuple[str, tuple]:
    return _sql(viewer)


def _sql(viewer: Viewer) -> tuple[str, tuple]:
    try:
        return appeals_for(viewer).filter(pk=_APPEAL).order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "", ()
