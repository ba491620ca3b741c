"""企业: what both registers know of it, what it is called, which branch has it; employers that two sources name differently."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from common import clock
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from common.masks import mask_name, mask_phone, mask_plate
from common.words import short_words
from members.models import Driver, EmployerChoice, Enterprise, EnterpriseName
from members.selectors import enterprises as selectors
from members.services import employers
from members.services import enterprises as services

ROLES = frozenset(selectors.READERS)
PAGE, SHOWN, PAIRS = 25, 25, 50
KEYS = frozenset({"q", "view", "after"})


@page("enterprises/", name="members_enterprises", roles=ROLES)
def enterprises(request: HttpRequest) -> HttpResponse:
    """The list: all, those of the union, those called differently."""
    viewer, asked = request.viewer, request.GET
    after = small_number(asked.get("after", "0") or "0")
    view, q = asked.get("view", ""), asked.get("q", "").strip()[:40]
    if set(asked) - KEYS or after is None or view not in ("", "union", "named"):
        raise BadRequest("unknown filter")
    rows = selectors.found_enterprises(viewer, q) if q else selectors.enterprises_for(viewer)
    named, pairs = selectors.to_name(viewer), selectors.employer_pairs(viewer)
    if view == "union":
        rows = rows.filter(in_union=True)
    elif view == "named":
        rows = rows.filter(pk__in=named.order_by().values("pk"))
    total = rows.count()
    lines = list(rows.filter(pk__gt=after).order_by("pk").select_related("place")[: PAGE + 1])
    return render_page(
        request, "members/admin/enterprises.html", title=_("企业"), crumbs=[(_("工会"), None), (_("企业"), None)],
        lead=_("%(n)s 家。同一家企业，摸排和工会的叫法并排放着，由人来定。") % {"n": f"{total:,}"}, q=q, view=view,
        tabs=[(_("全部"), _url(q=q), view == "", None), (_("建了会的"), _url(q=q, view="union"), view == "union", None),
              (_("叫法不同"), _url(q=q, view="named"), view == "named", named.count())],
        rows=[_row(viewer, each, counts) for each, counts in counted(lines[:PAGE])], pairs=len(pairs), differ=sum(each.drivers for each in pairs),
        after=_url(q=q, view=view, after=str(lines[PAGE - 1].pk)) if len(lines) > PAGE else "", paged=bool(after), first_url=_url(q=q, view=view),
    )  # fmt: skip


@page("enterprises/<int:pk>/", name="members_enterprise", roles=ROLES)
def enterprise(request: HttpRequest, pk: int) -> HttpResponse:
    """One enterprise: people of one's own register, masked; numbers of the other; its names side by side."""
    viewer = request.viewer
    row = selectors.enterprises_for(viewer).select_related("place").filter(pk=pk).first()
    if row is None:
        raise Http404
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            services.settle_name(enterprise=row, name=request.POST.get("name", ""), by=viewer, now=clock.now())
            messages.success(request, _("定下来了。各处原来的叫法都留着。"))
            return redirect("admin:members_enterprise", pk=pk)
        except NotThere:
            raise Http404 from None
        except DomainError as error:
            wrong[error.field or "name"] = error.message
    members = selectors.union_members_of(viewer, row).select_related("person")[: SHOWN + 1]
    drivers = selectors.drivers_of(viewer, row).select_related("person", "place").defer("certificate_number")[: SHOWN + 1]
    return render_page(
        request, "members/admin/enterprise.html", title=row.name, status=422 if wrong else 200,
        crumbs=[(_("工会"), None), (_("企业"), reverse("admin:members_enterprises")), (row.name, None)],
        row=row, tally=selectors.tally(viewer, row), covered=selectors.covered_by(viewer, row), names=_names(viewer, row),
        open_name=selectors.to_name(viewer).filter(pk=row.pk).exists(), officer=viewer.has_role(Role.UNION), keeper=viewer.has_role(Role.REGISTRAR),
        members=[(mask_name(each.person.name), mask_phone(each.person.phone), each.get_occupation_display(), each.joined_on) for each in members[:SHOWN]],
        drivers=[(reverse("admin:members_driver", args=[each.person.key]), mask_name(each.person.name), mask_phone(each.person.phone),
                  each.place.name, each.get_engagement_display()) for each in drivers[:SHOWN]],
        vehicles=[(mask_plate(each.plate), each.get_kind_display()) for each in selectors.vehicles_of(viewer, row)[:SHOWN]], shown=SHOWN,
        wrong=wrong, errors=list(wrong.items()), typed=request.POST.get("name", ""),
    )  # fmt: skip


@page("enterprises/employers/", name="members_employers", roles=ROLES)
def employers_page(request: HttpRequest) -> HttpResponse:
    """单位对不上: each two enterprises once, or the drivers of two of them; which one stands, and taking that back."""
    viewer, now = request.viewer, clock.now()
    wrong = ""
    if request.method == "POST":
        try:
            messages.success(request, _settle(request, now))
            return redirect(request.get_full_path())
        except NotThere:
            raise Http404 from None
        except DomainError as error:
            wrong = error.message
    numbers = {name: small_number(request.GET.get(name, "0") or "0") for name in ("census", "union", "after", "page")}
    if None in numbers.values() or set(request.GET) - set(numbers):
        raise BadRequest("no such page")
    pairs = selectors.employer_pairs(viewer)
    shown = _people(viewer, **numbers) if numbers["census"] else _pairs(pairs, numbers["page"])
    return render_page(
        request, "members/admin/employers.html", title=_("单位对不上"), status=422 if wrong else 200,
        crumbs=[(_("工会"), None), (_("企业"), reverse("admin:members_enterprises")), (_("单位对不上"), None)],
        lead=_("%(n)s 名司机，摸排和工会写的单位不同，合成 %(pairs)s 对。按一边定，另一边跟着改，原来的都留着。")
        % {"pairs": f"{len(pairs):,}", "n": f"{sum(each.drivers for each in pairs):,}"}, wrong=wrong, **shown,
        done=[{"pk": each.pk, "who": mask_name(each.person.name) if n == 1 else _("%(n)s 名司机") % {"n": n}, "act": "back" if n == 1 else "back_pair",
               "census": each.census.name, "union": each.union.name, "by": each.by.name, "taken": each.get_taken_display(),
               "at": short_words(each.at, now=clock.now())} for each, n in selectors.employer_decisions(viewer)],
    )  # fmt: skip


def _pairs(pairs: list[selectors.Pair], number: int) -> dict[str, Any]:
    """One page of pairs, those with the most drivers first."""
    lines = pairs[number * PAIRS : (number + 1) * PAIRS]
    names = Enterprise.objects.in_bulk({pk for each in lines for pk in (each.enterprise_id, each.other)})
    return {
        "pairs": [{"census": names[each.enterprise_id], "union": names[each.other], "drivers": each.drivers} for each in lines],
        "after": _url(page=str(number + 1)) if len(pairs) > (number + 1) * PAIRS else "",
    }


def _people(viewer: Viewer, *, census: int, union: int, after: int, page: int) -> dict[str, Any]:
    """The drivers of one pair, to settle one by one."""
    rows = selectors.employers_differ(viewer).filter(enterprise=census, other=union, pk__gt=after)
    lines = list(rows.select_related("person", "enterprise", "place")[: PAGE + 1])
    theirs = Enterprise.objects.in_bulk([union])
    return {
        "rows": [{"pk": each.pk, "name": mask_name(each.person.name), "phone": mask_phone(each.person.phone), "place": each.place.name,
                  "census": each.enterprise, "union": theirs[each.other]} for each in lines[:PAGE]],
        "one_pair": True, "after": _url(census=str(census), union=str(union), after=str(lines[PAGE - 1].pk)) if len(lines) > PAGE else "",
    }  # fmt: skip


def _settle(request: HttpRequest, now: datetime) -> str:
    """One, a whole page, or taking one back; what to tell."""
    viewer, act, about = request.viewer, request.POST.get("act", ""), small_number(request.POST.get("about", ""))
    if act in ("back", "back_pair"):
        choice = EmployerChoice.objects.filter(pk=about).first()
        if choice is None:
            raise NotThere
        if act == "back_pair":
            back, left = employers.take_back_pair(choice=choice, by=viewer, now=now)
            return _("%(n)s 人撤了，%(left)s 人后来又改过，没有动。") % {"n": back, "left": left}
        employers.take_back(choice=choice, by=viewer, now=now)
        return _("撤了，两边还是原来写的。")
    if act.startswith("pair_"):
        wanted = [tuple(map(small_number, text.split("-", 1))) for text in request.POST.getlist("pair")[:PAIRS] if "-" in text]
        found = Enterprise.objects.in_bulk({pk for both in wanted for pk in both if pk})
        pairs = [(found[one], found[other]) for one, other in wanted if one in found and other in found]
        if not pairs:
            raise NotThere
        settled, drivers = employers.settle_pairs(pairs=pairs, taken=act.removeprefix("pair_"), by=viewer, now=now)
        return _("%(pairs)s 对定下来了，涉及 %(n)s 人；%(skipped)s 对别人刚定过，没有动。") % {
            "pairs": settled, "n": drivers, "skipped": len(pairs) - settled
        }  # fmt: skip
    if act.startswith("all_"):
        wanted = [pk for text in request.POST.getlist("row")[:PAGE] if (pk := small_number(text))]
        rows = list(Driver.objects.filter(pk__in=wanted))
        done = employers.settle_many(drivers=rows, taken=act.removeprefix("all_"), by=viewer, now=now)
        return _("%(n)s 人定下来了，%(skipped)s 人别人刚定过，没有动。") % {"n": done, "skipped": len(rows) - done}
    driver = Driver.objects.filter(pk=about).first()
    if driver is None:
        raise NotThere
    employers.settle(driver=driver, taken=act, by=viewer, now=now)
    return _("记下了，可以撤。")


def _names(viewer: Viewer, row: Enterprise) -> list[dict[str, Any]]:
    """Each source with its names, and the one a person settled."""
    words = dict(EnterpriseName.Source.choices)
    return [
        {"name": each.name, "source": words[each.source], "at": f"{clock.local(each.settled_at or each.seen_at):%Y-%m-%d}", "stands": each.name == row.name,
         "by": each.settled_by.name if each.settled_by else ""}
        for each in selectors.names_of(viewer, row)
    ]  # fmt: skip


def counted(rows: list[Enterprise]) -> list[tuple[Enterprise, tuple[int, int]]]:
    """Members and drivers of the enterprises of one page, in two queries."""
    pks = [each.pk for each in rows]
    members = dict(Enterprise.objects.filter(pk__in=pks).annotate(n=Count("union_members", filter=Q(union_members__ended_on=None))).values_list("pk", "n"))
    active = Q(drivers__state=Driver.State.ACTIVE, drivers__merged_into=None)
    drivers = dict(Enterprise.objects.filter(pk__in=pks).annotate(n=Count("drivers", filter=active)).values_list("pk", "n"))
    return [(each, (members[each.pk], drivers[each.pk])) for each in rows]


def _row(viewer: Viewer, each: Enterprise, counts: tuple[int, int]) -> dict[str, Any]:
    return {
        "url": reverse("admin:members_enterprise", args=[each.pk]), "name": each.name, "code": each.code or "", "in_union": each.in_union,
        "place": each.place.name if each.place else "", "members": counts[0], "drivers": counts[1],
    }  # fmt: skip


def _url(**asked: str) -> str:
    from urllib.parse import urlencode

    return f"?{urlencode({name: value for name, value in asked.items() if value})}"
