"""The admin of one model, scoped: rows, filters, choices and order come from a closed list.

Django's own ModelAdmin lets whoever may view a list ask `?any_field__startswith=` and so read a
masked column letter by letter; it asks `has_perm`, writes names into its history, and lists relations
on its delete page. Here rows come from a selector, rights from the viewer's roles, and the rest is off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import models
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from accounts.rules.viewer import Viewer
from common import clock
from common.identifiers import small_number


class HouseForm(forms.ModelForm):
    """Labels without a colon: the column says what belongs to what."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class ScopedChangeList(ChangeList):
    """A list that sorts by the named columns only, whatever `?o=` says."""

    def get_ordering(self, request, queryset):
        asked = self.params.get(ORDER_VAR)
        if asked is not None:
            allowed = set(self.model_admin.sortable_by or ())
            kept = [part for part in asked.split(".") if self._column(part) in allowed]
            self.params[ORDER_VAR] = ".".join(kept)
            if not kept:
                del self.params[ORDER_VAR]
        return super().get_ordering(request, queryset)

    def _column(self, part: str) -> str | None:
        index = small_number(part.lstrip("-"))
        if index is None or index >= len(self.list_display):
            return None
        return self.list_display[index]


class ScopedAdmin(ModelAdmin):
    """Base of every registered admin; a test refuses any other.

    `selector(viewer)` gives the rows; `relations` the choices of each foreign key that a form shows.
    """

    selector: ClassVar[Callable[[Viewer], QuerySet] | None] = None
    roles_view: ClassVar[frozenset[str]] = frozenset()
    roles_change: ClassVar[frozenset[str]] = frozenset()
    roles_add: ClassVar[frozenset[str]] = frozenset()
    allowed_lookups: ClassVar[frozenset[str]] = frozenset()
    relations: ClassVar[Mapping[str, Callable[[Viewer], QuerySet]]] = {}
    lead: ClassVar[str] = ""  # one line under the title: what this list is for
    icon: ClassVar[str] = "list"

    form = HouseForm
    empty_value_display = "–"
    actions = None
    sortable_by: ClassVar[tuple[str, ...]] = ()
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    view_on_site = False
    save_as = False
    formfield_overrides: ClassVar[dict] = {
        models.DateField: {"widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})},
        models.TimeField: {"widget": forms.TimeInput(format="%H:%M", attrs={"type": "time"})},
        models.DateTimeField: {
            "form_class": forms.DateTimeField,
            "widget": forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        },
    }

    def __init__(self, model, admin_site):
        super().__init__(model, admin_site)
        if type(self).selector is None:
            raise ImproperlyConfigured(f"{type(self).__name__} needs a selector")
        for name in self.list_filter:
            if isinstance(name, str) and _is_relation(model, name):
                raise ImproperlyConfigured(f"{type(self).__name__}: a filter over {name} would list unseen rows")

    # --- rows ------------------------------------------------------------------------------
    def get_queryset(self, request) -> QuerySet:
        """Rows this viewer may know of, in the order of the admin."""
        rows = type(self).selector(request.viewer)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def lookup_allowed(self, lookup, value, request=None) -> bool:
        """A closed list: named lookups, and equality of the filters shown."""
        shown = {name for name in self.list_filter if isinstance(name, str)}
        shown |= {f"{name}__exact" for name in shown} | {f"{name}__isnull" for name in shown}
        return lookup in self.allowed_lookups or lookup in shown

    def to_field_allowed(self, request, to_field) -> bool:
        return to_field == self.model._meta.pk.name

    def get_changelist(self, request, **kwargs):
        return ScopedChangeList

    def get_actions(self, request):
        return super().get_actions(request) if self.actions else {}

    # --- choices ---------------------------------------------------------------------------
    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs["queryset"] = self._choices(db_field, request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["queryset"] = self._choices(db_field, request)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _choices(self, db_field, request) -> QuerySet:
        choose = self.relations.get(db_field.name)
        return choose(request.viewer) if choose else db_field.remote_field.model._default_manager.none()

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget  # no "+", pencil or eye: those pages are doors of their own
        return field

    # --- rights: roles of the viewer, never has_perm ---------------------------------------
    def has_module_permission(self, request) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None) -> bool:
        return request.viewer.has_role(*(self.roles_view | self.roles_change | self.roles_add))

    def has_change_permission(self, request, obj=None) -> bool:
        return request.viewer.has_role(*self.roles_change)

    def has_add_permission(self, request) -> bool:
        return request.viewer.has_role(*self.roles_add)

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    # --- nothing leaks through Django's conveniences ---------------------------------------
    def get_urls(self):
        off = ("_history", "_delete")
        return [each for each in super().get_urls() if each.name and not each.name.endswith(off)]

    def history_view(self, request, object_id, extra_context=None):
        raise Http404

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        raise Http404

    def word_for(self, obj) -> str:
        """What the page may call this row; never str(obj)."""
        return str(self.opts.verbose_name)

    def log_addition(self, request, obj, message):
        self._audit(request, obj, "add")

    def log_change(self, request, obj, message):
        self._audit(request, obj, "change", changed=_changed(message))

    def log_deletions(self, request, queryset):
        raise Http404

    def _audit(self, request, obj, act: str, changed: list[str] | None = None) -> None:
        """Our own line instead of Django's LogEntry: which row and fields, never their values."""
        from accounts.services import audit

        audit.write(
            by=request.viewer,
            act=f"{self.opts.label_lower}.{act}",
            about=obj,
            new={"fields": changed} if changed else {},
            now=clock.now(),
        )

    def construct_change_message(self, request, form, formsets, add=False):
        """Names of the changed fields; Django's sentence would quote str(obj) of related rows."""
        changed = list(form.changed_data)
        for formset in formsets or []:
            changed += [f"{formset.prefix}.{name}" for each in formset.forms for name in each.changed_data]
        return changed

    # --- answers ---------------------------------------------------------------------------
    @property
    def media(self) -> forms.Media:
        return forms.Media()

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["subtitle"] = None
        context["title"] = _("新增%(what)s") % {"what": self.opts.verbose_name} if add else self.word_for(obj)
        context["crumbs"] = [*self.crumbs(), (context["title"], None)]
        context["show_save_and_add_another"] = False
        context["icon"] = self.icon
        return super().render_change_form(request, context, add, change, form_url, obj)

    def crumbs(self) -> list[tuple[str, str | None]]:
        from django.urls import reverse

        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_changelist"
        return [(str(self.opts.verbose_name_plural), reverse(name))]

    def changelist_view(self, request, extra_context=None):
        words = str(self.opts.verbose_name_plural)
        context = {"title": words, "lead": self.lead, "crumbs": [(words, None)], "icon": self.icon}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def response_add(self, request, obj, post_url_continue=None):
        messages.success(request, _("已存下。"))
        return self.response_post_save_add(request, obj)

    def response_change(self, request, obj):
        messages.success(request, _("已存下。"))
        if "_continue" in request.POST:
            from django.http import HttpResponseRedirect

            return HttpResponseRedirect(request.path)
        return self.response_post_save_change(request, obj)


def _changed(message) -> list[str]:
    return [str(name) for name in message] if isinstance(message, list) else []


def _is_relation(model, path: str) -> bool:
    try:
        return "__" in path or model._meta.get_field(path).is_relation
    except FieldDoesNotExist:
        return True
