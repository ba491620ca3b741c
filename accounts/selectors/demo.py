"""The demo accounts, in the order of the sign-in pages: ten, and eleven more. They exist in the embedded demo only."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from common.masks import mask_name


@dataclass(frozen=True)
class DemoAccount:
    """One button: `slug` is `Person.demo_slug`, or «outsider», who has no account. `more`: folded under 更多身份."""

    slug: str
    name: str
    what: str
    icon: str
    staff: bool
    more: bool = False


OUTSIDER = "outsider"
# slug, role word, what it shows, icon of the staff sprite, staff
_ORDER = (
    (OUTSIDER, _("外地司机（无账号）"), _("提交、凭编号查询"), "person", False),
    ("driver", _("本地司机"), _("我的诉求、我的事"), "truck", False),
    ("secretary", _("支部书记"), _("支部的事；看不到反映本队的诉求"), "flag", True),
    ("handler", _("经办人"), _("今天要办的、写答复"), "pencil", True),
    ("head", _("科长"), _("批答复、提延期与退回"), "check", True),
    ("desk", _("分拨员"), _("拿不准的件，由人分派"), "route", True),
    ("squad_three", _("执法三中队"), _("演示回避：看不到反映它的事"), "building", True),
    ("discipline", _("纪检专员"), _("回避更正、打击报复"), "shield", True),
    ("leader", _("局领导"), _("看板，只看数"), "chart", True),
    ("admin", _("系统管理员"), _("账号与设置，看不到诉求"), "gear", True),
)
_MORE = (
    ("member", _("党员司机"), _("我联系的五位司机"), "truck", False),
    ("committee_secretary", _("党委书记"), _("十个支部、核实、片区"), "flag", True),
    ("registrar", _("信息库管理员"), _("摸排导入、司机名册"), "list", True),
    ("union_officer", _("工会干事"), _("会员名册、企业、入会申请"), "person", True),
    ("approver", _("关爱审批"), _("慰问和帮扶批不批"), "heart", True),
    ("cashier", _("关爱出纳"), _("发放、资金台账"), "table", True),
    ("station_staff", _("驿站值班员"), _("今天谁来、替司机写、交接班"), "building", True),
    ("clerk", _("大厅收件员"), _("代司机登记，交了就看不到"), "plus", True),
    ("call_back", _("回访员"), _("打电话问办得怎么样"), "phone", True),
    ("security", _("安全管理员"), _("授权、结束任职"), "key", True),
    ("auditor", _("审计员"), _("只看谁做了什么"), "list", True),
)
SLUGS = tuple(row[0] for row in (*_ORDER, *_MORE))


def demo_accounts() -> list[DemoAccount]:
    """The buttons of the demo, as far as their people exist; empty in production."""
    if not settings.DEMO:
        return []
    names = dict(Person.objects.filter(demo_slug__in=SLUGS, is_active=True).values_list("demo_slug", "name"))
    found = []
    for slug, word, what, icon, staff in (*_ORDER, *_MORE):
        if slug == OUTSIDER:
            found.append(DemoAccount(slug, str(word), str(what), icon, staff))
        elif slug in names:
            name = names[slug] if staff else mask_name(names[slug])
            more = any(slug == row[0] for row in _MORE)
            found.append(DemoAccount(slug, f"{word} {name}", str(what), icon, staff, more))
    return found


def demo_person(slug: str) -> Person | None:
    """The person behind a button; None in production, for the outsider and for unknown slugs."""
    if not settings.DEMO or slug not in SLUGS or slug == OUTSIDER:
        return None
    return Person.objects.filter(demo_slug=slug, is_active=True).order_by("pk").first()
