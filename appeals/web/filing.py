"""`/appeals/new`: six plain forms over one draft. Each post keeps what was typed, right or wrong."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.rules.viewer import Viewer
from accounts.web.entry import address_of
from appeals.models import Draft
from appeals.services import drafts
from appeals.services import filing as services
from appeals.web import browser, forms, pages
from common import clock, uploads
from common.errors import DomainError, TooOften

HOME = "/"


def url_of(page: str, *, to_check: bool = False) -> str:
    """Where a page of the form lives; `to_check`: come back to check-your-answers from there."""
    url = reverse("appeals:new" if page == "what" else f"appeals:{page}")
    return f"{url}?check=1" if to_check else url


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, name: str = "what") -> HttpResponse:
    """One page of the form: shown by GET, kept and left by POST."""
    now = clock.now()
    if request.method == "POST":
        return browser.with_token(request, _post(request, name, now=now))
    if "resume" in request.GET:
        return browser.come_back(redirect(url_of("what")))
    if browser.has_left(request):
        return redirect(HOME)
    draft = drafts.current(holder=browser.holder_of(request), now=now)
    if draft is None and name != "what":
        done = drafts.already_sent(holder=browser.holder_of(request), now=now)
        return redirect(pages.receipt_url(done[0].appeal) if done else url_of("what"))  # Back after sending
    answers = drafts.answers_of(draft)
    if draft is None and request.GET.get("place"):  # the QR at a station brings the place along
        answers = {"place": request.GET["place"][:12]}
    if name == "check":
        return _check(request, draft, answers, now=now)
    return browser.with_token(request, _show(request, name, draft, answers, now=now))


def _show(
    request: HttpRequest,
    name: str,
    draft: Draft | None,
    answers: dict[str, Any],
    *,
    now: datetime,
    wrong: dict[str, str] | None = None,
    errors: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    wrong = wrong or {}
    context = {
        "step": forms.PAGES.index(name) + 1,
        "action": url_of(name),
        "client_key": draft.client_key if draft else uuid.uuid4(),
        "saved_at": _hour(draft.touched_at) if draft else "",
        "to_check": request.GET.get("check") or request.POST.get("to_check"),
        "answers": answers,
        "wrong": wrong,
        "errors": errors if errors is not None else list(wrong.items()),
        **pages.extra(name, draft, answers, now=now),
    }
    return render(request, f"appeals/web/{name}.html", context, status=422 if context["errors"] else 200)


def _post(request: HttpRequest, name: str, *, now: datetime) -> HttpResponse:
    go, answers = request.POST.get("go", "next"), forms.typed(name, request.POST)
    draft = drafts.of_form(holder=browser.holder_of(request), client_key=_key(request), now=now)
    if draft.appeal_id:  # sent already: by a second tap, a reload, or Back
        return redirect(pages.receipt_url(draft.appeal))
    kept = {**drafts.answers_of(draft), **answers}
    if name == "check" and go not in ("back", "save"):
        return _submit(request, draft, kept, now=now)
    if answers:
        drafts.save(draft=draft, answers=answers, now=now)
    if go == "save":
        return JsonResponse({"saved_at": _hour(now)})
    if name == "photos" and (refused := _photos(request, draft, now=now)):
        draft.touched_at = now
        return _show(request, name, draft, kept, now=now, wrong={"photos": refused[0]}, errors=[("photos", w) for w in refused])
    if go == "back":
        return redirect(_before(name, request))
    if go == "stay" or request.POST.get("remove"):
        return redirect(url_of(name, to_check=bool(request.POST.get("to_check"))))
    draft.touched_at = now
    if wrong := forms.problems_of(name, kept, now=now):
        return _show(request, name, draft, kept, now=now, wrong=wrong)
    following = "check" if request.POST.get("to_check") else forms.PAGES[forms.PAGES.index(name) + 1]
    return redirect(url_of(following))


def _photos(request: HttpRequest, draft: Draft, *, now: datetime) -> list[str]:
    """Keep uploaded photos, take out a removed one; returns words about files that were refused."""
    if key := request.POST.get("remove"):
        drafts.remove_photo(draft=draft, key=str(_uuid(key)))
    files = request.FILES.getlist("photos") + request.FILES.getlist("camera")
    return drafts.add_photos(draft=draft, files=files, now=now).refused if files else []


def _before(name: str, request: HttpRequest) -> str:
    if request.POST.get("to_check") and name != "check":
        return url_of("check")
    index = forms.PAGES.index(name)
    return url_of(forms.PAGES[index - 1]) if index else HOME


def _check(request: HttpRequest, draft: Draft, answers: dict[str, Any], *, now: datetime) -> HttpResponse:
    """Check-your-answers; or, where something is wrong, only the wrong fields, open to mend."""
    wrong = forms.all_problems(answers, now=now)
    if wrong:
        return _fix(request, draft, answers, wrong, now=now)
    return _show(request, "check", draft, answers, now=now)


def _fix(request, draft, answers, wrong: dict[str, str], *, now: datetime, status: int = 200) -> HttpResponse:
    context = {
        "step": 6,
        "action": url_of("check"),
        "client_key": draft.client_key,
        "saved_at": _hour(draft.touched_at),
        "answers": answers,
        "wrong": wrong,
        "errors": list(wrong.items()),
        **pages.mending(draft, answers, wrong),
    }
    return render(request, "appeals/web/fix.html", context, status=status)


def _submit(request: HttpRequest, draft: Draft, answers: dict[str, Any], *, now: datetime) -> HttpResponse:
    """Send it. One form, one appeal, however often and however parallel it is posted."""
    wrong = forms.all_problems(answers, now=now)
    if not wrong:
        try:
            what = pages.filing_of(draft, answers)
            by = Viewer(person_id=request.viewer.person_id)  # as a driver, whatever else he is here
            appeal = services.file(filing=what, by=by, caller=address_of(request), now=now, draft=draft)
        except services.BadFiling as error:
            wrong = {forms.page_of(field) if field == "happened" else field: words for field, words in error.errors.items()}
        except TooOften as error:
            drafts.save(draft=draft, answers=answers, now=now)
            return _too_often(request, error)
        except DomainError as error:
            wrong = {error.field or "text": error.message}
        else:
            return redirect(pages.receipt_url(appeal))
    drafts.save(draft=draft, answers=answers, now=now)
    draft.touched_at = now
    return _fix(request, draft, answers, wrong, now=now, status=422)


def _too_often(request: HttpRequest, error: TooOften) -> HttpResponse:
    response = render(request, "429.html", {"message": error.message}, status=429)
    response["Retry-After"] = str(error.retry_after)
    return response


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """One photo sent by script: {"key", "url", "left"}, or {"message"} with 4xx."""
    now = clock.now()
    draft = drafts.current(holder=browser.holder_of(request), now=now)
    files = request.FILES.getlist("photos")
    if draft is None or not files:
        return JsonResponse({"message": _("这份草稿已经不在了，请回到第一页")}, status=409)
    taken = drafts.add_photos(draft=draft, files=files[:1], now=now)
    if taken.refused:
        return JsonResponse({"message": taken.refused[0]}, status=422)
    photo = taken.kept[0]
    left = drafts.MAX_PHOTOS - draft.photos.count()
    return JsonResponse({"key": str(photo.key), "url": pages.photo_url(photo.key), "left": left})


@require_GET
def draft_photo(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """A photo of this browser's own draft; anybody else's is not there."""
    return _photo(browser.holder_of(request), key)


@require_GET
def added_photo(request: HttpRequest, key: uuid.UUID, photo: uuid.UUID) -> HttpResponse:
    """A photo that waits to be added to the appeal `key`, for the browser that sent it."""
    return _photo(browser.holder_of(request, f"add:{key}"), photo)


def _photo(holder: str, key: uuid.UUID) -> HttpResponse:
    draft = drafts.current(holder=holder, now=clock.now())
    photo = draft.photos.filter(key=key).first() if draft else None
    if photo is None:
        raise Http404
    return HttpResponse(uploads.open_served(photo.served, root=settings.DATA_DIR), content_type="image/jpeg")


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest) -> HttpResponse:
    """Delete the draft, after a second tap."""
    if request.method != "POST":
        return redirect(HOME) if browser.has_left(request) else render(request, "appeals/web/discard.html")
    draft = drafts.current(holder=browser.holder_of(request), now=clock.now())
    if draft is not None:
        drafts.drop(draft=draft)
    return redirect(HOME)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """快速离开: to a neutral page, and Back finds the form closed for ten minutes."""
    return browser.leave(HttpResponseRedirect(settings.QUICK_EXIT_URL))


def _hour(moment: datetime) -> str:
    """ "14:32", "7:50"."""
    at = clock.local(moment)
    return f"{at.hour}:{at:%M}"


def _key(request: HttpRequest) -> uuid.UUID:
    return _uuid(request.POST.get("client_key", ""))


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()
