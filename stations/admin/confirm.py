"""One page that asks before somebody loses his bed: the question, who is moved, who loses his place, the reason."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.admin.pages import render_page
from common.errors import DomainError
from stations.selectors.consequences import Consequence


def says(found: Consequence) -> list[tuple[str, str]]:
    """(icon, sentence) of each thing that follows."""
    lines = []
    if found.moved:
        lines.append(("route", _("%(n)d 个订了的换到别的空位，时间和入住码不变") % {"n": found.moved}))
    if found.lost:
        lines.append(("alert", _("%(n)d 个订了的没有位置了，马上告诉他们，原因照您写的说") % {"n": found.lost}))
    if found.waiting:
        lines.append(("bell", _("%(n)d 个排候补的不用等了，马上告诉他们") % {"n": found.waiting}))
    if found.inside:
        lines.append(("bed", _("%(n)d 个在店的位置还在，告诉他们来问前台") % {"n": found.inside}))
    if not lines:
        lines.append(("check-circle", _("现在没有人订，不影响谁")))
    return lines


def ask(
    request: HttpRequest, *, question: str, found: Consequence | None, button: str, back: str, error: DomainError | None,
    reason: bool = True, until: bool = False, hidden: dict | None = None, notes: tuple[tuple[str, str], ...] = (),
) -> HttpResponse:
    """`reason`: a sentence is needed; `until`: a day may be named; `hidden`: what the form brings along."""
    return render_page(
        request, "stations/admin/confirm.html", title=question, crumbs=[(_("驿站"), None), (question, None)], question=question,
        says=[*(says(found) if found else []), *notes], button=button, back=back, error=error, reason=reason, until=until,
        hidden=hidden or {}, typed=request.POST, status=422 if error else 200,
    )  # fmt: skip
