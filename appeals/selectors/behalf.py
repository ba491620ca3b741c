"""What a contact may still know of what he wrote down for a driver, and what the driver is told of him."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.rules.viewer import Viewer
from appeals.models import Accused, Appeal
from appeals.rules.life import FiledBy
from members.rules.contacts import called
from members.selectors import zones


def written_for(viewer: Viewer, driver: UUID) -> QuerySet[Appeal]:
    """What the viewer wrote down for this driver (a person's key): that it is there and how far it is, no more, and
    only while the driver agrees. Against whatever he belongs to himself: nothing."""
    seats = zones.spoken_for(viewer).filter(driver__person__key=driver)
    against_his = Accused.objects.filter(appeal=OuterRef("pk"), removed_at=None, unit_id__in=sorted(viewer.barred) or [0])
    rows = Appeal.objects.filter(channel=FiledBy.CONTACT, filed_by_id=viewer.person_id or 0, person__in=seats.values("driver__person"))
    return rows.filter(~Exists(against_his)).order_by("-pk")


def writer_words(appeal: Appeal, viewer: Viewer) -> str:
    """Who wrote it down for him, for the page of its driver; by the number alone no name is told. "" for his own."""
    if appeal.channel != FiledBy.CONTACT:
        return ""
    if viewer.person_id is None or viewer.person_id != appeal.person_id or appeal.filed_by is None:
        return _("由联系人代写")
    return _("由您的联系人%s代您写下") % called(appeal.filed_by.name)
