"""登记里有您吗？ A driver who came by a code shows that he is the one whom a town has registered."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.services import adoption
from accounts.web import entry
from common import clock
from common.errors import DomainError, Stale, TooOften
from members.models import Driver
from members.selectors.own import own_row


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Two fields; or, once it fits, what was found. A wrong answer is the same whether or not there is a row."""
    viewer = request.viewer
    if viewer.person_id is None:
        return redirect(f"{reverse('accounts:driver')}?next={request.path}")
    row = own_row(viewer)
    if row is not None or (request.user.id_index and not viewer.hidden_before):
        return _found(request, row)
    if request.method != "POST":
        return _form(request)
    now = clock.now()
    try:
        person = adoption.adopt(
            account=request.user, name=request.POST.get("name", "")[:80], id_tail=request.POST.get("id_tail", "")[:20],
            now=now, session_key=request.session.session_key or "",
        )  # fmt: skip
    except Stale:
        return redirect("members:register")  # a double tap: the first one has done it
    except TooOften as often:
        return _form(request, {"name": often.message}, status=429)
    except DomainError as wrong:
        return _form(request, {wrong.field or "name": wrong.message}, status=422)
    entry.stay_in(request, person, now=now)
    return redirect("members:register")


def _found(request: HttpRequest, row: Driver | None) -> HttpResponse:
    return render(request, "members/web/register_found.html", {"row": row, "drives": row is not None and row.state == Driver.State.ACTIVE})


def _form(request: HttpRequest, wrong: dict[str, str] | None = None, *, status: int = 200) -> HttpResponse:
    """The name stays, the digits do not: nobody reads them over a shoulder."""
    wrong = wrong or {}
    name = request.POST.get("name", "")[:40] if wrong else request.user.name
    return render(request, "members/web/register.html", {"name": name, "wrong": wrong, "errors": list(wrong.items())}, status=status)
