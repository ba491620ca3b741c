"""Sessions of people: remembered at sign-in, ended when rights end."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction

from accounts.models import Person, SignedIn
from accounts.rules.viewer import Viewer
from accounts.services import audit
from common.errors import NotThere


def remember(*, person: Person, session_key: str, device: str, staff: bool, now: datetime) -> None:
    """Note that this session is this person's, so that it can be listed and ended."""
    SignedIn.objects.update_or_create(
        session_key=session_key,
        defaults={"person": person, "device": device[:40], "staff": staff, "made_at": now},
    )


@transaction.atomic
def end_all(*, person: Person, except_key: str = "") -> int:
    """End the sessions of a person at once, but for the one named. Returns how many."""
    keys = list(SignedIn.objects.filter(person=person).exclude(session_key=except_key).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    return SignedIn.objects.filter(session_key__in=keys).delete()[0]


@transaction.atomic
def end_own(*, pk: int, by: Viewer, now: datetime) -> None:
    """End one of one's own sessions. Raises NotThere for somebody else's."""
    row = SignedIn.objects.filter(pk=pk, person_id=by.person_id).first() if by.person_id else None
    if row is None:
        raise NotThere
    Session.objects.filter(session_key=row.session_key).delete()
    audit.write(act="session.end", by=by, about=("accounts.person", str(by.person_id)), now=now)
    row.delete()


def forget(*, session_key: str | None) -> None:
    """The session was signed out."""
    if session_key:
        SignedIn.objects.filter(session_key=session_key).delete()


def tidy(*, now: datetime) -> int:
    """Remove rows whose session is over, and Django's own rows of ended sessions."""
    Session.objects.filter(expire_date__lt=now).delete()
    return SignedIn.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()[0]
