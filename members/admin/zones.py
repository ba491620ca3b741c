"""片区与联系人: who keeps touch with whom, what the machine proposes and why; people decide. 待分配司机: who waits."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.models import Consent
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from branches.models import Branch, Membership, Placement
from branches.selectors.scope import branches_for
from common import clock
from common.counting import MOST_COUNTED
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from common.masks import mask_name
from common.words import short_day_words
from members.admin.keyset import page_after
from members.admin.zone_cards import squares
from members.models import ContactNote, Driver, Match, Refusal, Seat, Waiting
from members.rules import contacts as contact_rules
from members.rules import zones as rules
from members.selectors import zones as selectors
from members.services import contacts, zones

ROLES = frozenset({Role.SECRETARY})
PAGE = 40
KEYS = frozenset({"branch", "view", "page"})
VIEWS = (("all", _("全部")), ("proposed", _("有提议")), ("short", _("没满五名")), ("silent", _("本月没联系完")))
WHY_WAITS = {
    "member_left": _("原来的联系人离开了支部"), "member_died": _("原来的联系人去世了"), "driver_refused": _("他要求换一个"), "driver_asked": _("他自己要的"),
    "member_declined": _("联系人换下来的"), "moved": _("支部换下来的"),
}  # fmt: skip


@page("zones/", name="members_zones", roles=ROLES)
def zone_list(request: HttpRequest) -> HttpResponse:
    """The members of this secretary, each with his five; propose, and accept all."""
    viewer, now, asked = request.viewer, clock.now(), request.GET
    if set(asked) - KEYS:
        raise BadRequest("unknown filter")
    branch = _branch(viewer, asked.get("branch", ""))
    if request.method == "POST":
        return _act_on_all(request, branch)
    every = listed(selectors.contacts_for(viewer, branch), now)
    view = asked.get("view", "all")
    rows = viewed(every, view).order_by("person__place__code", "pk")
    at = small_number(asked.get("page", "1") or "1") or 1
    found = list(rows[(at - 1) * PAGE : at * PAGE + 1])
    base = f"?branch={branch.unit.code}&" if branch else "?"
    proposed = selectors.proposals_for(viewer, branch).count()
    branches = list(branches_for(viewer).select_related("unit").order_by("unit__code"))
    return render_page(
        request, "members/admin/zones.html", title=_("片区与联系人"), crumbs=[(_("责任片区"), None), (_("片区与联系人"), None)],
        lead=_lead(viewer, branch, now), proposed=proposed, several=len(branches) > 1, branches=branches, branch=branch,
        tabs=[{"url": f"{base}view={key}", "word": word, "count": viewed(every, key).count(), "on": key == view} for key, word in VIEWS],
        rows=[_line(each) for each in found[:PAGE]], view=view, before=f"{base}view={view}&page={at - 1}" if at > 1 else "",
        after=f"{base}view={view}&page={at + 1}" if len(found) > PAGE else "",
    )  # fmt: skip


@page("zones/waiting/", name="members_waiting", roles=ROLES)
def waiting(request: HttpRequest) -> HttpResponse:
    """Drivers without a contact, the longest first; the secretary gives each to one of his members with a free seat."""
    viewer, now, wrong = request.viewer, clock.now(), ""
    if request.method == "POST":
        try:
            return _act_on_waiting(request)
        except NotThere:
            raise Http404 from None
        except DomainError as error:
            wrong = error.message
    rows = selectors.waiting_for(viewer).select_related("driver__person", "driver__place", "driver__enterprise")
    offered = dict(selectors.proposals_for(viewer).values_list("driver_id", "contact__name"))
    total = rows.count()
    lines, after = page_after(rows, {"since": datetime, "id": int}, request.GET.get("after", ""), PAGE)
    said = dict(Refusal.objects.filter(driver__in=[each.driver_id for each in lines]).order_by("at").values_list("driver_id", "why"))
    return render_page(
        request, "members/admin/waiting.html", title=_("待分配司机"), crumbs=[(_("责任片区"), None), (_("待分配司机"), None)],
        lead=_("没有联系人、在等的 %s 名；联系人一离开，就从那一刻起列在这里。") % total, status=422 if wrong else 200, wrong=wrong,
        lines=[_waits(each, offered, said, now) for each in lines], paged="after" in request.GET, first_url="?",
        after=f"?after={after}" if after else "", places=_with_room(viewer) if lines else [],
    )  # fmt: skip


@page("zones/<uuid:key>/", name="members_zone", roles=ROLES)
def zone(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One member: his five, what was last heard, and the proposals with their reasons."""
    member = selectors.contacts_for(request.viewer).select_related("person__place").filter(person__key=key).first()
    if member is None:
        raise Http404
    wrong = ""
    if request.method == "POST":
        try:
            return _act(request, member)
        except NotThere:
            raise Http404 from None
        except DomainError as error:
            wrong = error.message
    return _show(request, member, wrong)


def _act_on_all(request: HttpRequest, branch: Branch | None) -> HttpResponse:
    viewer, now = request.viewer, clock.now()
    try:
        match request.POST.get("act", ""):
            case "propose":
                made = zones.propose(by=viewer, now=now, branch=branch)
                messages.success(request, _("空着 %(free)s 个位置，提议了 %(made)s 名司机，等您定。") % {"free": made.free, "made": made.made})
            case "accept":
                done = zones.accept_many(matches=None, by=viewer, now=now, branch=branch)
                messages.success(request, _said(done))
            case _:
                raise NotThere
    except NotThere:
        raise Http404 from None
    except DomainError as error:
        messages.error(request, error.message)
    return redirect(request.get_full_path())


def _act_on_waiting(request: HttpRequest) -> HttpResponse:
    viewer, now, typed = request.viewer, clock.now(), request.POST
    if typed.get("act") == "propose":
        made = zones.propose(by=viewer, now=now, only_waiting=True)
        messages.success(request, _("给等着的司机提议了 %s 名联系人，等您定。") % made.made)
        return redirect("admin:members_waiting")
    row = selectors.waiting_for(viewer).filter(driver__person__key=_key(typed.get("driver", ""))).select_related("driver").first()
    member = selectors.contacts_for(viewer).filter(person__key=_key(typed.get("member", ""))).first()
    if row is None:
        raise NotThere
    if member is None:
        raise DomainError(_("选一名党员"))
    zones.seat_driver(member=member, driver=row.driver, by=viewer, now=now)
    messages.success(request, _("安排好了。"))
    return redirect("admin:members_waiting")


def _act(request: HttpRequest, member: Membership) -> HttpResponse:
    viewer, now, typed = request.viewer, clock.now(), request.POST
    match typed.get("act", ""):
        case "propose":
            made = zones.propose(by=viewer, now=now, people=[member.person_id])
            messages.success(request, _("空着 %(free)s 个位置，提议了 %(made)s 名司机，等您定。") % {"free": made.free, "made": made.made})
        case "accept":
            zones.accept(match=_match(viewer, member, typed), by=viewer, now=now)
            messages.success(request, _("定了。"))
        case "accept_all":
            ids = list(_proposed(viewer, member).values_list("pk", flat=True))
            messages.success(request, _said(zones.accept_many(matches=ids, by=viewer, now=now)))
        case "decline":
            zones.decline(matches=[_match(viewer, member, typed).pk], by=viewer, now=now)
            messages.success(request, _("不再提议这两个人在一起。"))
        case "end":
            zones.end_seat(seat=_seat(viewer, member, typed), by=viewer, reason=typed.get("reason", ""), now=now)
            messages.success(request, _("换下来了，这名司机进了待分配。"))
        case "move":
            to = selectors.contacts_for(viewer).filter(person__key=_key(typed.get("to", ""))).first()
            if to is None:
                raise DomainError(_("选一名党员"), field="to")
            zones.move(seat=_seat(viewer, member, typed), to=to, by=viewer, now=now)
            messages.success(request, _("换给另一名党员了。"))
        case "agreed":
            contacts.write_down(seat=_seat(viewer, member, typed), purpose=Consent.Purpose.ZONE, by=viewer, now=now)
            messages.success(request, _("记下了，联系人看得到他的手机号了。"))
        case _:
            raise NotThere
    return redirect("admin:members_zone", key=member.person.key)


def _show(request: HttpRequest, member: Membership, wrong: str) -> HttpResponse:
    viewer, now = request.viewer, clock.now()
    last = Max("notes__at")
    seats = list(_with_driver(selectors.seats_for(viewer).filter(contact_id=member.person_id)).annotate(last=last).order_by("seat"))
    proposals = list(_with_driver(_proposed(viewer, member)).order_by("pk"))
    agreed = selectors.consents_of(viewer, [each.driver.person_id for each in seats], Consent.Purpose.ZONE)
    name = mask_name(member.person.name)
    placement = Placement.objects.filter(membership=member, until=None).select_related("branch__unit").first()
    return render_page(
        request, "members/admin/zone.html", title=_("%s的五位司机") % name, status=422 if wrong else 200, wrong=wrong,
        crumbs=[(_("责任片区"), None), (_("片区与联系人"), reverse("admin:members_zones")), (name, None)],
        lead=f"{placement.branch.unit.name} · {member.person.place.name if member.person.place else _('不在本区')}",
        seated=len(seats), free=rules.SEATS - len(seats), member=member,
        seats=[_seat_line(each, agreed, now) for each in seats], proposals=[_proposal(each) for each in proposals],
        places=[each for each in _with_room(viewer) if each["key"] != member.person.key] if seats else [],
    )  # fmt: skip


def _branch(viewer: Viewer, code: str) -> Branch | None:
    if not code:
        return None
    found = branches_for(viewer).select_related("unit").filter(unit__code=code).first()
    if found is None:
        raise Http404
    return found


def listed(members: QuerySet[Membership], now: datetime) -> QuerySet[Membership]:
    """Each with his seats filled, proposals, and of how many he has heard this month."""
    since = contact_rules.month_begins(clock.today(now))
    seats = Seat.objects.filter(contact=OuterRef("person"), until=None)
    heard = seats.filter(Exists(ContactNote.objects.filter(seat=OuterRef("pk"), at__gte=since)))
    offered = Match.objects.filter(contact=OuterRef("person"), state=Match.State.PROPOSED)
    where = Placement.objects.filter(membership=OuterRef("pk"), until=None)
    return members.select_related("person__place").annotate(
        seated=_number(seats), heard=_number(heard), offered=_number(offered), branch_name=Subquery(where.values("branch__unit__name")[:1])
    )


def _number(rows: QuerySet) -> Any:
    return Coalesce(Subquery(rows.order_by().values("contact").annotate(n=Count("pk")).values("n")), 0)


def viewed(rows: QuerySet[Membership], view: str) -> QuerySet[Membership]:
    match view:
        case "all":
            return rows
        case "proposed":
            return rows.filter(offered__gt=0)
        case "short":
            return rows.filter(seated__lt=rules.SEATS)
        case "silent":
            return rows.filter(heard__lt=F("seated"))
    raise BadRequest("no such view")


def _lead(viewer: Viewer, branch: Branch | None, now: datetime) -> str:
    found = selectors.covered(viewer, branch, since=contact_rules.month_begins(clock.today(now)))
    words = {"members": f"{found.members:,}", "seats": f"{found.seats:,}", "seated": f"{found.seated:,}", "drivers": _many(found.drivers)}
    return _("%(members)s 名党员 × 5 = %(seats)s 个位置，填了 %(seated)s 个；全区在册司机 %(drivers)s") % words


def _many(number: int) -> str:
    return _("%s 名以上") % f"{MOST_COUNTED:,}" if number > MOST_COUNTED else _("%s 名") % f"{number:,}"


def _line(each: Membership) -> dict[str, Any]:
    return {
        "url": reverse("admin:members_zone", args=[each.person.key]), "name": mask_name(each.person.name), "branch": each.branch_name,
        "place": each.person.place.name if each.person.place else "—", "offered": each.offered, "free": rules.SEATS - each.seated,
        "five": squares(seated=each.seated, heard=each.heard),
    }  # fmt: skip


def _with_driver(rows: QuerySet) -> QuerySet:
    return rows.select_related("driver__person", "driver__place", "driver__living_place", "driver__enterprise")


def why_words(row: Seat | Match) -> str:
    """The reason in words. What the pair has in common stands on the driver's row."""
    if not row.reasons and isinstance(row, Seat):
        return _("支部安排")
    driver: Driver = row.driver
    home = (driver.living_place or driver.place).name
    traits = {"enterprise": driver.enterprise.name if driver.enterprise else None, "place": home,
              "business_place": driver.business_place or None, "trade": driver.trade or None}  # fmt: skip
    return rules.reason_words(rules.Match(rules.Contact(0, **traits), rules.Candidate(0, **traits), tuple(row.reasons), 1))


def _about(driver: Driver) -> dict[str, Any]:
    return {
        "name": mask_name(driver.person.name), "place": driver.place.name, "trade": driver.trade or "—",
        "employer": driver.enterprise.name if driver.enterprise else driver.get_engagement_display(),
    }  # fmt: skip


def _seat_line(each: Seat, agreed: set, now: datetime) -> dict[str, Any]:
    due = contact_rules.is_due(each.due_at, now)
    return _about(each.driver) | {
        "pk": each.pk, "url": reverse("admin:members_driver", args=[each.driver.person.key]), "why": why_words(each), "since": short_day_words(each.since, now=now),
        "last": short_day_words(each.last, now=now) if each.last else _("还没有"),
        "due": due, "due_day": short_day_words(each.due_at, now=now) if each.due_at else "—",
        "agreed": (each.driver.person_id, Consent.Purpose.ZONE) in agreed, "himself": each.driver.person.phone_proved_at is not None,
    }  # fmt: skip


def _proposal(each: Match) -> dict[str, Any]:
    return _about(each.driver) | {"pk": each.pk, "why": why_words(each)}


def _waits(each: Waiting, offered: dict[int, str], said: dict[int, str], now: datetime) -> dict[str, Any]:
    days = (clock.today(now) - clock.today(each.since)).days
    return _about(each.driver) | {
        "key": each.driver.person.key, "why": WHY_WAITS.get(each.why, each.why),
        "said": said.get(each.driver_id, "") if each.why in ("driver_refused", "member_declined") else "", "since": short_day_words(each.since, now=now),
        "days": _("今天") if days == 0 else _("%s 天") % days, "offered": mask_name(offered.get(each.driver_id, "")),
    }  # fmt: skip


def _with_room(viewer: Viewer) -> list[dict[str, Any]]:
    """Members with a free seat, for a select."""
    seats = Count("person__seats", filter=Q(person__seats__until=None))
    rows = selectors.contacts_for(viewer).select_related("person__place").annotate(n=seats).filter(n__lt=rules.SEATS)
    return [
        {"key": each.person.key, "name": mask_name(each.person.name), "free": rules.SEATS - each.n,
         "place": each.person.place.name if each.person.place else _("不在本区")}
        for each in rows.order_by("person__place__code", "pk")
    ]  # fmt: skip


def _proposed(viewer: Viewer, member: Membership) -> QuerySet[Match]:
    return selectors.proposals_for(viewer).filter(contact_id=member.person_id)


def _match(viewer: Viewer, member: Membership, typed) -> Match:
    return _found(_proposed(viewer, member), typed.get("match", ""))


def _seat(viewer: Viewer, member: Membership, typed) -> Seat:
    return _found(selectors.seats_for(viewer).filter(contact_id=member.person_id), typed.get("seat", ""))


def _found(rows: QuerySet, text: str):
    pk = small_number(text)
    row = rows.filter(pk=pk).first() if pk is not None else None
    if row is None:
        raise NotThere
    return row


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _said(done: zones.Decided) -> str:
    words = _("定了 %s 名司机。") % done.seated
    return words + (_("另有 %s 名已经不合适了，没有定。") % done.lapsed if done.lapsed else "")
