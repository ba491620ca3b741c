"""Acts on many: first who can and why the rest cannot, then one by one, each in its own transaction."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.rules.roles import HANDLING
from accounts.rules.viewer import Viewer
from appeals.admin import parts
from appeals.admin.act import perform
from appeals.models import Appeal
from appeals.rules.moves import MOVES, Move
from appeals.selectors.facts import offers_for
from appeals.selectors.scope import appeals_for
from common import clock
from common.errors import DomainError

MOST = 25
BULK = {"accept": Move.ACCEPT, "note": Move.NOTE}


@page("appeals/bulk/", name="appeals_bulk", roles=HANDLING)
def bulk(request: HttpRequest) -> HttpResponse:
    """POST from the list asks; POST with `sure` does it."""
    if request.method != "POST":
        return redirect("admin:appeals_list")
    move = BULK.get(request.POST.get("act", ""))
    if move is None:
        raise BadRequest("unknown act")
    picked = picked_rows(request)
    if not picked:
        messages.warning(request, _("还没有选。先在列表里打钩。"))
        return redirect(_back(request))
    if request.POST.get("sure") == "1" and (move != Move.NOTE or request.POST.get("note", "").strip()):
        return _do(request, move, picked)
    error = _("请写备注") if request.POST.get("sure") == "1" else ""
    return _ask(request, move, picked, error)


def picked_rows(request: HttpRequest) -> list[Appeal]:
    """The picked appeals that the viewer may know of; others are not there."""
    keys = []
    for word in request.POST.getlist("pick")[:MOST]:
        try:
            keys.append(UUID(word))
        except ValueError:
            raise BadRequest("not a key") from None
    return list(appeals_for(request.viewer).filter(key__in=keys).order_by("next_due", "id"))


def sorted_out(rows: list[Appeal], move: Move, viewer: Viewer) -> tuple[list[dict], list[dict]]:
    """(can, cannot with the reason)."""
    able, unable = [], []
    now = clock.now()
    for appeal in rows:
        offer = next((each for each in offers_for(appeal, viewer, now=now) if each.move == move), None)
        row = {"key": str(appeal.key), "version": appeal.version, "title": parts.title_of(appeal), "tail": parts.tail(appeal.number)}
        if offer is not None and not offer.why_not:
            able.append(row)
        else:
            state = parts.state_badge(appeal.state).word
            unable.append({**row, "why": offer.why_not if offer else _("现在是“%s”，不能再做这一步") % state})
    return able, unable


def _ask(request: HttpRequest, move: Move, rows: list[Appeal], error: str) -> HttpResponse:
    able, unable = sorted_out(rows, move, request.viewer)
    word = MOVES[move].word
    return render_page(
        request,
        "appeals/admin/bulk.html",
        status=422 if error else 200,
        title=word,
        crumbs=[(_("诉求列表"), reverse("admin:appeals_list")), (word, None)],
        question=_("%(what)s %(count)s 件？") % {"what": word, "count": len(able)} if able else _("选的这几件都不能%s") % word,
        lead=_("选了 %(all)s 件，能办 %(able)s 件，不能 %(unable)s 件。") % {"all": len(rows), "able": len(able), "unable": len(unable)},
        able=able,
        unable=unable,
        act=request.POST["act"],
        button=_("%(what)s %(count)s 件") % {"what": word, "count": len(able)},
        needs_note=move == Move.NOTE,
        note=request.POST.get("note", ""),
        back=_back(request),
        bulk_url=reverse("admin:appeals_bulk"),
        error=error,
    )


def _do(request: HttpRequest, move: Move, rows: list[Appeal]) -> HttpResponse:
    done, refused = 0, []
    for appeal in rows:
        data = {"version": request.POST.get(f"version-{appeal.key}", ""), "note": request.POST.get("note", "")}
        try:
            perform(appeal, move, request.viewer, data)
            done += 1
        except DomainError as error:
            refused.append(f"{parts.tail(appeal.number)}：{error.message}")
    if done:
        messages.success(request, _("%(what)s了 %(count)s 件。") % {"what": MOVES[move].word, "count": done})
    for words in refused:
        messages.warning(request, words)
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    back = request.POST.get("back", "")
    ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return back if ours and back.startswith("/admin/") else reverse("admin:appeals_list")
