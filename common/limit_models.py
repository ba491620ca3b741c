"""The counters of common.limits. Kept in the database: a cache may vanish, a limit must not."""

from __future__ import annotations

from django.db import models


class RateHit(models.Model):
    """How often one sender did one thing in the window that ends at `ends_at`."""

    purpose = models.CharField(max_length=40)
    who = models.CharField(max_length=64)  # keyed HMAC, never a phone or an address
    seconds = models.PositiveIntegerField()  # length of the window: one row for each limit
    ends_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()

    class Meta:
        app_label = "common"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["purpose", "who", "seconds"], name="one_counter_per_window"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.who[:8]} {self.count}/{self.seconds}s"
