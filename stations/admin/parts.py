"""Small parts of the desk's pages: a driver behind his masks, a moment, a typed price, a typed time."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import NamedTuple

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from accounts.rules.roles import Role
from common import clock
from common.errors import DomainError
from common.masks import mask_name, mask_plate
from stations.models import Booking, Service, StandBy, Station
from stations.rules.kinds import KIND_WORDS, ServiceKind
from stations.selectors.desk import kept_house, services_of

STATE_TONES = {"open": ("ok", "check-circle"), "paused": ("warn", "pause"), "planned": ("", "calendar"), "building": ("", "gear"), "closed": ("", "x")}
MOST_YUAN = 9_999
ROLES = frozenset({Role.STATION})


class Badge(NamedTuple):
    word: str
    tone: str = ""
    icon: str = ""


def state_badge(row: Station | Service) -> Badge:
    """开放, 暂停 … with its icon."""
    return Badge(row.get_state_display(), *STATE_TONES[row.state])


def house_or_404(request: HttpRequest, slug: str) -> Station:
    """The house at whose desk he works. Raises Http404 for any other."""
    house = kept_house(request.viewer, slug)
    if house is None:
        raise Http404
    return house


def service_or_404(request: HttpRequest, house: Station, kind: str) -> Service:
    """One service of the house, by its kind. Raises Http404."""
    found = next((one for one in services_of(request.viewer, house) if one.kind == kind), None)
    if found is None:
        raise Http404
    return found


def name_of(service: Service) -> str:
    return str(_(KIND_WORDS[ServiceKind(service.kind)]))


def who(row: Booking | StandBy) -> str:
    """A driver as the desk may see him: one star for the name, the end of his number, his plate behind its mask."""
    name = mask_name(row.person.name) if row.person else ""
    tail = _("尾号 %s") % row.phone[-4:] if row.phone else ""
    return " · ".join(filter(None, (name, tail, mask_plate(row.plate)))) or _("没留姓名")


def time_of(text: str, field: str) -> time | None:
    """09:30, 9:30, 24:00; None when empty. Raises DomainError at `field`."""
    typed = text.strip().replace("：", ":")
    if not typed:
        return None
    found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::00)?", typed, re.ASCII)
    if found and (int(found[1]), int(found[2])) == (24, 0):
        return time(0)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise DomainError(_("时间写成 08:30 这样"), field=field, code="invalid")
    return time(int(found[1]), int(found[2]))


def day_of(text: str, field: str) -> date | None:
    """2026-11-23; None when empty. Raises DomainError at `field`."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as wrong:
        raise DomainError(_("日子写成 2026-11-23 这样"), field=field, code="invalid") from wrong


def fen_of(text: str, field: str) -> int:
    """Yuan as typed, in fen: 20, 12.5; 0 when empty. Raises DomainError at `field`."""
    found = re.fullmatch(r"(\d{1,4})(?:\.(\d{1,2}))?", text.strip() or "0", re.ASCII)
    if not found or int(found[1]) > MOST_YUAN:
        raise DomainError(_("价格写成 20 或 12.50，最多 %(most)d 元") % {"most": MOST_YUAN}, field=field, code="invalid")
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def yuan_of(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}" if fen % 100 else str(fen // 100)


def as_of(now: datetime) -> str:
    return _("截至 %(at)s") % {"at": f"{clock.local(now):%m-%d %H:%M}"}
