"""Codes sent to a phone. Limits and tries live in rows: neither Redis nor a restart forgets them."""

from __future__ import annotations

from django.db import models


class SignInCode(models.Model):
    """One code for one phone and purpose, bound to the session that asked, kept as a keyed hash.

    An earlier code stays valid when a new one is asked for (messages overtake one another on the
    road); tries are counted over all codes of a phone and purpose.
    """

    phone_index = models.CharField(max_length=64)
    purpose = models.CharField(max_length=16)
    session_hash = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    phone = models.TextField()  # sealed: the row must be able to tell the sender where to send
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["phone_index", "purpose", "expires_at"])]

    def __str__(self) -> str:
        return f"code {self.pk}"
