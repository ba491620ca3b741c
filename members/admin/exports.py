"""导出: asked with a reason, agreed to by a second person above 200 rows, downloaded once."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.admin.pages import page, render_page
from accounts.models import Place
from accounts.rules.roles import Role
from common import clock
from common.errors import DomainError, NotThere
from common.reading import read_key
from common.words import moment_words
from members.models import Driver, Enterprise, Export
from members.registry import sheets
from members.rules.exports import COLUMNS, KEPT_HOURS, SECOND_PERSON_ABOVE
from members.selectors.exports import exports_for, may_ask, to_decide
from members.selectors.register import FILTERS, trades_to_choose
from members.services import exports as services

ROLES = frozenset({Role.REGISTRAR, Role.SECRETARY})
WHAT_WORDS = {"drivers": _("司机"), "members": _("党员")}
TONES = {"asked": "warn", "queued": "info", "ready": "ok", "failed": "err", "refused": "err"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 30


@page("exports/", name="members_exports", roles=ROLES)
def exports(request: HttpRequest) -> HttpResponse:
    """Ask for one; what I asked for; what waits for my word."""
    viewer, now = request.viewer, clock.now()
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _act(request, now=now)
        except NotThere:
            raise Http404 from None
        except DomainError as error:
            wrong[error.field or "form"] = error.message
    kinds = [what for what in may_ask(viewer) if what in COLUMNS]  # what other rooms export stands on their own pages
    asked = request.POST if request.method == "POST" else request.GET
    what = asked.get("what") if asked.get("what") in kinds else kinds[0]
    return render_page(
        request, "members/admin/exports.html", title=_("导出"), crumbs=[(_("信息库"), None), (_("导出"), None)],
        lead=_("导出的就是屏幕上看得到的，姓名、手机号、车牌照样遮着；一天里一次或几次合起来超过 %(rows)s 行要另一人同意，只能下载一次，%(hours)s 小时后作废。")
        % {"rows": SECOND_PERSON_ABOVE, "hours": KEPT_HOURS},
        whats=[(name, WHAT_WORDS[name]) for name in kinds], what=what, columns=COLUMNS[what], wrong=wrong, errors=list(wrong.items()),
        typed=asked, places=list(Place.objects.values_list("code", "name")) if what == "drivers" else [],
        engagements=Driver.Engagement.choices if what == "drivers" else [],
        trades=trades_to_choose(viewer, asked.get("trade", "")[:40]) if what == "drivers" else [],
        mine=[_row(each, now=now) for each in exports_for(viewer)[:SHOWN]],
        waiting=[_row(each, now=now) for each in to_decide(viewer).select_related("asked_by")[:SHOWN]],
        status=422 if wrong else 200,
    )  # fmt: skip


@require_POST
def _download(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The workbook, once; by POST, so that nothing on the way takes it first."""
    row = exports_for(request.viewer).filter(key=key).first()
    try:
        if row is None:
            raise NotThere
        data = services.take(export=row, by=request.viewer, now=clock.now())
    except (NotThere, FileNotFoundError):
        raise Http404 from None
    answer = HttpResponse(data, content_type=XLSX, headers={"Cache-Control": "no-store"})
    answer["Content-Disposition"] = f'attachment; filename="{row.what}-{clock.local(clock.now()):%Y%m%d}.xlsx"'
    return answer


page("exports/<uuid:key>/file", name="members_export_file", roles=ROLES)(_download)


def _act(request: HttpRequest, *, now: datetime) -> HttpResponse:
    viewer, typed = request.viewer, request.POST
    if typed.get("act") == "ask":
        filters = {name: typed[name][:40] for name in FILTERS if typed.get(name)}
        row = services.ask(
            what=typed.get("what", ""), columns=typed.getlist("column"), filters=filters, reason=typed.get("reason", ""), by=viewer, now=now
        )
        words = _("%s 行，超过 200 行，等另一人同意。") if row.state == Export.State.ASKED else _("%s 行，正在做，一会儿就能下载。")
        messages.success(request, words % f"{row.rows:,}")
    else:
        row = to_decide(viewer).filter(key=read_key(typed.get("key", ""))).first()
        if row is None:
            raise NotThere
        services.decide(export=row, agree=typed.get("act") == "agree", by=viewer, now=now)
        messages.success(request, _("同意了，做好以后他来下载。") if typed.get("act") == "agree" else _("没同意，记下了。"))
    return redirect("admin:members_exports")


def _row(each: Export, *, now: datetime) -> dict[str, Any]:
    words = dict(sheets[each.what].columns if each.what in sheets else COLUMNS[each.what])
    return {
        "key": each.key, "what": word_of(each.what), "rows": each.rows, "reason": each.reason, "when": moment_words(each.asked_at, now),
        "by": each.asked_by.name, "state": each.get_state_display(), "tone": TONES.get(each.state, ""),
        "ready": each.state == Export.State.READY and each.expires_at > now,
        "columns": "、".join(words[name] for name in each.columns), "filters": _filter_words(each.filters),
    }  # fmt: skip


def word_of(what: str) -> str:
    """司机, 党员, or the word of the room whose workbook it is."""
    return str(sheets[what].word if what in sheets else WHAT_WORDS[what])


def _filter_words(filters: dict[str, str]) -> str:
    """What was narrowed down, for whoever has to agree: "棠张镇、挂靠", or that it is everybody."""
    said = []
    for name, value in filters.items():
        if name == "place":
            said.append(Place.objects.filter(code=value).values_list("name", flat=True).first() or value)
        elif name == "engagement":
            said.append(str(dict(Driver.Engagement.choices).get(value, value)))
        elif name == "state":
            said.append(str(dict(Driver.State.choices).get(value, value)))
        elif name == "enterprise":
            said.append(Enterprise.objects.filter(pk=value).values_list("name", flat=True).first() or value)
        else:
            said.append(value)
    return "、".join(said) or _("全部")
