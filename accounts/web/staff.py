"""Staff sign in: password, then second factor, then a new password where the first one must go.

Nobody is signed in before the last step: until then the session only carries who is on the way, and
its key changes at each step. Staff without a factor set one up before anything else.
"""

from __future__ import annotations

import io
import math
from datetime import datetime, timedelta

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Person
from accounts.selectors.demo import demo_accounts
from accounts.selectors.viewer import viewer_for
from accounts.services import people, second_factor, staff, tries
from accounts.web import entry
from accounts.web.forms import CodeForm, HouseForm, NewPasswordForm, PasswordForm
from common import clock, limits
from common.encryption import open_, seal
from common.errors import DomainError, TooOften

ON_THE_WAY = "staff_on_the_way"  # {"pk", "at", "next", "passed", "secret"}
STEP_SECONDS = 10 * 60
PER_ADDRESS = ((120, timedelta(minutes=10)),)  # a whole office stands behind one address
_SECRET = "session.totp"


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Login and password."""
    going = entry.safe_next(request, reverse("admin:index"))
    if request.viewer.is_staff and request.viewer.second_factor and request.method != "POST":
        return redirect(going)
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _first_page(request, form, going, status=422 if form.is_bound else 200)
    now = clock.now()
    try:
        limits.hit("staff.address", entry.address_of(request), now=now, limits=PER_ADDRESS)
        person = staff.check_password(login=form.cleaned_data["login"], password=form.cleaned_data["password"], now=now)
    except TooOften as locked:
        return _locked(request, locked)
    if person is None:
        form.add_error(None, _("账号或密码不对"))
        return _first_page(request, form, going, status=422)
    _keep(request, {"pk": person.pk, "at": now.timestamp(), "next": going})
    return redirect("accounts:staff_code" if second_factor.has_factor(person) else "accounts:staff_factor")


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The second step: six digits of the authenticator, or a recovery code."""
    way, person = _on_the_way(request)
    if person is None or not second_factor.has_factor(person):
        return redirect("accounts:staff")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _code_page(request, form, person, status=422 if form.is_bound else 200)
    now = clock.now()
    try:
        passed = second_factor.check(person=person, code=form.cleaned_data["code"], now=now)
    except tries.Locked as locked:
        return _locked(request, locked)
    except DomainError as wrong:
        form.refuse(wrong)
        return _code_page(request, form, person, status=422)
    return _passed(request, person, way, passed, now)


@require_http_methods(["GET", "HEAD", "POST"])
def factor(request: HttpRequest) -> HttpResponse:
    """Set up the authenticator. GET asks for a POST to begin, so that it writes nothing."""
    way, person = _on_the_way(request)
    if person is None:
        return redirect("accounts:staff")
    if second_factor.has_factor(person):
        return redirect("accounts:staff_code")
    if "secret" not in way:
        if request.method != "POST":
            return render(request, "accounts/staff_factor.html", {"begin": True, "login": person.login})
        _keep(request, {**way, "secret": seal(second_factor.new_secret(), _SECRET)})
        return redirect("accounts:staff_factor")
    secret = open_(way["secret"], _SECRET)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        now = clock.now()
        try:
            passed, recovery = second_factor.activate(
                person=person, secret=secret, code=form.cleaned_data["code"], now=now
            )
        except tries.Locked as locked:
            return _locked(request, locked)
        except DomainError as wrong:
            form.refuse(wrong)
        else:
            way.pop("secret")
            way["passed"] = {"id": passed.authenticator_id, "kind": passed.kind}
            _keep(request, way)
            groups = [f"{each[:4]} {each[4:]}" for each in recovery]
            return render(request, "accounts/staff_recovery.html", {"recovery": groups, "login": person.login})
    context = {"form": form, "login": person.login, "secret": " ".join(_fours(secret))}
    return render(request, "accounts/staff_factor.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD"])
def factor_picture(request: HttpRequest) -> HttpResponse:
    """The QR of the secret that is being set up; nobody else's session gets one."""
    way, person = _on_the_way(request)
    if person is None or "secret" not in way:
        raise Http404
    text = second_factor.address(person, open_(way["secret"], _SECRET))
    picture = io.BytesIO()
    segno.make(text, error="m", micro=False).save(picture, kind="svg", scale=4, border=3, light="#ffffff", xmldecl=False)
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml", headers={"Cache-Control": "no-store"})


@require_http_methods(["POST"])
def recovery_noted(request: HttpRequest) -> HttpResponse:
    """The recovery codes were written down: go on where setting up the factor left off."""
    way, person = _on_the_way(request)
    if person is None or "passed" not in way:
        return redirect("accounts:staff")
    return _go_on(request, person, way, clock.now())


@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest) -> HttpResponse:
    """A first password is changed before anything else is seen."""
    way, person = _on_the_way(request)
    if person is None or "passed" not in way:
        return redirect("accounts:staff")
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        now = clock.now()
        try:
            people.set_password(person=person, now=now, **form.cleaned_data)
        except DomainError as wrong:
            form.refuse(wrong)
        else:
            person.refresh_from_db()
            return _go_on(request, person, way, now)
    context = {"form": form, "login": person.login}
    return render(request, "accounts/staff_password.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest) -> HttpResponse:
    """Step-up: the second factor once more, in the middle of a session."""
    if not (request.viewer.is_staff and request.viewer.second_factor):
        return redirect("accounts:staff")
    going = entry.safe_next(request, reverse("admin:index"))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        now = clock.now()
        try:
            second_factor.check(person=request.user, code=form.cleaned_data["code"], now=now)
        except tries.Locked as locked:
            return _locked(request, locked)
        except DomainError as wrong:
            form.refuse(wrong)
        else:
            request.session[entry.STEPPED_UP] = now.timestamp()
            return redirect(going)
    return _code_page(
        request, form, request.user, status=422 if form.is_bound else 200, start_over=going,
        action=reverse("accounts:staff_again"), going=going,
    )  # fmt: skip


def _passed(request: HttpRequest, person: Person, way: dict, passed: second_factor.Passed, now: datetime) -> HttpResponse:
    way["passed"] = {"id": passed.authenticator_id, "kind": passed.kind}
    return _go_on(request, person, way, now)


def _go_on(request: HttpRequest, person: Person, way: dict, now: datetime) -> HttpResponse:
    """After the second factor: change a first password, or come in."""
    if person.must_change_password:
        _keep(request, way)
        return redirect("accounts:staff_password")
    if not viewer_for(person, now=now).held:
        request.session.flush()
        messages.error(request, _("密码和动态码都对，可是您现在没有任职。请找本单位安全管理员。"))
        return _first_page(request, PasswordForm(None), way["next"], status=403)
    entry.come_in_as_staff(
        request, person, kind=way["passed"]["kind"], authenticator=way["passed"]["id"], now=now
    )
    staff.signed_in(person=person, how=way["passed"]["kind"], now=now)
    return redirect(way["next"])


def _keep(request: HttpRequest, way: dict) -> None:
    """One step further: a new session key, so that one seen before is worth nothing."""
    if ON_THE_WAY not in request.session:
        request.session.flush()
    else:
        request.session.cycle_key()
    request.session[ON_THE_WAY] = way


def _on_the_way(request: HttpRequest) -> tuple[dict, Person | None]:
    way = dict(request.session.get(ON_THE_WAY) or {})
    if not way or clock.now().timestamp() - way["at"] > STEP_SECONDS:
        return {}, None
    return way, Person.objects.filter(pk=way["pk"], is_active=True).first()


def _first_page(request: HttpRequest, form: HouseForm, going: str, *, status: int) -> HttpResponse:
    context = {
        "step": "password",
        "form": form,
        "action": reverse("accounts:staff"),
        "next": going,
        "demo_accounts": demo_accounts(),
        "demo_action": reverse("accounts:demo") if settings.DEMO else "",
        "outbox_url": _outbox(),
    }
    return render(request, "accounts/staff_sign_in.html", context, status=status)


def _code_page(
    request: HttpRequest, form: HouseForm, person: Person, *, status: int, start_over: str = "", action: str = "", going: str = ""
) -> HttpResponse:
    context = {
        "step": "code",
        "form": form,
        "login": person.login,
        "action": action or reverse("accounts:staff_code"),
        "start_over": start_over or reverse("accounts:staff"),
        "next": going,
    }
    return render(request, "accounts/staff_sign_in.html", context, status=status)


def _locked(request: HttpRequest, locked: TooOften) -> HttpResponse:
    context = {"minutes": math.ceil(locked.retry_after / 60), "sign_in": reverse("accounts:staff")}
    answer = render(request, "accounts/locked.html", context, status=429)
    answer["Retry-After"] = str(locked.retry_after)
    return answer


def _outbox() -> str:
    from accounts.registry import registry

    return registry.outbox_url() if settings.DEMO else ""


def _fours(text: str) -> list[str]:
    return [text[start : start + 4] for start in range(0, len(text), 4)]
