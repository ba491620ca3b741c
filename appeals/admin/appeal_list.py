"""The list of appeals: saved views as tabs, filters and order in the address, due first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache, partial

from django.core.exceptions import BadRequest
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.models import Place, Unit
from accounts.rules.roles import HANDLING, Role
from accounts.rules.viewer import Viewer
from appeals.admin import parts
from appeals.admin.counts import counts_of
from appeals.models import Appeal
from appeals.rules.day_ends import end_of
from appeals.rules.life import FILED_BY_WORDS, KIND_WORDS, STATE_WORDS, URGENCY_WORDS
from appeals.rules.routing_names import CATEGORIES, category_name
from appeals.selectors import staff
from appeals.selectors.scope import EVERY_APPEAL
from common import clock
from common.identifiers import small_number
from common.masks import mask_name, mask_plate
from common.selectors import calendar
from common.words import short_day_words
from common.workdays import Calendar

PAGE = 25
ROLES = frozenset({*HANDLING, *EVERY_APPEAL, Role.CALL_BACK})
TABS = (
    ("open", "全部未办结"), ("mine", "我经办"), ("today", "今天到期"), ("week", "本周到期"), ("overdue", "已超期"),
    ("waiting", "等司机"), ("answered", "已答复"), ("ended", "已结束"),
)  # fmt: skip
FILTER_FIELDS = {
    "state": "state", "channel": "channel", "kind": "kind", "urgency": "urgency", "category": "category",
    "place": "place__code", "unit": "lead_unit__code",
}  # fmt: skip
KEYS = frozenset({"view", "q", "state", "category", "who", "place", "due", "channel", "kind", "unit", "urgency", "p"})


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    key: str
    badge: parts.Badge
    urgent: parts.Badge | None
    category: str
    title: str
    url: str
    name: str
    plate: str
    place: str
    promise: str
    moved: str
    chip: parts.Chip
    handler: str


@dataclass(frozen=True)
class Filter:
    """One select of the open panel."""

    name: str
    word: str
    value: str
    choices: tuple[tuple[str, str], ...]

    @property
    def chosen(self) -> str:
        return dict(self.choices).get(self.value, self.value)

    @property
    def options(self) -> SafeString:
        """The choices as they stand in the select; a hundred of them, so not one by one in the template."""
        if self.value:
            return _options(self.choices, self.value)
        return _plain_options(self.choices)


_LINE, _CHOSEN = '<option value="{}">{}</option>', '<option value="{}" selected>{}</option>'


def _options(choices: tuple[tuple[str, str], ...], value: str) -> SafeString:
    lines = ((format_html(_CHOSEN if code == value else _LINE, code, word),) for code, word in choices)
    return format_html_join("", "{}", lines)


_plain_options = lru_cache(maxsize=64)(partial(_options, value=""))


@page("appeals/appeal/", name="appeals_list", roles=ROLES)
def appeal_list(request: HttpRequest) -> HttpResponse:
    """What the viewer may know of, by saved view and filters."""
    viewer, now, asked = request.viewer, clock.now(), request.GET
    unknown = set(asked) - KEYS
    if unknown:
        raise BadRequest("unknown filter")
    filters = filters_for(viewer, asked)
    _check(filters, asked)
    view = asked.get("view") or ("" if _narrowed(asked) else "open")
    if view and view not in staff.VIEWS:
        raise BadRequest("unknown view")
    page_number = _page_number(asked.get("p", "1"))
    q = asked.get("q", "").strip()[:40]
    start = (page_number - 1) * PAGE
    newest = view in ("answered", "ended")  # nothing is due there any more
    rows = staff.listed(viewer, condition_of(viewer, asked, view=view, now=now), words=q, newest=newest)
    found = list(rows[start : start + PAGE + 1])
    counts = counts_of(request)
    calendar_ = calendar()
    lead = _("您能看到的 %(open)s 件未办结，本周到期 %(week)s 件；截至 %(time)s") % {
        "open": counts.open, "week": counts.week, "time": f"{clock.local(now):%H:%M}",
    }  # fmt: skip
    return render_page(
        request,
        "appeals/admin/list.html",
        title=_("诉求列表"),
        crumbs=[(_("诉求"), None), (_("诉求列表"), None)],
        lead=lead,
        tabs=tabs_for(view, counts),
        view=view if asked.get("view") else "",
        q=q,
        filters=filters,
        chips=chips_for(filters, asked, now=now),
        clear_url=reverse("admin:appeals_list") + (f"?view={view}" if asked.get("view") else ""),
        order_words=_("新的在前") if newest else _("已超期的也在，先到的在前") if view == "today" else _("按应办时间排，先到的在前"),
        newest=newest,
        rows=[row_of(each, viewer, now=now, calendar_=calendar_) for each in found[:PAGE]],
        pager=_pager(asked, page_number, len(found)),
        wide=viewer.has_role(*EVERY_APPEAL),
        bulk_acts=bulk_acts(viewer),
        bulk_url=reverse("admin:appeals_bulk"),
        page_acts=page_acts(viewer),
    )


def condition_of(viewer: Viewer, asked: QueryDict, *, view: str, now: datetime) -> Q:
    """The view and the filters as one condition."""
    wanted = staff.view_q(view, viewer, now=now) if view else Q()
    for name, field in FILTER_FIELDS.items():
        if asked.get(name):
            wanted &= Q(**{field: asked[name]})
    if asked.get("who") == "me":
        wanted &= Q(handler_id=viewer.person_id)
    elif asked.get("who") == "nobody":
        wanted &= Q(handler=None)
    if asked.get("due"):
        day = date.fromisoformat(asked["due"])
        wanted &= Q(next_due__gt=end_of(day - timedelta(days=1)), next_due__lte=end_of(day))
    return wanted


def filters_for(viewer: Viewer, asked: QueryDict) -> list[Filter]:
    """The selects of the panel. Choices are fixed lists: they tell nothing about rows."""
    places = tuple(Place.objects.values_list("code", "name"))
    plain = [
        ("state", _("状态"), tuple((state.value, word) for state, word in STATE_WORDS.items())),
        ("category", _("分类"), tuple((code, f"{code} {names[1]}") for code, names in CATEGORIES.items())),
        ("kind", _("类型"), tuple((kind.value, word) for kind, word in KIND_WORDS.items())),
        ("place", _("镇街"), places),
        ("channel", _("渠道"), tuple((channel.value, word) for channel, word in FILED_BY_WORDS.items())),
        ("urgency", _("紧急程度"), tuple((level.value, word) for level, word in URGENCY_WORDS.items())),
    ]
    if viewer.has_role(*EVERY_APPEAL):
        units = tuple(Unit.objects.filter(takes_appeals=True, is_active=True).values_list("code", "name"))
        plain.insert(2, ("unit", _("单位"), units))
    else:
        plain.insert(2, ("who", _("经办"), (("me", _("我")), ("nobody", _("还没定")))))
    return [Filter(name, word, asked.get(name, ""), choices) for name, word, choices in plain]


def _check(filters: list[Filter], asked: QueryDict) -> None:
    for each in filters:
        if each.value and each.value not in dict(each.choices):
            raise BadRequest("unknown choice")
    if asked.get("due"):
        try:
            date.fromisoformat(asked["due"])
        except ValueError as wrong:
            raise BadRequest("not a date") from wrong


def _narrowed(asked: QueryDict) -> bool:
    return any(asked.get(name) for name in KEYS - {"p", "view"})


def _page_number(text: str) -> int:
    number = small_number(text)
    if number is None or not 1 <= number <= 4000:
        raise BadRequest("no such page")
    return number


def tabs_for(view: str, counts: staff.Counts) -> list[dict]:
    """Saved views, each with the rows behind it (ended ones are not counted: nobody waits for them)."""
    numbers = {name: getattr(counts, name, None) for name, _word in TABS}
    base = reverse("admin:appeals_list")
    return [
        {"word": _(word), "url": f"{base}?view={name}", "count": numbers.get(name), "on": name == view}
        for name, word in TABS
    ]


def chips_for(filters: list[Filter], asked: QueryDict, *, now: datetime) -> list[dict]:
    """What is on, each with a way to take it off."""
    chips = [{"word": f"{each.word}：{each.chosen}", "url": _without(asked, each.name)} for each in filters if each.value]
    if asked.get("due"):
        words = short_day_words(date.fromisoformat(asked["due"]), now=now)
        chips.append({"word": _("应办：%s") % words, "url": _without(asked, "due")})
    if asked.get("q"):
        chips.append({"word": _("搜：%s") % asked["q"][:12], "url": _without(asked, "q")})
    return chips


def _without(asked: QueryDict, *names: str) -> str:
    left = asked.copy()
    for name in (*names, "p"):
        left.pop(name, None)
    return f"?{left.urlencode()}"


def _pager(asked: QueryDict, number: int, found: int) -> dict:
    def to(other: int) -> str:
        query = asked.copy()
        query["p"] = str(other)
        return f"?{query.urlencode()}"

    shown = min(found, PAGE)
    first = (number - 1) * PAGE + 1
    words = _("第 %(first)s–%(last)s 件") % {"first": first, "last": first + shown - 1} if shown else ""
    return {"words": words, "before": to(number - 1) if number > 1 else "", "after": to(number + 1) if found > PAGE else ""}


def row_of(appeal: Appeal, viewer: Viewer, *, now: datetime, calendar_: Calendar) -> Row:
    """One appeal as a table row; name and plate masked."""
    promise, moved = parts.promise_words(appeal, calendar_)
    handler = appeal.handler.name if appeal.handler else ""
    if viewer.has_role(*EVERY_APPEAL) and appeal.lead_unit:
        handler = " · ".join(filter(None, (appeal.lead_unit.name, handler)))
    round_word = _("第 %s 轮") % appeal.round if appeal.round > 1 else ""
    category = category_name(appeal.category) if appeal.category else ""
    shown = parts.shows_driver(viewer, appeal)
    return Row(
        key=str(appeal.key),
        badge=parts.state_badge(appeal.state),
        urgent=parts.is_urgent(appeal),
        category=round_word or category,
        title=parts.title_of(appeal),
        url=reverse("admin:appeals_one", args=[appeal.key]),
        name=(mask_name(appeal.caller_name) or _("没留")) if shown else "",
        plate=mask_plate(appeal.plate) if shown else "",
        place=appeal.place.name if appeal.place else "",
        promise=promise,
        moved=moved,
        chip=parts.due_chip(appeal, now=now, calendar=calendar_, short=True),
        handler=handler,
    )


def bulk_acts(viewer: Viewer) -> list[dict]:
    """Acts that make sense for many; each leads to a page that says who can and who cannot."""
    if viewer.has_role(*HANDLING):
        return [{"value": "note", "word": _("加内部备注")}, {"value": "accept", "word": _("受理")}]
    return []


def page_acts(viewer: Viewer) -> list[dict]:
    if viewer.has_role(Role.CLERK, Role.DESK, Role.STATION):
        return [{"word": _("代司机登记"), "icon": "plus", "url": reverse("admin:appeals_register")}]
    return []

