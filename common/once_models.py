"""The acts that somebody named with a key of his own, each with its answer. See common.once."""

from __future__ import annotations

from django.db import models

from common.fields import EncryptedTextField


class SentOnce(models.Model):
    """One act of one sender under one key, and what he was told. The answer is sealed: it may speak of people."""

    who = models.CharField(max_length=64)  # keyed HMAC
    key = models.UUIDField()
    said = models.CharField(max_length=64)  # keyed HMAC of where it was sent and what it said
    answer = EncryptedTextField(default="")
    at = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "common"
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["who", "key"], name="a_key_is_used_once")]

    def __str__(self) -> str:
        return f"{self.key} of {self.who[:8]}"
