"""Campaigns, what each gives to whom how often, and the points where it is given."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from care.rules.campaigns import MOST_AT_ONCE, Period, Who


class Campaign(models.Model):
    """战"疫"同行、一路有爱; 迎七一·送清凉. It gives from `starts_at` up to `ends_at`; its budget is what its fund holds."""

    WHO = [(Who.EVERYONE, _("来往司机都可以")), (Who.REGISTERED, _("登记过的司机"))]

    code = models.SlugField(_("代号"), max_length=24, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    words = models.CharField(_("一句话"), max_length=200, blank=True)
    starts_at = models.DateTimeField(_("从"))
    ends_at = models.DateTimeField(_("到"))
    who = models.CharField(_("发给谁"), max_length=10, choices=WHO, default=Who.EVERYONE)
    fund = models.ForeignKey("care.Fund", models.PROTECT, null=True, blank=True, related_name="campaigns", verbose_name=_("经费"))
    stopped_at = models.DateTimeField(_("停了"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("关爱活动")
        ordering = ["-starts_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="campaign_ends_after_its_start")]

    def __str__(self) -> str:
        return self.name


class Good(models.Model):
    """One kind of thing that is given: a pack, a crate of water."""

    name = models.CharField(_("物品"), max_length=40, unique=True)
    unit_word = models.CharField(_("量词"), max_length=4, default="份")
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("物品")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Offer(models.Model):
    """The rule of one good in one campaign: `each` pieces, once a period."""

    PERIODS = [(Period.DAY, _("每天一次")), (Period.WEEK, _("每周一次")), (Period.CAMPAIGN, _("整个活动一次"))]

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="offers")
    good = models.ForeignKey(Good, models.PROTECT, related_name="+")
    period = models.CharField(_("多久一次"), max_length=8, choices=PERIODS, default=Period.CAMPAIGN)
    each = models.PositiveSmallIntegerField(_("一人一次几份"), default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_AT_ONCE)])

    class Meta:
        verbose_name = verbose_name_plural = _("发放规则")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "good"], name="one_rule_a_good"),
            models.CheckConstraint(condition=Q(each__gte=1, each__lte=MOST_AT_ONCE), name="each_of_human_size"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}/{self.good_id}"


class Point(models.Model):
    """Where it is given: a motorway exit, a station, a branch's table. Whoever works at its unit keeps its stock."""

    class Kind(models.TextChoices):
        EXIT = "exit", _("高速出口")
        STATION = "station", _("驿站")
        TABLE = "table", _("支部的桌子")
        STORE = "store", _("仓库")

    code = models.SlugField(_("代号"), max_length=24, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("类别"), max_length=8, choices=Kind.choices, default=Kind.TABLE, db_default="table")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("哪个单位管"))
    place = models.ForeignKey("accounts.Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("镇街"))
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("发放点")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
