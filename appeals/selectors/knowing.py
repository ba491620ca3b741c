"""Whether one appeal is among those a viewer may know of: the scope's own SQL, compiled once for viewers alike.

Routing asks this for everybody who would be told. To put the condition together costs ten times what asking
it costs; what it says is `scope.appeals_for` and nothing else.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from django.core.exceptions import EmptyResultSet
from django.db import connection

from accounts.rules.viewer import Viewer
from appeals.selectors.scope import appeals_for

_APPEAL, _PERSON = -1, -2  # stand for the two ids that change from one question to the next; real ids are positive


def opens(viewer: Viewer, appeal_id: int) -> bool:
    """As `appeals_for(viewer).filter(pk=appeal_id).exists()`."""
    if viewer.person_id is None:
        return appeals_for(viewer).filter(pk=appeal_id).exists()
    sql, values = _compiled(replace(viewer, person_id=_PERSON, name=""), connection.vendor)
    if not sql:
        return False
    meant = {_APPEAL: appeal_id, _PERSON: viewer.person_id}
    with connection.cursor() as cursor:
        cursor.execute(sql, [meant.get(value, value) for value in values])
        return cursor.fetchone() is not None


@lru_cache(maxsize=512)
def _compiled(viewer: Viewer, vendor: str) -> tuple[str, tuple]:
    try:
        return appeals_for(viewer).filter(pk=_APPEAL).order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "", ()
