"""Small parts of the pages of campaigns and stock: what was typed, fields with their faults, a campaign's state in a badge."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from accounts.models import Place, Unit
from accounts.rules.roles import Role
from care.models import Campaign, Point
from care.selectors.scope import KEEPERS, campaigns_for, points_kept
from common import clock
from common.errors import DomainError
from common.identifiers import small_number
from common.reading import read_moment

READERS = KEEPERS | {Role.CASHIER, Role.APPROVER}
OFFICER = frozenset({Role.UNION})


def campaign_or_404(request: HttpRequest, code: str) -> Campaign:
    row = campaigns_for(request.viewer).select_related("fund").filter(code=code).first()
    if row is None:
        raise Http404
    return row


def point_or_404(request: HttpRequest, code: str) -> Point:
    """A point he keeps. Raises Http404 for any other."""
    row = points_kept(request.viewer).filter(code=code).first()
    if row is None:
        raise Http404
    return row


def state_badge(row: Campaign, now: datetime) -> tuple[str, str, str]:
    """(word, tone, icon) of a campaign at this moment."""
    if row.stopped_at is not None:
        return _("停了"), "warn", "pause"
    if now < row.starts_at:
        return _("还没开始"), "", "calendar"
    if now >= row.ends_at:
        return _("结束了"), "", "check"
    return _("正在发"), "ok", "check-circle"


def moment_of(text: str, field: str) -> datetime:
    """What a field of date and time sends. Raises DomainError at `field`."""
    try:
        return read_moment(text)
    except ValueError as wrong:
        raise DomainError(_("写成 2026-07-01 08:00 这样"), field=field, code="invalid") from wrong


def number_of(text: str, field: str) -> int:
    """A whole number as typed. Raises DomainError at `field` for anything else, "1e9" too."""
    value = small_number(text.strip())
    if value is None:
        raise DomainError(_("写一个整数，例如 200"), field=field, code="quantity")
    return value


def typed_moment(at: datetime) -> str:
    return f"{clock.local(at):%Y-%m-%dT%H:%M}"


def fields(words: Mapping[str, Any], typed: Mapping[str, Any], error: DomainError | None, *, types: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Rows for templates/care/admin/_field.html."""
    return [
        {
            "name": name, "word": word, "value": typed.get(name, ""), "type": (types or {}).get(name, "text"),
            "bad": error.message if error and error.field == name else "",
        }
        for name, word in words.items()
    ]  # fmt: skip


def keepers() -> list[tuple[str, str]]:
    """Units that can keep a point: stations and branches, and who leads all of them."""
    rows = Unit.objects.filter(kind__in=[Unit.Kind.STATION, Unit.Kind.BRANCH]).order_by("kind", "code")
    return list(rows.values_list("code", "name"))


def places() -> list[tuple[str, str]]:
    return list(Place.objects.order_by("code").values_list("code", "name"))
