"""The one door of every act of the staff: a page that says what will happen, and the post that does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.rules.viewer import Viewer
from appeals.admin import parts
from appeals.admin.acts import ACTS, ANSWER_PARTS, Act, cleaned
from appeals.admin.appeal_list import ROLES
from appeals.admin.appeal_page import appeal_or_404, show
from appeals.admin.reply import differences
from appeals.models import Answer, Appeal
from appeals.rules.moves import MOVES, Move
from appeals.selectors.facts import offers_for
from appeals.services import acts, answers, handling
from common import clock
from common.errors import DomainError, NotThere, Stale
from common.identifiers import small_number

SHEET_MOVES = {Move.PROGRESS, Move.ASK_DRIVER, Move.NOTE, Move.SUBMIT_ANSWER}
BACK = {
    "today": "admin:index", "desk": "admin:appeals_desk", "decide": "admin:appeals_decide",
    "call_backs": "admin:appeals_call_backs",
}  # fmt: skip
SAVE_DRAFT, KEEP_THEIRS = "save_draft", "keep_theirs"


@page("appeals/appeal/<uuid:key>/act/", name="appeals_act", roles=ROLES)
def act(request: HttpRequest, key: UUID) -> HttpResponse:
    """GET: what will happen. POST: do it. Nothing else of the staff changes an appeal."""
    appeal = appeal_or_404(request, key)
    if request.method == "POST":
        return _post(request, appeal)
    move = _move(request.GET.get("move", ""))
    offer = next((each for each in offers_for(appeal, request.viewer, now=clock.now()) if each.move == move), None)
    if offer is None or offer.why_not or move not in ACTS:
        messages.warning(request, offer.why_not if offer and offer.why_not else _("这一步现在不能做，页面是最新的。"))
        return redirect("admin:appeals_one", key=appeal.key)
    return _ask(request, appeal, move)


def _move(word: str) -> Move:
    try:
        return Move(word)
    except ValueError:
        raise Http404 from None


def _post(request: HttpRequest, appeal: Appeal) -> HttpResponse:
    word = request.POST.get("move", "")
    data = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    if word in (SAVE_DRAFT, KEEP_THEIRS):
        return _draft_post(request, appeal, data, keep_theirs=word == KEEP_THEIRS)
    move = _move(word)
    if move not in ACTS and move != Move.SUBMIT_ANSWER:
        raise Http404
    try:
        done = perform(appeal, move, request.viewer, data)
    except NotThere:
        raise Http404 from None
    except Stale as stale:
        return _stale(request, appeal, move, data, stale)
    except DomainError as error:
        return _again(request, appeal, move, data, error)
    messages.success(request, done)
    return redirect(_next(request, appeal, move))


def perform(appeal: Appeal, move: Move, viewer: Viewer, data: Mapping[str, str]) -> str:
    """Call the service of this move; returns what to say. Raises DomainError and its kin."""
    version = small_number(data.get("version", ""))
    now = clock.now()
    if move == Move.SUBMIT_ANSWER:
        _not_overtaken(appeal, data)
    acts.perform(move, appeal=appeal, by=viewer, version=version, now=now, data=cleaned(data))
    return _(ACTS[move].done) if move in ACTS else _("送审了，等负责人批。")


def _not_overtaken(appeal: Appeal, data: Mapping[str, str]) -> None:
    """A draft that somebody else saved meanwhile must not be overwritten by sending."""
    seen = small_number(data.get("answer_version", ""))
    answer = Answer.objects.filter(appeal=appeal, round=appeal.round, state=Answer.State.DRAFT).first()
    if answer and seen is not None and answer.version != seen:
        raise Stale(_("您写的时候，别人也存了一稿；两稿都在下面，没有丢字"))


def _next(request: HttpRequest, appeal: Appeal, move: Move) -> str:
    back = BACK.get(request.POST.get("back", ""))
    if back:
        return reverse(back)
    try:
        appeal_or_404(request, appeal.key)
    except Http404:  # stepped back, or no longer this unit's: it is gone from here
        return reverse("admin:index")
    return reverse("admin:appeals_one", args=[appeal.key])


def _again(request: HttpRequest, appeal: Appeal, move: Move, data: dict[str, str], error: DomainError) -> HttpResponse:
    """The page again with the message at its field; what was typed stays."""
    status = error.status if 400 <= error.status < 500 else 422
    appeal = appeal_or_404(request, appeal.key)
    if request.POST.get("back") == "desk":
        from appeals.admin import desk

        return desk.show(request, appeal, errors=[{"words": error.message, "field": error.field}], typed=data, status=status)
    if move in SHEET_MOVES:
        anchor = f"answer-{error.field}" if move == Move.SUBMIT_ANSWER else f"words-{_KINDS[move]}"
        problem = {"words": error.message, "field": error.field, "anchor": anchor}
        return show(request, appeal, errors=[problem], typed=data, status=status)
    return _ask(request, appeal, move, data=data, error=error, status=status)


_KINDS = {Move.PROGRESS: "progress", Move.ASK_DRIVER: "ask", Move.NOTE: "note"}


def _ask(
    request: HttpRequest, appeal: Appeal, move: Move, *, data: Mapping[str, str] | None = None,
    error: DomainError | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The confirm page: the question with its number, what will happen, what must be filled."""
    form = ACTS[move]
    legal = MOVES[move]
    return render_page(
        request,
        "appeals/admin/act.html",
        status=status,
        title=legal.word.rstrip("…"),
        crumbs=[(_("诉求列表"), reverse("admin:appeals_list")), (_("尾号 %s") % parts.tail(appeal.number), reverse("admin:appeals_one", args=[appeal.key])), (legal.word.rstrip("…"), None)],
        question=_("%(what)s？尾号 %(tail)s") % {"what": legal.word.rstrip("…"), "tail": parts.tail(appeal.number)},
        subject=parts.title_of(appeal),
        fields=_fields(form, appeal, request.viewer, data or {}, error),
        says=form.says,
        error=error.message if error else "",
        move=move.value,
        back=request.POST.get("back") or request.GET.get("back", ""),
        version=(data or {}).get("version") or appeal.version,
        act_url=reverse("admin:appeals_act", args=[appeal.key]),
        back_url=reverse("admin:appeals_one", args=[appeal.key]),
        answer_text=_answer_text(appeal) if move in (Move.APPROVE, Move.HEAD_APPROVE, Move.SEND_BACK_DRAFT) else "",
    )


def _fields(form: Act, appeal: Appeal, viewer: Viewer, data: Mapping[str, str], error: DomainError | None) -> list[dict[str, Any]]:
    now = clock.now()
    return [
        {
            "name": each.name, "word": _(each.word), "kind": each.kind, "help": _(each.help) if each.help else "",
            "optional": each.optional, "value": data.get(each.name, ""),
            "choices": each.choices(appeal, viewer, now) if each.choices else [],
            "bad": error.message if error and error.field == each.name else "",
        }
        for each in form.fields
    ]  # fmt: skip


def _answer_text(appeal: Appeal) -> str:
    answer = Answer.objects.filter(appeal=appeal, round=appeal.round).first()
    return "\n".join(getattr(answer, name) for name in answers.PARTS if getattr(answer, name)) if answer else ""


# --- drafts and conflicts ----------------------------------------------------------------------


def _stale(request: HttpRequest, appeal: Appeal, move: Move, data: dict[str, str], stale: Stale) -> HttpResponse:
    """Somebody was first: both texts side by side, two plain ways on, nothing lost."""
    appeal = appeal_or_404(request, appeal.key)
    if move == Move.SUBMIT_ANSWER:
        return conflict(request, appeal, data)
    if move in SHEET_MOVES:
        problem = {"words": stale.message, "field": "", "anchor": f"words-{_KINDS[move]}"}
        return show(request, appeal, errors=[problem], typed={**data, "version": str(appeal.version)}, status=409)
    return _ask(request, appeal, move, data={**data, "version": str(appeal.version)}, error=stale, status=409)


def conflict(request: HttpRequest, appeal: Appeal, data: Mapping[str, str]) -> HttpResponse:
    """Two drafts of one answer."""
    theirs = Answer.objects.filter(appeal=appeal, round=appeal.round).select_related("drafted_by").first()
    rows = []
    for name, word, height in ANSWER_PARTS:
        stored, mine = getattr(theirs, name, "") if theirs else "", data.get(name, "")
        left, right = differences(stored, mine)
        rows.append({"name": name, "word": _(word), "rows": height, "left": left, "right": right, "mine": mine, "same": stored == mine})
    return render_page(
        request,
        "appeals/admin/conflict.html",
        status=409,
        title=_("两份都在，您来定"),
        crumbs=[(_("诉求列表"), reverse("admin:appeals_list")), (_("尾号 %s") % parts.tail(appeal.number), reverse("admin:appeals_one", args=[appeal.key])), (_("两份答复稿"), None)],
        who=theirs.drafted_by.name if theirs else "",
        when=f"{clock.local(theirs.saved_at):%H:%M}" if theirs else "",
        rows=rows,
        version=appeal.version,
        answer_version=theirs.version if theirs else 0,
        act_url=reverse("admin:appeals_act", args=[appeal.key]),
    )  # fmt: skip


def _draft_post(request: HttpRequest, appeal: Appeal, data: dict[str, str], *, keep_theirs: bool) -> HttpResponse:
    try:
        if keep_theirs:
            mine = "\n".join(data.get(name, "") for name in answers.PARTS).strip()
            handling.note(appeal=appeal, note=_("没用上的一稿：%s") % mine, by=request.viewer, version=None, now=clock.now())
            messages.success(request, _("用了先存的那一稿，您的留在内部备注里。"))
        else:
            save_draft(appeal, request.viewer, data)
            messages.success(request, _("草稿存下了。"))
    except NotThere:
        raise Http404 from None
    except Stale:
        return conflict(request, appeal, data)
    except DomainError as error:
        return show(request, appeal_or_404(request, appeal.key), errors=[{"words": error.message, "field": error.field}], typed=data, status=409)
    return redirect("admin:appeals_one", key=appeal.key)


def save_draft(appeal: Appeal, viewer: Viewer, data: Mapping[str, str]) -> Answer:
    """Keep what was typed."""
    typed = {name: data.get(name, "")[:4000] for name in answers.PARTS}
    version = small_number(data.get("answer_version", ""))
    return answers.save_draft(appeal=appeal, parts=typed, by=viewer, draft_version=version, now=clock.now())


@page("appeals/appeal/<uuid:key>/draft/", name="appeals_draft", roles=ROLES)
def draft(request: HttpRequest, key: UUID) -> HttpResponse:
    """The autosave: answers in plain words and with the version to send next time."""
    if request.method != "POST":
        raise Http404
    appeal = appeal_or_404(request, key)
    try:
        answer = save_draft(appeal, request.viewer, request.POST)
    except NotThere:
        raise Http404 from None
    except DomainError as error:
        return HttpResponse(error.message, status=error.status, content_type="text/plain; charset=utf-8")
    words = _("草稿 %s 存在服务器上") % f"{clock.local(answer.saved_at):%H:%M}"
    return HttpResponse(words, content_type="text/plain; charset=utf-8", headers={"X-Draft-Version": str(answer.version)})
