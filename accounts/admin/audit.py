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
from accounts.admin.base import ScopedAdmin
from accounts.models import AuditLine
from accounts.rules.roles import Role
from accounts.selectors.postings import audit_for
from accounts.services import audit
from common import clock

READERS = frozenset({Role.AUDITOR, Role.SECURITY})
WATCHED = ("reveal.many", "sign_in.delayed", "person.recovery_code", "person.reset", "person.factor_reset", "person.silent")
ACT_WORDS = {
    "audit.read": _("看审计记录"),
    "person.first_sign_in": _("首次登录"),
    "person.sign_in": _("登录"),
    "person.make": _("建账号"),
    "person.on": _("开账号"),
    "person.off": _("停账号"),
    "person.reset": _("重设密码"),
    "person.factor_reset": _("重设第二道验证"),
    "sign_in.delayed": _("连着输错，要等"),
    "person.password": _("改密码"),
    "person.phone": _("换手机号"),
    "person.factor": _("设第二道验证"),
    "person.recovery_code": _("用备用码登录"),
    "person.silent": _("久未登录，旧事先藏起"),
    "person.history_opened": _("证明是本人，旧事放出"),
    "posting.grant": _("授权"),
    "posting.end": _("结束任职"),
    "unit.fallback": _("改接手单位"),
    "reveal": _("看了号码"),
    "reveal.many": _("一天看了很多人"),
    "session.end": _("退出一台设备"),
    "census.answered": _("说明表头"),
    "census.header_ended": _("不再记着一个表头"),
    "claim.open": _("找组织：提出"),
    "claim.assign": _("找组织：交给支部核实"),
    "claim.reach": _("找组织：记一次联系"),
    "claim.verify": _("找组织：核实上了"),
    "claim.refuse": _("找组织：没核实上"),
    "claim.contest": _("找组织：请再看一次"),
    "claim.withdraw": _("找组织：本人撤回"),
    "claim.joined": _("找组织：两份并成一份"),
    "claim.place": _("找组织：入列"),
    "export.ask": _("要一份导出"),
    "export.agree": _("同意导出"),
    "export.refuse": _("不同意导出"),
    "export.made": _("导出做好"),
    "export.taken": _("下载导出"),
    "membership.admit": _("核实为党员"),
    "membership.contact": _("记联系党员"),
    "membership.end": _("党员离开"),
    "membership.kind": _("改党员类别"),
    "membership.prolong": _("延长预备期"),
    "membership.take_back": _("党员撤回"),
    "placement.place": _("编进支部"),
    "placement.group": _("换小组"),
    "transfer.ask": _("提出转支部"),
    "transfer.give": _("同意转出"),
    "transfer.take": _("同意转入"),
    "transfer.done": _("转支部办成"),
    "transfer.refuse": _("不同意转支部"),
}


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
        return f"{line.about_kind} {line.about_pk}".strip() or "—"

    @admin.display(description=_("动了哪些字段"))
    def touched(self, line: AuditLine) -> str:
        return "、".join(dict.fromkeys([*line.old, *line.new])) or "—"

    @admin.display(description=_("理由"))
    def why(self, line: AuditLine) -> str:
        return line.reason or "—"

    @admin.display(description=_("封存"))
    def sealed(self, line: AuditLine) -> str:
        return f"第 {line.seq} 条" if line.seq else _("还没封")


menu.register_item(menu.SYSTEM, "审计记录", "shield", "admin:accounts_auditline_changelist", READERS, order=40)
