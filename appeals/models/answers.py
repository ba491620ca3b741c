"""Answers, ratings, call-backs, and the templates a handler starts from."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appeals.rules.life import RATING_WORDS


class Answer(models.Model):
    """One round's answer: drafted by one person, approved by another (two for complaints)."""

    class State(models.TextChoices):
        DRAFT = "draft", _("起草中")
        SUBMITTED = "submitted", _("待批")
        HEAD_APPROVED = "head_approved", _("待分拨员复核")
        APPROVED = "approved", _("已批")

    appeal = models.ForeignKey("appeals.Appeal", models.PROTECT, related_name="answers")
    round = models.PositiveSmallIntegerField(default=1)
    measure = models.TextField(_("做了什么"), blank=True)
    basis = models.TextField(_("为什么"), blank=True)
    result = models.TextField(_("结果和下一步"), blank=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.DRAFT)
    drafted_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    head_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    sent_back = models.CharField(_("退回修改的理由"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["appeal", "round"], name="one_answer_a_round"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("drafted_by")), name="approver_is_not_the_drafter"
            ),
            models.CheckConstraint(
                condition=Q(head_by=None) | ~Q(head_by=F("drafted_by")), name="head_is_not_the_drafter"
            ),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"


class Rating(models.Model):
    """The driver's own word on a round. Every value given is kept in the events."""

    appeal = models.ForeignKey("appeals.Appeal", models.PROTECT, related_name="ratings")
    round = models.PositiveSmallIntegerField()
    value = models.PositiveSmallIntegerField(choices=list(RATING_WORDS.items()))
    solved = models.BooleanField(null=True)
    words = models.CharField(max_length=300, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["appeal", "round"], name="one_rating_a_round"),
            models.CheckConstraint(condition=Q(value__gte=1, value__lte=5), name="rating_in_five"),
        ]

    def __str__(self) -> str:
        return f"rating {self.pk}"


class CallBack(models.Model):
    """What a clerk outside the unit heard (回访). Never counted as the driver's rating."""

    class Heard(models.TextChoices):
        SOLVED = "solved", _("解决了")
        NOT_SOLVED = "not_solved", _("没解决")
        NOT_REACHED = "not_reached", _("没打通")

    appeal = models.ForeignKey("appeals.Appeal", models.PROTECT, related_name="call_backs")
    round = models.PositiveSmallIntegerField()
    attempt = models.PositiveSmallIntegerField(default=1)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    heard = models.CharField(max_length=12, choices=Heard.choices)
    satisfied = models.BooleanField(null=True)
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["appeal", "round", "attempt"], name="one_call_back_an_attempt"),
            models.CheckConstraint(condition=Q(attempt__lte=3), name="three_attempts_at_most"),
        ]

    def __str__(self) -> str:
        return f"call back {self.pk}"


class ReplyTemplate(models.Model):
    """A start for an answer; 【blanks】 must be filled before it can be sent."""

    name = models.CharField(_("名称"), max_length=60)
    category = models.CharField(_("分类"), max_length=4, blank=True)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, blank=True, verbose_name=_("单位"))
    measure = models.TextField(_("做了什么"), blank=True)
    basis = models.TextField(_("为什么"), blank=True)
    result = models.TextField(_("结果和下一步"), blank=True)
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("答复模板")
        ordering = ["category", "name"]

    def __str__(self) -> str:
        return self.name
