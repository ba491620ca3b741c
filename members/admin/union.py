"""工会: the register of the union, whom the driver register lacks, who asks to join. Masked; no ID number stands here."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.rules.roles import Role
from common import clock
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from common.masks import mask_name, mask_phone
from common.words import short_words
from members.admin.union_parts import reveal_phone
from members.models import Driver, Enterprise, HandOver, UnionMember
from members.selectors import union as selectors
from members.services import joining as services

PAGE = 25
OFFICER = frozenset({Role.UNION})
BOTH = frozenset(selectors.MISSING_READERS)
SOUGHT = "union_sought"  # session: names stay out of addresses
KEYS = frozenset({"occupation", "enterprise", "after", "found", "state"})
REASONS = ("核对名册", "联系本人", "办理入会")


@page("union/", name="members_union", roles=OFFICER)
def union(request: HttpRequest) -> HttpResponse:
    """The list of members, with its figures above it."""
    if request.method == "POST":
        request.session[SOUGHT] = request.POST.get("q", "").strip()[:40]
        return redirect(f"{reverse('admin:members_union')}?found=1" if request.session[SOUGHT] else "admin:members_union")
    viewer, asked = request.viewer, _asked(request)
    sought = request.session.get(SOUGHT, "") if asked.get("found") else ""
    rows = selectors.found_members(viewer, sought) if sought else selectors.union_members_for(viewer)
    if asked.get("occupation"):
        rows = rows.filter(occupation=asked["occupation"])
    rows, company = _of_company(rows, asked)
    lines = _page_of(rows.annotate(is_driver=Exists(Driver.objects.filter(person=OuterRef("person_id"), state="active", merged_into=None))), asked)
    figures = selectors.figures(viewer)
    return render_page(
        request, "members/admin/union.html", title=_("工会名册"), crumbs=[(_("工会"), None), (_("工会名册"), None)],
        lead=_("%(n)s 名会员，%(m)s 家企业建了会。快递员、网约车司机不是货车司机，不算进信息库。")
        % {"n": f"{figures.members:,}", "m": f"{figures.enterprises:,}"},
        figures=figures, left_out=selectors.left_out_for(viewer).count(), occupations=[(word, figures.by_occupation.get(value, 0), value) for value, word in UnionMember.Occupation.choices],
        q=sought, chips=_chips(asked, sought, company), value=asked.get("occupation", ""), choices=UnionMember.Occupation.choices,
        company=company, rows=[_row(each) for each in lines[:PAGE]], after=_query(asked, after=str(lines[PAGE - 1].pk)) if len(lines) > PAGE else "",
        paged="after" in asked, first_url=_query(asked, after=""),
    )  # fmt: skip


@page("union/left-out/", name="members_left_out", roles=OFFICER)
def left_out(request: HttpRequest) -> HttpResponse:
    """名册里少了的: members whom the last register does not carry any more. Left or forgotten is answered on the page of each."""
    viewer, asked = request.viewer, request.GET
    if set(asked) - {"after"}:
        raise BadRequest("unknown filter")
    rows, register = selectors.left_out_for(viewer), selectors.last_register(viewer)
    lines = _page_of(rows.select_related("last_upload").defer("last_upload__counts"), asked)
    return render_page(
        request, "members/admin/left_out.html", title=_("名册里少了的"), crumbs=[(_("工会"), None), (_("名册里少了的"), None)],
        lead=_("%(day)s 的名册里没有他们，以前的名册里有，一共 %(n)s 人。退会了，还是漏了？一个一个定。")
        % {"day": day_words(register.applied_at), "n": f"{rows.count():,}"} if register else _("还没有写入过整份的名册。"),
        rows=[_left_row(each) for each in lines[:PAGE]], after=f"?after={lines[PAGE - 1].pk}" if len(lines) > PAGE else "",
        paged="after" in asked, first_url="?",
    )  # fmt: skip


@page("union/members/<uuid:key>/", name="members_union_one", roles=OFFICER)
def union_one(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One member: what the union knows of him; the officer writes down that he leaves, or that a register forgot him."""
    row = selectors.union_members_for(request.viewer).select_related("person", "enterprise", "last_upload").filter(person__key=key).first()
    if row is None:
        raise Http404
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _answer(request, row)
        except NotThere:
            raise Http404 from None
        except DomainError as error:
            wrong[error.field or "reason"] = error.message
    name, missed = mask_name(row.person.name), selectors.left_out_for(request.viewer).filter(pk=row.pk).exists()
    register = selectors.last_register(request.viewer) if missed else None
    return render_page(
        request, "members/admin/union_one.html", title=name, status=422 if wrong else 200,
        crumbs=[(_("工会"), None), (_("工会名册"), reverse("admin:members_union")), (name, None)],
        row=row, phone=mask_phone(row.person.phone), missed=day_words(register.applied_at) if register else "",
        named=day_words(row.last_upload.applied_at) if row.last_upload and row.last_upload.applied_at else "",
        wrong=wrong, errors=list(wrong.items()), typed=request.POST,
    )  # fmt: skip


def _answer(request: HttpRequest, row: UnionMember) -> HttpResponse:
    """Still a member, or left on a day. Raises NotThere, DomainError."""
    typed, by, now = request.POST, request.viewer, clock.now()
    asked = selectors.left_out_for(by).filter(pk=row.pk).exists()
    if typed.get("act") == "stays":
        services.stays(member=row, why=typed.get("why", ""), by=by, now=now)
        messages.success(request, _("记下了，他还是会员。下一份名册再没有他，会再问一次。"))
    else:
        services.leave(member=row, on=day_of(typed.get("on", "")), reason=typed.get("reason", ""), by=by, now=now)
        messages.success(request, _("记下了，名册里不再有他。"))
    return redirect("admin:members_left_out" if asked else "admin:members_union")


@page("union/missing/", name="members_missing", roles=BOTH)
def missing(request: HttpRequest) -> HttpResponse:
    """不在信息库: truck drivers of the union whom the register does not hold. The officer hands them to its keeper."""
    viewer, now = request.viewer, clock.now()
    asked = _asked(request)
    rows, company = _of_company(selectors.missing_for(viewer), asked)
    if request.method == "POST":
        try:
            done = services.hand_over_all(by=viewer, now=now, enterprise=company)
        except NotThere:
            raise Http404 from None
        messages.success(request, _("转了 %(n)s 人给信息库管理员。他们登记了才是司机。") % {"n": done})
        return redirect(request.get_full_path())
    figures, state = selectors.figures(viewer), asked.get("state", "")
    total = figures.missing if viewer.has_role(Role.UNION) and company is None else rows.count()
    if state == "new":
        rows = rows.filter(~Exists(HandOver.objects.filter(person=OuterRef("person_id"))))
    rows = selectors.with_last_word(viewer, rows)
    if state and state != "new":
        rows = rows.filter(what=state)
    shown = rows.count() if state else total
    lines = _page_of(rows, asked)
    return render_page(
        request, "members/admin/missing.html", title=_("不在信息库"), crumbs=[(_("工会"), None), (_("不在信息库"), None)],
        lead=_missing_lead(viewer, total, figures), officer=viewer.has_role(Role.UNION), total=shown, state=state,
        tabs=[(word, _query(asked, state=value, after=""), value == state) for value, word in
              (("", _("全部")), ("new", _("还没动")), ("handed", _("转了")), ("asked", _("问过了")))],
        company=company, clear=_query(asked, enterprise="", after=""), rows=[_missing_row(each) for each in lines[:PAGE]],
        after=_query(asked, after=str(lines[PAGE - 1].pk)) if len(lines) > PAGE else "", paged="after" in asked, first_url=_query(asked, after=""),
    )  # fmt: skip


@page("union/missing/<uuid:key>/", name="members_missing_one", roles=BOTH)
def missing_one(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One of them: what the union knows, what was done about him. The keeper may have his phone shown, with a reason."""
    viewer, now = request.viewer, clock.now()
    rows = selectors.with_last_word(viewer, selectors.missing_for(viewer))
    row = rows.select_related("person", "enterprise").filter(person__key=key).first()
    if row is None:
        raise Http404
    wrong: dict[str, str] = {}
    clear = ""
    if request.method == "POST":
        try:
            if request.POST.get("act") == "reveal":
                if not viewer.has_role(Role.REGISTRAR):
                    raise NotThere
                clear = reveal_phone(request, row.person, now=now)
                if not isinstance(clear, str):
                    return clear
            else:
                services.hand_over(member=row, what=request.POST.get("act", ""), note=request.POST.get("note", ""), by=viewer, now=now)
                messages.success(request, _("记下了。"))
                return redirect("admin:members_missing_one", key=key)
        except NotThere:
            raise Http404 from None
        except DomainError as error:
            wrong[error.field or "note"] = error.message
    name = mask_name(row.person.name)
    return render_page(
        request, "members/admin/missing_one.html", title=name, status=422 if wrong else 200,
        crumbs=[(_("工会"), None), (_("不在信息库"), reverse("admin:members_missing")), (name, None)],
        row=_missing_row(row), since=row.joined_on, officer=viewer.has_role(Role.UNION), keeper=viewer.has_role(Role.REGISTRAR), clear=clear,
        reasons=REASONS, wrong=wrong, errors=list(wrong.items()), typed=request.POST,
        done=[(_when(each.at), each.get_what_display(), each.note, each.by.name)
              for each in HandOver.objects.filter(person=row.person).select_related("by").order_by("-at", "-id")[:30]],
    )  # fmt: skip


def _asked(request: HttpRequest):
    if set(request.GET) - KEYS:
        raise BadRequest("unknown filter")
    if request.GET.get("occupation", "") not in ("", *UnionMember.Occupation.values):
        raise BadRequest("unknown choice")
    if request.GET.get("state", "") not in ("", "new", *HandOver.What.values):
        raise BadRequest("unknown choice")
    return request.GET


def _of_company(rows: QuerySet[UnionMember], asked) -> tuple[QuerySet[UnionMember], Enterprise | None]:
    if not asked.get("enterprise"):
        return rows, None
    pk = small_number(asked["enterprise"])
    company = Enterprise.objects.filter(pk=pk).first() if pk else None
    if company is None:
        raise BadRequest("unknown choice")
    return rows.filter(enterprise=company), company


def _page_of(rows: QuerySet[UnionMember], asked) -> list[UnionMember]:
    after = small_number(asked.get("after", "0") or "0")
    if after is None:
        raise BadRequest("no such page")
    return list(rows.filter(pk__gt=after).order_by("pk").select_related("person", "enterprise").defer("person__id_number")[: PAGE + 1])


def _row(each: UnionMember) -> dict[str, Any]:
    return {
        "url": reverse("admin:members_union_one", args=[each.person.key]), "name": mask_name(each.person.name),
        "phone": mask_phone(each.person.phone), "company": each.enterprise,
        "occupation": each.get_occupation_display(), "joined": each.joined_on,
        "driver": each.is_driver, "truck": each.occupation == UnionMember.Occupation.TRUCK,
    }  # fmt: skip


def _left_row(each: UnionMember) -> dict[str, Any]:
    return {
        "url": reverse("admin:members_union_one", args=[each.person.key]), "name": mask_name(each.person.name),
        "phone": mask_phone(each.person.phone), "company": each.enterprise, "occupation": each.get_occupation_display(),
        "joined": each.joined_on, "named": day_words(each.last_upload.applied_at),
    }  # fmt: skip


def day_words(moment: datetime) -> str:
    """The day of a register, as it stands on its page."""
    return f"{clock.local(moment):%Y-%m-%d}"


def _missing_row(each: UnionMember) -> dict[str, Any]:
    words = dict(HandOver.What.choices)
    return {
        "url": reverse("admin:members_missing_one", args=[each.person.key]), "name": mask_name(each.person.name),
        "phone": mask_phone(each.person.phone), "company": each.enterprise, "held": dict(Driver.State.choices).get(each.held_as or "", ""),
        "what": words.get(each.what or "", ""), "at": _when(each.told_at) if each.told_at else "", "note": each.told or "",
    }  # fmt: skip


def _missing_lead(viewer, total: int, figures: selectors.Figures) -> str:
    if viewer.has_role(Role.UNION):
        return _("工会的 %(all)s 名货车司机里，%(n)s 人不在信息库。转给信息库管理员去找，登记了才是司机。") % {
            "all": f"{figures.trucks:,}", "n": f"{total:,}",
        }  # fmt: skip
    return _("工会转来 %(n)s 名货车司机，信息库里没有。找到本人、核对了再登记。") % {"n": f"{total:,}"}


def _chips(asked, sought: str, company: Enterprise | None) -> list[tuple[str, str]]:
    chips = []
    if asked.get("occupation"):
        chips.append((str(dict(UnionMember.Occupation.choices)[asked["occupation"]]), _query(asked, occupation="", after="")))
    if company:
        chips.append((company.name, _query(asked, enterprise="", after="")))
    if sought:
        chips.append((_("搜：%s") % sought[:12], _query(asked, found="", after="")))
    return chips


def _query(asked, **changes: str) -> str:
    kept = asked.copy()
    for name, value in changes.items():
        kept[name] = value
        if not value:
            del kept[name]
    return f"?{kept.urlencode()}"


def _when(moment: datetime) -> str:
    return short_words(moment, now=clock.now())


def day_of(text: str) -> date:
    """The day that was typed; today for none. Raises DomainError."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() else clock.today(clock.now())
    except ValueError:
        raise DomainError(_("日期写成 2026-11-25"), field="on") from None
