"""Who has which bed from when to when, who waits for one, who came."""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField
from stations.rules.kinds import KIND_WORDS
from stations.rules.life import LIVE, BookingState

KINDS = [(kind.value, words) for kind, words in KIND_WORDS.items()]


class _Wish(models.Model):
    """What a driver asks for, with an account or without one."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    client_key = models.UUIDField(unique=True, editable=False)  # one form, one booking
    service = models.ForeignKey("stations.Service", models.PROTECT, related_name="+")
    person = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    phone = EncryptedTextField(null=True, blank=True)
    phone_index = models.CharField(max_length=64, null=True, blank=True, editable=False)
    plate = models.CharField(_("车牌"), max_length=10, blank=True)
    starts_at = models.DateTimeField(_("从"))
    ends_at = models.DateTimeField(_("到"))
    made_at = models.DateTimeField()

    class Meta:
        abstract = True


class Booking(_Wish):
    """One resource, for one driver, from a moment to a moment.

    Two live bookings never share a resource at a time, nor does one plate hold two of a kind: an exclusion
    constraint on PostgreSQL, triggers on SQLite (migration 0002)."""

    STATES = [
        (BookingState.BOOKED, _("已订")), (BookingState.IN_HOUSE, _("到了")), (BookingState.DONE, _("用完了")),
        (BookingState.CANCELLED, _("取消了")), (BookingState.NO_SHOW, _("没来")),
    ]  # fmt: skip

    class Channel(models.TextChoices):
        WEB = "web", _("手机网页")
        API = "api", _("接口")
        DESK = "desk", _("到店")

    station = models.ForeignKey("stations.Station", models.PROTECT, related_name="bookings")
    resource = models.ForeignKey("stations.Resource", models.PROTECT, related_name="bookings")
    kind = models.CharField(max_length=12, choices=KINDS)  # the service's, beside the plate in one constraint
    state = models.CharField(_("状态"), max_length=10, choices=STATES, default=BookingState.BOOKED)
    code = models.CharField(_("入住码"), max_length=4)
    channel = models.CharField(max_length=4, choices=Channel.choices, default=Channel.WEB)
    next_at = models.DateTimeField(null=True)  # when a sweep must look: a reminder, the end of the grace, the end
    reminded_at = models.DateTimeField(null=True)
    came_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=120, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("预约")
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booking_ends_after_its_start"),
            models.CheckConstraint(condition=~Q(state=BookingState.IN_HOUSE) | ~Q(came_at=None), name="in_house_came"),
            models.UniqueConstraint(fields=["station", "code"], condition=Q(state__in=LIVE), name="code_once_a_house"),
        ]
        indexes = [
            models.Index(fields=["resource", "ends_at"], condition=Q(state__in=LIVE), name="booking_live"),
            # SQLite cannot use the one above: it binds the states, and does not see that they are those of the condition
            models.Index(fields=["resource", "ends_at"], name="booking_of_a_bed"),
            models.Index(fields=["station", "starts_at"], name="booking_of_a_day"),
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="booking_next"),
            models.Index(fields=["phone_index", "-id"], name="booking_phone"),
        ]

    def __str__(self) -> str:
        return f"booking {self.pk}"


class StandBy(_Wish):
    """In the line for a slot that is full. Who is first gets what comes free by itself, and is told."""

    class State(models.TextChoices):
        WAITING = "waiting", _("排着")
        BOOKED = "booked", _("排到了")
        LEFT = "left", _("不等了")
        LAPSED = "lapsed", _("没排到")
        ENDED = "ended", _("那里停了")

    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    booking = models.OneToOneField(Booking, models.PROTECT, null=True, related_name="waited")
    settled_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=120, blank=True)  # what the house says when it ended the line

    class Meta:
        verbose_name = verbose_name_plural = _("候补")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="waiting_ends_after_its_start"),
            models.CheckConstraint(
                condition=Q(state="booked", booking__isnull=False) | (~Q(state="booked") & Q(booking=None)), name="booked_names_its_booking"
            ),
        ]
        indexes = [models.Index(fields=["service", "starts_at", "id"], condition=Q(state="waiting"), name="waiting_line")]

    def __str__(self) -> str:
        return f"waiting {self.pk}"


class Arrival(models.Model):
    """Somebody came: with a booking, or as he was. Counted, never guessed."""

    station = models.ForeignKey("stations.Station", models.PROTECT, related_name="arrivals")
    service = models.ForeignKey("stations.Service", models.PROTECT, null=True, related_name="+")
    booking = models.OneToOneField(Booking, models.PROTECT, null=True, related_name="arrival")
    client_key = models.UUIDField(unique=True, editable=False)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("到店")
        indexes = [models.Index(fields=["station", "at"], name="arrival_of_a_day")]

    def __str__(self) -> str:
        return f"arrival {self.pk}"


class VisitRating(models.Model):
    """Five words for a visit, by who booked it; once, changeable for a day."""

    booking = models.OneToOneField(Booking, models.PROTECT, related_name="rating")
    value = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    words = models.CharField(_("说几句"), max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("评价")
        constraints = [models.CheckConstraint(condition=Q(value__gte=1, value__lte=5), name="one_of_five_words")]

    def __str__(self) -> str:
        return f"rating {self.pk}"
