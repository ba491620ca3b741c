"""The menu of the staff side, from one registry: rooms register their items, the site shows them.

Groups are kinds of work. A group in which the viewer has nothing is absent, not grey.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from accounts.rules.viewer import Viewer
from common.counting import counts_beside

TODAY, APPEALS, BOARDS, SETTINGS, OTHER, SYSTEM = "today", "appeals", "boards", "settings", "other", "system"
REGISTER, BRANCH, ZONES, UNION, STATIONS, CARE = "register", "branch", "zones", "union", "stations", "care"
GROUP_WORDS = {
    TODAY: _("今日"),
    APPEALS: _("诉求"),
    BRANCH: _("支部"),
    ZONES: _("责任片区"),
    REGISTER: _("信息库"),
    UNION: _("工会"),
    STATIONS: _("驿站"),
    CARE: _("关爱"),
    BOARDS: _("看板"),
    SETTINGS: _("设置"),
    OTHER: _("其他"),
    SYSTEM: _("系统"),
}
_BY_WORD = {
    word: key
    for key, word in zip(
        GROUP_WORDS, ("今日", "诉求", "支部", "责任片区", "信息库", "工会", "驿站", "关爱", "看板", "设置", "其他", "系统"), strict=True
    )
}


@dataclass(frozen=True)
class MenuItem:
    """One line of the menu. `roles` empty: everybody of the staff."""

    group: str
    word: str
    icon: str
    url_name: str
    roles: frozenset[str] = frozenset()
    count: Callable[[Viewer], int | None] | None = None
    order: int = 100
    pill: bool = False


@dataclass(frozen=True)
class Entry:
    """An item as one viewer sees it on one page."""

    word: str
    icon: str
    url: str
    count: int | None
    pill: bool
    on: bool


_items: list[MenuItem] = []
_providers: list[Callable[[HttpRequest], Mapping[str, int]]] = []
_waiting: list[Callable[[Viewer], Mapping[str, QuerySet]]] = []
_bell: list[str] = []


def register_item(
    group: str,
    word: str,
    icon: str,
    url_name: str,
    roles: Iterable[str] = (),
    count: Callable[[Viewer], int | None] | None = None,
    order: int = 100,
    pill: bool = False,
) -> None:
    """Put one item into the menu. `group` is a key of this module (or its Chinese word)."""
    key = _BY_WORD.get(str(group), group)
    if key not in GROUP_WORDS:
        raise ValueError(f"no such group: {group}")
    _items[:] = [item for item in _items if item.url_name != url_name]
    _items.append(MenuItem(key, word, icon, url_name, frozenset(roles), count, order, pill))


def register_counts(provider: Callable[[HttpRequest], Mapping[str, int]]) -> None:
    """Counts of many items from one query: `provider(request)` gives url_name -> rows behind it."""
    if provider not in _providers:
        _providers.append(provider)


def register_rows(provider: Callable[[Viewer], Mapping[str, QuerySet]]) -> None:
    """What waits behind items: `provider(viewer)` gives url_name -> rows; those of all rooms are counted in one statement."""
    if provider not in _waiting:
        _waiting.append(provider)


def register_bell(url_name: str) -> None:
    """The bell of the top bar leads to `url_name`; its count comes with the others (`register_counts`)."""
    _bell[:] = [url_name]


def counts_of(request: HttpRequest) -> dict[str, int]:
    """All counts of this request, asked once."""
    found = getattr(request, "menu_counts", None)
    if found is None:
        found = request.menu_counts = {}
        for provider in _providers:
            found.update(provider(request))
        rows = {name: waits for provider in _waiting for name, waits in provider(request.viewer).items()}
        if rows:
            found.update(counts_beside(Unit.objects.filter(pk__in=request.viewer.units()).order_by("pk"), rows))
    return found


def items_for(viewer: Viewer) -> list[MenuItem]:
    """Items this viewer may open, in the order of the menu."""
    mine = [item for item in _items if not item.roles or viewer.has_role(*item.roles)]
    groups = list(GROUP_WORDS)
    return sorted(mine, key=lambda item: (groups.index(item.group), item.order))


def menu_for(request: HttpRequest) -> list[dict]:
    """Groups with entries: `{"word", "entries": [Entry]}`; the entry of this page is on."""
    viewer, path = request.viewer, request.path
    counts = counts_of(request)
    found = [(item, _address(item.url_name)) for item in items_for(viewer)]
    here = max((url for _item, url in found if url and path.startswith(url)), key=len, default=None)
    groups: dict[str, list[Entry]] = {}
    for item, url in found:
        if url is None:
            continue
        count = counts.get(item.url_name)
        if count is None and item.count is not None:
            count = item.count(viewer)
        on = url == here and (url == path or not _is_root(url))
        groups.setdefault(item.group, []).append(Entry(item.word, item.icon, url, count, item.pill, on))
    return [{"word": GROUP_WORDS[key], "entries": entries} for key, entries in groups.items()]


def bell_for(request: HttpRequest) -> dict | None:
    """`{"url", "count"}` of the bell, or None when no room has registered one."""
    for url_name in _bell:
        url = _address(url_name)
        if url:
            return {"url": url, "count": counts_of(request).get(url_name)}
    return None


def _address(url_name: str) -> str | None:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return None


def _is_root(url: str) -> bool:
    return url == _address("admin:index")
