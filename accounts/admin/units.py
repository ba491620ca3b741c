"""The tree of units, and who takes over when a unit is itself accused."""

from __future__ import annotations

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin import menu
from accounts.admin.base import ScopedAdmin
from accounts.admin.pages import render_page
from accounts.models import Unit
from accounts.rules.roles import ROLE_WORDS, Role
from accounts.selectors.people import KEEPERS
from accounts.selectors.postings import postings_for, units_for
from accounts.selectors.units import closure_of
from accounts.selectors.viewer import in_force
from accounts.services import postings
from common import clock
from common.errors import DomainError, NotThere


@admin.register(Unit)
class UnitAdmin(ScopedAdmin):
    """Units are changed by migrations and imports; here the security administrator sets the fallback."""

    selector = units_for
    roles_view = KEEPERS
    lead = _("单位是一棵树。单位自己被反映时，转给它的接手单位。")
    icon = "building"
    list_display = ("unit", "kind", "above", "instead", "takes", "state")
    list_display_links = None
    list_filter = ("kind",)
    search_fields = ("name", "code")
    search_help_text = _("单位名称")
    ordering = ("code",)

    @admin.display(description=_("单位"))
    def unit(self, unit: Unit) -> str:
        return format_html('<a href="{}">{}</a>', reverse("admin:accounts_unit_change", args=[unit.code]), unit.name)

    @admin.display(description=_("上级"))
    def above(self, unit: Unit) -> str:
        return unit.parent.name if unit.parent else "—"

    @admin.display(description=_("被反映时转给"))
    def instead(self, unit: Unit) -> str:
        return unit.fallback.name if unit.fallback else "—"

    @admin.display(description=_("接诉求"))
    def takes(self, unit: Unit) -> str:
        return _("能接") if unit.takes_appeals else "—"

    @admin.display(description=_("状态"))
    def state(self, unit: Unit) -> str:
        return format_html('<span class="badge {}">{}</span>', "ok" if unit.is_active else "", _("在用") if unit.is_active else _("已停用"))

    def change_view(self, request: HttpRequest, object_id: str, form_url="", extra_context=None) -> HttpResponse:
        """One unit: where it hangs, who is posted there, who takes over."""
        unit = units_for(request.viewer).filter(code=object_id).first()
        if unit is None:
            raise Http404
        now = clock.now()
        if request.method == "POST":
            return self._set_fallback(request, unit)
        rows = postings_for(request.viewer).filter(in_force(now), unit=unit).order_by("role", "pk")
        closed = closure_of([unit.pk], now=now)
        context = {
            "unit": unit,
            "below": unit.children.filter(is_active=True).order_by("code"),
            "closed": Unit.objects.filter(pk__in=closed).exclude(pk=unit.pk).order_by("code"),
            "staff": [{"name": each.person.name, "key": each.person.key, "role": ROLE_WORDS[Role(each.role)]} for each in rows],
            "may_grant": request.viewer.has_role(Role.SECURITY),
            "choices": Unit.objects.filter(takes_appeals=True, is_active=True).exclude(pk__in=closed).order_by("code"),
        }
        return render_page(request, "accounts/admin/unit.html", title=unit.name, crumbs=[*self.crumbs(), (unit.name, None)], **context)

    def _set_fallback(self, request: HttpRequest, unit: Unit) -> HttpResponse:
        code = request.POST.get("fallback", "")
        fallback = Unit.objects.filter(code=code).first() if code else None
        try:
            postings.set_fallback(unit=unit, fallback=fallback, by=request.viewer, now=clock.now())
        except NotThere as missing:
            raise Http404 from missing
        except DomainError as refused:
            messages.error(request, refused.message)
        else:
            messages.success(request, _("已存下。"))
        return redirect("admin:accounts_unit_change", unit.code)


menu.register_item(menu.SYSTEM, "单位", "building", "admin:accounts_unit_changelist", KEEPERS, order=30)
