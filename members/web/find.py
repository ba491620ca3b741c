"""我要找组织: a driver says he is a Party member and where his relation is; somebody verifies, another places him.

Signed in by a code only. Nothing here tells anybody else that he came; pages have neutral titles.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Place
from accounts.rules.consents import current
from common import clock, stored_files, uploads
from common.errors import DomainError
from members.models import Claim
from members.selectors.claims import RUNNING, own_claim, own_membership
from members.services import claims as services
from members.web.steps import steps_of

KEPT = "claim_proof"  # session: the sealed photo that a form with a mistake in it already brought
FIELDS = ("name", "kind", "relation", "home_branch", "home_phone", "year", "month", "place")
LONGEST = 80


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """The page itself; who has a claim running or a branch is led to it."""
    viewer = request.viewer
    if viewer.person_id is None:
        return render(request, "members/web/find_in.html", {"next": reverse("members:find")})
    if viewer.hidden_before:  # the number may have changed hands: nothing of before is told, not even that there is nothing
        return render(request, "members/web/find_in.html", {"silent": True})
    claim = own_claim(viewer)
    if own_membership(viewer) or (claim and claim.state in RUNNING and claim.source == Claim.Source.PHONE):
        return redirect("members:claim")
    if request.method != "POST":
        return _form(request, {"name": request.user.name})
    typed = {field: request.POST.get(field, "").strip()[:LONGEST] for field in FIELDS}
    wrong: dict[str, str] = {}
    proof = _kept_proof(request, wrong)
    said = _said(typed, proof, wrong)
    if not request.POST.get("agree"):
        wrong["agree"] = _("要您同意，我们才能去核实")
    if not wrong:
        try:
            services.open_claim(person=request.user, said=said, by=viewer, now=clock.now())
        except DomainError as error:
            wrong[error.field or "name"] = error.message
    if wrong:
        return _form(request, typed, wrong)
    request.session.pop(KEPT, None)
    return redirect("members:claim")


@never_cache
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """How far it is: what was said, by when somebody looks, what came of it."""
    viewer = request.viewer
    claim = own_claim(viewer)
    member = own_membership(viewer)
    if claim is None and member is None:
        return redirect("members:find")
    placement = member.placements.filter(until=None).select_related("branch__unit").first() if member else None
    context = {
        "claim": claim,
        "steps": steps_of(claim, now=clock.now()) if claim else [],
        "branch": placement.branch.unit.name if placement else "",
        "since": placement.since if placement else None,
    }
    return render(request, "members/web/claim.html", context)


@require_GET
def proof(request: HttpRequest) -> HttpResponse:
    """The photo of the driver's own claim, or of the form he is filling in."""
    claim = own_claim(request.viewer)
    name = request.session.get(KEPT) or (claim.proof if claim else "")
    if request.viewer.person_id is None or request.viewer.hidden_before or not name:
        raise Http404
    try:
        data = stored_files.open_sealed(name, root=settings.DATA_DIR)
    except FileNotFoundError:
        raise Http404 from None
    return HttpResponse(data, content_type="image/jpeg", headers={"Cache-Control": "no-store"})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take it back, after a second tap."""
    claim = _own(request, "may_withdraw")
    if request.method != "POST":
        return render(request, "members/web/withdraw.html", {"after": current("find_branch").after})
    with suppress(DomainError):  # placed a moment ago: his page says so
        services.withdraw(claim=claim, by=request.viewer, now=clock.now())
    return redirect("members:claim")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest) -> HttpResponse:
    """Ask that somebody else looks again."""
    claim = _own(request, "may_contest")
    words, wrong = request.POST.get("words", "")[:300], {}
    if request.method == "POST":
        try:
            services.contest(claim=claim, by=request.viewer, words=words, now=clock.now())
            return redirect("members:claim")
        except DomainError as error:
            wrong["words"] = error.message
    context = {"claim": claim, "words": words, "wrong": wrong, "errors": list(wrong.items())}
    return render(request, "members/web/again.html", context, status=422 if wrong else 200)


def _own(request: HttpRequest, rule: str) -> Claim:
    from members.rules import claims as rules
    from members.selectors.claims import facts_of

    claim = own_claim(request.viewer)
    if claim is None or getattr(rules, rule)(facts_of(request.viewer, claim)):
        raise Http404
    return claim


def _form(request: HttpRequest, typed: dict[str, str], wrong: dict[str, str] | None = None) -> HttpResponse:
    wrong = wrong or {}
    this_year = clock.today(clock.now()).year
    context = {
        "typed": typed,
        "wrong": wrong,
        "errors": list(wrong.items()),
        "places": _places(),
        "years": range(this_year, this_year - 61, -1),
        "months": range(1, 13),
        "consent": current("find_branch"),
        "has_proof": bool(request.session.get(KEPT)),
        "agreed": bool(request.POST.get("agree")),
    }
    return render(request, "members/web/find.html", context, status=422 if wrong else 200)


def _places() -> list[tuple[str, list[Place]]]:
    groups: dict[str, list[Place]] = {}
    for place in Place.objects.order_by("kind", "code"):
        groups.setdefault(place.get_kind_display(), []).append(place)
    return list(groups.items())


def _kept_proof(request: HttpRequest, wrong: dict[str, str]) -> str:
    """The sealed photo: one that came just now takes the place of an earlier one. A mistake elsewhere keeps it."""
    file = request.FILES.get("proof")
    if request.POST.get("drop_proof"):
        _drop(request)
    if file is None:
        return request.session.get(KEPT, "")
    try:
        picture = uploads.check_picture(file, field="proof")
    except DomainError as error:
        wrong["proof"] = error.message
        return request.session.get(KEPT, "")
    _drop(request)
    name = stored_files.store_sealed(picture.data, root=settings.DATA_DIR)
    request.session[KEPT] = name
    return name


def _drop(request: HttpRequest) -> None:
    if name := request.session.pop(KEPT, ""):
        stored_files.delete_sealed(name, root=settings.DATA_DIR)


def _said(typed: dict[str, str], proof: str, wrong: dict[str, str]) -> services.Said:
    place = Place.objects.filter(code=typed["place"]).first() if typed["place"] else None
    if typed["place"] and place is None:
        wrong["place"] = _("从名单里选一个镇、街道")
    return services.Said(
        name=typed["name"], kind=typed["kind"], relation=typed["relation"], home_branch=typed["home_branch"],
        home_phone=typed["home_phone"], joined_on=_joined(typed, wrong), place=place, proof=proof,
    )  # fmt: skip


def _joined(typed: dict[str, Any], wrong: dict[str, str]) -> date | None:
    if not typed["year"]:
        return None
    try:
        joined = date(int(typed["year"]), int(typed["month"] or 1), 1)
    except (ValueError, OverflowError):
        wrong["year"] = _("从名单里选年和月")
        return None
    if not date(1921, 7, 1) <= joined <= clock.today(clock.now()):
        wrong["year"] = _("入党的年月不会在今天以后")
    return joined
