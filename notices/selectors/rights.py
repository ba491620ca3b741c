"""Which messages a viewer may still know of, asked before any list of them is cut to a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.rules.viewer import Viewer
from notices import registry
from notices.models import Notice

_NONE = frozenset({"0"})  # no row has this key: the question is asked all the same


def allowed_about(viewer: Viewer, about: Mapping[str, set[str]], *, now: datetime) -> dict[str, set[str]]:
    """Of the rows `about` (kind -> keys), those that the viewer may receive messages of now.

    Staff are asked about every kind that answers for many at once, named or not: whoever has hidden rows must
    not be told by the number of questions."""
    found = {}
    for kind in registry.kinds():
        keys = about.get(kind.name) or set()
        if not keys and not (viewer.is_staff and kind.may_receive_many):
            continue
        found[kind.name] = registry.may_receive(kind.name, viewer.person_id, keys or _NONE, now=now) & keys
    return found


def allowed_among(viewer: Viewer, rows: QuerySet[Notice], *, now: datetime) -> QuerySet[Notice]:
    """Those of `rows` that the viewer may still know of, and that have words."""
    about: dict[str, set[str]] = defaultdict(set)
    for kind, pk in rows.order_by().values_list("about_kind", "about_pk").distinct():
        about[kind].add(pk)
    known = Q(pk__in=[])
    for kind, pks in allowed_about(viewer, about, now=now).items():
        if pks:
            known |= Q(about_kind=kind, about_pk__in=sorted(pks))
    return rows.filter(known, template__in=[one.name for one in registry.templates()])
