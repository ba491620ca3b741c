"""What the sign-in doors share: where to go next, who asks, and the moment of coming in.

Sign-in goes through allauth's adapter and its record of methods, not through its login stages: those
would lead a driver who also works here to pages that we do not have, and decide by the wall clock.
Django's `login` cycles the session key, and flushes the session of another person.
"""

from __future__ import annotations

from datetime import datetime

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.middleware import HISTORY_OPEN
from accounts.models import Person
from accounts.services import people, sessions
from common import clock

HIDDEN_BEFORE = "history_hidden_before"  # ISO moment, only while the history is not open
STEPPED_UP = "stepped_up_at"


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """Where `next` leads, if that is an address of ours; else `otherwise`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    plain = wanted.startswith("/") and "\\" not in wanted and not wanted.lower().startswith(("/%2f", "/%5c"))
    good = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if plain and good else otherwise


def address_of(request: HttpRequest) -> str:
    """The address of the caller: the last one that no proxy of ours has."""
    address = request.META.get("REMOTE_ADDR", "")
    trusted = settings.TRUSTED_PROXIES
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    while address in trusted and hops:
        address = hops.pop()
    return address


def device_of(request: HttpRequest) -> str:
    """A word by which somebody knows his own devices again; nothing that tells one from another."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    kinds = (("iPhone", _("苹果手机")), ("iPad", _("平板")), ("Android", _("安卓手机")), ("Windows", _("Windows 电脑")), ("Mac OS", _("苹果电脑")), ("Linux", _("Linux 电脑")))  # fmt: skip
    word = next((word for mark, word in kinds if mark in agent), _("别的设备"))
    return f"{word} · {_('微信')}" if "MicroMessenger" in agent else word


def come_in(request: HttpRequest, person: Person, *, method: str, now: datetime) -> None:
    """A driver is in by a code. His draft and what this session opened by number stay."""
    get_adapter().login(request, person)
    record_authentication(request, person, method)
    _remember(request, person, staff=False, now=now)


def stay_in(request: HttpRequest, person: Person, *, now: datetime) -> None:
    """The account turned out to be `person`, the same human: he stays in, with whatever this browser holds."""
    request.session.pop(SESSION_KEY, None)  # else Django takes him for somebody else and empties the session
    come_in(request, person, method="phone", now=now)


def come_in_as_staff(request: HttpRequest, person: Person, *, kind: str, authenticator: int | None, now: datetime) -> None:
    """Staff are in by password and second factor; nothing of what this browser did before stays."""
    request.session.flush()
    get_adapter().login(request, person)
    record_authentication(request, person, "password")
    record_authentication(request, person, "mfa", id=authenticator, type=kind)
    _remember(request, person, staff=True, now=now)


def stepped_up_at(request: HttpRequest) -> datetime | None:
    """When this session last gave its second factor once more, for acts that ask for it anew."""
    stamp = request.session.get(STEPPED_UP)
    return datetime.fromtimestamp(stamp, clock.UTC) if stamp else None


def history_proved(request: HttpRequest, owner_id: int | None, *, how: str, now: datetime) -> None:
    """He knew what only the same person knows (a receipt code of his own appeal): show the past again."""
    if owner_id is None or request.viewer.person_id != owner_id or request.session.get(HISTORY_OPEN) is not False:
        return
    people.open_history(person=request.user, how=how, now=now)
    request.session[HISTORY_OPEN] = True
    request.session.pop(HIDDEN_BEFORE, None)


def _remember(request: HttpRequest, person: Person, *, staff: bool, now: datetime) -> None:
    if not request.session.session_key:
        request.session.save()
    sessions.remember(
        person=person, session_key=request.session.session_key, device=device_of(request), staff=staff, now=now
    )
