"""`/appeals/new` (and `/appeals/for/<driver>/…`): six plain forms over one draft. Each post keeps what was typed, right or wrong."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.rules.viewer import Viewer
from accounts.web.entry import address_of
from appeals.models import Draft
from appeals.services import drafts
from appeals.services import filing as services
from appeals.services.behalf import NotAgreed
from appeals.web import browser, forms, pages
from appeals.web.whose import Form, form_of
from common import clock, uploads
from common.errors import DomainError, TooOften
from common.reading import read_key

HOME = "/"


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, name: str = "what", driver: uuid.UUID | None = None) -> HttpResponse:
    """One page of the form: shown by GET, kept and left by POST. `driver`: for whom his contact writes."""
    now = clock.now()
    form = form_of(request, driver, now=now)
    if request.method == "POST":
        return browser.with_token(request, _post(request, form, name, now=now))
    if "resume" in request.GET:
        return browser.come_back(redirect(form.url("what")))
    if browser.has_left(request):
        return redirect(HOME)
    draft = drafts.current(holder=form.holder(request), now=now)
    if form.closed:
        return _closed(request, form, drafts.answers_of(draft))
    if draft is None and name != "what":
        done = drafts.already_sent(holder=form.holder(request), now=now)
        return redirect(form.receipt_url(done[0].appeal) if done else form.url("what"))  # Back after sending
    answers = drafts.answers_of(draft)
    if draft is None and request.GET.get("place"):  # the QR at a station brings the place along
        answers = {"place": request.GET["place"][:12]}
    if name == "check":
        return _check(request, form, draft, answers, now=now)
    return browser.with_token(request, _show(request, form, name, draft, answers, now=now))


def _show(
    request: HttpRequest,
    form: Form,
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
        "action": form.url(name),
        "client_key": draft.client_key if draft else uuid.uuid4(),
        "saved_at": _hour(draft.touched_at) if draft else "",
        "to_check": request.GET.get("check") or request.POST.get("to_check"),
        "answers": answers,
        "wrong": wrong,
        "errors": errors if errors is not None else list(wrong.items()),
        **form.context(),
        **pages.extra(name, draft, answers, now=now, form=form),
    }
    return render(request, f"appeals/web/{name}.html", context, status=422 if context["errors"] else 200)


def _post(request: HttpRequest, form: Form, name: str, *, now: datetime) -> HttpResponse:
    go, answers = request.POST.get("go", "next"), forms.typed(name, request.POST)
    draft = drafts.of_form(holder=form.holder(request), client_key=_key(request), now=now)
    if draft.appeal_id:  # sent already: by a second tap, a reload, or Back
        return redirect(form.receipt_url(draft.appeal))
    kept = {**drafts.answers_of(draft), **answers}
    if name == "check" and go not in ("back", "save") and not form.closed:
        return _submit(request, form, draft, kept, now=now)
    if answers:
        drafts.save(draft=draft, answers=answers, now=now)
    if go == "save":
        return JsonResponse({"saved_at": _hour(now)})
    if form.closed:
        return _closed(request, form, kept)
    if name == "photos" and (refused := _photos(request, draft, now=now)):
        draft.touched_at = now
        errors = [("photos", words) for words in refused]
        return _show(request, form, name, draft, kept, now=now, wrong={"photos": refused[0]}, errors=errors)
    if go == "back":
        return redirect(_before(form, name, request))
    if go == "stay" or request.POST.get("remove"):
        return redirect(form.url(name, to_check=bool(request.POST.get("to_check"))))
    draft.touched_at = now
    if wrong := forms.problems_of(name, kept, now=now):
        return _show(request, form, name, draft, kept, now=now, wrong=wrong)
    following = "check" if request.POST.get("to_check") else forms.PAGES[forms.PAGES.index(name) + 1]
    return redirect(form.url(following))


def _photos(request: HttpRequest, draft: Draft, *, now: datetime) -> list[str]:
    """Keep uploaded photos, take out a removed one; returns words about files that were refused."""
    if key := request.POST.get("remove"):
        drafts.remove_photo(draft=draft, key=str(read_key(key)))
    files = request.FILES.getlist("photos") + request.FILES.getlist("camera")
    return drafts.add_photos(draft=draft, files=files, now=now).refused if files else []


def _before(form: Form, name: str, request: HttpRequest) -> str:
    if request.POST.get("to_check") and name != "check":
        return form.url("check")
    index = forms.PAGES.index(name)
    return form.url(forms.PAGES[index - 1]) if index else form.home


def _check(request: HttpRequest, form: Form, draft: Draft, answers: dict[str, Any], *, now: datetime) -> HttpResponse:
    """Check-your-answers; or, where something is wrong, only the wrong fields, open to mend."""
    wrong = forms.all_problems(answers, now=now)
    if wrong:
        return _fix(request, form, draft, answers, wrong, now=now)
    return _show(request, form, "check", draft, answers, now=now)


def _fix(request, form: Form, draft, answers, wrong: dict[str, str], *, now: datetime, status: int = 200) -> HttpResponse:
    context = {
        "step": 6,
        "action": form.url("check"),
        "client_key": draft.client_key,
        "saved_at": _hour(draft.touched_at),
        "answers": answers,
        "wrong": wrong,
        "errors": list(wrong.items()),
        **form.context(),
        **pages.mending(draft, answers, wrong, form),
    }
    return render(request, "appeals/web/fix.html", context, status=status)


def _submit(request: HttpRequest, form: Form, draft: Draft, answers: dict[str, Any], *, now: datetime) -> HttpResponse:
    """Send it. One form, one appeal, however often and however parallel it is posted."""
    wrong = forms.all_problems(answers, now=now)
    if not wrong:
        try:
            what = pages.filing_of(draft, answers, form)
            viewer = request.viewer  # as a driver, whatever else he is here
            by = Viewer(person_id=viewer.person_id, hidden_before=viewer.hidden_before)
            appeal = services.file(filing=what, by=by, caller=address_of(request), now=now, draft=draft)
        except services.BadFiling as error:
            wrong = {forms.page_of(field) if field == "happened" else field: words for field, words in error.errors.items()}
        except TooOften as error:
            drafts.save(draft=draft, answers=answers, now=now)
            return _too_often(request, error)
        except NotAgreed:  # taken back a moment ago
            drafts.save(draft=draft, answers=answers, now=now)
            return _closed(request, form, answers)
        except DomainError as error:
            wrong = {error.field or "text": error.message}
        else:
            return redirect(form.receipt_url(appeal))
    drafts.save(draft=draft, answers=answers, now=now)
    draft.touched_at = now
    return _fix(request, form, draft, answers, wrong, now=now, status=422)


def _closed(request: HttpRequest, form: Form, answers: dict[str, Any]) -> HttpResponse:
    """The driver does not agree any more: what was typed is shown and kept for a day, nothing is sent."""
    context = {"text": answers.get("text", ""), "discard_url": form.context()["discard_url"]}
    return render(request, "appeals/web/for_closed.html", context, status=409)


def _too_often(request: HttpRequest, error: TooOften) -> HttpResponse:
    response = render(request, "429.html", {"message": error.message}, status=429)
    response["Retry-After"] = str(error.retry_after)
    return response


@require_POST
def upload(request: HttpRequest, driver: uuid.UUID | None = None) -> HttpResponse:
    """One photo sent by script: {"key", "url", "left"}, or {"message"} with 4xx."""
    now = clock.now()
    form = form_of(request, driver, now=now)
    draft = drafts.current(holder=form.holder(request), now=now)
    files = request.FILES.getlist("photos")
    if draft is None or not files:
        return JsonResponse({"message": _("这份草稿已经不在了，请回到第一页")}, status=409)
    taken = drafts.add_photos(draft=draft, files=files[:1], now=now)
    if taken.refused:
        return JsonResponse({"message": taken.refused[0]}, status=422)
    photo = taken.kept[0]
    left = drafts.MAX_PHOTOS - draft.photos.count()
    return JsonResponse({"key": str(photo.key), "url": form.photo_url(photo.key), "left": left})


@require_GET
def draft_photo(request: HttpRequest, key: uuid.UUID, driver: uuid.UUID | None = None) -> HttpResponse:
    """A photo of this browser's own draft; anybody else's is not there."""
    form = form_of(request, driver, now=clock.now())
    return _photo(form.holder(request), key)


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
def discard(request: HttpRequest, driver: uuid.UUID | None = None) -> HttpResponse:
    """Delete the draft, after a second tap."""
    now = clock.now()
    form = form_of(request, driver, now=now)
    if request.method != "POST":
        context = {**form.context(), "back_url": form.url("what")}
        return redirect(HOME) if browser.has_left(request) else render(request, "appeals/web/discard.html", context)
    draft = drafts.current(holder=form.holder(request), now=now)
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
    return read_key(request.POST.get("client_key", ""))
