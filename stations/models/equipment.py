"""Things of a house that must be looked at: extinguishers, the boiler, washing machines. Each with its next day on the row."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from stations.rules.equipment import MOST_DAYS


class Equipment(models.Model):
    """One thing. `resource`: the bed, shower or bay that cannot be had while it is broken."""

    station = models.ForeignKey("stations.Station", models.PROTECT, related_name="equipment")
    name = models.CharField(_("名称"), max_length=40)
    spot = models.CharField(_("在哪里"), max_length=60, blank=True)
    resource = models.ForeignKey("stations.Resource", models.PROTECT, null=True, blank=True, related_name="equipment")
    every_days = models.PositiveSmallIntegerField(_("几天查一次"), validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)])
    next_on = models.DateField(_("下次哪天查"))
    gone_at = models.DateTimeField(null=True)
    gone_why = models.CharField(_("为什么不用了"), max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("设备")
        ordering = ["next_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["station", "name"], condition=Q(gone_at=None), name="thing_name_once"),
            models.CheckConstraint(condition=Q(every_days__gte=1, every_days__lte=MOST_DAYS), name="checked_within_three_years"),
        ]
        indexes = [models.Index(fields=["station", "next_on"], condition=Q(gone_at=None), name="thing_due")]

    def __str__(self) -> str:
        return f"equipment {self.pk}"


class EquipmentCheck(models.Model):
    """Somebody looked: in order or not, and what he saw."""

    equipment = models.ForeignKey(Equipment, models.PROTECT, related_name="checks")
    on = models.DateField(_("哪天查的"))
    ok = models.BooleanField(_("好的"))
    words = models.CharField(_("看到什么"), max_length=200, blank=True)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("检查")
        ordering = ["-on", "-id"]
        constraints = [models.CheckConstraint(condition=Q(ok=True) | ~Q(words=""), name="a_fault_is_described")]

    def __str__(self) -> str:
        return f"check {self.pk}"


class Repair(models.Model):
    """From broken to mended. `took_out`: the bed was put out of order for it, and comes back with it."""

    equipment = models.ForeignKey(Equipment, models.PROTECT, related_name="repairs")
    words = models.CharField(_("哪里坏了"), max_length=200)
    took_out = models.BooleanField(default=False)
    opened_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    done_words = models.CharField(_("怎么修的"), max_length=200, blank=True)
    cost_fen = models.PositiveIntegerField(_("花了多少（分）"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("维修")
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["equipment"], condition=Q(closed_at=None), name="one_open_repair_a_thing"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None) | (Q(closed_at__gte=F("opened_at"), closed_by__isnull=False) & ~Q(done_words="")),
                name="a_closed_repair_says_by_whom_and_how",
            ),
        ]

    def __str__(self) -> str:
        return f"repair {self.pk}"
