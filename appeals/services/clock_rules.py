"""New versions of the clocks' limits. Running clocks keep the version they started with."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.rules.viewer import Viewer
from accounts.services import audit
from appeals.models.clocks import ClockRule
from common import clock
from common.errors import DomainError


class RuleRefused(DomainError):
    """A limit that cannot stand; nothing was written."""

    code = "rule_refused"


@transaction.atomic
def save_rule(
    *,
    kind: str,
    amount: int,
    unit: str,
    valid_from: date,
    by: Viewer | None,
    now: datetime,
    urgent_amount: int | None = None,
    urgent_unit: str = "",
    roll: bool = False,
    note: str = "",
) -> ClockRule:
    """Add the next version of `kind`, in force from `valid_from` (today or later); the one before ends then.

    Raises RuleRefused with the field, e.g. when progress would be longer than the answer."""
    if valid_from < clock.today(now):
        raise RuleRefused(_("起用日期不能早于今天：已经在走的时限不改。"), field="valid_from")
    # All kinds are locked, not this one alone: two officers must not pass each other's comparison.
    rules = list(ClockRule.objects.select_for_update().order_by("pk"))
    last = max((rule for rule in rules if rule.kind == kind), key=lambda rule: rule.version, default=None)
    if last is not None:
        _end(last, valid_from)
    rule = ClockRule(
        kind=kind,
        version=last.version + 1 if last else 1,
        amount=amount,
        unit=unit,
        urgent_amount=urgent_amount,
        urgent_unit=urgent_unit,
        roll=roll,
        valid_from=valid_from,
        note=note,
        entered_at=now,
    )
    _check(rule)
    rule.save()
    audit.write(
        act="appeals.clock_rule.save",
        now=now,
        by=by,
        about=rule,
        old={"amount": last.amount, "unit": last.unit} if last else None,
        new={"amount": amount, "unit": unit, "valid_from": valid_from.isoformat()},
        reason=note,
        actor_word="" if by and by.person_id else "system",
    )
    return rule


def _check(rule: ClockRule) -> None:
    """The model's own checks, as one error at one field."""
    try:
        rule.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise RuleRefused(messages[0], field=None if field == "__all__" else field) from error


def _end(last: ClockRule, valid_from: date) -> None:
    """Close the version before on the eve of the new one.

    Raises RuleRefused when the new one would begin no later than it."""
    if last.valid_from >= valid_from:
        raise RuleRefused(
            _("第 %(version)s 版从 %(day)s 起用，新版要比它晚。")
            % {"version": last.version, "day": last.valid_from.isoformat()},
            field="valid_from",
        )
    last.valid_to = valid_from - timedelta(days=1)
    last.save(update_fields=["valid_to"])
