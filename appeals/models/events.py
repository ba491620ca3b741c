"""What happened, one row each, never changed: all other columns can be computed from here."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """One thing that happened to an appeal. A trigger refuses UPDATE and DELETE.

    `public` events are what the driver reads; `words` are for him. `note` is for the unit only.
    """

    appeal = models.ForeignKey("appeals.Appeal", models.PROTECT, related_name="events", db_index=False)  # event_order begins with it
    seq = models.PositiveIntegerField()
    at = models.DateTimeField(db_index=True)
    move = models.CharField(max_length=32)
    actor = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    actor_word = models.CharField(max_length=12)  # driver, staff, contact, system
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    from_state = models.CharField(max_length=16, blank=True)
    to_state = models.CharField(max_length=16, blank=True)
    public = models.BooleanField(_("司机能看到"), default=False)
    words = models.TextField(blank=True)
    note = models.TextField(blank=True)
    reason = models.CharField(max_length=500, blank=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["appeal_id", "seq"]
        constraints = [models.UniqueConstraint(fields=["appeal", "seq"], name="event_order")]
        indexes = [models.Index(fields=["appeal", "move"])]

    def __str__(self) -> str:
        return f"event {self.pk}"
