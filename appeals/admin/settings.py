"""Settings of appeals: versions of the clocks' limits, reply templates."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import HouseForm, ScopedAdmin
from accounts.models import Unit
from accounts.rules.roles import HANDLING, Role
from accounts.rules.viewer import Viewer
from appeals.models import ClockRule, ReplyTemplate
from appeals.rules.routing_names import CATEGORIES, category_name
from appeals.services import clock_rules
from common import clock
from common.errors import DomainError
from common.words import whole_day_words


def _every_rule(viewer: Viewer) -> QuerySet[ClockRule]:
    return ClockRule.objects.all()


def _templates(viewer: Viewer) -> QuerySet[ReplyTemplate]:
    """Those of all units, and of the viewer's own."""
    if viewer.has_role(Role.DESK, Role.SUPERVISOR):
        return ReplyTemplate.objects.all()
    return ReplyTemplate.objects.filter(unit=None) | ReplyTemplate.objects.filter(unit__in=sorted(viewer.units()))


def _own_units(viewer: Viewer) -> QuerySet[Unit]:
    if viewer.has_role(Role.DESK):
        return Unit.objects.filter(takes_appeals=True, is_active=True)
    return Unit.objects.filter(pk__in=sorted(viewer.units()))


class ClockRuleForm(HouseForm):
    """A new version, checked by the service before anything is written."""

    class Meta:
        model = ClockRule
        fields = ("kind", "amount", "unit", "urgent_amount", "urgent_unit", "roll", "valid_from", "note")

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        try:
            with transaction.atomic():  # tried and taken back: the message comes at its field, before anything stands
                clock_rules.save_rule(**data, by=None, now=clock.now())
                transaction.set_rollback(True)
        except DomainError as refused:
            raise ValidationError({refused.field or "amount": refused.message}) from refused
        return data


@admin.register(ClockRule)
class ClockRuleAdmin(ScopedAdmin):
    """时限版本: never edited, only added; running clocks keep the version they started with."""

    selector = _every_rule
    form = ClockRuleForm
    roles_view: ClassVar = frozenset({Role.DESK, Role.DUTY, Role.SUPERVISOR, Role.HEAD, Role.SYSTEM})
    roles_add: ClassVar = frozenset({Role.DESK, Role.SYSTEM})
    list_display = ("clock_word", "limit_word", "urgent_word", "from_word", "to_word", "version_word", "note")
    list_filter = ("kind",)
    ordering = ("kind", "-version")
    icon = "clock"
    lead = _("改时限就是加一版，从起用日期起生效；已经在走的钟还按原来那一版。")

    @admin.display(description=_("时限"))
    def clock_word(self, rule: ClockRule) -> str:
        return f"{rule.kind} {rule.get_kind_display()}"

    @admin.display(description=_("限期"))
    def limit_word(self, rule: ClockRule) -> str:
        return rule.spec().words

    @admin.display(description=_("特急"))
    def urgent_word(self, rule: ClockRule) -> str | None:
        return rule.spec(urgent=True).words if rule.urgent_amount else None

    @admin.display(description=_("起用"))
    def from_word(self, rule: ClockRule) -> str:
        return f"{whole_day_words(rule.valid_from)}起"

    @admin.display(description=_("停用"))
    def to_word(self, rule: ClockRule) -> str | None:
        return f"{whole_day_words(rule.valid_to)}止" if rule.valid_to else None

    @admin.display(description=_("版本"))
    def version_word(self, rule: ClockRule) -> str:
        return f"第 {rule.version} 版"

    def word_for(self, obj) -> str:
        return f"{obj.get_kind_display()} 第 {obj.version} 版"

    def save_model(self, request, obj, form, change):
        data = form.cleaned_data
        saved = clock_rules.save_rule(**data, by=request.viewer, now=clock.now())
        obj.pk = saved.pk

    def log_addition(self, request, obj, message):
        """The service has written the audit line."""

    def response_add(self, request, obj, post_url_continue=None):
        messages.success(request, _("加了一版。已经在走的钟不变。"))
        return self.response_post_save_add(request, obj)


class ReplyTemplateForm(HouseForm):
    """Parts of an answer are short: the boxes say so."""

    category = forms.ChoiceField(
        label=_("分类"), required=False,
        choices=[("", _("各类都能用")), *((code, f"{code} {words[1]}") for code, words in CATEGORIES.items())],
    )  # fmt: skip

    class Meta:
        model = ReplyTemplate
        fields = ("name", "category", "unit", "measure", "basis", "result", "is_active")
        widgets: ClassVar = {name: forms.Textarea(attrs={"rows": 4}) for name in ("measure", "basis", "result")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "unit" in self.fields:
            self.fields["unit"].empty_label = _("各单位都能用")


@admin.register(ReplyTemplate)
class ReplyTemplateAdmin(ScopedAdmin):
    """答复模板: a start with 【blanks】 that must be filled before it can be sent."""

    selector = _templates
    roles_view: ClassVar = frozenset({*HANDLING, Role.DESK, Role.SUPERVISOR})
    roles_change: ClassVar = frozenset({Role.HEAD, Role.DESK})
    roles_add: ClassVar = frozenset({Role.HEAD, Role.DESK})
    relations: ClassVar = {"unit": _own_units}
    form = ReplyTemplateForm
    fields = ("name", "category", "unit", "measure", "basis", "result", "is_active")
    list_display = ("name", "category_word", "unit_word", "blanks_word", "state_word")
    list_filter = ("is_active",)
    search_fields = ("name", "measure", "result")
    ordering = ("category", "name")
    icon = "chat"
    lead = _("要填的地方写成【付款日期】这样，没填完送不出去。")

    @admin.display(description=_("分类"))
    def category_word(self, row: ReplyTemplate) -> str:
        return category_name(row.category) if row.category else str(_("各类都能用"))

    @admin.display(description=_("单位"))
    def unit_word(self, row: ReplyTemplate) -> str:
        return row.unit.name if row.unit else str(_("各单位都能用"))

    @admin.display(description=_("状态"))
    def state_word(self, row: ReplyTemplate) -> str:
        word, tone = (_("在用"), "ok") if row.is_active else (_("停用"), "")
        return format_html('<span class="badge {}">{}</span>', tone, word)

    @admin.display(description=_("要填的"))
    def blanks_word(self, row: ReplyTemplate) -> str:
        from appeals.services.answers import blanks

        return f"{len(blanks(row.measure, row.basis, row.result))} 处"

    def word_for(self, obj) -> str:
        return obj.name

    def has_change_permission(self, request, obj=None) -> bool:
        """A head changes his own unit's templates, the desk all."""
        if not super().has_change_permission(request, obj):
            return False
        own = obj is None or obj.unit_id in request.viewer.units(Role.HEAD)
        return own or request.viewer.has_role(Role.DESK)
