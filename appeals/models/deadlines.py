"""Running clocks of an appeal and the pauses that hold them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Clock(models.Model):
    """One deadline (时限). `first_due` never changes: a trigger refuses it. `due` may move.

    The verdict is the first moment met compared with `due`, whenever a job wakes up.
    """

    appeal = models.ForeignKey("appeals.Appeal", models.PROTECT, related_name="clocks")
    kind = models.CharField(_("时限"), max_length=4)  # C1 … C10
    round = models.PositiveSmallIntegerField(default=1)
    leg = models.ForeignKey("appeals.Leg", models.PROTECT, null=True, related_name="clocks", db_index=False)
    request = models.ForeignKey("appeals.Request", models.PROTECT, null=True, related_name="clocks", db_index=False)
    rule = models.ForeignKey("appeals.ClockRule", models.PROTECT, db_index=False)
    urgent = models.BooleanField(default=False)
    calendar_version = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    first_due = models.DateTimeField()
    due = models.DateTimeField()
    provisional = models.BooleanField(default=False)
    extension_days = models.PositiveSmallIntegerField(default=0)
    met_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # stopped without being met: withdrawn, handed back …
    level = models.SmallIntegerField(default=-1)  # highest of R0 … R5 reached; only rises
    urgent_level = models.SmallIntegerField(default=0)  # highest of U1 … U3 reached
    next_rung_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["appeal", "kind", "round"],
                condition=Q(leg=None, request=None),
                name="one_clock_a_kind_and_round",
            ),
            models.UniqueConstraint(fields=["leg", "kind"], condition=Q(leg__isnull=False), name="one_clock_a_leg"),
            models.UniqueConstraint(
                fields=["request", "kind"], condition=Q(request__isnull=False), name="one_clock_a_request"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_rung_at"],
                condition=Q(met_at=None, ended_at=None, next_rung_at__isnull=False),
                name="clock_next_rung",
            ),
        ]

    def __str__(self) -> str:
        return f"clock {self.kind} {self.pk}"

    @property
    def running(self) -> bool:
        return self.met_at is None and self.ended_at is None


class Pause(models.Model):
    """The clock is held while the driver is asked for something. C4 and C7 only."""

    appeal = models.ForeignKey("appeals.Appeal", models.PROTECT, related_name="pauses")
    round = models.PositiveSmallIntegerField(default=1)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    limit_at = models.DateTimeField()  # the unit goes on with what it has from here

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["appeal"], condition=Q(ended_at=None), name="one_open_pause"),
        ]

    def __str__(self) -> str:
        return f"pause {self.pk}"
