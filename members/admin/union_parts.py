"""What several pages of the union share."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Person
from accounts.services.reveal import StepUpNeeded, reveal
from accounts.web.entry import stepped_up_at


def reveal_phone(request: HttpRequest, person: Person, *, now: datetime) -> str | HttpResponse:
    """The clear number, or the way to the second factor. The page has found `person` through its selector."""
    try:
        return reveal(
            subject=person, field="phone", by=request.viewer, reason=request.POST.get("reason", ""), now=now, stepped_up_at=stepped_up_at(request)
        )
    except StepUpNeeded as needed:
        messages.warning(request, needed.message)
        return redirect("accounts:staff_again")
