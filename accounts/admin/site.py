"""The staff side: Django's admin in our dress, with our own idea of who may enter.

Entry is a dated posting and a second factor, never `has_perm` or `is_superuser`. No recent actions,
no history, no "view on site", no listing of apps: they print rows to whoever happens to look.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import logout as sign_out
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import include, path, re_path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from accounts.admin import menu, pages
from accounts.rules.roles import ROLE_WORDS
from accounts.services import sessions
from common import clock

STAFF_SIGN_IN = "/accounts/staff/"
THEMES = ("auto", "light", "dark")


class HouseAdminSite(AdminSite):
    """One menu, one guard, one base for models and own pages alike."""

    site_title = site_header = _("红运之家")
    index_title = _("我今天要办的")
    enable_nav_sidebar = False

    def __init__(self, name: str = "admin"):
        super().__init__(name)
        self._actions = {}
        self._global_actions = {}

    def register(self, model_or_iterable, admin_class=None, **options):
        """Scoped admins only: what packages register by themselves is not a door of ours."""
        from accounts.admin.base import ScopedAdmin

        if admin_class is not None and issubclass(admin_class, ScopedAdmin):
            super().register(model_or_iterable, admin_class, **options)

    # --- who may enter ---------------------------------------------------------------------
    def has_permission(self, request: HttpRequest) -> bool:
        """A posting in force and a second factor in this session."""
        viewer = request.viewer
        return viewer.is_staff and viewer.second_factor

    def admin_view(self, view, cacheable: bool = False):
        """Django's guard, but not allowed looks like not there."""

        def hidden(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            try:
                return view(request, *args, **kwargs)
            except PermissionDenied as refused:
                raise Http404 from refused

        hidden.__name__ = getattr(view, "__name__", type(view).__name__)
        hidden.__doc__ = view.__doc__
        return super().admin_view(hidden, cacheable)

    # --- addresses -------------------------------------------------------------------------
    def get_urls(self) -> list:
        """Our own short list instead of Django's: what is not here does not exist."""
        wrap = self.admin_view
        urls = [
            path("", wrap(self.index), name="index"),
            path("login/", self.login, name="login"),
            path("logout/", wrap(self.logout), name="logout"),
            path("signed-out/", self.signed_out, name="signed_out"),
            path("find/", wrap(self.find), name="find"),
            path("autocomplete/", wrap(self.autocomplete_view), name="autocomplete"),
        ]
        urls += [path(each.route, wrap(pages.guarded(each)), name=each.name) for each in pages.pages()]
        for model, model_admin in self._registry.items():
            route = f"{model._meta.app_label}/{model._meta.model_name}/"
            urls.append(path(route, include(model_admin.urls)))
        urls.append(re_path(r"(?P<url>.*)$", wrap(self.catch_all_view)))
        return urls

    def catch_all_view(self, request: HttpRequest, url: str) -> HttpResponse:
        """Unknown addresses; a missing slash is mended as elsewhere."""
        if settings.APPEND_SLASH and url and not url.endswith("/"):
            return HttpResponseRedirect(f"{request.path}/")
        raise Http404

    # --- pages of the site itself ----------------------------------------------------------
    def index(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """我今天要办的: whatever the rooms have registered as home."""
        view = pages.home()
        if view is not None:
            return view(request)
        return pages.render_page(request, "admin/index.html", title=self.index_title)

    def login(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """To the one sign-in of the staff, second factor included."""
        wanted = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
            wanted = reverse("admin:index")
        if self.has_permission(request):
            return redirect(wanted)
        return redirect(f"{STAFF_SIGN_IN}?{urlencode({'next': wanted})}")

    def logout(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """Sign out by POST only; a shared PC keeps nothing of the pages."""
        if request.method != "POST":
            return redirect("admin:index")
        sessions.forget(session_key=request.session.session_key)
        sign_out(request)
        answer = redirect("admin:signed_out")
        answer["Clear-Site-Data"] = '"cache", "storage"'
        return answer

    def signed_out(self, request: HttpRequest) -> HttpResponse:
        return never_cache(render)(request, "accounts/signed_out.html", {"sign_in": STAFF_SIGN_IN})

    def find(self, request: HttpRequest) -> HttpResponse:
        """The search box. By POST: plates, names and numbers stay out of addresses and logs."""
        text = request.POST.get("q", "").strip()[:60]
        hits = pages.find(request.viewer, text) if len(text) >= 2 else []
        if len(hits) == 1:
            return redirect(hits[0].url)
        return pages.render_page(request, "admin/found.html", title=_("找一找"), hits=hits, q=text)

    # --- what every page carries -----------------------------------------------------------
    def each_context(self, request: HttpRequest) -> dict:
        """Menu, viewer, look, demo mark and watermark; read by templates/admin/base.html."""
        context = {
            "site_title": self.site_title,
            "site_header": self.site_header,
            "has_permission": self.has_permission(request),
            "is_popup": False,
            "is_nav_sidebar_enabled": False,
            "viewer": request.viewer,
            "theme": theme_of(request),
            "care": request.COOKIES.get("care") == "1",
            "DEMO": settings.DEMO,
        }
        if context["has_permission"]:
            viewer = request.viewer
            context |= {
                "menu": menu.menu_for(request),
                "bell": menu.bell_for(request),
                "posting": posting_words(viewer),
                "watermark": f"{viewer.name} · {clock.local(clock.now()):%Y-%m-%d %H:%M}",
            }
        return context


def theme_of(request: HttpRequest) -> str:
    """The theme named by the cookie: auto, light or dark."""
    theme = request.COOKIES.get("theme", "auto")
    return theme if theme in THEMES else "auto"


def posting_words(viewer) -> str:
    """Where the viewer is posted and as what, for the foot of the side bar: «运输科 · 经办、负责人»."""
    if not viewer.held:
        return ""
    words: dict[str, list[str]] = {}
    for held in viewer.held:
        word = str(ROLE_WORDS.get(held.role, held.role))
        words.setdefault(held.unit_name, []).append(f"代{word}" if held.substitute_for else word)
    return "；".join(f"{unit} · {'、'.join(dict.fromkeys(roles))}" for unit, roles in words.items())
