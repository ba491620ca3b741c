"""双找: members look for the organisation, the organisation looks for members. A claim is not a fact."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField


class Claim(models.Model):
    """Somebody says he is a Party member. Shown as a member nowhere until verified by one and placed by another."""

    class Source(models.TextChoices):
        PHONE = "phone", _("手机上找来")
        CENSUS = "census", _("摸排报的")
        TOWN_LIST = "town_list", _("镇街名单")

    class State(models.TextChoices):
        OPEN = "open", _("待核验")
        VERIFIED = "verified", _("已核实，待入列")
        PLACED = "placed", _("已入列")
        REFUSED = "refused", _("没核实上")
        WITHDRAWN = "withdrawn", _("本人撤回")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="claims")
    source = models.CharField(max_length=10, choices=Source.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    at = models.DateTimeField(_("什么时候"))
    branch = models.ForeignKey("branches.Branch", models.PROTECT, null=True, blank=True, related_name="claims")  # who verifies
    routed_by = models.CharField(max_length=16, blank=True, default="", db_default="")  # why this branch: key of members.rules.claims.ROUTED
    kind = models.CharField(_("自报类别"), max_length=12, blank=True)
    relation_place = models.CharField(_("组织关系在哪里"), max_length=80, blank=True)
    home_branch = models.CharField(_("原支部"), max_length=80, blank=True)
    home_phone = EncryptedTextField(_("原支部电话"), null=True, blank=True)
    joined_on = models.DateField(_("自报入党时间"), null=True, blank=True)
    place = models.ForeignKey("accounts.Place", models.PROTECT, null=True, blank=True, related_name="+")
    proof = models.CharField(max_length=80, blank=True)  # stored file of the photo
    consent = models.ForeignKey("accounts.Consent", models.PROTECT, null=True, related_name="+")
    upload = models.ForeignKey("members.Upload", models.PROTECT, null=True, related_name="+")
    verified_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    verified_at = models.DateTimeField(null=True)
    verified_how = models.CharField(max_length=10, blank=True)
    verified_kind = models.CharField(max_length=12, blank=True)
    verify_note = models.CharField(max_length=200, blank=True)
    refused_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    refused_at = models.DateTimeField(null=True)
    refused_why = models.CharField(_("为什么没核实上"), max_length=200, blank=True)
    contested_at = models.DateTimeField(null=True)  # he asks somebody else to look again
    contest_words = models.CharField(max_length=300, blank=True)
    placed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    placed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True, editable=False)  # what he said is gone, see members.rules.retention

    class Meta:
        verbose_name = verbose_name_plural = _("认领")
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state__in=["open", "verified"]), name="one_claim_running"
            ),
            models.CheckConstraint(condition=Q(verified_by=None) | ~Q(verified_by=F("person")), name="claim_not_verified_by_himself"),
            models.CheckConstraint(
                condition=Q(placed_by=None) | (~Q(verified_by=None) & ~Q(placed_by=F("verified_by")) & ~Q(placed_by=F("person"))),
                name="claim_placed_by_a_second_person",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(refused_why=""), name="a_refusal_says_why"),
        ]
        indexes = [
            models.Index(fields=["branch", "state", "at"]),
            models.Index(fields=["state", "id"], condition=Q(erased_at=None, state__in=["refused", "withdrawn"]), name="claim_ended"),
            models.Index(fields=["placed_at"], condition=Q(state="placed") & ~Q(proof=""), name="claim_proof_kept"),
        ]

    def __str__(self) -> str:
        return f"claim {self.pk}"


class Outreach(models.Model):
    """A visit or a call by which the organisation looks for somebody: reached or not."""

    class How(models.TextChoices):
        CALL = "call", _("打电话")
        VISIT = "visit", _("上门")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="outreach")
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    how = models.CharField(max_length=6, choices=How.choices)
    reached = models.BooleanField(_("找到了"))
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["claim", "at"])]

    def __str__(self) -> str:
        return f"outreach {self.pk}"
