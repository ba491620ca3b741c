"""Give and withdraw consent: one open row a person and purpose; withdrawing works at once (PIPL Art. 15)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Consent, Person
from accounts.rules.consents import current
from accounts.rules.viewer import Viewer
from accounts.services import audit


@transaction.atomic
def give(*, person: Person, purpose: str, how: str = "phone", by: Viewer | None = None, now: datetime) -> Consent:
    """The open consent of `person` to `purpose`; a newer version of the words takes the place of the older.

    `by`: who wrote it down for him, None for himself. Raises KeyError for an unknown purpose."""
    version = current(purpose).version
    Person.objects.select_for_update().get(pk=person.pk)
    open_row = Consent.objects.filter(person=person, purpose=purpose, withdrawn_at=None).first()
    if open_row is not None:
        if open_row.version == version:
            return open_row
        open_row.withdrawn_at = now
        open_row.save(update_fields=["withdrawn_at"])
    row = Consent.objects.create(person=person, purpose=purpose, version=version, how=how, given_at=now)
    audit.write(act="consent.give", by=by, about=person, new={"purpose": purpose, "version": version, "how": how}, now=now)
    return row


@transaction.atomic
def withdraw(*, person: Person, purpose: str, by: Viewer | None = None, now: datetime) -> bool:
    """Take it back; False when there was none."""
    if not Consent.objects.filter(person=person, purpose=purpose, withdrawn_at=None).update(withdrawn_at=now):
        return False
    audit.write(act="consent.withdraw", by=by, about=person, old={"purpose": purpose}, now=now)
    return True
