"""Who keeps the house now, what he passes on to the next, and what was paid at his desk."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Shift(models.Model):
    """One keeper on duty in one house. At most one is open a house; `opening_fen` is the cash he took over."""

    class End(models.TextChoices):
        OPEN = "", _("在当班")
        HANDED = "handed", _("交给下一位")
        TAKEN = "taken", _("没有交，下一位自己接的")
        SHUT = "shut", _("下班，没有人接")

    station = models.ForeignKey("stations.Station", models.PROTECT, related_name="shifts")
    person = models.ForeignKey("accounts.Person", models.PROTECT, verbose_name=_("谁当班"), related_name="+")
    began_at = models.DateTimeField(_("从"))
    ended_at = models.DateTimeField(_("到"), null=True)
    opening_fen = models.PositiveIntegerField(_("接手的现金（分）"), default=0)
    end = models.CharField(_("怎么结束的"), max_length=8, choices=End.choices, default=End.OPEN, blank=True)
    end_why = models.CharField(_("为什么"), max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("当班")
        ordering = ["-began_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["station"], condition=Q(ended_at=None), name="one_open_shift_a_house"),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")), name="shift_ends_after_its_start"),
            models.CheckConstraint(condition=Q(ended_at=None, end="") | (Q(ended_at__isnull=False) & ~Q(end="")), name="shift_says_how_it_ended"),
        ]
        indexes = [models.Index(fields=["station", "-began_at"], name="shift_of_a_house")]

    def __str__(self) -> str:
        return f"shift {self.pk}"


class Relief(models.Model):
    """What one keeper passes to the next: cash as counted, keys, words, and what is open as the rows said at that moment.

    `items`: [{"code", "n", "words"}]. It holds when the other one has signed, with his own sign-in."""

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="reliefs")
    giver = models.ForeignKey("accounts.Person", models.PROTECT, verbose_name=_("谁交"), related_name="+")
    taker = models.ForeignKey("accounts.Person", models.PROTECT, verbose_name=_("谁接"), related_name="+")
    made_at = models.DateTimeField(_("什么时候交的"))
    cash_fen = models.PositiveIntegerField(_("点到的现金（分）"))
    due_fen = models.PositiveIntegerField(_("应有的现金（分）"))
    keys = models.CharField(_("钥匙"), max_length=200)
    words = models.CharField(_("要交代的"), max_length=500, blank=True)
    items = models.JSONField(default=list)
    signed_at = models.DateTimeField(_("签收"), null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("交接班")
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="handed_to_another"),
            models.CheckConstraint(condition=Q(signed_at=None) | Q(withdrawn_at=None), name="signed_or_withdrawn"),
            models.UniqueConstraint(fields=["shift"], condition=Q(withdrawn_at=None), name="one_hand_over_a_shift"),
            models.CheckConstraint(condition=Q(cash_fen=F("due_fen")) | ~Q(words=""), name="a_difference_is_explained"),
        ]

    def __str__(self) -> str:
        return f"hand-over {self.pk}"


class DeskPayment(models.Model):
    """What a driver paid at the desk for what he had booked; once a booking."""

    class How(models.TextChoices):
        CASH = "cash", _("现金")
        SCAN = "scan", _("扫码")

    booking = models.OneToOneField("stations.Booking", models.PROTECT, related_name="payment")
    station = models.ForeignKey("stations.Station", models.PROTECT, related_name="+")
    fen = models.PositiveIntegerField(_("金额（分）"))
    how = models.CharField(_("怎么付的"), max_length=4, choices=How.choices)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("收款")
        constraints = [models.CheckConstraint(condition=Q(fen__gt=0), name="paid_something")]
        indexes = [models.Index(fields=["station", "at"], name="payment_of_a_house")]

    def __str__(self) -> str:
        return f"payment {self.pk}"
