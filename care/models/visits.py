"""走访: planned, gone, what was heard, what was given; each need is an appeal with a number of record."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField


class Visit(models.Model):
    """One visit to one person, by people of one unit. `heard` is sealed: it tells of homes and illness."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    client_key = models.UUIDField(unique=True, editable=False)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+", verbose_name=_("哪里去的"))
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+", verbose_name=_("看望谁"))
    planned_on = models.DateField(_("计划"))
    planned_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    why = models.CharField(_("为什么去"), max_length=120, blank=True)
    went_at = models.DateTimeField(_("去了"), null=True)
    recorded_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    heard = EncryptedTextField(_("听到什么"), blank=True)
    gave = models.CharField(_("送了什么"), max_length=120, blank=True)
    follow_up_on = models.DateField(_("再去"), null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, editable=False)  # what was heard is gone, see rules/retention

    class Meta:
        verbose_name = verbose_name_plural = _("走访")
        ordering = ["-planned_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(went_at=None) | Q(recorded_by__isnull=False), name="a_visit_is_told_by_somebody"),
        ]
        indexes = [models.Index(fields=["unit", "-planned_on"], name="visit_of_a_unit")]

    def __str__(self) -> str:
        return f"visit {self.key}"


class Visitor(models.Model):
    """Who went."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="visitors")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("谁去的")
        constraints = [models.UniqueConstraint(fields=["visit", "person"], name="went_once")]

    def __str__(self) -> str:
        return f"visitor {self.pk}"


class Need(models.Model):
    """A need heard on a visit: the appeal it became. Its text stands there and nowhere else."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="needs")
    appeal = models.OneToOneField("appeals.Appeal", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("走访听到的诉求")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"need {self.pk}"
