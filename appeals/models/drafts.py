"""What a driver typed before sending it: kept on the server for his browser, swept after a day."""

from __future__ import annotations

import uuid

from django.db import models

from common.fields import EncryptedTextField


class Draft(models.Model):
    """A form in the making. `client_key` becomes the appeal's: one form, one appeal."""

    holder = models.CharField(max_length=64, db_index=True)  # keyed hash of the browser's cookie
    client_key = models.UUIDField(default=uuid.uuid4, unique=True)
    answers = EncryptedTextField(default="{}")  # JSON, sealed: a story and a phone
    made_at = models.DateTimeField()
    touched_at = models.DateTimeField(db_index=True)
    appeal = models.OneToOneField("appeals.Appeal", models.PROTECT, null=True, related_name="draft")
    show_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"draft {self.pk}"


class DraftPhoto(models.Model):
    """A checked and re-encoded picture that waits for its appeal."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="photos")
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    order = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    served = models.CharField(max_length=80)
    sealed = models.CharField(max_length=80)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["draft", "sha256"], name="same_photo_once_a_draft")]

    def __str__(self) -> str:
        return f"draft photo {self.pk}"
