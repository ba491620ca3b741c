"""Who is signed in where: so that rights which end take their sessions with them."""

from __future__ import annotations

from django.db import models


class SignedIn(models.Model):
    """One signed-in session of a person. The session itself is Django's; this row finds it again."""

    person = models.ForeignKey("accounts.Person", models.CASCADE, related_name="signed_in")
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField(max_length=40, blank=True)  # a word such as «安卓手机», no address
    staff = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"signed in {self.pk}"


class HiddenHistory(models.Model):
    """Old rows of an account stay hidden after a long silence: the number may have a new owner.

    What lies before `before` is shown again once the person proved, with a receipt code for
    instance, that he is still the same (`opened_at`).
    """

    person = models.OneToOneField("accounts.Person", models.CASCADE, related_name="hidden_history")
    before = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"hidden history {self.pk}"
