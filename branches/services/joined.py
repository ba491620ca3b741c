"""Two Persons were one human: he is a member once."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Person
from accounts.services.adoption import not_matched
from branches.models import Membership, Officer


def move(*, old: Person, new: Person, now: datetime) -> None:
    """Memberships and offices follow him. Raises NotMatched where both stand verified: people settle that."""
    if Membership.objects.filter(person__in=[old, new], ended_on=None).count() > 1:
        raise not_matched()
    Membership.objects.filter(person=old).update(person=new)
    Officer.objects.filter(person=old).update(person=new)
