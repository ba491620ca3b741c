"""Routing rules as data, and why each appeal went where it went."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RoutingRule(models.Model):
    """One row of the word table. A changed rule is a new version; the old one keeps its end date."""

    class Step(models.TextChoices):
        URGENCY = "urgency", _("危险")
        NOTHING = "nothing", _("没有内容")
        ACCUSATION = "accusation", _("被反映")
        CATEGORY = "category", _("分类")
        UNIT = "unit", _("单位")
        KIND = "kind", _("类型")
        SPELLING = "spelling", _("错字")

    code = models.CharField(_("编号"), max_length=40)
    version = models.PositiveIntegerField(_("版本"), default=1)
    step = models.CharField(_("步骤"), max_length=12, choices=Step.choices)
    row = models.JSONField(_("内容"), default=dict)  # words, weight, category, unit, place, road, channel …
    note = models.CharField(_("说明"), max_length=200, blank=True)
    valid_from = models.DateField(_("自"))
    valid_to = models.DateField(_("至"), null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("分拨规则")
        ordering = ["step", "code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="routing_rule_version"),
            models.UniqueConstraint(fields=["code"], condition=Q(valid_to=None), name="routing_rule_one_open_version"),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class RouteDecision(models.Model):
    """What the router thought of one appeal, in one round of routing, with the words that decided."""

    appeal = models.ForeignKey("appeals.Appeal", models.PROTECT, related_name="decisions")
    at = models.DateTimeField()
    category = models.CharField(max_length=4, blank=True)
    candidates = models.JSONField(default=list)
    kind = models.CharField(max_length=16, blank=True)
    urgency = models.CharField(max_length=8, blank=True)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, related_name="+")
    proposals = models.JSONField(default=list)  # best three units: [{unit, why}]
    second_category = models.CharField(max_length=4, blank=True)
    confidence = models.FloatField(default=0)
    to_desk = models.BooleanField(default=False)
    reasons = models.JSONField(default=list)
    rules_version = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["appeal_id", "id"]

    def __str__(self) -> str:
        return f"decision {self.pk}"
