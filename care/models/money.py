"""Funds and the money ledger, in fen. Lines are never altered nor deleted; a fund is never below zero."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from care.rules.money import IN, MOST_FEN, Entry


class Fund(models.Model):
    """Money set aside for something; `left_fen` is what its lines add up to."""

    code = models.SlugField(_("代号"), max_length=24, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    left_fen = models.BigIntegerField(_("还有（分）"), default=0)
    budget_fen = models.PositiveBigIntegerField(_("预算（分）"), null=True, blank=True)  # most that may ever be put in

    class Meta:
        verbose_name = verbose_name_plural = _("经费")
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=Q(left_fen__gte=0), name="fund_never_below_zero")]

    def __str__(self) -> str:
        return self.name


class Payment(models.Model):
    """One line of the money ledger. Cash is handed over against a signature on the phone (`signature`: a sealed file)."""

    ENTRIES = [
        (Entry.PUT_IN, _("拨入")), (Entry.PAID, _("发放")), (Entry.PAID_BACK, _("退回")), (Entry.PREMIUM, _("保费")),
        (Entry.BOUGHT, _("采购")),
    ]  # fmt: skip

    class How(models.TextChoices):
        CASH = "cash", _("现金")
        TRANSFER = "transfer", _("转账")

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="payments")
    entry = models.CharField(_("类别"), max_length=9, choices=ENTRIES)
    change_fen = models.BigIntegerField(_("金额（分）"))
    how = models.CharField(_("方式"), max_length=8, choices=How.choices, default=How.TRANSFER)
    application = models.ForeignKey("care.Application", models.PROTECT, null=True, related_name="payments")
    policy = models.ForeignKey("care.Policy", models.PROTECT, null=True, related_name="payments")
    campaign = models.ForeignKey("care.Campaign", models.PROTECT, null=True, related_name="payments")
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    client_key = models.UUIDField(unique=True, editable=False)
    signature = models.CharField(max_length=64, blank=True, editable=False)
    why = models.CharField(_("说明"), max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("资金台账")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(entry__in=sorted(IN), change_fen__gt=0) | (~Q(entry__in=sorted(IN)) & Q(change_fen__lt=0)),
                name="payment_has_the_sign_of_its_entry",
            ),
            models.CheckConstraint(condition=Q(change_fen__gte=-MOST_FEN, change_fen__lte=MOST_FEN), name="payment_of_human_size"),
            models.CheckConstraint(condition=~Q(entry=Entry.PAID) | Q(application__isnull=False), name="paid_for_an_application"),
            models.CheckConstraint(condition=~Q(entry=Entry.PREMIUM) | Q(policy__isnull=False), name="premium_of_a_policy"),
            models.CheckConstraint(condition=~Q(entry=Entry.PAID, how="cash") | ~Q(signature=""), name="cash_is_signed_for"),
            models.UniqueConstraint(fields=["application"], condition=Q(entry=Entry.PAID), name="paid_once"),
        ]
        indexes = [models.Index(fields=["fund", "change_fen"], name="payment_sums")]

    def __str__(self) -> str:
        return f"payment {self.pk}"

    @property
    def signed_word(self) -> str:
        """How he signed: 手写签字, 打字确认; "" where nobody did."""
        if not self.signature or self.application is None:
            return ""
        receipt = getattr(self.application, "receipt", None)
        own = receipt is not None and receipt.sealed == self.signature
        return str(receipt.get_how_display()) if own else str(_("手写签字"))
