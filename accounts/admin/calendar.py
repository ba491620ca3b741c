"""工作日历: the years that are entered, and the page on which the next one is."""

from __future__ import annotations

import re
from datetime import date, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.admin import menu
from accounts.admin.pages import page, render_page
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.services import audit
from common import clock, selectors, services
from common.errors import DomainError
from common.identifiers import small_number
from common.models import CalendarYear
from common.words import WEEKDAYS

LOOKERS = frozenset({Role.DESK, Role.DUTY, Role.SUPERVISOR, Role.SYSTEM})
KEEPERS = frozenset({Role.DESK, Role.SYSTEM})
KINDS = {"放假": "holiday", "上班": "workday"}
_LINE = re.compile(r"^\s*(\d{4}-\d{2}-\d{2})\s+(放假|上班)\s*(\S*)\s*$")


@page("calendar/", name="calendar", roles=LOOKERS)
def calendar_page(request: HttpRequest) -> HttpResponse:
    """The entered years; POST enters or replaces one. Open deadlines marked 暂定 are computed again by the sweep."""
    now = clock.now()
    year = _year(request, now)
    error, text = "", None
    if request.method == "POST" and request.viewer.has_role(*KEEPERS):
        text = request.POST.get("rows", "")
        try:
            changed = enter(year=year, text=text, source=request.POST.get("source", ""), by=request.viewer, now=now)
        except DomainError as refused:
            error = refused.message
        else:
            messages.success(request, _("%(year)s 年存好了，有 %(days)s 天和以前不一样。暂定的日子会在一分钟内重新算。") % {"year": year, "days": changed})
            return redirect(f"{request.path}?year={year}")
    rows = selectors.festivals(year)
    known = {each.year: each for each in CalendarYear.objects.all()}
    missing = clock.today(now).year + 1 not in known
    return render_page(
        request,
        "admin/calendar.html",
        status=422 if error else 200,
        title=_("工作日历"),
        crumbs=[(_("设置"), None), (_("工作日历"), None)],
        lead=_("只写和平常不一样的日子：周一到周五放假、周末上班。没录的年份按周末推算，日期标“暂定”。"),
        years=[{"year": each, "on": each == year, "row": known.get(each)} for each in sorted({*known, clock.today(now).year + 1})],
        year=year,
        row=known.get(year),
        days=[{"day": f"{day.month}月{day.day}日", "week": f"周{WEEKDAYS[day.weekday()]}", "rest": kind == "holiday", "festival": name} for day, kind, name in rows],
        text=text if text is not None else "\n".join(f"{day.isoformat()} {'放假' if kind == 'holiday' else '上班'} {name}".strip() for day, kind, name in rows),
        source=request.POST.get("source", known[year].source if year in known else ""),
        error=error,
        may_change=request.viewer.has_role(*KEEPERS),
        missing=clock.today(now).year + 1 if missing and clock.today(now).month >= 11 else None,
    )  # fmt: skip


def _year(request: HttpRequest, now: datetime) -> int:
    asked = request.POST.get("year") or request.GET.get("year") or ""
    year = small_number(asked)
    return year if year is not None and 2022 <= year <= 2099 else clock.today(now).year


def parsed(text: str) -> list[tuple[date, str, str]]:
    """Lines such as «2027-01-01 放假 元旦».

    Raises DomainError that names the line."""
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        hit = _LINE.match(line)
        try:
            day = date.fromisoformat(hit[1]) if hit else None
        except ValueError:
            day = None
        if hit is None or day is None:
            raise DomainError(_("第 %(number)s 行读不懂：%(line)s。写成“2027-01-01 放假 元旦”") % {"number": number, "line": line[:30]}, field="rows")
        rows.append((day, KINDS[hit[2]], hit[3]))
    return rows


def enter(*, year: int, text: str, source: str, by: Viewer, now: datetime) -> int:
    """Enter the year with its audit line; returns how many days changed."""
    from django.db import transaction

    rows = parsed(text)
    with transaction.atomic():
        row, changed = services.enter_year(year=year, rows=rows, source=source.strip()[:120], now=now)
        audit.write(act="calendar.enter", by=by, about=row, new={"year": year, "days": len(changed)}, reason=source, now=now)
    return len(changed)


menu.register_item(menu.SETTINGS, "工作日历", "calendar", "admin:calendar", LOOKERS, order=30)
