"""Who is responsible, and what was asked for: legs (责任段) and requests."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Leg(models.Model):
    """One unit's time with an appeal. Exactly one lead leg is open while a unit is responsible."""

    class Role(models.TextChoices):
        LEAD = "lead", _("主办")
        CO = "co", _("协办")

    appeal = models.ForeignKey("appeals.Appeal", models.PROTECT, related_name="legs")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    role = models.CharField(max_length=4, choices=Role.choices, default=Role.LEAD)
    round = models.PositiveSmallIntegerField(default=1)
    opened_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    how = models.CharField(max_length=16, blank=True)  # handed_back, answered, withdrawn, recused …
    handler = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["appeal"], condition=Q(ended_at=None, role="lead"), name="one_open_lead_leg"
            ),
        ]
        indexes = [models.Index(fields=["unit", "appeal"], condition=~Q(how="handed_back"), name="leg_scope")]

    def __str__(self) -> str:
        return f"leg {self.pk}"


class Request(models.Model):
    """Hand-back, extension, recusal, decline: asked by one, decided by another. Never a state."""

    class Kind(models.TextChoices):
        HAND_BACK = "hand_back", _("退回")
        EXTENSION = "extension", _("延期")
        RECUSAL = "recusal", _("回避")
        DECLINE = "decline", _("不予受理")

    class Decision(models.TextChoices):
        PENDING = "pending", _("待定")
        GRANTED = "granted", _("同意")
        REFUSED = "refused", _("不同意")
        LAPSED = "lapsed", _("过时未定")

    appeal = models.ForeignKey("appeals.Appeal", models.PROTECT, related_name="requests")
    leg = models.ForeignKey(Leg, models.PROTECT, null=True, related_name="requests")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    round = models.PositiveSmallIntegerField(default=1)
    asked_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    ground = models.CharField(_("理由类别"), max_length=24, blank=True)
    reason = models.CharField(_("理由"), max_length=500)
    proposed_unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, related_name="+")
    asked_days = models.PositiveSmallIntegerField(null=True)
    granted_days = models.PositiveSmallIntegerField(null=True)
    decision = models.CharField(max_length=8, choices=Decision.choices, default=Decision.PENDING)
    decided_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, blank=True)
    decide_by = models.DateTimeField()  # C9

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["appeal", "kind"], condition=Q(decision="pending"), name="one_pending_request_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("asked_by")), name="request_not_decided_by_asker"
            ),
            models.CheckConstraint(
                condition=Q(granted_days=None) | Q(granted_days__lte=models.F("asked_days")),
                name="granted_not_more_than_asked",
            ),
        ]
        indexes = [models.Index(fields=["decide_by"], condition=Q(decision="pending"), name="request_pending")]

    def __str__(self) -> str:
        return f"request {self.pk}"
