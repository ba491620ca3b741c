"""Ask for 慰问 or 困难帮扶 on the phone: for oneself, or as a contact for one of one's five. Photos stay while the form is mended."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Person
from accounts.rules.consents import current
from care.models import Application
from care.rules.applications import State, due_on
from care.rules.money import fen_of
from care.selectors import applications as selectors
from care.selectors import people
from care.services import applications as services
from care.services import held
from common import clock, limits
from common.errors import DomainError, NotThere
from common.masks import mask_name
from common.reading import read_key
from common.selectors import calendar
from common.words import day_words

FIELDS = {"amount": 20, "reason": 1100, "account": 90}
HELD = "care_papers"  # session: names of sealed photos of a form that is not sent yet
ORDER = ("amount", "reason", "papers", "account", "agree", "form")
OFTEN = ((30, timedelta(minutes=10)), (100, timedelta(days=1)))
ABOUT = {
    Application.Kind.SOLATIUM: (_l("申请慰问"), _l("生病住院、受伤、家里有变故，可以申请。")),
    Application.Kind.HARDSHIP: (_l("申请困难帮扶"), _l("收入断了、看病花钱多、孩子上学难，可以申请。")),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, kind: str) -> HttpResponse:
    """For himself; whoever is not signed in reads what is asked, and signs in."""
    if kind not in Application.Kind.values:
        raise Http404
    if request.viewer.person_id is None:
        title, lead = ABOUT[Application.Kind(kind)]
        return render(request, "care/web/ask_in.html", {"title": title, "lead": lead, "next": request.path})
    return _page(request, kind, request.user, address=reverse("care:ask", args=[kind]))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for(request: HttpRequest, driver: UUID, kind: str) -> HttpResponse:
    """A contact for one of his five."""
    person = people.one(request.viewer, driver) if request.viewer.person_id else None
    if person is None or kind not in Application.Kind.values:
        raise Http404
    return _page(request, kind, person, address=reverse("care:ask_for", args=[driver, kind]))


def _page(request: HttpRequest, kind: str, person: Person, *, address: str) -> HttpResponse:
    if request.method != "POST":
        running = selectors.own(request.viewer).filter(selectors.AGREED, kind=kind, person=person, state__in=("proposed", "approved")).first()
        if running is not None:
            return redirect("care:asked", key=running.key)
        return _form(request, kind, person, address, {}, uuid4(), [])
    typed = {name: request.POST.get(name, "")[:most] for name, most in FIELDS.items()}
    key = read_key(request.POST.get("client_key", ""))
    names, wrong = _photos(request, key)
    if request.POST.get("go") in ("photos", "drop"):
        return _form(request, kind, person, address, typed, key, names, wrong=_said(wrong))
    if wrong is None:
        try:
            row = _send(request, kind, person, typed, key, names)
            request.session.pop(HELD, None)
            held.let_go(names)
            return redirect("care:asked", key=row.key)
        except NotThere:
            raise Http404 from None
        except DomainError as refused:
            wrong = refused
    return _form(request, kind, person, address, typed, key, names, wrong=_said(wrong))


def _send(request: HttpRequest, kind: str, person: Person, typed: dict[str, str], key: UUID, names: list[str]) -> Application:
    now = clock.now()
    limits.hit("care.ask", f"person:{request.viewer.person_id}", now=now, limits=OFTEN, message=_("填得太频繁了，过一会儿再交"))
    fen = fen_of(typed["amount"])
    if fen is None:
        raise DomainError(_("写需要多少元，例如 1000"), field="amount", code="amount")
    wish = services.Ask(
        client_key=key, kind=kind, person=person, amount_fen=fen, reason=typed["reason"], account=typed["account"],
        papers=held.opened(names), agreed=bool(request.POST.get("agree")),
    )  # fmt: skip
    return services.propose(ask=wish, by=request.viewer, now=now)


def _photos(request: HttpRequest, key: UUID) -> tuple[list[str], DomainError | None]:
    """What is held for this form, with what came now; `drop` lets all of it go."""
    kept = request.session.get(HELD) or {}
    names = list(kept.get("names", [])) if kept.get("key") == str(key) else []
    if request.POST.get("go") == "drop":
        held.let_go(names)
        names = []
    files, wrong = request.FILES.getlist("papers"), None
    if files:
        names, wrong = held.hold(files, before=names)
    request.session[HELD] = {"key": str(key), "names": names}
    return names, wrong


def _said(wrong: DomainError | None) -> dict[str, str]:
    if wrong is None:
        return {}
    field = {"person": "form"}.get(wrong.field or "", wrong.field or "form")
    return {field if field in ORDER else "form": wrong.message}


def _form(
    request: HttpRequest, kind: str, person: Person, address: str, typed: dict[str, str], key: UUID, names: list[str], *, wrong: dict[str, str] | None = None
) -> HttpResponse:  # fmt: skip
    wrong = wrong or {}
    title, lead = ABOUT[Application.Kind(kind)]
    himself = person.pk == request.viewer.person_id
    due = due_on(State.PROPOSED, clock.today(clock.now()), None, calendar())
    context = {
        "title": title, "lead": lead, "address": address, "typed": typed, "wrong": wrong, "errors": list(wrong.items()), "client_key": key,
        "held": len(names), "left": services.MOST_PAPERS - len(names), "agreed": bool(request.POST.get("agree")), "consent": current(services.PURPOSE),
        "for": "" if himself else mask_name(person.name), "due": day_words(due) if due else "", "least": services.LEAST_WORDS,
        "back": reverse("care:mine") if himself else reverse("members:one_of_five", args=[person.key]),
    }  # fmt: skip
    return render(request, "care/web/ask.html", context, status=422 if wrong else 200)
