"""One's own sessions."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from accounts.models import SignedIn
from accounts.rules.viewer import Viewer


def sessions_for(viewer: Viewer, *, now: datetime) -> QuerySet[SignedIn]:
    """Where this viewer is signed in at `now`, newest first."""
    if viewer.person_id is None:
        return SignedIn.objects.none()
    alive = Session.objects.filter(expire_date__gt=now).values("session_key")
    return SignedIn.objects.filter(person_id=viewer.person_id, session_key__in=alive)
