"""Exports are jobs: closed columns, a second person above 200 rows, one download, expiring."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Export(models.Model):
    """A workbook somebody asked for, with the columns and the filter it has."""

    class State(models.TextChoices):
        ASKED = "asked", _("等另一人同意")
        QUEUED = "queued", _("正在做")
        READY = "ready", _("可以下载")
        TAKEN = "taken", _("已下载")
        REFUSED = "refused", _("没同意")
        EXPIRED = "expired", _("过期了")
        FAILED = "failed", _("没做成")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    what = models.CharField(max_length=16)  # drivers, members, union
    columns = models.JSONField()
    filters = models.JSONField(default=dict)
    rows = models.PositiveIntegerField()
    reason = models.CharField(_("做什么用"), max_length=200)
    state = models.CharField(max_length=8, choices=State.choices)
    asked_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    stored = models.CharField(max_length=80, blank=True)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("导出")
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="export_decided_by_another"
            ),
            models.CheckConstraint(
                condition=Q(rows__lte=200) | Q(state__in=["asked", "refused", "expired"]) | ~Q(decided_by=None),
                name="above_200_a_second_person",
            ),
        ]
        indexes = [models.Index(fields=["asked_by", "-asked_at"])]

    def __str__(self) -> str:
        return f"export {self.pk}"
