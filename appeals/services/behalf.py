"""A contact (1:5) writes down for one of his drivers what he heard: whether he may, and what keeps him out afterwards."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Consent, Person
from accounts.rules.viewer import Viewer
from appeals.models import Appeal, Recusal
from common.errors import NotThere
from members.selectors import zones

WORDS = "由联系人代写"  # of the event, for driver and staff alike: which contact, the driver alone is told


class NotAgreed(NotThere):
    """No such driver, not one of his five, or not agreed at this moment: the three look the same."""


def driver_of(key: UUID, *, by: Viewer) -> Person:
    """The driver (by his person's key) for whom `by` may speak now. Call inside the transaction that files.

    His consent is held until that ends: whoever takes it back is before it or after it. Raises NotAgreed."""
    seat = zones.spoken_for(by).filter(driver__person__key=key).select_related("driver__person").first()
    if seat is not None:
        person = seat.driver.person
        agreed = Consent.objects.filter(person=person, purpose=Consent.Purpose.SPEAK_FOR_ME, withdrawn_at=None)
        if agreed.select_for_update().first() is not None:
            return person
    raise NotAgreed(_("现在不能替他交：他没有同意，或者您不是他的联系人"), field="on_behalf_of")


def keep_out(appeal: Appeal, *, by: Viewer, now: datetime) -> None:
    """Whoever wrote it down is no staff in it, whatever posts he holds now or later."""
    Recusal.objects.create(appeal=appeal, person_id=by.person_id, why=WORDS, since=now)
