"""Where a station could stand, and where the places lie that its drivers come from: what the siting page reckons with."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

IN_CHINA = Q(latitude__gte=3, latitude__lte=54, longitude__gte=73, longitude__lte=136)


class PlacePoint(models.Model):
    """Where the seat of a town, subdistrict or zone lies, to about a kilometre: an estimate, until it is surveyed."""

    place = models.OneToOneField("accounts.Place", models.CASCADE, related_name="point", verbose_name=_("镇街"))
    latitude = models.FloatField(_("纬度"))
    longitude = models.FloatField(_("经度"))

    class Meta:
        verbose_name = verbose_name_plural = _("镇街的位置")
        constraints = [models.CheckConstraint(condition=IN_CHINA, name="place_lies_in_china")]

    def __str__(self) -> str:
        return f"point of {self.place_id}"


class Site(models.Model):
    """A candidate for the next station: a logistics park, a motorway exit, an inspection station. `dropped_on`: no longer."""

    class Kind(models.TextChoices):
        PARK = "park", _("物流园")
        EXIT = "exit", _("高速出口")
        INSPECTION = "inspection", _("检测站")
        PARKING = "parking", _("停车场和货场")
        PORT = "port", _("码头")

    code = models.SlugField(max_length=12, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("类别"), max_length=12, choices=Kind.choices)
    place = models.ForeignKey("accounts.Place", models.PROTECT, related_name="+", verbose_name=_("镇街"))
    latitude = models.FloatField(_("纬度"))
    longitude = models.FloatField(_("经度"))
    listed_on = models.DateField(_("哪天列入"))
    dropped_on = models.DateField(_("哪天去掉"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("候选点")
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=IN_CHINA, name="site_lies_in_china")]

    def __str__(self) -> str:
        return self.code
