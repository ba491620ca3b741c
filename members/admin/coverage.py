"""覆盖与缺报: per town and enterprise, declared, held, checked, missing, stale; and who has not handed in."""

from __future__ import annotations

from datetime import date, datetime, time

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from common import clock
from common.words import moment_words
from members.selectors import coverage as selectors
from members.selectors.register import as_of

ROLES = frozenset({Role.REGISTRAR})
FIRST_DAY = date(2000, 1, 1)


@page("handed-in/", name="members_coverage", roles=ROLES)
def coverage(request: HttpRequest) -> HttpResponse:
    """Every town, those that owe us something first."""
    viewer, now = request.viewer, clock.now()
    day, then = _then(viewer, request.GET.get("as_of", ""), now)
    places = selectors.by_place(viewer, now=now)
    late = [line for line in places if line.late]
    lines = [{"line": line, "handed_in": moment_words(line.handed_in, now) if line.handed_in else ""} for line in places]
    held, checked = sum(line.held for line in places), sum(line.checked for line in places)
    return render_page(
        request, "members/admin/coverage.html", title=_("覆盖与缺报"), crumbs=[(_("信息库"), None), (_("覆盖与缺报"), None)],
        lead=_("一年内没报的镇街排在前面；截至 %(now)s") % {"now": moment_words(now, now)},
        lines=lines, late=late, held=held, checked=checked, stale=held - checked, places=len(places), handed=len(places) - len(late),
        missing=sum(line.missing or 0 for line in places), enterprises=selectors.by_enterprise(viewer, now=now),
        day=day, then=then, today=clock.today(now),
    )  # fmt: skip


def _then(viewer: Viewer, typed: str, now: datetime) -> tuple[date | None, int | None]:
    """The day asked for and how many drivers stood in the register when it ended. Raises BadRequest for no day, or one to come."""
    if not typed:
        return None, None
    try:
        day = date.fromisoformat(typed)
    except ValueError as error:
        raise BadRequest("no such day") from error
    if not FIRST_DAY <= day <= clock.today(now):
        raise BadRequest("no such day")
    return day, as_of(viewer, min(now, datetime.combine(day, time.max, tzinfo=clock.local(now).tzinfo)))
