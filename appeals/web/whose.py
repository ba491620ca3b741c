"""Whose form it is: one's own, or that of a driver for whom his contact (1:5) writes.

The same six pages, at addresses of their own and over a draft of its own: what a contact writes for a driver is
never taken for the browser's own, so this browser follows nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Consent
from appeals.models import Appeal
from appeals.services import drafts
from appeals.web import browser
from common.masks import mask_name
from members.models import Seat
from members.selectors import zones


@dataclass(frozen=True)
class Form:
    """Where the pages of a form live, and under which name its draft is kept.

    `driver` is the key of the person for whom it is written, None in one's own; `writer` is who writes it. `seat` is
    None while the driver does not agree: then nothing is shown but what was typed. `name` is as the writer may know it."""

    driver: UUID | None = None
    writer: int | None = None
    seat: Seat | None = None
    name: str = ""

    @property
    def closed(self) -> bool:
        """The driver took his consent back, or is another's by now, while this was being written."""
        return self.driver is not None and self.seat is None

    def holder(self, request: HttpRequest) -> str:
        """The name of its draft in this browser; of a contact's form, while he himself is signed in."""
        return browser.holder_of(request, "form" if self.driver is None else f"for:{self.writer}:{self.driver}")

    def url(self, page: str, *, to_check: bool = False) -> str:
        """Where a page of the form lives; `to_check`: come back to check-your-answers from there."""
        return self._at("new" if page == "what" and self.driver is None else page) + ("?check=1" if to_check else "")

    def photo_url(self, key: UUID) -> str:
        return self._at("photo", key) if self.driver else reverse("appeals:draft-photo", args=[key])

    def receipt_url(self, appeal: Appeal) -> str:
        return self._at("receipt", appeal.key)

    @property
    def home(self) -> str:
        """Where Back on the first page leads."""
        return reverse("appeals:for", args=[self.driver]) if self.driver else reverse("home")

    def context(self) -> dict[str, str]:
        """What its pages show besides."""
        return {"for_whom": self.name, "upload_url": self._at("upload"), "discard_url": self._at("discard")}

    def _at(self, name: str, *more: UUID) -> str:
        if self.driver is None:
            return reverse(f"appeals:{name}", args=more)
        return reverse(f"appeals:for-{name}", args=[self.driver, *more])


OWN = Form()


def form_of(request: HttpRequest, driver: UUID | None, *, now: datetime) -> Form:
    """The form at this address. For a driver who is none of his five, or who does not agree and for whom nothing
    was begun here, there is none (404)."""
    if driver is None:
        return OWN
    viewer = request.viewer
    rows = zones.spoken_for(viewer).filter(driver__person__key=driver)
    seat = rows.select_related("driver__person", "driver__place").first()
    if seat is None:
        begun = Form(driver, viewer.person_id, name=_("这位司机"))
        if viewer.person_id is None or drafts.current(holder=begun.holder(request), now=now) is None:
            raise Http404
        return begun
    known = zones.consents_of(viewer, [seat.driver.person_id], Consent.Purpose.ZONE)
    name = seat.driver.person.name if known else mask_name(seat.driver.person.name)
    return Form(driver, viewer.person_id, seat, name or _("司机"))


def open_form_of(request: HttpRequest, driver: UUID, *, now: datetime) -> Form:
    """As `form_of`, while the driver agrees; else there is none (404)."""
    form = form_of(request, driver, now=now)
    if form.closed:
        raise Http404
    return form
