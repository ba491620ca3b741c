"""A driver signs in: phone, code, in. The same words whether or not the phone is known."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.selectors.demo import demo_accounts
from accounts.services import codes, people
from accounts.web import entry
from common import clock
from common.errors import DomainError, TooOften
from common.identifiers import check_phone
from common.masks import mask_phone

ASKED = "sign_in_asked"  # {"index", "shown", "token", "next"}: no clear phone in the session


@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """Ask for the phone; POST sends the code and leads to the next page."""
    going = entry.safe_next(request, "")
    if request.method != "POST":
        return _phone_page(request, going)
    typed = request.POST.get("phone", "")[:40]
    asked = request.session.get(ASKED, {})
    token = asked.get("token") or codes.new_token()
    try:
        number = check_phone(typed)
        index = codes.issue(phone=number, token=token, now=clock.now(), address=entry.address_of(request))
    except TooOften as often:
        if asked and asked.get("shown") == mask_phone(typed) and often.field == "phone" and _still_valid(asked):
            return redirect(f"{reverse('accounts:driver_code')}?again=1")  # a double tap: that message is on its way
        return _phone_page(request, going, typed=typed, words=often.message, status=429)
    except DomainError as wrong:
        return _phone_page(request, going, typed=typed, words=wrong.message, status=422)
    request.session[ASKED] = {
        "index": index,
        "shown": mask_phone(number),
        "token": token,
        "next": going,
        "until": (clock.now() + codes.LIFE).timestamp(),
    }
    return redirect("accounts:driver_code")


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code; the right one opens the account, the first one makes it."""
    asked = request.session.get(ASKED)
    if not asked:
        return redirect("accounts:driver")
    if request.method != "POST":
        return _code_page(request, asked, again=request.GET.get("again") == "1")
    now = clock.now()
    try:
        number = codes.redeem(
            index=asked["index"], code=request.POST.get("code", "")[:40], token=asked["token"], now=now
        )
        proved = people.prove_phone(phone=number, now=now)
    except TooOften as often:
        return _code_page(request, asked, words=often.message, status=429)
    except DomainError as wrong:
        return _code_page(request, asked, words=wrong.message, status=422)
    going = asked["next"] or settings.LOGIN_REDIRECT_URL
    del request.session[ASKED]
    entry.come_in(request, proved.person, method="phone", now=now)
    request.session[entry.HISTORY_OPEN] = proved.hidden_before is None
    if proved.hidden_before:
        request.session[entry.HIDDEN_BEFORE] = proved.hidden_before.isoformat()
    return redirect(going)


@require_http_methods(["POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Out, by POST; the phone keeps no page of it."""
    from django.contrib.auth import logout

    from accounts.services import sessions

    sessions.forget(session_key=request.session.session_key)
    logout(request)
    answer = redirect(entry.safe_next(request, "/"))
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _still_valid(asked: dict) -> bool:
    return asked.get("until", 0) > clock.now().timestamp()


def _phone_page(request: HttpRequest, going: str, *, typed: str = "", words: str = "", status: int = 200) -> HttpResponse:
    context = {
        "next": going,
        "typed": typed,
        "words": words,
        "errors": [("phone", words)] if words else [],
        "demo_accounts": demo_accounts(),
    }
    return render(request, "accounts/driver_phone.html", context, status=status)


def _code_page(
    request: HttpRequest, asked: dict, *, words: str = "", again: bool = False, status: int = 200
) -> HttpResponse:
    context = {
        "shown": asked["shown"],
        "words": words,
        "errors": [("code", words)] if words else [],
        "again": _("一分钟内只发一条，刚才那条还有效。") if again else "",
        "outbox_url": _outbox_url(),
        "next": asked["next"],
    }
    return render(request, "accounts/driver_code.html", context, status=status)


def _outbox_url() -> str:
    """Where the demo shows what would have been sent; registered by an upper room."""
    from accounts.registry import registry

    return registry.outbox_url() if settings.DEMO else ""
