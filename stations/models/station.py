"""The centre and its stations: where each is and what it is today."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stations.rules.life import StationState


class Station(models.Model):
    """One house of 1+N, one-to-one with its unit. A planned one is shown as planned and takes no booking."""

    class Kind(models.TextChoices):
        CENTRE = "centre", _("服务中心")
        PARK = "park", _("物流园驿站")
        INSPECTION = "inspection", _("检测站驿站")
        HOME = "home", _("司机之家")

    class Grade(models.TextChoices):
        NONE = "", _("没有评")
        BASIC = "basic", _("基本项")
        B = "B", _("B 类")
        A = "A", _("A 类")

    STATES = [
        (StationState.PLANNED, _("计划中")), (StationState.BUILDING, _("在建")), (StationState.OPEN, _("开放")),
        (StationState.PAUSED, _("暂停")), (StationState.CLOSED, _("关了")),
    ]  # fmt: skip

    unit = models.OneToOneField("accounts.Unit", models.PROTECT, related_name="station")
    slug = models.SlugField(_("网址用名"), max_length=24, unique=True)
    kind = models.CharField(_("类别"), max_length=12, choices=Kind.choices)
    grade = models.CharField(_("司机之家等级"), max_length=6, choices=Grade.choices, default=Grade.NONE, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=STATES, default=StationState.PLANNED)
    paused_until = models.DateField(_("暂停到"), null=True, blank=True)
    paused_why = models.CharField(_("为什么暂停"), max_length=120, blank=True)
    host = models.CharField(_("设在"), max_length=60, blank=True)  # the logistics park, the inspection station
    address = models.CharField(_("地址"), max_length=120)
    place = models.ForeignKey("accounts.Place", models.PROTECT, verbose_name=_("镇街"))
    latitude = models.FloatField(_("纬度"), null=True, blank=True)
    longitude = models.FloatField(_("经度"), null=True, blank=True)
    phone = models.CharField(_("电话"), max_length=20, blank=True)  # the house's own line, public
    area_m2 = models.PositiveIntegerField(_("面积（平方米）"), null=True, blank=True)
    opens_on = models.DateField(_("什么时候开"), null=True, blank=True)
    words = models.CharField(_("一句话"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("驿站")
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__gte=3, latitude__lte=54, longitude__gte=73, longitude__lte=136),
                name="station_lies_in_china",
            ),
            models.CheckConstraint(
                condition=~Q(state=StationState.OPEN) | Q(latitude__isnull=False), name="open_station_has_its_position"
            ),
        ]
        indexes = [models.Index(fields=["latitude", "longitude"], condition=~Q(state=StationState.CLOSED), name="station_near")]

    def __str__(self) -> str:
        return self.slug
