"""职工互助保险: policies, who is on the list, what it helped with."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from care.rules.money import MOST_FEN
from common.fields import EncryptedTextField


class Policy(models.Model):
    """One list for one period, at one premium a head."""

    name = models.CharField(_("名称"), max_length=60)
    number = models.CharField(_("单号"), max_length=40, unique=True)
    starts_on = models.DateField(_("从"))
    ends_on = models.DateField(_("到"))  # the last day covered
    premium_fen = models.PositiveBigIntegerField(_("每人保费（分）"))
    fund = models.ForeignKey("care.Fund", models.PROTECT, related_name="+", verbose_name=_("经费"))

    class Meta:
        verbose_name = verbose_name_plural = _("互助保险")
        ordering = ["-ends_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="policy_ends_after_its_start"),
            models.CheckConstraint(condition=Q(premium_fen__gt=0, premium_fen__lte=MOST_FEN), name="premium_of_human_size"),
        ]

    def __str__(self) -> str:
        return self.name


class Insured(models.Model):
    """One on the list. `next_at`: when he must be told that it ends; empty once he was, or when a later one covers him."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="insured")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="insured")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    next_at = models.DateTimeField(null=True)
    notified_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("参保人")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["policy", "person"], name="insured_once")]
        indexes = [models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="insured_next")]

    def __str__(self) -> str:
        return f"insured {self.pk}"


class Helped(models.Model):
    """A claim that somebody was helped with: what for (sealed), what it brought him."""

    client_key = models.UUIDField(unique=True, editable=False)
    insured = models.ForeignKey(Insured, models.PROTECT, related_name="helped")
    what = EncryptedTextField(_("什么事"))
    got_fen = models.PositiveBigIntegerField(_("赔了多少（分）"), default=0)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("帮助理赔")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"helped {self.pk}"
