"""What the pages of people and money share: whom one means, what was typed, by when, a badge for a state."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from accounts.models import Person
from care.models import Application, Fund
from care.rules.applications import State, due_on
from care.rules.money import fen_of, yuan_words
from care.selectors import money, people
from common import clock
from common.errors import DomainError
from common.identifiers import small_number
from common.masks import mask_name, mask_phone
from common.words import short_day_words
from common.workdays import Calendar

SOUGHT = "care_sought"  # session: names and numbers stay out of addresses
TONES = {
    State.PROPOSED: ("warn", "clock"), State.APPROVED: ("info", "check"), State.PAID: ("ok", "check-circle"), State.REFUSED: ("", "x"),
    State.WITHDRAWN: ("", "undo"),
}  # fmt: skip


def typed_fen(text: str, field: str) -> int:
    """Yuan as typed, in fen. Raises DomainError at `field`."""
    fen = fen_of(text)
    if fen is None:
        raise DomainError(_("金额写成 500 或 500.50"), field=field, code="amount")
    return fen


def typed_day(text: str, field: str) -> date | None:
    """2026-11-25; None when empty. Raises DomainError at `field`."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise DomainError(_("日子写成 2026-11-25"), field=field, code="invalid") from None


def typed_moment(day: str, hour: str, field: str) -> datetime:
    """A day and 14:30 of Xuzhou. Raises DomainError at `field`."""
    found = typed_day(day, field)
    try:
        at = time.fromisoformat(hour.strip().replace("：", ":").zfill(5))
    except ValueError:
        at = None
    if found is None or at is None:
        raise DomainError(_("写哪天、几点，比如 2026-11-25 和 14:30"), field=field, code="invalid")
    return datetime.combine(found, at.replace(tzinfo=None), tzinfo=clock.SHANGHAI)


def fund_of(request: HttpRequest) -> Fund | None:
    """The fund that was chosen, among those he may know of."""
    number = small_number(request.POST.get("fund", "") or "x")
    return money.funds_for(request.viewer).filter(pk=number).first() if number else None


def funds_to_choose(request: HttpRequest) -> list[tuple[int, str]]:
    """(number, name with what is left)."""
    rows = money.funds_for(request.viewer).order_by("name")
    return [(row.pk, _("%(name)s，还有 %(left)s 元") % {"name": row.name, "left": yuan_words(row.left_fen)}) for row in rows]


def whom(request: HttpRequest) -> tuple[Person | None, str, list[dict[str, Any]]]:
    """Him whom `?who=` names, what was sought, and who was found by it. Raises Http404 for one he may not ask for."""
    typed = request.GET.get("who", "")
    if typed:
        try:
            person = people.one(request.viewer, UUID(typed))
        except ValueError:
            person = None
        if person is None:
            raise Http404
        return person, "", []
    sought = request.session.get(SOUGHT, "") if "found" in request.GET else ""
    hits = people.found(request.viewer, sought) if sought else []
    return None, sought, [{"key": each.key, "name": mask_name(each.name), "phone": mask_phone(each.phone)} for each in hits]


def due_of(row: Application, calendar: Calendar, now: datetime) -> dict[str, str] | None:
    """{words, tone} of the next promise; None where none is."""
    day = due_on(row.state, clock.today(row.asked_at), clock.today(row.decided_at) if row.decided_at else None, calendar)
    if day is None:
        return None
    left, said = (day - clock.today(now)).days, short_day_words(day, now=now)
    if left < 0:
        return {"words": _("已超期 %(n)d 天") % {"n": -left}, "day": said, "tone": "over"}
    return {"words": _("今天到期") if left == 0 else _("还剩 %(n)d 天") % {"n": left}, "day": said, "tone": "today" if left == 0 else ""}


def badge_of(row: Application) -> tuple[str, str, str]:
    """(word, tone, icon) of the state."""
    return str(row.get_state_display()), *TONES[State(row.state)]


def yuan(fen: int | None) -> str:
    return yuan_words(fen or 0)


def day_of(moment: datetime | date | None, now: datetime) -> str:
    if moment is None:
        return ""
    return short_day_words(moment, now=now)
