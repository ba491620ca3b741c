"""The union federation's own work: who asks to join, whom the register lacks, whose employer two sources name differently."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models.enterprises import UnionMember


class JoinRequest(models.Model):
    """A driver asks on his phone to join the union; an officer accepts or refuses with a reason he reads.

    It runs only while its consent stands: who withdraws the consent has withdrawn the request."""

    class State(models.TextChoices):
        OPEN = "open", _("还没办")
        ACCEPTED = "accepted", _("已入会")
        REFUSED = "refused", _("没有办成")
        WITHDRAWN = "withdrawn", _("本人收回")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="join_requests")
    consent = models.ForeignKey("accounts.Consent", models.PROTECT, related_name="+")
    enterprise = models.ForeignKey("members.Enterprise", models.PROTECT, null=True, blank=True, related_name="+")
    employer_words = models.CharField(_("他写的单位"), max_length=80, blank=True)
    occupation = models.CharField(_("职业"), max_length=8, choices=UnionMember.Occupation.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    why = models.CharField(_("为什么没有办成"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("入会申请")
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(state="open"), name="one_join_request_running"),
            models.CheckConstraint(condition=Q(decided_by=None) | ~Q(decided_by=F("person")), name="nobody_joins_himself"),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(why=""), name="a_refused_join_says_why"),
        ]
        indexes = [models.Index(fields=["state", "asked_at"])]

    def __str__(self) -> str:
        return f"join request {self.pk}"


class HandOver(models.Model):
    """A truck driver of the union whom the register does not hold: handed to its keeper, or asked about. Dated, never changed."""

    class What(models.TextChoices):
        HANDED = "handed", _("转给信息库")
        ASKED = "asked", _("问过了")

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    what = models.CharField(max_length=6, choices=What.choices)
    note = models.CharField(_("记一句"), max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["person", "-at"])]

    def __str__(self) -> str:
        return f"hand over {self.pk}"


class StillMember(models.Model):
    """A whole register did not carry a member, and an officer found that he has not left: asked about him once. Dated,
    never changed; the next register that leaves him out asks anew."""

    # the undo of a register takes these rows away itself: thousands of members go in one statement
    member = models.ForeignKey(UnionMember, models.DO_NOTHING, related_name="+")
    register = models.ForeignKey("members.Upload", models.PROTECT, related_name="+")
    why = models.CharField(_("为什么还是会员"), max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "register"], name="still_a_member_said_once")]

    def __str__(self) -> str:
        return f"still member {self.pk}"


class EmployerChoice(models.Model):
    """Census and union name different employers for one human: which of the two a person took, and took back.

    The pair is kept as it stood, so that the same two are not asked about again when a later file brings them."""

    class Taken(models.TextChoices):
        CENSUS = "census", _("按摸排")
        UNION = "union", _("按工会")

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    census = models.ForeignKey("members.Enterprise", models.PROTECT, related_name="+")
    union = models.ForeignKey("members.Enterprise", models.PROTECT, related_name="+")
    taken = models.CharField(max_length=6, choices=Taken.choices)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "census", "union"], condition=Q(undone_at=None), name="an_employer_settled_once"
            ),
            models.CheckConstraint(condition=~Q(census=F("union")), name="two_employers_differ"),
            models.CheckConstraint(condition=~Q(by=F("person")), name="nobody_settles_his_own_employer"),
        ]

    def __str__(self) -> str:
        return f"employer choice {self.pk}"


class PhoneTail(models.Model):
    """The last four digits of a union member's phone, by which he is found. Kept up by a sweep: `of` is the index of
    the number it was taken from."""

    person = models.OneToOneField("accounts.Person", models.CASCADE, related_name="+")
    tail = models.CharField(max_length=4, db_index=True)
    of = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"phone tail {self.pk}"
