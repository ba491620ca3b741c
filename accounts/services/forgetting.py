"""Letting go of what identifies a human whom no room needs any more."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import Person, Posting, SignedIn
from accounts.registry import registry
from accounts.services import audit, sessions
from common.errors import DomainError, Stale


class StillNeeded(DomainError):
    """He is somebody else, too: phone and ID stay."""

    code = "still_needed"
    status = 409


@transaction.atomic
def forget_numbers(*, person_id: int, unused_since: datetime | None, now: datetime) -> None:
    """Blank phone, resident ID and their indexes; the account that the phone opened goes with them.

    `unused_since`: an account that a code opened after that moment is in use; None: he asked for it himself, and his
    sessions end with it. No value is opened for it, so that one
    whose key is lost goes, too. Raises StillNeeded, Stale (somebody is at work on him: later)."""
    if Person.objects.select_for_update(skip_locked=True).filter(pk=person_id).values_list("pk").first() is None:
        raise Stale
    if _needed_here(person_id, unused_since, now) or registry.needed(person_id=person_id, now=now):
        raise StillNeeded
    if unused_since is None:
        sessions.end_all(person=Person.objects.get(pk=person_id))
    Person.objects.filter(pk=person_id).update(
        phone=None, phone_index=None, signin_index=None, phone_proved_at=None, id_number=None, id_index=None
    )
    audit.write(
        act="person.forgotten", about=("accounts.person", str(person_id)), new={"fields": "phone,id_number"}, now=now,
        actor_word="system",
    )  # fmt: skip


def _needed_here(person_id: int, unused_since: datetime | None, now: datetime) -> bool:
    """Staff, posted now or later, or signed in within the time."""
    if Person.objects.filter(pk=person_id, login__isnull=False).exists():
        return True
    if Posting.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), person=person_id).exists():
        return True
    if unused_since is None:
        return False
    return Person.objects.filter(pk=person_id, phone_proved_at__gt=unused_since).exists() or SignedIn.objects.filter(person=person_id).exists()
