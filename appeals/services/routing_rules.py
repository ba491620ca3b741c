"""Change the routing rules: a changed row is a new version from a day on, the old one keeps its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.services import audit
from appeals.models import RoutingRule
from appeals.rules.routing import RuleSet
from appeals.rules.routing_names import CATEGORIES, OWN_BRANCH, UNITS
from common import clock
from common.errors import DomainError, NotThere

MOST_WORDS = 300


class RuleRefused(DomainError):
    """A rule that cannot stand; nothing was written."""

    code = "rule_refused"


def checked(row: Mapping[str, Any], *, code: str) -> dict[str, Any]:
    """The row with words tidied, or why it cannot stand.

    Raises RuleRefused with the field."""
    words = list(dict.fromkeys(word.strip() for word in row.get("words", ()) if word.strip()))
    if len(words) > MOST_WORDS:
        raise RuleRefused(_("一条规则最多 %s 个词") % MOST_WORDS, field="words")
    if row.get("category") and any(each not in CATEGORIES for each in str(row["category"]).split(";")):
        raise RuleRefused(_("没有这个分类"), field="category")
    if row.get("unit") and not set(str(row["unit"]).split(";")) <= {*UNITS, OWN_BRANCH}:
        raise RuleRefused(_("没有这个单位"), field="unit")
    new = {**row, "words": words}
    try:
        RuleSet.from_rows([new | {"code": code}])
    except (ValueError, KeyError) as wrong:
        raise RuleRefused(_("有一个词写得不对，机器读不了：%s") % wrong, field="words") from wrong
    return new


@transaction.atomic
def save_rule(
    *, code: str, row: Mapping[str, Any], valid_from: date, by: Viewer, now: datetime, note: str = ""
) -> RoutingRule:
    """The next version of the rule `code`, in force from `valid_from` (today or later).

    Raises NotThere (no right, no such rule), RuleRefused."""
    if not by.has_role(Role.DESK, Role.DUTY):
        raise NotThere
    if valid_from < clock.today(now):
        raise RuleRefused(_("起用日期不能早于今天：已经分拨的不改。"), field="valid_from")
    last = RoutingRule.objects.select_for_update().filter(code=code).order_by("-version").first()
    if last is None:
        raise NotThere
    new = checked({**last.row, **row}, code=code)
    if new == last.row:
        raise RuleRefused(_("和现在这一版一样，不用存。"), field="words")
    last.valid_to = max(valid_from, last.valid_from)
    last.save(update_fields=["valid_to"])
    rule = RoutingRule.objects.create(
        code=code, version=last.version + 1, step=last.step, row=new, note=note.strip()[:200] or last.note,
        valid_from=valid_from, entered_at=now, entered_by_id=by.person_id,
    )  # fmt: skip
    audit.write(
        act="routing_rule.save", by=by, about=rule, old=_told(last.row), new=_told(new), reason=note, now=now
    )
    return rule


def _told(row: Mapping[str, Any]) -> dict[str, str]:
    return {"words": "、".join(_texts(row.get("words", ())))[:500], "unit": str(row.get("unit", "")), "weight": str(row.get("weight", ""))}


def _texts(words: Iterable[Any]) -> list[str]:
    return [str(word) for word in words]
