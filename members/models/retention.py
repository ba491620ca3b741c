"""What the sweep of retention could not take yet."""

from __future__ import annotations

from django.db import models


class Postponed(models.Model):
    """A row whose time is over and that stays for now: looked at again at `until`, so that it holds up none of the others."""

    what = models.CharField(max_length=10)  # members.rules.retention.What
    row = models.BigIntegerField()
    until = models.DateTimeField()
    why = models.CharField(max_length=8)  # needed, failed

    class Meta:
        constraints = [models.UniqueConstraint(fields=["what", "row"], name="postponed_once")]

    def __str__(self) -> str:
        return f"postponed {self.pk}"
