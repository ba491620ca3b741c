"""疑似重复: two rows of the register side by side, masked; merged, kept apart, or taken apart again by its keeper."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.rules.roles import Role
from common import clock
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from common.masks import mask_id, mask_name, mask_phone, mask_plate
from common.words import moment_words
from members.models import Driver, DriverVehicle, Duplicate
from members.selectors import duplicates as selectors
from members.services import duplicates as services

ROLES = frozenset({Role.REGISTRAR})
PAGE = 10
VIEWS = {
    "": (_("等着定的"), selectors.open_duplicates),
    "merged": (_("合并了的"), selectors.merged_duplicates),
    "apart": (_("分开的"), selectors.apart_duplicates),
}


@page("duplicates/", name="members_duplicates", roles=ROLES)
def duplicates(request: HttpRequest) -> HttpResponse:
    """One page of pairs of a view, and the button that looks through the register."""
    viewer, now, asked = request.viewer, clock.now(), request.GET
    view, start = asked.get("view", ""), small_number(asked.get("start", "0") or "0")
    if view not in VIEWS or start is None:
        raise BadRequest("unknown view")
    wrong = ""
    if request.method == "POST":
        try:
            _act(request)
            return redirect(request.get_full_path())
        except NotThere:
            raise Http404 from None
        except DomainError as error:
            wrong = error.message
    drives = Prefetch("drives", DriverVehicle.objects.filter(until=None).select_related("vehicle"), to_attr="now_drives")
    rows = VIEWS[view][1](viewer).select_related("decided_by").prefetch_related(
        Prefetch("one", Driver.objects.select_related("person", "place", "enterprise").prefetch_related(drives)),
        Prefetch("other", Driver.objects.select_related("person", "place", "enterprise").prefetch_related(drives)),
    )  # fmt: skip
    lines = list(rows[start : start + PAGE + 1])
    looked = selectors.last_looked(viewer)
    return render_page(
        request, "members/admin/duplicates.html", title=_("疑似重复"), crumbs=[(_("信息库"), None), (_("疑似重复"), None)],
        lead=_("手机和姓名一样，或者车牌和姓名一样，可能是同一个人。合并了可以撤。"), status=422 if wrong else 200, wrong=wrong,
        looked=moment_words(looked, now=now) if looked else "", view=view,
        tabs=[(word, f"?view={key}" if key else "?", key == view, each(viewer).count()) for key, (word, each) in VIEWS.items()],
        pairs=[_pair(each) for each in lines[:PAGE]], after=f"?view={view}&start={start + PAGE}" if len(lines) > PAGE else "",
        before=f"?view={view}&start={max(start - PAGE, 0)}" if start else "",
    )  # fmt: skip


def _act(request: HttpRequest) -> None:
    viewer, now, typed = request.viewer, clock.now(), request.POST
    act = typed.get("act", "")
    if act == "look":
        found = services.propose(by=viewer, now=now)
        messages.success(request, _("找过一遍，新找到 %(n)s 对。") % {"n": found})
        return
    row = selectors.duplicates_for(viewer).select_related("one", "other").filter(pk=small_number(typed.get("about", ""))).first()
    if row is None:
        raise NotThere
    match act:
        case "one" | "other":
            services.merge(duplicate=row, keep=getattr(row, act), by=viewer, now=now)
            messages.success(request, _("合并了，在“合并了的”里可以撤。"))
        case "apart":
            services.keep_apart(duplicate=row, by=viewer, now=now)
            messages.success(request, _("记下了：是两个人。"))
        case "undo":
            services.undo(duplicate=row, by=viewer, now=now)
            messages.success(request, _("撤了，还是两条。"))
        case _:
            raise NotThere


def _pair(row: Duplicate) -> dict[str, Any]:
    return {
        "pk": row.pk, "why": row.get_why_display(), "found": f"{clock.local(row.found_at):%Y-%m-%d}",
        "lines": [
            (word, shown, other_shown, clear == other_clear)  # what is hidden is compared, not its mask
            for (word, shown, clear), (_word, other_shown, other_clear) in zip(side_of(row.one), side_of(row.other), strict=True)
        ],
        "urls": [_url(row.one), _url(row.other)], "kept": row.moved.get("kept") if row.merged and row.undone_at is None else None,
        "kept_first": row.moved.get("kept") == row.one_id, "undone": row.undone_at is not None, "moved": _moved(row),
        "by": row.decided_by.name if row.decided_by else "", "at": moment_words(row.undone_at or row.decided_at, clock.now()) if row.decided_at else "",
    }  # fmt: skip


def side_of(each: Driver) -> list[tuple[str, str, object]]:
    """(word, as it is shown, what it is)."""
    person, plates = each.person, sorted(drive.vehicle.plate for drive in each.now_drives)
    employer = each.enterprise.name if each.enterprise else str(each.get_engagement_display())
    return [
        (_("姓名"), mask_name(person.name), person.name), (_("手机号"), mask_phone(person.phone) or "—", person.phone),
        (_("身份证号"), mask_id(person.id_number) or "—", person.id_number), (_("镇街"), each.place.name, each.place_id),
        (_("单位"), employer, employer), (_("车"), "、".join(map(mask_plate, plates)) or "—", plates),
        (_("行业"), each.trade or "—", each.trade), (_("在不在册"), str(each.get_state_display()), each.state),
        (_("最近核过"), f"{clock.local(each.checked_at):%Y-%m-%d}", clock.today(each.checked_at)),
    ]  # fmt: skip


def _moved(row: Duplicate) -> str:
    """What the merge took along, in numbers."""
    words = (("drives", _("车 %s 辆")), ("seats", _("联系人 %s 位")), ("union", _("工会 %s 条")))
    return "、".join(word % len(row.moved[name]) for name, word in words if row.moved.get(name))


def _url(each: Driver) -> str:
    return reverse("admin:members_driver", args=[each.person.key]) if each.merged_into_id is None else ""
