"""A new list of the mutual insurance, and whom a pasted list means."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.services import audit
from care.models import Fund, Policy
from care.rules.money import MOST_FEN, yuan_words
from common import clock
from common.errors import DomainError, NotThere, Stale

LONGEST = timedelta(days=2 * 366)


def found(
    *, name: str, number: str, starts_on: date | None, ends_on: date | None, premium_fen: int, fund: Fund | None, by: Viewer, now: datetime
) -> Policy:  # fmt: skip
    """The union opens a list for one period at one premium a head; the same number twice is the same list.

    Raises NotThere, DomainError at its field, Stale (the number is another list's)."""
    if not by.has_role(Role.UNION):
        raise NotThere
    said, code = name.strip(), number.strip()
    _check(said, code, starts_on, ends_on, premium_fen, fund, now=now)
    values = {"name": said, "starts_on": starts_on, "ends_on": ends_on, "premium_fen": premium_fen, "fund": fund}
    try:
        with transaction.atomic():
            row = Policy.objects.create(number=code, **values)
            audit.write(act="policy.found", by=by, about=row, new={"fen": premium_fen, "to": str(ends_on)}, now=now)
            return row
    except IntegrityError:
        known = Policy.objects.filter(number=code).first()
        if known is None or any(getattr(known, field) != value for field, value in values.items()):
            raise Stale(_("这个单号已经有一份了，内容和这次不一样"), field="number", code="key_used") from None
        return known


def _check(name: str, number: str, starts: date | None, ends: date | None, fen: int, fund: Fund | None, *, now: datetime) -> None:
    if not 2 <= len(name) <= 60:
        raise DomainError(_("写个名称，2 到 60 个字"), field="name", code="required")
    if not 1 <= len(number) <= 40:
        raise DomainError(_("写保险的单号，最多 40 个字"), field="number", code="required")
    if starts is None:
        raise DomainError(_("写从哪天起，比如 2026-12-01"), field="starts_on", code="required")
    if ends is None or ends < starts:
        raise DomainError(_("到期要在开始以后，比如 2027-11-30"), field="ends_on", code="date")
    if ends < clock.today(now) or ends - starts > LONGEST or starts > clock.today(now) + LONGEST:
        raise DomainError(_("到期要在今天以后，一份最多两年，请看看年份"), field="ends_on", code="date")
    if not isinstance(fen, int) or not 0 < fen <= MOST_FEN:
        raise DomainError(_("写每人保费，大于 0，最多 %(most)s 元") % {"most": yuan_words(MOST_FEN)}, field="premium", code="amount")
    if fund is None:
        raise DomainError(_("选保费从哪笔经费出"), field="fund", code="required")
