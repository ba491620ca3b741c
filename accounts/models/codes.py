"""Codes sent to a phone. Limits and tries live in rows: neither Redis nor a restart forgets them."""

from __future__ import annotations

from django.db import models

from common.fields import EncryptedTextField


class SignInCode(models.Model):
    """One code for one phone and purpose, bound to the session that asked, kept as a keyed hash.

    An earlier code stays valid when a new one is asked for (messages overtake one another on the
    road); tries are counted over all codes of a phone and purpose. `minute` (minutes since 1970)
    lets the database itself refuse a second message to a phone in the same minute.
    """

    phone_index = models.CharField(max_length=64)
    purpose = models.CharField(max_length=16)
    session_hash = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    phone = EncryptedTextField()  # the session carries only the index
    minute = models.BigIntegerField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["phone_index", "purpose", "expires_at"])]
        constraints = [
            models.UniqueConstraint(fields=["phone_index", "minute"], name="one_code_a_minute"),
        ]

    def __str__(self) -> str:
        return f"code {self.pk}"


class WrongTries(models.Model):
    """Wrong passwords or second factors of one account, known or not, and until when it must wait."""

    who = models.CharField(max_length=64, unique=True)  # keyed hash of purpose and login
    wrong = models.PositiveIntegerField(default=0)
    wait_until = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"tries {self.who[:8]} {self.wrong}"
