"""Who is told what of care: closed words, no word of why."""

from __future__ import annotations

from datetime import datetime

from care.models import Application, Insured
from notices.services import outbox

DECIDED, PAID, ENDS_SOON = "care.decided", "care.paid", "care.ends_soon"


def driver(about: Application | Insured, template: str, *, now: datetime, due: datetime | None = None) -> None:
    """Tell the person whom it is for."""
    outbox.post(template=template, about=about, now=now, to=[about.person], due=due)
