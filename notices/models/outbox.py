"""The outbox: one row per message under one unique key, written before anything is sent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField
from notices.rules.states import CHANNEL_WORDS, STATE_WORDS, Channel, Hours, Rank, State


class Notice(models.Model):
    """A message to a person, or to the phone that stands on an appeal.

    `about_kind` + `about_pk` name the row it is about; the room that owns the kind registers who may
    receive it, and an unregistered kind is never sent. `body` holds only what cannot be computed again
    (a code), sealed, and is wiped when the message is settled. `unique_key` joins kind, about, round,
    clock, rung, due value, recipient and channel.

    `next_try_at` is set while somebody has still to look at the row. `called_at` is set from just before
    a call until its answer: a row that carries it may have left the house. `out_id` is what the gateway
    knows the message by, the same at every try; rows that left together in one digest share it.
    """

    template = models.CharField(_("种类"), max_length=48)
    about_kind = models.CharField(max_length=32)
    about_pk = models.CharField(max_length=40)
    unique_key = models.CharField(max_length=200, unique=True)
    recipient = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="notices")
    address = EncryptedTextField(null=True)  # a phone or mail address without an account
    channel = models.CharField(_("渠道"), max_length=8, choices=[(c.value, CHANNEL_WORDS[c]) for c in Channel])
    hours = models.CharField(max_length=8, choices=[(h.value, h.value) for h in Hours], default=Hours.OFFICE)
    round = models.PositiveSmallIntegerField(default=1)
    clock = models.CharField(max_length=32, blank=True)  # set for rungs only: the clock they belong to
    rung = models.CharField(max_length=12, blank=True)
    due = models.DateTimeField(null=True)
    urgent = models.BooleanField(default=False)
    rank = models.PositiveSmallIntegerField(default=Rank.REST)
    data = models.JSONField(default=dict, blank=True)  # numbers and dates for the template; never names or texts
    body = EncryptedTextField(null=True)
    state = models.CharField(_("状态"), max_length=12, default=State.QUEUED, choices=[(s.value, STATE_WORDS[s]) for s in State])
    made_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True)
    not_after = models.DateTimeField(null=True)  # a code that came too late is worse than none
    claimed_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    token = models.UUIDField(null=True)
    called_at = models.DateTimeField(null=True)
    out_id = models.CharField(max_length=32, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    doubts = models.PositiveSmallIntegerField(default=0)  # calls that were never answered
    settled_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)  # the gateway said that it reached the phone
    read_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("通知")
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(state__in=["queued", "unknown"], next_try_at__isnull=False),
                name="notice_due",
            ),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="notice_leased"),
            models.Index(fields=["-settled_at"], condition=Q(state__in=["failed", "unknown"]), name="notice_trouble"),
            models.Index(fields=["out_id"], condition=~Q(out_id=""), name="notice_out_id"),
            models.Index(fields=["about_kind", "about_pk"]),
            models.Index(fields=["recipient", "-id"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(recipient__isnull=False) | Q(address__isnull=False), name="notice_has_somebody_to_go_to"
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(lease_until__isnull=False, token__isnull=False),
                name="notice_sending_has_a_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state="queued") | Q(next_try_at__isnull=False), name="notice_queued_has_a_moment"
            ),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"


class SmsDay(models.Model):
    """Messages sent on a day, so that a flood cannot burn the budget."""

    day = models.DateField(unique=True)
    sent = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"sms of {self.day}"
