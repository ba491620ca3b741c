"""The goods ledger: lines that nobody can change, what is left of what where, and who got it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from care.rules.ledger import MINUS, MOST, PLUS, Kind


class Stock(models.Model):
    """What is left of one good of one campaign at one point. Changed by one statement that never goes below zero."""

    campaign = models.ForeignKey("care.Campaign", models.PROTECT, related_name="stock")
    point = models.ForeignKey("care.Point", models.PROTECT, related_name="stock")
    good = models.ForeignKey("care.Good", models.PROTECT, related_name="+")
    left = models.IntegerField(_("还有"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("库存")
        ordering = ["point", "campaign", "good"]
        constraints = [
            models.UniqueConstraint(fields=["point", "campaign", "good"], name="one_heap_a_point"),
            models.CheckConstraint(condition=Q(left__gte=0), name="stock_never_below_zero"),
        ]

    def __str__(self) -> str:
        return f"stock {self.pk}"


class Line(models.Model):
    """One line of the ledger. `change` is what it did to the heap, with its sign; it is never altered nor deleted."""

    KINDS = [
        (Kind.RECEIVED, _("收到")), (Kind.MOVED_OUT, _("调出")), (Kind.MOVED_IN, _("调入")), (Kind.ISSUED, _("发出")),
        (Kind.RETURNED, _("退回")), (Kind.COUNTED, _("盘点差数")), (Kind.LOST, _("损失")),
    ]  # fmt: skip

    campaign = models.ForeignKey("care.Campaign", models.PROTECT, related_name="+")
    point = models.ForeignKey("care.Point", models.PROTECT, related_name="+")
    good = models.ForeignKey("care.Good", models.PROTECT, related_name="+")
    kind = models.CharField(_("类别"), max_length=9, choices=KINDS)
    change = models.IntegerField(_("数量"))
    at = models.DateTimeField(_("时间"))  # when it happened
    written_at = models.DateTimeField()  # when it came in: later where there was no signal
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    second_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    client_key = models.UUIDField(unique=True, editable=False)
    twin = models.OneToOneField("self", models.PROTECT, null=True, related_name="other")  # moved in: the line it left by
    why = models.CharField(_("说明"), max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("物资台账")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=sorted(PLUS), change__gt=0) | Q(kind__in=sorted(MINUS), change__lt=0)
                | (Q(kind=Kind.COUNTED) & ~Q(change=0)),
                name="line_has_the_sign_of_its_kind",
            ),
            models.CheckConstraint(condition=Q(change__gte=-MOST, change__lte=MOST), name="line_of_human_size"),
            models.CheckConstraint(
                condition=~Q(kind=Kind.COUNTED) | (Q(second_by__isnull=False) & ~Q(second_by=F("by"))), name="a_difference_is_signed_by_two"
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.MOVED_IN, twin__isnull=False) | (~Q(kind=Kind.MOVED_IN) & Q(twin=None)), name="moved_in_came_from_somewhere"
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "good", "point", "kind", "change"], name="line_sums"),
            models.Index(fields=["point", "-id"], name="line_of_a_point"),
            models.Index(fields=["point", "kind", "-id"], name="line_of_a_kind"),
        ]

    def __str__(self) -> str:
        return f"line {self.pk}"


class Issue(models.Model):
    """Who got it: a person, or a plate with the last four of a phone (kept as a keyed hash). Once a period.

    `repeat_of`: it was handed out a second time all the same; it stands in the ledger, and everybody sees it."""

    line = models.OneToOneField(Line, models.PROTECT, related_name="issue")
    campaign = models.ForeignKey("care.Campaign", models.PROTECT, related_name="issues")
    good = models.ForeignKey("care.Good", models.PROTECT, related_name="+")
    person = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    plate = models.CharField(_("车牌"), max_length=10, blank=True)
    recipient = models.CharField(max_length=64, editable=False)  # keyed hash of the person, or of plate and last four
    period = models.CharField(max_length=10)
    quantity = models.PositiveSmallIntegerField(_("数量"))
    at = models.DateTimeField(_("时间"))
    repeat_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="repeats")
    why = models.CharField(_("为什么再发"), max_length=120, blank=True)
    back_at = models.DateTimeField(null=True)  # given back: he may get it again

    class Meta:
        verbose_name = verbose_name_plural = _("发放")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "good", "recipient", "period"], condition=Q(repeat_of=None, back_at=None), name="once_a_period"
            ),
            models.CheckConstraint(condition=Q(person__isnull=False) | ~Q(plate=""), name="issued_to_somebody"),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], condition=Q(person__isnull=False), name="issue_of_a_person"),
            models.Index(fields=["campaign", "-id"], condition=Q(repeat_of__isnull=False), name="issue_repeats"),
        ]

    def __str__(self) -> str:
        return f"issue {self.pk}"


class Tally(models.Model):
    """A count that one person made and another has to sign. `booked` is what the book said when he counted.

    The difference found then is what is written, whatever was given out until the second one signs."""

    client_key = models.UUIDField(unique=True, editable=False)
    campaign = models.ForeignKey("care.Campaign", models.PROTECT, related_name="+")
    point = models.ForeignKey("care.Point", models.PROTECT, related_name="+")
    good = models.ForeignKey("care.Good", models.PROTECT, related_name="+")
    booked = models.PositiveIntegerField(_("账上"))
    found = models.PositiveIntegerField(_("点到"))
    why = models.CharField(_("说明"), max_length=120, blank=True)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+", verbose_name=_("谁点的"))
    at = models.DateTimeField(_("时间"))
    signed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("第二位"))
    settled_at = models.DateTimeField(null=True)  # signed, or thrown away where nobody signed

    class Meta:
        verbose_name = verbose_name_plural = _("盘点")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["point", "campaign", "good"], condition=Q(settled_at=None), name="one_open_count_a_heap"),
            models.CheckConstraint(condition=Q(signed_by=None) | (~Q(signed_by=F("by")) & Q(settled_at__isnull=False)), name="a_count_is_signed_by_another"),
        ]

    def __str__(self) -> str:
        return f"tally {self.pk}"


class Card(models.Model):
    """Four digits that stand for a driver for some minutes, so that whoever hands out finds him without typing a name."""

    person = models.OneToOneField("accounts.Person", models.CASCADE, related_name="+")
    code = models.CharField(max_length=4, unique=True)
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = _("领取码")

    def __str__(self) -> str:
        return f"card {self.pk}"
