"""The audit log as the auditor reads it: who did what to which row, never a value. Reading is audited too."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin import menu
from accounts.admin.audit_words import ACT_WORDS, FIELD_WORDS, kind_word
from accounts.admin.base import ScopedAdmin
from accounts.models import AuditLine
from accounts.rules.roles import Role
from accounts.selectors.postings import audit_for
from accounts.services import audit
from common import clock

READERS = frozenset({Role.AUDITOR, Role.SECURITY})
NOTHING = format_html('<span class="off-phone">{}</span>', "—")  # an empty column; on a phone there are no columns
WATCHED = ("reveal.many", "sign_in.delayed", "person.recovery_code", "person.reset", "person.factor_reset", "person.silent")


class CappedPaginator(Paginator):
    """Counts no further than ten thousand: a log has no end."""

    CAP = 10_000

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[: self.CAP].count()


class SinceFilter(admin.SimpleListFilter):
    title = _("时间")
    parameter_name = "since"

    def lookups(self, request, model_admin):
        return [("1", _("今天")), ("7", _("近 7 天")), ("30", _("近 30 天"))]

    def queryset(self, request, queryset):
        if self.value() not in ("1", "7", "30"):
            return queryset
        midnight = clock.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
        return queryset.filter(at__gte=midnight - timedelta(days=int(self.value()) - 1))


class WatchedFilter(admin.SimpleListFilter):
    title = _("要留意的")
    parameter_name = "watch"

    def lookups(self, request, model_admin):
        return [("1", _("只看要留意的")), ("looked", _("看了号码的"))]

    def queryset(self, request, queryset):
        if self.value() == "1":
            return queryset.filter(act__in=WATCHED)
        return queryset.filter(act="reveal") if self.value() == "looked" else queryset


@admin.register(AuditLine)
class AuditAdmin(ScopedAdmin):
    """A list and nothing else."""

    selector = audit_for
    roles_view = READERS
    lead = _("谁、什么时候、对哪一条做了什么。只有字段名，没有内容；看这里也会记一笔。")
    icon = "shield"
    list_display = ("moment", "who", "what", "about", "touched", "why", "sealed")
    list_display_links = None
    list_filter = (SinceFilter, WatchedFilter)
    search_fields = ("act", "about_kind", "about_pk")
    search_help_text = _("做了什么（英文代号）或编号")
    ordering = ("-id",)
    allowed_lookups = frozenset({"since", "watch"})  # parameters of the two filters
    paginator = CappedPaginator

    def changelist_view(self, request, extra_context=None):
        answer = super().changelist_view(request, extra_context)
        if answer.status_code == 200:
            asked = sorted(request.GET)
            audit.write(act="audit.read", by=request.viewer, new={"asked": ",".join(asked)}, now=clock.now())
        return answer

    def change_view(self, request, object_id, form_url="", extra_context=None):
        raise Http404

    @admin.display(description=_("时间"))
    def moment(self, line: AuditLine) -> str:
        return f"{clock.local(line.at):%m-%d %H:%M:%S}"

    @admin.display(description=_("谁"))
    def who(self, line: AuditLine) -> str:
        if line.actor and line.actor_word != "contact":
            return line.actor.name if line.actor.login else _("司机本人")
        words = {"operator": _("命令行"), "system": _("系统"), "driver": _("司机"), "contact": _("联系人"), "staff": _("本人"), "nobody": _("没登录的人")}
        return words.get(line.actor_word, line.actor_word or "—")

    @admin.display(description=_("做了什么"))
    def what(self, line: AuditLine) -> str:
        word = ACT_WORDS.get(line.act, line.act)
        if line.act in WATCHED:
            return format_html('<span class="badge warn">{}</span>', word)
        return word

    @admin.display(description=_("哪一条"))
    def about(self, line: AuditLine) -> str:
        return f"{kind_word(line.about_kind)} {line.about_pk}".strip() if line.about_kind else NOTHING

    @admin.display(description=_("动了哪些字段"))
    def touched(self, line: AuditLine) -> str:
        return "、".join(str(FIELD_WORDS.get(name, name)) for name in dict.fromkeys([*line.old, *line.new])) or NOTHING

    @admin.display(description=_("理由"))
    def why(self, line: AuditLine) -> str:
        return line.reason or NOTHING

    @admin.display(description=_("封存"))
    def sealed(self, line: AuditLine) -> str:
        return f"第 {line.seq} 条" if line.seq else _("还没封")


menu.register_item(menu.SYSTEM, "审计记录", "shield", "admin:accounts_auditline_changelist", READERS, order=40)
