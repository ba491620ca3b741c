"""The working calendar: the days that differ from an ordinary week, and the years that are known."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.limit_models import RateHit
from common.once_models import SentOnce

__all__ = ["CalendarYear", "RateHit", "SentOnce", "WorkDay"]


class WorkDay(models.Model):
    """A date that is not what its weekday says: a public holiday, or a weekend worked instead."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("放假")
        WORKDAY = "workday", _("上班")

    date = models.DateField(_("日期"), unique=True)
    kind = models.CharField(_("放假还是上班"), max_length=8, choices=Kind.choices)
    festival = models.CharField(_("节日"), max_length=20, blank=True)
    source = models.CharField(_("依据的文件"), max_length=120, blank=True)
    entered_at = models.DateTimeField(_("录入时间"))

    class Meta:
        verbose_name = _("节假日与调休")
        verbose_name_plural = _("节假日与调休")
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["holiday", "workday"]), name="workday_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.get_kind_display()}"


class CalendarYear(models.Model):
    """A year whose holidays have been announced and entered. A year without a row is provisional."""

    year = models.PositiveSmallIntegerField(_("年份"), unique=True)
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    digest = models.CharField(_("内容指纹"), max_length=16, editable=False, default="")
    source = models.CharField(_("依据的文件"), max_length=120, blank=True)
    entered_at = models.DateTimeField(_("录入时间"))

    class Meta:
        verbose_name = _("年度工作日历")
        verbose_name_plural = _("年度工作日历")
        ordering = ["year"]

    def __str__(self) -> str:
        return f"{self.year} 年第 {self.version} 版"
