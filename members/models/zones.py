"""责任片区 1:5: a verified member keeps touch with up to five drivers."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField


class Seat(models.Model):
    """One of the five seats of a contact, held by a driver. The sixth finds no seat: the database refuses it."""

    contact = models.ForeignKey("accounts.Person", models.PROTECT, related_name="seats")  # the member
    driver = models.ForeignKey("members.Driver", models.PROTECT, related_name="seats")
    seat = models.PositiveSmallIntegerField()  # 1 … 5
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=16, blank=True)  # member_left, member_died, driver_left, driver_refused, member_declined, moved, became_member
    reasons = models.JSONField(default=list)  # codes of members.rules.zones
    decided_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(null=True)  # the next monthly contact; moved on by each note
    reminded_for = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("片区")
        constraints = [
            models.UniqueConstraint(fields=["contact", "seat"], condition=Q(until=None), name="a_seat_once"),
            models.UniqueConstraint(fields=["driver"], condition=Q(until=None), name="a_driver_has_one_contact"),
            models.CheckConstraint(condition=Q(seat__gte=1, seat__lte=5), name="five_seats"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(until=None), name="seat_due")]

    def __str__(self) -> str:
        return f"seat {self.pk}"


class Match(models.Model):
    """A proposed seat, with its reasons; people decide."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待定")
        ACCEPTED = "accepted", _("已定")
        DECLINED = "declined", _("不要")
        LAPSED = "lapsed", _("过时")

    contact = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    driver = models.ForeignKey("members.Driver", models.PROTECT, related_name="+")
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["driver"], condition=Q(state="proposed"), name="proposed_to_one_contact"),
        ]
        indexes = [models.Index(fields=["contact", "state"])]

    def __str__(self) -> str:
        return f"match {self.pk}"


class Refusal(models.Model):
    """These two are not put together again: the member declined, or the driver asked for another."""

    class By(models.TextChoices):
        MEMBER = "member", _("党员")
        DRIVER = "driver", _("司机")

    contact = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    driver = models.ForeignKey("members.Driver", models.PROTECT, related_name="refusals")
    by = models.CharField(max_length=6, choices=By.choices)
    at = models.DateTimeField()
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact", "driver"], name="refused_once")]

    def __str__(self) -> str:
        return f"refusal {self.pk}"


class Waiting(models.Model):
    """A driver who lost or wants a contact and has none: from the same moment on."""

    driver = models.ForeignKey("members.Driver", models.PROTECT, related_name="waiting")
    since = models.DateTimeField()
    why = models.CharField(max_length=16)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["driver"], condition=Q(until=None), name="waits_once"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="waits_forward"),
        ]

    def __str__(self) -> str:
        return f"waiting {self.pk}"


class NoContact(models.Model):
    """A driver wants no contact at all, until he says otherwise. Nobody is proposed to him while a row is open."""

    driver = models.ForeignKey("members.Driver", models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["driver"], condition=Q(until=None), name="wants_no_contact_once"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="no_contact_forward"),
        ]

    def __str__(self) -> str:
        return f"no contact {self.pk}"


class ContactNote(models.Model):
    """What a contact heard, and when: sealed, for the contact and the secretary of his branch."""

    class How(models.TextChoices):
        CALL = "call", _("电话")
        VISIT = "visit", _("见面")
        MESSAGE = "message", _("微信")

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="notes")
    at = models.DateTimeField()
    how = models.CharField(max_length=8, choices=How.choices)
    words = EncryptedTextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["seat", "-at"]), models.Index(fields=["at"], name="contact_note_at")]

    def __str__(self) -> str:
        return f"contact note {self.pk}"
