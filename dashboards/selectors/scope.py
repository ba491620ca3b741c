"""Which appeals a viewer's figures are made of. What lies in his closures is cut out in SQL, before counting."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.rules.viewer import Viewer
from appeals.models import Accused, Appeal, Recusal
from appeals.selectors.scope import appeals_for, not_conflicted
from dashboards.rules.sight import OWN_UNIT, Sight, sight_of


def scope(viewer: Viewer) -> QuerySet[Appeal]:
    """Appeals counted for this viewer: of the whole bureau, or of the units he works for."""
    sight = sight_of(viewer)
    if sight is None:
        return Appeal.objects.none()
    if sight == Sight.OWN:
        # Other roles that open single cases (call-back) do not widen what is counted.
        return appeals_for(viewer.only(OWN_UNIT))
    return not_conflicted(viewer, Appeal.objects.all())


def barred_from(viewer: Viewer) -> list[int]:
    """Appeals that exist but not for this viewer: against his closures, or that he stepped back from.

    Only ever used to take them out of sums in which they are contained. One query, whatever it finds.
    """
    accused = Accused.objects.filter(removed_at=None, unit_id__in=sorted(viewer.barred) or [0])
    recused = Recusal.objects.filter(person_id=viewer.person_id or 0)
    return list(accused.order_by().values_list("appeal_id", flat=True).union(recused.order_by().values_list("appeal_id", flat=True)))
