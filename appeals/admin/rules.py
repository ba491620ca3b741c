"""分拨规则: the words as data; a sentence tried against them; a change rehearsed before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.models import Place
from accounts.rules.roles import Role
from appeals.admin import parts
from appeals.models import RoutingRule
from appeals.rules.routing_names import CATEGORIES, UNITS, category_name
from appeals.selectors.rehearsal import rehearse, rules_of
from appeals.services import routing, routing_rules
from common import clock
from common.errors import DomainError, NotThere
from common.words import short_day_words, whole_day_words

ROLES = frozenset({Role.DESK, Role.DUTY})
SHOWN, CHIPS = 40, 14
RAW = frozenset("(|)[]…")
STEPS = (("urgency", "危险"), ("nothing", "没内容"), ("accusation", "反映谁"), ("category", "分类"), ("unit", "单位"), ("kind", "类型"), ("spelling", "错字"))
TONES = {"moved": ("info", "route", "改送"), "settled": ("ok", "check-circle", "机器能定了"), "unsure": ("warn", "alert", "变得拿不准")}


@page("appeals/rules/", name="appeals_rules", roles=ROLES)
def rules(request: HttpRequest) -> HttpResponse:
    """GET: the rules and what one sentence would meet. POST: try a sentence (it may name people: not in addresses)."""
    now = clock.now()
    every = rules_of(request.viewer, day=clock.today(now))
    step, q, everything = request.GET.get("step", "category"), request.GET.get("q", "").strip()[:20], request.GET.get("all") == "1"
    found = [rule for rule in every if _wanted(rule, step, q)]
    newest = max((rule.valid_from for rule in every), default=None)
    text = request.POST.get("text", "").strip()[:2000]
    return render_page(
        request,
        "appeals/admin/rules.html",
        title=_("分拨规则"),
        crumbs=[(_("设置"), None), (_("分拨规则"), None)],
        lead=_("%(count)s 条在用；最近一次改动 %(day)s 起用。改一条就是新的一版，已经分拨的不变。") % {
            "count": len(every), "day": short_day_words(newest, now=now) if newest else "–",
        },
        count=len(found),
        steps=[{"word": _(word), "url": f"?step={key}", "on": key == step and not q} for key, word in STEPS],
        q=q,
        rules=[card_of(rule) for rule in (found if everything else found[:SHOWN])],
        rest=0 if everything else max(0, len(found) - SHOWN),
        rest_url=f"?step={step}&q={q}&all=1",
        places=Place.objects.values_list("code", "name"),
        text=text,
        place=request.POST.get("place", ""),
        tried=tried_of(text, request.POST.get("place", ""), now=now) if len(text) >= 2 else None,
    )  # fmt: skip


def _wanted(rule: RoutingRule, step: str, q: str) -> bool:
    if q:
        where = f"{rule.code} {rule.note} {rule.row.get('category', '')} {rule.row.get('unit', '')} {' '.join(rule.row.get('words', ()))}"
        return q.lower() in where.lower()
    return rule.step == step or rule.row.get("kind_of_rule") == step


def card_of(rule: RoutingRule) -> dict[str, Any]:
    """One rule as the list shows it."""
    row = rule.row
    every = list(row.get("words", ()))
    shapes = [word for word in every if set(word) & RAW]  # read by the router; few people can
    words = [word for word in every if not set(word) & RAW]
    codes = [code for code in str(row.get("category", "")).split(";") if code]
    name = "、".join(category_name(code) for code in codes) or row.get("label") or row.get("unit") or rule.note
    return {
        "code": rule.code,
        "name": name,
        "note": rule.note,
        "version": rule.version,
        "changed": rule.version > 1,
        "words": words[:CHIPS],
        "more": max(0, len(words) - CHIPS),
        "shapes": shapes,
        "unit": row.get("unit", ""),
        "weight": row.get("weight", 1),
        "limits": [value for value in (row.get("place"), row.get("road"), row.get("channel")) if value],
        "url": reverse("admin:appeals_rule", args=[rule.code]),
    }


def tried_of(text: str, place_code: str, *, now: datetime) -> dict[str, Any]:
    """What the router would make of the sentence, with the words it went by."""
    place = Place.objects.filter(code=place_code).first() if place_code else None
    made = routing.plan(text, place=place, now=now)
    decision = made.decision
    marks = [tuple(span) for reason in decision.reasons for span in reason.spans]
    return {
        "story": parts.split_marks(text, marks),
        "category": f"{decision.category} {category_name(decision.category)}" if decision.category else _("没有分类"),
        "kind": decision.kind,
        "urgency": decision.urgency,
        "to": _("转人工，由分拨员定") if made.to_desk or made.unit is None else made.unit.name,
        "sure": f"{decision.confidence:.2f}",
        "hidden": "、".join(sorted(decision.hidden_from)),
        "reasons": [reason.said for reason in decision.reasons],
        "others": [{"name": unit.name, "why": why} for unit, why in made.proposals[1:3]],
    }


@page("appeals/rules/<slug:code>/", name="appeals_rule", roles=ROLES)
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """One rule: its words, one a line. First rehearse, then save: the second button is under the figures."""
    now = clock.now()
    found = next((each for each in rules_of(request.viewer, day=clock.today(now)) if each.code == code), None)
    if found is None:
        raise Http404
    typed = request.POST if request.method == "POST" else None
    row, error, rehearsal = found.row, None, None
    if typed is not None:
        try:
            row = {**found.row, **row_of(typed)}
            checked = routing_rules.checked(row, code=code)
            if typed.get("act") == "save":
                return _save(request, code, row, typed, now=now)
            rehearsal = rehearse(request.viewer, code=code, row=checked, day=clock.today(now))
        except NotThere:
            raise Http404 from None
        except DomainError as refused:
            error = refused
    return render_page(
        request,
        "appeals/admin/rule.html",
        status=422 if error else 200,
        title=_("规则 %s") % code,
        crumbs=[(_("分拨规则"), reverse("admin:appeals_rules")), (code, None)],
        lead=_("第 %(version)s 版，%(day)s 起用。%(note)s") % {"version": found.version, "day": whole_day_words(found.valid_from), "note": found.note},
        rule=found,
        words="\n".join(row.get("words", ())),
        row=row,
        units=UNITS,
        categories=[(key, f"{key} {names[1]}") for key, names in CATEGORIES.items()],
        note=typed.get("note", found.note) if typed else found.note,
        valid_from=typed.get("valid_from", "") if typed else clock.today(now).isoformat(),
        error=error,
        differences=difference_of(found.row, row),
        rehearsal=rehearsal_of(rehearsal) if rehearsal else None,
        versions=RoutingRule.objects.filter(code=code).order_by("-version").select_related("entered_by")[:10],
    )


def row_of(typed: Mapping[str, str]) -> dict[str, Any]:
    """The fields of the form that a rule carries; a weight that is no number stays as it was."""
    row: dict[str, Any] = {"words": [line for line in typed.get("words", "").splitlines() if line.strip()]}
    for name in ("unit", "category"):
        if name in typed:
            row[name] = typed[name]
    try:
        row["weight"] = float(typed.get("weight", "1") or 1)
    except ValueError:
        raise routing_rules.RuleRefused(_("分量写一个数，比如 2 或 0.5"), field="weight") from None
    return row


def _save(request: HttpRequest, code: str, row: Mapping[str, Any], typed: Mapping[str, str], *, now: datetime) -> HttpResponse:
    try:
        day = date.fromisoformat(typed.get("valid_from", ""))
    except ValueError:
        raise routing_rules.RuleRefused(_("写上起用日期，比如 2026-12-01"), field="valid_from") from None
    saved = routing_rules.save_rule(code=code, row=row, valid_from=day, by=request.viewer, now=now, note=typed.get("note", ""))
    messages.success(request, _("存成第 %(version)s 版，%(day)s 起用。") % {"version": saved.version, "day": whole_day_words(day)})
    return redirect("admin:appeals_rules")


def difference_of(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[str]]:
    """Words added and words cut."""
    before, after = list(old.get("words", ())), list(new.get("words", ()))
    return {"added": [word for word in after if word not in before], "cut": [word for word in before if word not in after]}


def rehearsal_of(found) -> dict[str, Any]:
    """Figures with their denominator, and the rows that differ."""
    return {
        "tried": found.tried,
        "figures": [
            {"value": found.same, "unit": _("件 去处不变"), "note": _("一共试了 %s 件") % found.tried},
            {"value": found.moved, "unit": _("件 改送别的单位"), "note": _("列在下面")},
            {"value": found.settled, "unit": _("件 机器能定了"), "note": _("原来转人工")},
            {"value": found.unsure, "unit": _("件 变得拿不准"), "note": _("要转人工")},
        ],
        "changes": [
            {"title": each.title, "place": each.place, "before": each.before, "after": each.after,
             "badge": dict(zip(("tone", "icon", "word"), TONES[each.kind], strict=True))}
            for each in found.changes[:20]
        ],
        "rest": max(0, len(found.changes) - 20),
    }  # fmt: skip
