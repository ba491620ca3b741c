"""What stands between the outbox and the world: rests of gateways, holds, addresses that bounce."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Breaker(models.Model):
    """Failures in a row of one gateway, seen by all workers, and until when it is left alone."""

    channel = models.CharField(max_length=8, unique=True)
    failures = models.PositiveIntegerField(default=0)
    shut_until = models.DateTimeField(null=True)
    why = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"breaker {self.channel}"


class Hold(models.Model):
    """Messages wait until a person says so.

    storm: too many rungs at once; no rung leaves while the hold stands. restore: an old copy of the
    database was put back; what was made before `before` stays where it is.
    """

    class Why(models.TextChoices):
        STORM = "storm", _("一次要发的太多")
        RESTORE = "restore", _("恢复了旧备份")

    why = models.CharField(_("原因"), max_length=8, choices=Why.choices)
    before = models.DateTimeField()
    messages = models.PositiveIntegerField(_("条数"), default=0)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    dropped = models.BooleanField(default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("暂停发送")
        constraints = [
            models.UniqueConstraint(fields=["why"], condition=Q(ended_at=None), name="one_open_hold_a_reason"),
        ]

    def __str__(self) -> str:
        return f"hold {self.why} {self.pk}"


class Bounced(models.Model):
    """A number that the gateway refused, by its keyed index; at three it becomes a task for the desk."""

    address_index = models.CharField(max_length=64, unique=True)
    refused = models.PositiveSmallIntegerField(default=0)
    last_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"bounced {self.address_index[:8]} {self.refused}"
