"""Versions of the clocks' limits: how long each step of an appeal may take, and from which day."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from appeals.rules.clock_kinds import CLOCK_NAMES, UNIT_NAMES, ClockKind, ClockSpec, Unit, must_not_exceed


class ClockRule(models.Model):
    """One version of one clock's limit. Never edited once it is in force: a new version is added.

    `amount` is counted in `unit` (minutes for the two minute units, else days);
    `urgent_amount` and `urgent_unit`, when filled, hold for urgent appeals.
    """

    kind = models.CharField(_("时限"), max_length=3, choices=[(k.value, CLOCK_NAMES[k]) for k in ClockKind])
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    amount = models.PositiveSmallIntegerField(_("限期"), validators=[MinValueValidator(1)])
    unit = models.CharField(_("单位"), max_length=16, choices=[(u.value, UNIT_NAMES[u]) for u in Unit])
    urgent_amount = models.PositiveSmallIntegerField(
        _("特急限期"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    urgent_unit = models.CharField(
        _("特急单位"), max_length=16, blank=True, choices=[(u.value, UNIT_NAMES[u]) for u in Unit]
    )
    roll = models.BooleanField(_("最后一天遇节假日顺延"), default=False)
    valid_from = models.DateField(_("起用日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    entered_at = models.DateTimeField(_("录入时间"))

    class Meta:
        verbose_name = _("时限版本")
        verbose_name_plural = _("时限版本")
        ordering = ["kind", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="clock_rule_one_version"),
            models.CheckConstraint(condition=models.Q(amount__gte=1), name="clock_rule_amount_positive"),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="clock_rule_dates_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(urgent_amount__isnull=True, urgent_unit="")
                | models.Q(urgent_amount__gte=1) & ~models.Q(urgent_unit=""),
                name="clock_rule_urgent_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.get_kind_display()} 第 {self.version} 版"

    def spec(self, *, urgent: bool = False) -> ClockSpec:
        """This version as the engine reads it; the urgent limit where one is set and asked for."""
        hurried = urgent and self.urgent_amount is not None
        return ClockSpec(
            kind=ClockKind(self.kind),
            amount=self.urgent_amount if hurried else self.amount,
            unit=Unit(self.urgent_unit if hurried else self.unit),
            roll=self.roll,
            version=self.version,
        )

    def clean(self) -> None:
        """Refuse a progress limit longer than the answer's, which would hide it, and half an urgent limit.

        Raises ValidationError at `amount`, `urgent_amount` or `urgent_unit`."""
        super().clean()
        if (self.urgent_amount is None) != (not self.urgent_unit):
            raise ValidationError({"urgent_unit": _("特急限期和特急单位要一起填，或都不填。")})
        known = {unit.value for unit in Unit}
        units = {self.unit, self.urgent_unit or self.unit}
        if not self.amount or self.urgent_amount == 0 or not units <= known or self.valid_from is None:
            return  # the fields' own errors say so
        if self.urgent_amount and self.spec().shorter_than(self.spec(urgent=True)):
            raise ValidationError({"urgent_amount": _("特急的时限不能比平时长。")})
        # Sibling versions are read here and not in the service alone: no form may pass what it refuses.
        problem = order_problem(self, ClockRule.objects.exclude(kind=self.kind))
        if problem:
            raise ValidationError({"amount": problem})


def order_problem(rule: ClockRule, others) -> str:
    """Why `rule` may not stand beside `others` (an iterable of ClockRule), in Chinese; "" if it may."""
    for other in others:
        overlap = (other.valid_to is None or other.valid_to >= rule.valid_from) and (
            rule.valid_to is None or rule.valid_to >= other.valid_from
        )
        if not overlap:
            continue
        for urgent in (False, True):
            problem = must_not_exceed(rule.spec(urgent=urgent), other.spec(urgent=urgent))
            if problem:
                return problem
    return ""
