"""Own pages inside the admin site: same base, same guard, one registry.

A room writes `@page("appeals/desk/", name="appeals_desk", roles={Role.DESK})` above a view; the site
adds the URL. Whoever holds none of the roles gets the 404 of an address that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.rules.viewer import Viewer


@dataclass(frozen=True)
class Page:
    """A route below /admin/ with its guard. `roles` empty: all staff."""

    route: str
    view: Callable[..., HttpResponse]
    name: str
    roles: frozenset[str]


@dataclass(frozen=True)
class Found:
    """One hit of the search box in the top bar."""

    word: str
    second: str
    url: str


_pages: dict[str, Page] = {}
_home: list[Callable[..., HttpResponse]] = []
_finders: list[Callable[[Viewer, str], list[Found]]] = []


def page(route: str, *, name: str, roles: Iterable[str] = ()) -> Callable:
    """Register the decorated view as a page of the admin site, open to `roles`."""

    def keep(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        _pages[name] = Page(route, view, name, frozenset(roles))
        return view

    return keep


def pages() -> list[Page]:
    """All registered pages; the table of doors is made from it."""
    return list(_pages.values())


def register_home(view: Callable[..., HttpResponse]) -> None:
    """The view that answers /admin/."""
    _home[:] = [view]


def home() -> Callable[..., HttpResponse] | None:
    return _home[0] if _home else None


def register_finder(finder: Callable[[Viewer, str], list[Found]]) -> None:
    """What the search box looks through; a finder asks selectors only."""
    if finder not in _finders:
        _finders.append(finder)


def find(viewer: Viewer, text: str) -> list[Found]:
    """Hits of all rooms for `text`, in the order of registration."""
    return [hit for finder in _finders for hit in finder(viewer, text)]


def guarded(each: Page) -> Callable[..., HttpResponse]:
    """The view of a page behind its roles."""

    def view(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if each.roles and not request.viewer.has_role(*each.roles):
            raise Http404
        return each.view(request, *args, **kwargs)

    view.__name__, view.__doc__, view.__module__ = each.name, each.view.__doc__, each.view.__module__
    return view


def render_page(
    request: HttpRequest, template: str, *, title: str, crumbs: Iterable[tuple[str, str | None]] = (), status=200, **context
) -> HttpResponse:
    """A page in the dress of the staff side. `crumbs`: (word, address or None), the last is this page."""
    from django.contrib.admin import site

    whole = {**site.each_context(request), "title": title, "crumbs": list(crumbs) or [(title, None)], **context}
    return render(request, template, whole, status=status)
