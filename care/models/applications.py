"""慰问金 and hardship: asked by one, approved by another, paid by a third; the database refuses anything else."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from care.rules.applications import State
from care.rules.money import MOST_FEN
from common.fields import EncryptedTextField


def _another(one: str, other: str) -> Q:
    return Q(**{one: None}) | Q(**{other: None}) | ~Q(**{one: F(other)})


class Application(models.Model):
    """Why is for the approver alone, the account for the cashier alone; both are sealed."""

    class Kind(models.TextChoices):
        SOLATIUM = "solatium", _("慰问")
        HARDSHIP = "hardship", _("困难帮扶")

    STATES = [
        (State.PROPOSED, _("等审批")), (State.APPROVED, _("批了，等发放")), (State.REFUSED, _("没有批")), (State.PAID, _("发了")),
        (State.WITHDRAWN, _("撤回了")),
    ]  # fmt: skip

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    client_key = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(_("类别"), max_length=8, choices=Kind.choices)
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="care_applications", verbose_name=_("给谁"))
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("哪里提名"))
    asked_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+", verbose_name=_("提出人"))
    asked_at = models.DateTimeField(_("提出"))
    consent = models.ForeignKey("accounts.Consent", models.PROTECT, null=True, editable=False, related_name="+")
    asked_fen = models.PositiveBigIntegerField(_("申请金额（分）"))
    reason = EncryptedTextField(_("原因"))
    account = EncryptedTextField(_("收款账户"), blank=True)
    state = models.CharField(_("状态"), max_length=9, choices=STATES, default=State.PROPOSED)
    approved_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("审批人"))
    decided_at = models.DateTimeField(_("审批"), null=True)
    approved_fen = models.PositiveBigIntegerField(_("批准金额（分）"), null=True)
    answer = models.CharField(_("答复"), max_length=200, blank=True)
    fund = models.ForeignKey("care.Fund", models.PROTECT, null=True, related_name="+")
    paid_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("发放人"))
    paid_at = models.DateTimeField(_("发放"), null=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    forgotten_at = models.DateTimeField(null=True, editable=False)  # reason, account and papers are gone, see rules/retention

    class Meta:
        verbose_name = verbose_name_plural = _("慰问和帮扶")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=_another("approved_by", "asked_by"), name="approver_did_not_ask"),
            models.CheckConstraint(condition=_another("paid_by", "asked_by"), name="payer_did_not_ask"),
            models.CheckConstraint(condition=_another("paid_by", "approved_by"), name="payer_did_not_approve"),
            models.CheckConstraint(condition=_another("approved_by", "person"), name="nobody_approves_his_own"),
            models.CheckConstraint(condition=_another("paid_by", "person"), name="nobody_pays_himself"),
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(state__in=[State.PROPOSED, State.APPROVED]), name="one_open_ask_a_kind"
            ),
            models.CheckConstraint(condition=Q(asked_fen__gt=0, asked_fen__lte=MOST_FEN), name="asked_of_human_size"),
            models.CheckConstraint(
                condition=~Q(state__in=[State.APPROVED, State.PAID])
                | Q(approved_by__isnull=False, approved_fen__gt=0, approved_fen__lte=MOST_FEN, fund__isnull=False),
                name="approved_by_somebody_for_something",
            ),
            models.CheckConstraint(
                condition=Q(state=State.PAID, paid_by__isnull=False, paid_at__isnull=False) | (~Q(state=State.PAID) & Q(paid_by=None)),
                name="paid_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(state=State.REFUSED) | (Q(approved_by__isnull=False) & ~Q(answer="")), name="a_no_says_why"),
        ]
        indexes = [
            models.Index(fields=["state", "id"], condition=Q(state__in=[State.PROPOSED, State.APPROVED]), name="application_waits"),
            models.Index(fields=["unit", "-id"], name="application_of_a_unit"),
        ]

    def __str__(self) -> str:
        return f"application {self.key}"


class Evidence(models.Model):
    """A paper that shows why: a sealed file, opened by the approver alone."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="evidence")
    sealed = models.CharField(max_length=64, editable=False)
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("证明")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"evidence {self.pk}"


class Receipt(models.Model):
    """He says that the cash is in his hand: drawn on the phone, or his name typed. Sealed; the payment names the same file.

    It may be taken back until the cashier writes the payment down."""

    class How(models.TextChoices):
        DRAWN = "drawn", _("手写签字")
        TYPED = "typed", _("打字确认")

    application = models.OneToOneField(Application, models.PROTECT, related_name="receipt")
    how = models.CharField(_("怎么签的"), max_length=5, choices=How.choices)
    sealed = models.CharField(max_length=64, editable=False)
    fen = models.PositiveBigIntegerField(_("收到（分）"))
    at = models.DateTimeField(_("签字"))
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+", verbose_name=_("谁签的"))

    class Meta:
        verbose_name = verbose_name_plural = _("收条")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(sealed=""), name="a_receipt_is_signed"),
            models.CheckConstraint(condition=Q(fen__gt=0, fen__lte=MOST_FEN), name="receipt_of_human_size"),
        ]

    def __str__(self) -> str:
        return f"receipt {self.pk}"
