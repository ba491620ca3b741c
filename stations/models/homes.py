"""The class list of 司机之家 as a keeper ticks it: what was seen in place, by whom, on which day."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class HomeTick(models.Model):
    """One item of the list in one house, as last looked at. Earlier looks stand in the audit log."""

    station = models.ForeignKey("stations.Station", models.PROTECT, related_name="home_ticks")
    item = models.CharField(_("哪一项"), max_length=12)  # a code of rules.homes
    met = models.BooleanField(_("有"))
    seen_on = models.DateField(_("哪天看的"))
    note = models.CharField(_("说明"), max_length=80, blank=True)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("司机之家自查")
        ordering = ["station", "id"]
        constraints = [models.UniqueConstraint(fields=["station", "item"], name="one_tick_an_item")]

    def __str__(self) -> str:
        return f"{self.station_id}/{self.item}"
