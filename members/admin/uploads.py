"""摸排导入: hand a workbook in, see what it would do, answer its questions, have another person write it, take it back."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.models import Person
from accounts.rules.roles import Role
from common import clock
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from common.words import moment_words
from members.admin.upload_parts import (
    STATE_TONES,
    equation,
    progress,
    question_cards,
    reasons_of,
    row_lines,
    steps,
    views,
    warning_words_of,
)
from members.models import Upload
from members.rules.census_columns import LABELS
from members.selectors.uploads import may_confirm, staged_for, uploads_for
from members.services import remarks, undo
from members.services import uploads as services

ROLES = frozenset({Role.REGISTRAR, Role.UNION})
PAGE, LISTED = 20, 30
BUSY = frozenset({Upload.State.STAGED, Upload.State.APPLYING})
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def kinds_of(request: HttpRequest) -> list[tuple[str, str]]:
    viewer = request.viewer
    return [(kind.value, kind.label) for kind, role in services.ROLE_OF.items() if viewer.has_role(role)]


@page("imports/", name="members_uploads", roles=ROLES)
def uploads(request: HttpRequest) -> HttpResponse:
    """What was handed in, and the form to hand in another."""
    viewer, now = request.viewer, clock.now()
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _take(request, now)
        except NotThere:
            raise Http404 from None
        except DomainError as error:
            wrong["file"] = error.message
    rows = uploads_for(viewer).select_related("by").order_by("-at", "-pk")[:LISTED]
    lines = [
        {
            "key": each.key, "name": each.name, "state": each.get_state_display(), "tone": STATE_TONES[each.state],
            "kind": each.get_kind_display(), "by": each.by.name if each.by else _("运维"), "at": moment_words(each.at, now),
            "rows": each.rows, "rejected": each.counts.get("rejected"),
        }
        for each in rows
    ]  # fmt: skip
    return render_page(
        request, "members/admin/uploads.html", title=_("摸排导入"), crumbs=[(_("信息库"), None), (_("摸排导入"), None)],
        lead=_("先看会改什么，再由另一个人写入；七天内可以撤销。"), lines=lines, kinds=kinds_of(request), wrong=wrong,
        status=422 if wrong else 200,
    )  # fmt: skip


def _take(request: HttpRequest, now: datetime) -> HttpResponse:
    file, kinds = request.FILES.get("file"), [kind for kind, _word in kinds_of(request)]
    if file is None:
        raise DomainError(_("选一个 .xlsx 或 .csv 文件"), field="file")
    kind = request.POST.get("kind") or kinds[0]
    if kind not in kinds:
        raise NotThere
    upload = services.take(content=file.read(), name=file.name, kind=kind, by=request.viewer, now=now)
    return redirect("admin:members_upload", key=upload.key)


@page("imports/<uuid:key>/", name="members_upload", roles=ROLES)
def upload(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One workbook, step by step."""
    row = _row(request, key)
    wrong = ""
    if request.method == "POST":
        try:
            return _act(request, row)
        except NotThere:
            raise Http404 from None
        except DomainError as error:
            wrong = error.message
            row.refresh_from_db()
    step = request.GET.get("step", "")
    if step in ("write", "drop", "undo"):
        return _confirm_page(request, row, step, wrong)
    return _show(request, row, wrong)


def _row(request: HttpRequest, key: uuid.UUID) -> Upload:
    row = uploads_for(request.viewer).select_related("by", "asked_to", "applied_by", "undone_by").filter(key=key).first()
    if row is None:
        raise Http404
    return row


def _act(request: HttpRequest, row: Upload) -> HttpResponse:
    viewer, now, typed = request.viewer, clock.now(), request.POST
    match typed.get("act", ""):
        case "answer":
            answers = {}
            for at, question in enumerate(row.questions):
                chosen = typed.get(f"q{at}")
                if chosen is not None:
                    answers[question["header"]] = typed.get(f"q{at}other", "") if chosen == "other" else chosen
            services.answer(upload=row, answers=answers, remember="remember" in typed, by=viewer, now=now)
        case "ask":
            whom = Person.objects.filter(pk=small_number(typed.get("whom", "")) or 0).first()
            if whom is None:
                raise DomainError(_("请选另一位能确认的人"))
            services.ask(upload=row, whom=whom, by=viewer, now=now)
            messages.success(request, _("已经请他确认，他打开摸排导入就会看到。"))
        case "write":
            services.confirm(upload=row, sha256=typed.get("sha256", ""), by=viewer, now=now)
        case "drop":
            services.drop(upload=row, by=viewer, now=now)
            messages.success(request, _("不导了，信息库没有动。"))
        case "undo":
            done = undo.undo(upload=row, by=viewer, reason=typed.get("reason", ""), now=now)
            messages.success(
                request, _("撤销了：%(withdrawn)d 人退出信息库，%(restored)d 处改回原样，%(stayed)d 处后来又改过没有动。") % done
            )
        case _:
            raise Http404
    return redirect("admin:members_upload", key=row.key)


def _show(request: HttpRequest, row: Upload, wrong: str) -> HttpResponse:
    viewer, now, counts = request.viewer, clock.now(), row.counts
    tabs = views(row)
    show = request.GET.get("show", "rejected")
    if show not in {tab["key"] for tab in tabs}:
        show = tabs[0]["key"] if tabs else "rejected"
    reason = request.GET.get("reason", "") if request.GET.get("reason") in counts.get("reasons", {}) else ""
    lines, after = _lines(request, row, show, reason)
    others = may_confirm(viewer, row, now=now) if row.state == Upload.State.CHECKED else []
    until = undo.may_undo_until(row)
    return render_page(
        request, "members/admin/upload.html", title=row.name,
        crumbs=[(_("信息库"), None), (_("摸排导入"), reverse("admin:members_uploads")), (row.name, None)],
        row=row, wrong=wrong, busy=row.state in BUSY, tone=STATE_TONES[row.state], state=row.get_state_display(),
        lead=_lead(row, now), steps=steps(row), bars=progress(row), counts=counts, equation=equation(row),
        warned=warning_words_of(counts), questions=question_cards(row), fields=list(LABELS.items()),
        reasons=reasons_of(counts), paged="after" in request.GET, tabs=tabs, show=show, reason=reason, lines=lines, after=after,
        kept=_kept(request, row, next((tab for tab in tabs if tab["key"] == show), None)),
        mine=row.by_id == viewer.person_id, others=others, to_write=counts.get("created", 0) + counts.get("updated", 0),
        print_short=f"{row.sha256[:4]}…{row.sha256[-4:]}", until=until, may_undo=bool(until and now <= until),
        until_words=moment_words(until, now) if until else "", applied=moment_words(row.applied_at, now) if row.applied_at else "",
        undone=counts.get("undone"), status=422 if wrong else 200,
    )  # fmt: skip


def _kept(request: HttpRequest, row: Upload, tab: dict[str, Any] | None) -> dict[str, Any] | None:
    """The tab when fewer rows can be looked at than there are. A row with a warning is kept under what becomes of it."""
    if tab is None:
        return None
    kept = staged_for(request.viewer, row).exclude(warnings=[]).count() if tab["key"] == "warned" else tab["kept"]
    return tab | {"kept": kept} if kept < tab["count"] else None


def _lead(row: Upload, now: datetime) -> str:
    who, when = row.by.name if row.by else _("运维"), moment_words(row.at, now)
    words = _("%(sheets)d 张表，%(who)s %(when)s 上传") % {"sheets": len(row.counts.get("sheets", {})), "who": who, "when": when}
    if not row.counts:
        words = _("%(who)s %(when)s 上传") % {"who": who, "when": when}
    tail = {
        Upload.State.STAGED: _("正在读，读完自动显示"), Upload.State.ASKING: _("答完问题，再请另一人确认"),
        Upload.State.CHECKED: _("看过以后，请另一人确认"), Upload.State.APPLYING: _("正在写入，写完自动显示"),
    }.get(row.state, "")  # fmt: skip
    return f"{words}；{tail}" if tail else words


def _lines(request: HttpRequest, row: Upload, show: str, reason: str) -> tuple[list[dict[str, Any]], int]:
    """A page of rows, and the id after which the next one begins (0: none)."""
    if row.state in (*BUSY, Upload.State.DROPPED, Upload.State.FAILED):
        return [], 0
    rows = staged_for(request.viewer, row)
    rows = rows.exclude(warnings=[]) if show == "warned" else rows.filter(outcome=show)
    if reason:
        rows = rows.filter(reason=reason)
    after = small_number(request.GET.get("after", ""))
    if after:
        rows = rows.filter(pk__gt=after)
    found = list(rows[: PAGE + 1])
    return row_lines(found[:PAGE], show), found[PAGE - 1].pk if len(found) > PAGE else 0


def _confirm_page(request: HttpRequest, row: Upload, step: str, wrong: str) -> HttpResponse:
    """What will happen, in words, before it does."""
    viewer, now, counts = request.viewer, clock.now(), row.counts
    until = undo.may_undo_until(row)
    fits = {
        "write": row.state == Upload.State.CHECKED and row.by_id != viewer.person_id, "drop": row.state in services.OPEN,
        "undo": bool(until and now <= until),
    }  # fmt: skip
    if not fits[step]:
        return redirect("admin:members_upload", key=row.key)
    to_write = counts.get("created", 0) + counts.get("updated", 0)
    title = {
        "write": _("写入 %(rows)s 行吗？") % {"rows": f"{to_write:,}"}, "drop": _("不导这一份了吗？"), "undo": _("撤销这次写入吗？"),
    }[step]  # fmt: skip
    return render_page(
        request, "members/admin/upload_confirm.html", title=title, row=row, step=step, counts=counts, to_write=to_write,
        crumbs=[(_("信息库"), None), (_("摸排导入"), reverse("admin:members_uploads")), (row.name, None)], wrong=wrong,
        print_short=f"{row.sha256[:4]}…{row.sha256[-4:]}", reason=request.POST.get("reason", ""), status=422 if wrong else 200,
    )  # fmt: skip


@page("imports/<uuid:key>/remarks/", name="members_upload_remarks", roles=ROLES)
def upload_remarks(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """His own workbook with a column of remarks, to send back to the town."""
    try:
        name, data = remarks.remarked(upload=_row(request, key), by=request.viewer, now=clock.now())
    except NotThere:
        raise Http404 from None
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("admin:members_upload", key=key)
    answer = HttpResponse(data, content_type="text/csv" if name.endswith(".csv") else XLSX, headers={"Cache-Control": "no-store"})
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer
