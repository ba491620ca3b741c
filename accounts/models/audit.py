"""The audit log: one line per act, sealed every minute into a chain that shows any later change."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditLine(models.Model):
    """Who did what to which row, with old and new; personal values are masked before they get here.

    `seq`, `previous` and `mac` are filled by the seal, within a minute; a trigger refuses any other
    change and every deletion.
    """

    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    actor_word = models.CharField(max_length=24, blank=True)  # driver, contact, system, operator
    act = models.CharField(_("做了什么"), max_length=60)
    about_kind = models.CharField(max_length=40, blank=True)
    about_pk = models.CharField(max_length=40, blank=True)
    old = models.JSONField(default=dict, blank=True)
    new = models.JSONField(default=dict, blank=True)
    reason = models.CharField(_("理由"), max_length=300, blank=True)
    seq = models.BigIntegerField(null=True, unique=True)
    mac = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("审计记录")
        indexes = [
            models.Index(fields=["about_kind", "about_pk"]),
            models.Index(fields=["id"], condition=models.Q(seq=None), name="audit_unsealed"),
        ]

    def __str__(self) -> str:
        return f"audit {self.pk}"


class AuditHead(models.Model):
    """The last link of a day, sent to the auditor: a tail cut off later no longer fits it."""

    day = models.DateField(unique=True)
    seq = models.BigIntegerField()
    mac = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"audit head {self.day}"
