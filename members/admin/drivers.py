"""司机: the register as a list, and one driver. Masked; showing more is an act with a reason."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import Found, page, register_finder, render_page
from accounts.models import Place
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.services.reveal import SHOWN_SECONDS, StepUpNeeded, reveal
from accounts.web.entry import stepped_up_at
from common import clock
from common.counting import MOST_COUNTED
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from common.masks import mask_id, mask_name, mask_phone, mask_plate
from common.words import short_words
from members.models import Driver, DriverVehicle, Enterprise, FieldChange
from members.selectors import register
from members.selectors.zones import seats_for
from members.services import drivers as services

PAGE, CHANGES = 25, 30
Names = dict[tuple[str, str], str]  # (field, what stands in the history) -> name
NAMED: dict[Any, tuple[str, ...]] = {Place: ("place", "living_place"), Enterprise: ("enterprise",)}
MASKED = {"name": mask_name, "plate": mask_plate}  # numbers lie masked in the history itself
CLAIMED = ("claimed_status", "claimed_joined_on")
ROLES = frozenset(register.READERS)
KEYS = frozenset({*register.FILTERS, "after", "found"})
SOUGHT = "register_sought"  # session: what was searched for; names and plates stay out of addresses
REASONS = ("核对摸排", "联系本人", "办理业务")
IDENTIFY = (
    ("name", _("姓名"), 40), ("phone", _("手机号"), 20), ("certificate_number", _("从业资格证号"), 30),
    ("certificate_expiry", _("证有效期，比如 2026-11-25"), 10), ("plate_add", _("加一辆车，比如 苏C12345"), 12), ("enterprise", _("企业的全名或代码"), 80),
)  # fmt: skip
FIELD_WORDS = {
    "name": _("姓名"), "phone": _("手机号"), "place": _("镇街"), "living_place": _("居住地"), "licence_class": _("准驾车型"),
    "certificate_number": _("从业资格证号"), "certificate_expiry": _("从业资格证有效期"), "enterprise": _("企业"),
    "engagement": _("身份"), "trade": _("运输行业"), "relation_place": _("组织关系所在地"), "work_place": _("劳动关系所在地"),
    "business_place": _("业务开展地"), "state": _("状态"), "note": _("备注"), "gender": _("性别"), "plate": _("车牌"),
    "claimed_status": _("自报政治面貌"), "claimed_joined_on": _("自报入党时间"),
    "merged_into": _("并到另一条"),
}  # fmt: skip


@page("drivers/", name="members_drivers", roles=ROLES)
def drivers(request: HttpRequest) -> HttpResponse:
    """The list, by filters in the address and a search kept in the session."""
    if request.method == "POST":
        request.session[SOUGHT] = request.POST.get("q", "").strip()[:40]
        return redirect(f"{reverse('admin:members_drivers')}?found=1" if request.session[SOUGHT] else "admin:members_drivers")
    asked = request.GET
    if set(asked) - KEYS:
        raise BadRequest("unknown filter")
    viewer, now = request.viewer, clock.now()
    sought = request.session.get(SOUGHT, "") if asked.get("found") else ""
    filters = _filters(viewer, asked)
    rows = register.narrowed(viewer, asked)
    if sought:
        rows = register.found(viewer, rows, sought)
    total = register.counted(viewer, rows)
    lines = _page_of(rows, asked)
    return render_page(
        request, "members/admin/drivers.html", title=_("司机"), crumbs=[(_("信息库"), None), (_("司机"), None)],
        lead=_lead(viewer, total, now=now), filters=filters, q=sought,
        chips=_chips(filters, asked, sought, _company(lines)), rows=[_row(each) for each in lines[:PAGE]],
        after=f"{_query(asked, after=str(lines[PAGE - 1].pk))}" if len(lines) > PAGE else "", paged="after" in asked,
        first_url=_query(asked, after=""),
    )  # fmt: skip


@page("drivers/<uuid:key>/", name="members_driver", roles=ROLES)
def driver(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One driver: what is known, since when, and by whom it was changed. No tab of appeals, full or empty."""
    row = (
        register.drivers_for(request.viewer).select_related("person", "place", "living_place", "enterprise")
        .filter(person__key=key).first()
    )  # fmt: skip
    if row is None:
        raise Http404
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _act(request, row)
        except NotThere:
            raise Http404 from None
        except DomainError as error:
            wrong[error.field or "form"] = error.message
    return _show(request, row, wrong)


def _act(request: HttpRequest, row: Driver) -> HttpResponse:
    viewer, now, typed = request.viewer, clock.now(), request.POST
    match typed.get("act", ""):
        case "reveal":
            return _reveal(request, row, now=now)
        case "state":
            services.set_state(
                driver=row, state=typed.get("state", ""), on=_day(typed.get("on", ""), now), by=viewer, reason=typed.get("reason", ""),
                now=now,
            )  # fmt: skip
        case "correct":
            services.correct(
                driver=row, by=viewer, now=now, reason=typed.get("reason", ""), place=_place(typed.get("place")),
                living_place=_place(typed.get("living_place")), engagement=typed.get("engagement", ""),
                **{name: typed.get(name, "") for name in services.TEXTS if name in typed},
            )  # fmt: skip
        case "identify":
            _identify(request, row, now=now)
        case _:
            raise Http404
    messages.success(request, _("改好了，原来写的留在经过里。"))
    return redirect("admin:members_driver", key=row.person.key)


def _identify(request: HttpRequest, row: Driver, *, now: datetime) -> None:
    """Name, numbers, plates, enterprise: what stands there is masked, so that an empty field changes nothing."""
    typed, viewer = request.POST, request.viewer
    called = typed.get("enterprise", "").strip()
    enterprise = register.employer_called(viewer, called)
    if called and enterprise is None:
        raise DomainError(_("没有找到这一家，写全名或者统一社会信用代码"), field="enterprise")
    drive = DriverVehicle.objects.filter(driver=row, until=None, pk=small_number(typed.get("drive", "")) or 0).select_related("vehicle").first()
    expiry = typed.get("certificate_expiry", "")
    services.correct(
        driver=row, by=viewer, now=now, reason=typed.get("reason", ""), enterprise=enterprise,
        certificate_expiry=_day(expiry, now, "certificate_expiry") if expiry.strip() else None, plate_end=drive.vehicle.plate if drive else "",
        **{name: typed.get(name, "") for name in ("name", "phone", "certificate_number", "plate_add")},
    )  # fmt: skip


def _reveal(request: HttpRequest, row: Driver, *, now: datetime) -> HttpResponse:
    field = request.POST.get("field", "")
    if field not in ("phone", "id_number") or (field == "id_number" and not request.viewer.has_role(Role.REGISTRAR)):
        raise NotThere
    try:
        clear = reveal(
            subject=row.person, field=field, by=request.viewer, reason=request.POST.get("reason", ""), now=now,
            stepped_up_at=stepped_up_at(request),
        )  # fmt: skip
    except StepUpNeeded as needed:
        messages.warning(request, needed.message)
        return redirect("accounts:staff_again")
    return _show(request, row, {}, clear={field: clear})


def _show(request: HttpRequest, row: Driver, wrong: dict[str, str], *, clear: dict[str, str] | None = None) -> HttpResponse:
    viewer = request.viewer
    keeper = viewer.has_role(Role.REGISTRAR)
    name = mask_name(row.person.name)
    drives = DriverVehicle.objects.filter(driver=row).select_related("vehicle").order_by("until", "-since")
    changes = changes_of(viewer, row)
    names = names_in(changes)
    return render_page(
        request, "members/admin/driver.html", title=name, status=422 if wrong else 200,
        crumbs=[(_("信息库"), None), (_("司机"), reverse("admin:members_drivers")), (name, None)],
        driver=row, state=(row.get_state_display(), "ok" if row.state == "active" else ""),
        facts=_facts(row), phone=mask_phone(row.person.phone), identity=mask_id(row.person.id_number), clear=clear or {},
        seconds=SHOWN_SECONDS, reasons=REASONS, keeper=keeper,
        vehicles=[(mask_plate(each.vehicle.plate), each.vehicle.get_kind_display(), each.since, each.until) for each in drives],
        identify=[(name, word, most, request.POST.get(name, "") if wrong else "") for name, word, most in IDENTIFY],
        driving=[(each.pk, mask_plate(each.vehicle.plate)) for each in drives if each.until is None],
        contact=contact_name(viewer, row), changes=[_change(each, names) for each in changes],
        states=[choice for choice in Driver.State.choices if choice[0] != "withdrawn"], engagements=Driver.Engagement.choices,
        places=Place.objects.order_by("code") if keeper else [], wrong=wrong, errors=list(wrong.items()), typed=request.POST,
    )  # fmt: skip


def _facts(row: Driver) -> list[tuple[str, str]]:
    day = "%Y-%m-%d"
    return [
        (_("镇街"), row.place.name), (_("居住地"), row.living_place.name if row.living_place else "—"),
        (_("身份"), row.get_engagement_display()), (_("企业"), row.enterprise.name if row.enterprise else "—"),
        (_("运输行业"), row.trade or "—"), (_("准驾车型"), row.licence_class or "—"),
        (_("从业资格证"), mask_id(row.certificate_number) or "—"),
        (_("证有效期"), f"{row.certificate_expiry:{day}}" if row.certificate_expiry else "—"),
        (_("三个在本地"), _("组织关系 %(a)s · 劳动关系 %(b)s · 业务 %(c)s")
         % {"a": row.relation_place or "—", "b": row.work_place or "—", "c": row.business_place or "—"}),
        (_("入库"), f"{clock.local(row.registered_at):{day}}"), (_("最近核过"), f"{clock.local(row.checked_at):{day}}"),
    ]  # fmt: skip


def contact_name(viewer: Viewer, row: Driver) -> str:
    """His contact's masked name, for the secretary whose member that is: none but members are contacts."""
    seat = seats_for(viewer).filter(driver=row).select_related("contact").first()
    return mask_name(seat.contact.name) if seat else ""


def _change(each: FieldChange, names: Names) -> dict[str, Any]:
    return {
        "when": short_words(each.at, now=clock.now()), "what": FIELD_WORDS.get(each.field, each.field),
        "old": said_of(each.field, each.old, names), "new": said_of(each.field, each.new, names),
        "by": each.by.name if each.by else _("摸排导入") if each.upload_id else _("系统"),
    }  # fmt: skip


def changes_of(viewer: Viewer, row: Driver) -> list[FieldChange]:
    """The latest changes of one driver. What a list said of him and the Party is no secretary's to read here."""
    rows = row.changes.select_related("by").order_by("-at", "-id")
    return list((rows if viewer.has_role(Role.REGISTRAR) else rows.exclude(field__in=CLAIMED))[:CHANGES])


def names_in(changes: Iterable[FieldChange]) -> Names:
    """The names of all places and enterprises that these changes speak of, in two questions at most."""
    names: Names = {}
    for kind, fields in NAMED.items():
        said = {value for each in changes if each.field in fields for value in (each.old, each.new) if value.isdecimal()}
        if said:
            found = kind.objects.in_bulk([int(value) for value in said])
            names |= {(field, str(pk)): one.name for field in fields for pk, one in found.items()}
    return names


def said_of(field: str, value: str, names: Names) -> str:
    """An old or new value of a field in words; `names` of `names_in`."""
    if field == "state":
        return str(dict(Driver.State.choices).get(value, value))
    if field == "engagement":
        return str(dict(Driver.Engagement.choices).get(value, value))
    if field == "merged_into":
        return _("并过去") if value else _("单独一条")
    if value and field in MASKED:
        return MASKED[field](value)
    return names.get((field, value)) or value or "—"


def _page_of(rows: QuerySet[Driver], asked) -> list[Driver]:
    after = small_number(asked.get("after", "0") or "0")
    if after is None:
        raise BadRequest("no such page")
    drives = Prefetch("drives", DriverVehicle.objects.filter(until=None).select_related("vehicle"), to_attr="now_drives")
    return list(
        rows.filter(pk__gt=after).order_by("pk").select_related("person", "place", "enterprise").prefetch_related(drives)
        .defer("certificate_number", "person__id_number")[: PAGE + 1]
    )  # fmt: skip


def _row(each: Driver) -> dict[str, Any]:
    return {
        "url": reverse("admin:members_driver", args=[each.person.key]), "name": mask_name(each.person.name),
        "phone": mask_phone(each.person.phone), "place": each.place.name,
        "employer": each.enterprise.name if each.enterprise else each.get_engagement_display(), "trade": each.trade,
        "licence": each.licence_class, "plates": "、".join(mask_plate(drive.vehicle.plate) for drive in each.now_drives),
        "expiry": each.certificate_expiry, "state": each.get_state_display(),
    }  # fmt: skip


def _filters(viewer: Viewer, asked) -> list[dict[str, Any]]:
    """The filters with their choices; what is no choice is a bad request."""
    if register.wrong_filters(viewer, asked):
        raise BadRequest("unknown choice")
    found = [
        ("place", _("镇街"), list(Place.objects.values_list("code", "name"))),
        ("engagement", _("身份"), list(Driver.Engagement.choices)),
        ("trade", _("行业"), [(word, word) for word in dict.fromkeys([*register.TRADES, asked.get("trade", "")]) if word]),
        ("state", _("状态"), [choice for choice in Driver.State.choices if choice[0] != "active"]),
    ]
    return [{"name": name, "word": word, "value": asked.get(name, ""), "choices": choices} for name, word, choices in found]


def _chips(filters: list[dict[str, Any]], asked, sought: str, company: str) -> list[dict[str, str]]:
    chips = [
        {"word": f"{each['word']}：{dict(each['choices']).get(each['value'], each['value'])}", "url": _query(asked, **{each["name"]: "", "after": ""})}
        for each in filters
        if each["value"]
    ]
    if asked.get("enterprise"):
        chips.append({"word": _("企业：%s") % company, "url": _query(asked, enterprise="", after="")})
    if sought:
        chips.append({"word": _("搜：%s") % sought[:12], "url": _query(asked, found="", after="")})
    return chips


def _company(lines: list[Driver]) -> str:
    """The enterprise that a list is narrowed to, by what its rows show: a list of nobody names none."""
    return lines[0].enterprise.name if lines and lines[0].enterprise else _("这一家")


def _query(asked, **changes: str) -> str:
    query = asked.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


def _lead(viewer: Viewer, total: int, *, now: datetime) -> str:
    many = _("%s 人以上") % f"{MOST_COUNTED:,}" if total > MOST_COUNTED else _("%s 人") % f"{total:,}"
    whose = _("全区信息库") if viewer.has_role(Role.REGISTRAR) else _("您的党员和他们联系的司机")
    return _("%(whose)s，按现在的条件 %(many)s；截至 %(time)s") % {"whose": whose, "many": many, "time": f"{clock.local(now):%H:%M}"}


def _place(code: str | None) -> Place | None:
    return Place.objects.filter(code=code).first() if code else None


def _day(text: str, now: datetime, field: str = "on") -> date:
    if not text.strip():
        return clock.today(now)
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise DomainError(_("日期写成 2026-11-25"), field=field) from None


def find(viewer: Viewer, text: str) -> list[Found]:
    """Hits of the search box: what a list may show of them."""
    rows = register.found(viewer, register.drivers_for(viewer), text).select_related("person", "place").order_by("pk")[:10]
    return [
        Found(mask_name(each.person.name), f"{mask_phone(each.person.phone)} · {each.place.name}", reverse("admin:members_driver", args=[each.person.key]))
        for each in rows
    ]


register_finder(find)
