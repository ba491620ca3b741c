"""提名: a secretary or the union asks for one of its own, after he has agreed."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.models import Person
from accounts.rules.consents import current
from care.admin import applications_parts as parts
from care.admin.applications import CRUMB, NOMINATORS
from care.models import Application
from care.services import applications as services
from care.services import held
from common import clock
from common.errors import DomainError, NotThere
from common.masks import mask_name, mask_phone
from common.reading import read_key

HELD = "care_staff_papers"  # session: names of sealed photos of a form that is not sent yet


@page("care/nominate/", name="care_nominate", roles=NOMINATORS)
def nominate(request: HttpRequest) -> HttpResponse:
    """Find him, then write for how much and why."""
    if request.method == "POST" and request.POST.get("act") == "find":
        request.session[parts.SOUGHT] = request.POST.get("q", "").strip()[:40]
        return redirect(f"{reverse('admin:care_nominate')}?found=1")
    person, sought, hits = parts.whom(request)
    wrong: dict[str, str] = {}
    names: list[str] = []
    if request.method == "POST":
        if person is None:
            raise Http404
        names, refused = _photos(request)
        try:
            if refused is not None:
                raise refused
            _send(request, person, names)
            request.session.pop(HELD, None)
            held.let_go(names)
            messages.success(request, _("提名交上去了，等审批。"))
            return redirect(f"{reverse('admin:care_applications')}?view=ours")
        except NotThere:
            raise Http404 from None
        except DomainError as error:
            wrong[error.field or "form"] = error.message
    return render_page(
        request, "care/admin/nominate.html", title=_("提名"), status=422 if wrong else 200,
        crumbs=[CRUMB, (_("慰问和帮扶"), reverse("admin:care_applications")), (_("提名"), None)],
        lead=_("提名的人不审批、不发放。原因和证明交上去以后，您这里就看不到了。"), person=_who(person), sought=sought, hits=hits,
        looked="found" in request.GET, to=reverse("admin:care_nominate"), wrong=wrong, errors=list(wrong.items()), typed=request.POST,
        kinds=Application.Kind.choices, consent=current(services.PURPOSE), client_key=request.POST.get("client_key") or uuid4(), held=len(names),
        most=services.MOST_PAPERS,
    )  # fmt: skip


def _who(person: Person | None) -> dict[str, Any] | None:
    return {"key": person.key, "name": mask_name(person.name), "phone": mask_phone(person.phone)} if person else None


def _photos(request: HttpRequest) -> tuple[list[str], DomainError | None]:
    key, kept = request.POST.get("client_key", ""), request.session.get(HELD) or {}
    names = list(kept.get("names", [])) if kept.get("key") == key else []
    names, wrong = held.hold(request.FILES.getlist("papers"), before=names)
    request.session[HELD] = {"key": key, "names": names}
    return names, wrong


def _send(request: HttpRequest, person: Person, names: list[str]) -> None:
    typed = request.POST
    wish = services.Ask(
        client_key=read_key(typed.get("client_key", "")), kind=typed.get("kind", ""), person=person,
        amount_fen=parts.typed_fen(typed.get("amount", ""), "amount"), reason=typed.get("reason", ""), account=typed.get("account", ""),
        papers=held.opened(names), agreed=bool(typed.get("agree")),
    )  # fmt: skip
    services.propose(ask=wish, by=request.viewer, now=clock.now())
