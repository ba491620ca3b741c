"""Who may know of which appeal. Every list, count, search, file and notice starts here.

The accused never know (信访工作条例 Arts 30, 46): rows whose accused unit lies in the viewer's closures
are cut out in SQL, before anything is loaded, so that hidden and missing look the same.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.rules.roles import HANDLING, Role
from accounts.rules.viewer import Viewer
from appeals.models import Accused, Appeal, Leg, Recusal, Request
from appeals.rules.life import FiledBy, State

EVERY_APPEAL = (Role.DESK, Role.DUTY, Role.SUPERVISOR, Role.DISCIPLINE)


def not_conflicted(viewer: Viewer, rows: QuerySet[Appeal]) -> QuerySet[Appeal]:
    """`rows` without those against any of the viewer's closures, that he stepped back from, or that are his own:
    nobody is staff in his own matter."""
    return rows.filter(
        ~Exists(Accused.objects.filter(appeal=OuterRef("pk"), removed_at=None, unit_id__in=_list(viewer.barred))),
        ~Exists(Recusal.objects.filter(appeal=OuterRef("pk"), person_id=viewer.person_id or 0)),
        ~Q(person_id=viewer.person_id or 0),
    )


def _list(ids) -> list[int]:
    return sorted(ids) or [0]  # an empty IN would change the shape of the query


def appeals_for(viewer: Viewer) -> QuerySet[Appeal]:
    """Appeals that this viewer may know of as staff. The accused never know."""
    if not viewer.is_staff:
        return Appeal.objects.none()
    scope = Q()
    if not viewer.has_role(*EVERY_APPEAL):
        units = viewer.units(*HANDLING)
        scope = Q(Exists(Leg.objects.filter(appeal=OuterRef("pk"), unit_id__in=_list(units)).exclude(how="handed_back")))
        if viewer.has_role(Role.CALL_BACK):
            own = _list(viewer.units())
            scope |= Q(state__in=[State.ANSWERED, State.CLOSED, State.WITHDRAWN]) & ~Q(lead_unit_id__in=own)
        if not units and not viewer.has_role(Role.CALL_BACK):
            return Appeal.objects.none()
    return not_conflicted(viewer, Appeal.objects.filter(scope))


def own_appeals(viewer: Viewer) -> QuerySet[Appeal]:
    """The driver's own: filed with his proved phone, or opened in this session by number and code."""
    if viewer.person_id is None and not viewer.granted:
        return Appeal.objects.none()
    mine = Q(pk__in=_list(viewer.granted))
    if viewer.person_id is not None:
        since = Q()
        if viewer.hidden_before:  # what his contact wrote for him came from the other side: it proves no holder of the phone
            since = Q(received_at__gte=viewer.hidden_before) & ~Q(channel=FiledBy.CONTACT)
        mine |= Q(person_id=viewer.person_id) & since
    return Appeal.objects.filter(mine)


def knows(viewer: Viewer, *, among: Collection[int | str] | None = None) -> QuerySet[Appeal]:
    """Either way: what a door for both may open. `among`: these alone are asked for, before anything is joined."""
    own, staff, rows = own_appeals(viewer), appeals_for(viewer), Appeal.objects.all()
    if among is not None:  # said of the rows themselves, too: else all of them are read to be held against two lists
        own, staff, rows = (each.filter(pk__in=among) for each in (own, staff, rows))
    if not viewer.is_staff:
        return own
    return rows.filter(Q(pk__in=own.values("pk")) | Q(pk__in=staff.values("pk")))


def may_hear_of(viewer: Viewer, pks: Collection[int | str]) -> set[int]:
    """Of `pks`, those that a message in closed words may tell this viewer of; one query, a leader's two.

    A leader hears of lateness in numbers, though he reads no text; never when he is conflicted."""
    found = set(knows(viewer, among=pks).order_by().values_list("pk", flat=True))
    if viewer.has_role(Role.LEADER):
        found.update(not_conflicted(viewer, Appeal.objects.filter(pk__in=pks)).values_list("pk", flat=True))
    return found


def may_hear_result(viewer: Viewer, pks: Collection[int | str]) -> set[int]:
    """Of requests `pks`, those this viewer asked for himself: the result is his, also after the appeal left his unit
    or he left it; never when he is conflicted or no longer staff."""
    if not viewer.is_staff:
        return set()
    known = not_conflicted(viewer, Appeal.objects.all()).order_by().values("pk")
    rows = Request.objects.filter(pk__in=pks, asked_by_id=viewer.person_id, appeal__in=known)
    return set(rows.values_list("pk", flat=True))
