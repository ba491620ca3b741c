"""What a station offers, when, for how much, and of what there is how many."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stations.rules.hours import Days
from stations.rules.kinds import KIND_WORDS, How
from stations.rules.slots import Plan

DAYS = [
    (Days.ALL, _("每天")), (Days.WORKDAY, _("工作日")), (Days.RESTDAY, _("休息日")), (Days.MON, _("周一")), (Days.TUE, _("周二")),
    (Days.WED, _("周三")), (Days.THU, _("周四")), (Days.FRI, _("周五")), (Days.SAT, _("周六")), (Days.SUN, _("周日")),
]  # fmt: skip


class Service(models.Model):
    """One service of one station. `minutes` is the length of a slot, 0 a night; `grace` how long a place is kept."""

    class State(models.TextChoices):
        OPEN = "open", _("开放")
        PAUSED = "paused", _("暂停")

    HOW = [(How.BOOK, _("可以预约")), (How.QUEUE, _("到店排队")), (How.WALK_IN, _("直接来"))]

    station = models.ForeignKey("stations.Station", models.PROTECT, related_name="services")
    kind = models.CharField(_("服务"), max_length=12, choices=[(kind.value, words) for kind, words in KIND_WORDS.items()])
    how = models.CharField(_("怎么用"), max_length=8, choices=HOW)
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.OPEN)
    paused_why = models.CharField(_("为什么暂停"), max_length=120, blank=True)
    price_fen = models.PositiveIntegerField(_("价格（分）"), default=0)  # 0: free
    price_words = models.CharField(_("价格说明"), max_length=60, blank=True)  # 一晚、每公斤 …
    words = models.CharField(_("说明"), max_length=120, blank=True)
    minutes = models.PositiveSmallIntegerField(_("一次多少分钟（0 是一晚）"), default=60, validators=[MaxValueValidator(720)])
    days_ahead = models.PositiveSmallIntegerField(_("最多提前几天"), default=3, validators=[MaxValueValidator(30)])
    grace = models.PositiveSmallIntegerField(_("过点保留几分钟"), default=30, validators=[MaxValueValidator(720)])

    class Meta:
        verbose_name = verbose_name_plural = _("服务")
        ordering = ["station", "id"]
        constraints = [
            models.UniqueConstraint(fields=["station", "kind"], name="one_service_of_a_kind"),
            models.CheckConstraint(condition=Q(minutes__lte=720, days_ahead__lte=30), name="slots_of_human_size"),
        ]

    def __str__(self) -> str:
        return f"{self.station_id}/{self.kind}"

    @property
    def plan(self) -> Plan:
        """Its slots as the rules read them."""
        return Plan(minutes=self.minutes, days_ahead=self.days_ahead)


class Resource(models.Model):
    """One bed, one bay, one shower: what only one can have at a time. `length_dm`: how long a truck fits, in decimetres."""

    service = models.ForeignKey(Service, models.PROTECT, related_name="resources")
    name = models.CharField(_("名称"), max_length=24)
    length_dm = models.PositiveSmallIntegerField(_("能停多长（分米）"), null=True, blank=True)
    out_since = models.DateTimeField(_("停用"), null=True, blank=True)
    out_why = models.CharField(_("为什么停用"), max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("床位和车位")
        ordering = ["service", "id"]
        constraints = [models.UniqueConstraint(fields=["service", "name"], name="resource_name_once")]

    def __str__(self) -> str:
        return self.name


class Hours(models.Model):
    """Open on these days from then to then; of one service where it differs from its house."""

    station = models.ForeignKey("stations.Station", models.CASCADE, related_name="hours")
    service = models.ForeignKey(Service, models.CASCADE, null=True, blank=True, related_name="hours")
    days = models.CharField(_("哪些天"), max_length=8, choices=DAYS, default=Days.ALL)
    opens = models.TimeField(_("开门"))
    closes = models.TimeField(_("关门"))  # at or before `opens`: past midnight

    class Meta:
        verbose_name = verbose_name_plural = _("开放时间")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.days} {self.opens:%H:%M}-{self.closes:%H:%M}"


class Exceptional(models.Model):
    """One date on which a station keeps other hours, or none."""

    station = models.ForeignKey("stations.Station", models.CASCADE, related_name="exceptions")
    day = models.DateField(_("日期"))
    opens = models.TimeField(_("开门"), null=True, blank=True)
    closes = models.TimeField(_("关门"), null=True, blank=True)
    why = models.CharField(_("为什么"), max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = _("特别的日子")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["station", "day"], name="one_exception_a_day"),
            models.CheckConstraint(
                condition=Q(opens=None, closes=None) | Q(opens__isnull=False, closes__isnull=False), name="both_times_or_none"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}"
