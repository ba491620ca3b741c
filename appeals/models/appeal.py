"""The appeal (诉求) itself, whom it is about, and who is barred from it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appeals.rules.life import (
    ABOUT_WORDS,
    FILED_BY_WORDS,
    KIND_WORDS,
    OPEN,
    STATE_WORDS,
    URGENCY_WORDS,
    About,
    FiledBy,
    State,
    Urgency,
)
from common.fields import EncryptedTextField


def _choices(words):
    return [(member.value, word) for member, word in words.items()]


class Appeal(models.Model):
    """One appeal from the first word to the archived answer.

    State and the columns under "cache" are written by `services.moves` alone; they can be computed
    again from the events (`recheck`). `text` never changes: a trigger refuses it.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("编号"), max_length=16, unique=True, editable=False)
    code_hash = models.CharField(max_length=64, editable=False)
    client_key = models.UUIDField(unique=True, editable=False)
    content_hash = models.CharField(max_length=64, editable=False)  # the same key with another text is told apart

    channel = models.CharField(_("渠道"), max_length=16, choices=_choices(FILED_BY_WORDS), default=FiledBy.WEB)
    channel_note = models.CharField(_("渠道凭据"), max_length=120, blank=True)
    text = models.TextField(_("发生了什么"))
    title = models.CharField(max_length=40, blank=True, editable=False)  # the first clause, for lists
    place = models.ForeignKey("accounts.Place", models.PROTECT, null=True, blank=True, verbose_name=_("镇街"))
    spot = models.CharField(_("具体地点"), max_length=120, blank=True)
    position = EncryptedTextField(null=True, blank=True)  # "lat,lon" as the phone gave it: 行踪轨迹
    happened = models.CharField(_("什么时候"), max_length=60, blank=True)
    fine_on = models.DateField(_("处罚决定日期"), null=True, blank=True)
    about = models.CharField(_("说的是谁"), max_length=8, choices=_choices(ABOUT_WORDS), default=About.NOBODY)
    about_words = models.CharField(max_length=80, blank=True)
    phone = EncryptedTextField(null=True, blank=True)
    phone_index = models.CharField(max_length=64, null=True, blank=True, editable=False)
    phone_proved = models.BooleanField(default=False)
    caller_name = models.CharField(_("怎么称呼"), max_length=40, blank=True)
    plate = models.CharField(_("车牌"), max_length=10, blank=True)
    tell_unit = models.BooleanField(_("可以告诉承办单位我是谁"), default=False)
    persons = models.PositiveSmallIntegerField(_("人数"), default=1)
    person = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="appeals", db_index=False)
    filed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    received_at = models.DateTimeField(_("收到"), db_index=True)
    entered_at = models.DateTimeField()

    # cache of the events, kept by services.moves
    state = models.CharField(_("状态"), max_length=16, choices=_choices(STATE_WORDS), default=State.SUBMITTED)
    kind = models.CharField(_("类型"), max_length=16, choices=_choices(KIND_WORDS), blank=True)
    category = models.CharField(_("分类"), max_length=4, blank=True)
    urgency = models.CharField(_("紧急程度"), max_length=8, choices=_choices(URGENCY_WORDS), default=Urgency.NORMAL)
    round = models.PositiveSmallIntegerField(_("轮次"), default=1)
    version = models.PositiveIntegerField(default=0)
    lead_unit = models.ForeignKey(
        "accounts.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("主办"), db_index=False
    )
    handler = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("经办"), db_index=False
    )
    first_due = models.DateTimeField(_("首次承诺"), null=True)
    due = models.DateTimeField(_("答复期限"), null=True)
    next_due = models.DateTimeField(null=True)  # the nearest open clock that somebody must act on
    next_due_clock = models.CharField(max_length=4, blank=True)
    provisional = models.BooleanField(default=False)
    hand_backs = models.PositiveSmallIntegerField(default=0)
    final_unit = models.BooleanField(default=False)  # assigned finally: cannot be handed back
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    ended_how = models.CharField(max_length=24, blank=True)
    rating = models.PositiveSmallIntegerField(null=True)  # of the present round
    last_nudged_on = models.DateField(null=True)
    at_desk = models.BooleanField(default=False)  # the router was not sure: a person decides
    route_after = models.DateTimeField(null=True)  # a poison row steps aside until then

    class Meta:
        verbose_name = verbose_name_plural = _("诉求")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "next_due"], name="appeal_state_due"),
            models.Index(fields=["lead_unit", "state", "next_due"], name="appeal_unit_state_due"),
            models.Index(fields=["handler", "state"], name="appeal_handler_state"),
            models.Index(fields=["person", "-id"], name="appeal_person"),
            models.Index(fields=["phone_index"], name="appeal_phone"),
            models.Index(fields=["id"], condition=Q(state="submitted", at_desk=False), name="appeal_unrouted"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(received_at__lte=models.F("entered_at")), name="appeal_received_first"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class Accused(models.Model):
    """A unit complained of. Adding takes effect at once; only the discipline officer removes one."""

    appeal = models.ForeignKey(Appeal, models.PROTECT, related_name="accused")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    source = models.CharField(max_length=12)  # driver, text, desk, discipline
    since = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["appeal", "unit"], condition=Q(removed_at=None), name="accused_once"),
        ]
        indexes = [models.Index(fields=["unit", "appeal"], condition=Q(removed_at=None), name="accused_in_force")]

    def __str__(self) -> str:
        return f"accused {self.pk}"


class Recusal(models.Model):
    """A person who stepped back from, or was kept out of, one appeal (回避). It beats every grant."""

    appeal = models.ForeignKey(Appeal, models.PROTECT, related_name="recusals")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    why = models.CharField(max_length=120, blank=True)
    since = models.DateTimeField()
    by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["appeal", "person"], name="recused_once")]

    def __str__(self) -> str:
        return f"recusal {self.pk}"
