"""Pictures on an appeal: a clean copy to show, the sealed original as evidence."""

from __future__ import annotations

import uuid

from django.db import models


class Photo(models.Model):
    """File names are random and internal; a view that asks the selector serves them."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    appeal = models.ForeignKey("appeals.Appeal", models.PROTECT, related_name="photos")
    event = models.ForeignKey("appeals.Event", models.PROTECT, null=True, related_name="photos")  # added later
    order = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)  # of the original, as it came
    served = models.CharField(max_length=80)
    sealed = models.CharField(max_length=80)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["appeal", "sha256"], name="same_photo_once_an_appeal")]

    def __str__(self) -> str:
        return f"photo {self.key}"
