"""Two Persons were one human: his appeals are his. Events keep their actor, for they are never changed."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Person
from appeals.models import Appeal, Recusal


def move(*, old: Person, new: Person, now: datetime) -> None:
    """Whose appeal it is, who filed it, and from which he is kept out."""
    Appeal.objects.filter(person=old).update(person=new)
    Appeal.objects.filter(filed_by=old).update(filed_by=new)
    both = Recusal.objects.filter(person=new).values("appeal")
    Recusal.objects.filter(person=old).exclude(appeal__in=both).update(person=new)
