"""What a driver does on the page of his appeal: nudge, rate, add, reply, withdraw, ask again. Every act is a POST."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.rules.viewer import Viewer
from accounts.selectors.units import nameable_units
from appeals.models import Appeal, Draft
from appeals.rules.life import State
from appeals.rules.moves import Move
from appeals.selectors.facts import offers_for
from appeals.services import desk, drafts, driver, rounds
from appeals.web import browser, forms, pages
from appeals.web.track import own_or_404, show
from common import clock
from common.errors import DomainError
from common.reading import read_key

MAX_ADDED = 9


def _back(appeal: Appeal, done: str) -> HttpResponseRedirect:
    return redirect(f"{reverse('appeals:view', args=[appeal.key])}?done={done}")


@require_http_methods(["GET", "HEAD", "POST"])
def nudge(request: HttpRequest, key: UUID) -> HttpResponse:
    """催一下, once a day. A GET (reload after a refusal) changes nothing and leads to the page."""
    now = clock.now()
    appeal, viewer = own_or_404(request, key, now=now)
    if request.method != "POST":
        return redirect("appeals:view", key=appeal.key)
    try:
        driver.nudge(appeal=appeal, by=viewer, now=now)
    except DomainError as error:
        return show(request, appeal, viewer, now=now, wrong={"main-act": error.message}, status=error.status)
    return _back(appeal, "nudged")


@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, key: UUID) -> HttpResponse:
    """Five words and one line. The bad ones open the next round by themselves."""
    now = clock.now()
    appeal, viewer = own_or_404(request, key, now=now)
    if request.method != "POST":
        return redirect("appeals:view", key=appeal.key)
    score, comment = request.POST.get("score", ""), request.POST.get("comment", "")[:2000]
    typed = {"score": int(score) if score in "12345" and score else None, "comment": comment}
    wrong = {}
    if typed["score"] is None:
        wrong = {"score": _("请选一个评价")}
    elif len(comment.strip()) > 300:
        wrong = {"comment": _("写了 %(n)d 个字，最多 300 个字") % {"n": len(comment.strip())}}
    if not wrong:
        try:
            after = driver.rate(appeal=appeal, value=typed["score"], words=comment, by=viewer, now=now)
        except DomainError as error:
            wrong = {"score": error.message}
        else:
            return _back(appeal, "again" if after.is_open else "rated")
    return show(request, appeal, viewer, now=now, wrong=wrong, typed=typed, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, key: UUID) -> HttpResponse:
    """More words or photos; or the reply to what a unit asked. Photos wait in a draft of their own."""
    return browser.with_token(request, _add(request, key))


def _add(request: HttpRequest, key: UUID) -> HttpResponse:
    now = clock.now()
    appeal, viewer = own_or_404(request, key, now=now)
    move = Move.DRIVER_REPLY if appeal.state == State.WAITING_DRIVER else Move.ADD_MATERIAL
    if not _offered(appeal, viewer, move, now=now):
        return redirect("appeals:view", key=appeal.key)
    holder = browser.holder_of(request, f"add:{appeal.key}")
    draft = drafts.current(holder=holder, now=now)
    if request.method != "POST":
        return _add_page(request, appeal, move, draft, text="")
    text = request.POST.get("text", "")[:20_000]
    wrong: dict[str, str] = {}
    files = request.FILES.getlist("photos")
    if files or request.POST.get("remove"):
        draft = draft or drafts.of_form(holder=holder, client_key=read_key(""), now=now)
        if request.POST.get("remove"):
            drafts.remove_photo(draft=draft, key=str(read_key(request.POST["remove"])))
        refused = drafts.add_photos(draft=draft, files=files, now=now).refused if files else []
        wrong = {"photos": refused[0]} if refused else {}
    if request.POST.get("remove"):
        return _add_page(request, appeal, move, draft, text=text)
    photos = list(draft.photos.all()) if draft else []
    if not wrong and not text.strip() and (move == Move.DRIVER_REPLY or not photos):
        wrong = {"text": _("请写几句") if move == Move.DRIVER_REPLY else _("请写几句，或者放一张照片")}
    if not wrong:
        act = driver.reply if move == Move.DRIVER_REPLY else driver.add_material
        try:
            act(appeal=appeal, words=text, photos=photos, by=viewer, now=now)
        except DomainError as error:
            wrong = {"photos" if error.field == "photos" else "text": error.message}
        else:
            if draft:
                drafts.drop(draft=draft)
            return _back(appeal, "replied" if move == Move.DRIVER_REPLY else "added")
    return _add_page(request, appeal, move, draft, text=text, wrong=wrong)


def _offered(appeal: Appeal, viewer: Viewer, move: Move, *, now: datetime) -> bool:
    return any(offer.move == move and not offer.why_not for offer in offers_for(appeal, viewer, now=now))


def _add_page(
    request: HttpRequest, appeal: Appeal, move: Move, draft: Draft | None, *, text: str, wrong: dict[str, str] | None = None
) -> HttpResponse:
    question = ""
    if move == Move.DRIVER_REPLY:
        asked = appeal.events.filter(move=Move.ASK_DRIVER, public=True).order_by("-seq").first()
        question = asked.words if asked else ""
    photos = pages.photos_of(draft, partial(pages.added_photo_url, appeal))
    context = {
        "key": appeal.key,
        "reply": move == Move.DRIVER_REPLY,
        "question": question,
        "answers": {"text": text},
        "photos": photos,
        "left": MAX_ADDED - len(photos),
        "wrong": wrong or {},
        "errors": list((wrong or {}).items()),
    }
    return render(request, "appeals/web/add.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def accuse(request: HttpRequest, key: UUID) -> HttpResponse:
    """One more unit that he complains of: from this moment it sees nothing and does not work on it."""
    now = clock.now()
    appeal, viewer = own_or_404(request, key, now=now)
    if not _offered(appeal, viewer, Move.ADD_ACCUSED, now=now):
        return redirect("appeals:view", key=appeal.key)
    answers = forms.typed("who", request.POST)
    wrong: dict[str, str] = {}
    if request.method == "POST":
        unit = forms.unit_of(answers, nameable_units())
        if unit is None:
            wrong = {"about": _("请点是哪个中队，或者选一个单位")}
        else:
            try:
                desk.add_accused(appeal=appeal, unit=unit, by=viewer, now=now)
            except DomainError as error:
                wrong = {"about": error.message}
            else:
                return _back(appeal, "accused")
    context = {
        "key": appeal.key, "answers": answers, "wrong": wrong, "errors": list(wrong.items()),
        **pages.extra("who", None, answers, now=now),
    }  # fmt: skip
    return render(request, "appeals/web/accuse.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take it back, in two steps."""
    now = clock.now()
    appeal, viewer = own_or_404(request, key, now=now)
    if not _offered(appeal, viewer, Move.WITHDRAW, now=now):
        return redirect("appeals:view", key=appeal.key)
    if request.method != "POST":
        return render(request, "appeals/web/withdraw.html", {"key": appeal.key})
    try:
        driver.withdraw(appeal=appeal, by=viewer, now=now)
    except DomainError as error:
        return show(request, appeal, viewer, now=now, wrong={"main-act": error.message}, status=error.status)
    return _back(appeal, "withdrawn")


@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest, key: UUID) -> HttpResponse:
    """A closed appeal is taken up once more, with a reason, within 60 days."""
    now = clock.now()
    appeal, viewer = own_or_404(request, key, now=now)
    if not _offered(appeal, viewer, Move.REOPEN_CLOSED, now=now):
        return redirect("appeals:view", key=appeal.key)
    reason = request.POST.get("reason", "")[:2000].strip()
    wrong: dict[str, str] = {}
    if request.method == "POST":
        if not 1 <= len(reason) <= 500:
            wrong = {"reason": _("请写哪里没办好") if not reason else _("写了 %(n)d 个字，最多 500 个字") % {"n": len(reason)}}
        else:
            try:
                rounds.reopen(appeal=appeal, reason=reason, by=viewer, now=now)
            except DomainError as error:
                wrong = {"reason": error.message}
            else:
                return _back(appeal, "reopened")
    context = {"key": appeal.key, "reason": reason, "wrong": wrong, "errors": list(wrong.items())}
    return render(request, "appeals/web/again.html", context, status=422 if wrong else 200)
