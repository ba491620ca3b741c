"""Who agreed to what, read at the moment of use."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from accounts.models import Consent
from accounts.rules.viewer import Viewer


def consents_of(viewer: Viewer) -> QuerySet[Consent]:
    """The viewer's own consents, newest first."""
    if viewer.person_id is None:
        return Consent.objects.none()
    return Consent.objects.filter(person_id=viewer.person_id).order_by("-given_at", "-id")


def agreed(viewer: Viewer, person_ids: Collection[int], purpose: str) -> set[int]:
    """Those of `person_ids` whose consent to `purpose` stands now; nobody for who is neither staff nor one of them."""
    rows = Consent.objects.filter(person_id__in=person_ids, purpose=purpose, withdrawn_at=None)
    if not viewer.is_staff:
        rows = rows.filter(person_id=viewer.person_id or 0)
    return set(rows.values_list("person_id", flat=True))
