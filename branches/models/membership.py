"""Who is a verified member, of which kind, placed in which branch, from when to when."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Membership(models.Model):
    """A fact: a branch or the committee has verified that this person is a Party member.

    What somebody says of himself is a claim and stands elsewhere (`members.Claim`); nothing but
    `branches.services.membership.admit` makes a row here."""

    class Kind(models.TextChoices):
        FULL = "full", _("正式")
        PROBATIONARY = "probationary", _("预备")
        FLOATING = "floating", _("流动")
        RETIRED = "retired", _("离退休关系")

    class How(models.TextChoices):
        PROOF = "proof", _("看了凭据")
        TELEPHONE = "telephone", _("电话问了原支部")
        TOWN_LIST = "town_list", _("镇街名单")

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="memberships")
    kind = models.CharField(_("类别"), max_length=12, choices=Kind.choices)
    home_branch = models.CharField(_("组织关系所在支部"), max_length=80, blank=True)
    joined_on = models.DateField(_("入党"), null=True, blank=True)
    decide_on = models.DateField(_("转正讨论"), null=True, blank=True)
    decide_told_at = models.DateTimeField(null=True, editable=False)  # somebody was reminded of that day
    full_on = models.DateField(_("转正"), null=True, blank=True)  # became a full member here
    verified_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+", verbose_name=_("核实人"))
    verified_at = models.DateTimeField(_("核实"))
    verified_how = models.CharField(_("凭什么"), max_length=10, choices=How.choices)
    last_contact_on = models.DateField(_("最近联系"), null=True, blank=True)
    warned_at = models.DateTimeField(null=True, editable=False)  # somebody was told of six months without contact
    ended_on = models.DateField(_("离开"), null=True, blank=True)
    end_reason = models.CharField(_("离开的原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("党员")
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_on=None), name="a_member_once"),
            models.CheckConstraint(condition=~Q(verified_by=F("person")), name="nobody_verifies_himself"),
            models.CheckConstraint(
                condition=~Q(kind="probationary") | ~Q(decide_on=None), name="a_probationary_member_has_his_date"
            ),
            models.CheckConstraint(condition=~Q(kind="floating") | ~Q(home_branch=""), name="a_floating_member_names_his_home"),
        ]
        indexes = [
            models.Index(fields=["last_contact_on"], condition=Q(ended_on=None), name="member_last_contact"),
            models.Index(fields=["decide_on"], condition=Q(ended_on=None, kind="probationary"), name="member_decide_on"),
        ]

    def __str__(self) -> str:
        return f"membership {self.pk}"


class Placement(models.Model):
    """入列归队: a member belongs to exactly one branch, from a day to a day.

    Verified by one, placed by another: `placed_by` is never who verified (checked by the service, the
    columns stand in two tables) and never the member himself."""

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="placements")
    branch = models.ForeignKey("branches.Branch", models.PROTECT, related_name="placements")
    group = models.ForeignKey("branches.Group", models.PROTECT, null=True, blank=True, related_name="placements")
    since = models.DateField(_("入列"))
    until = models.DateField(_("到"), null=True, blank=True)
    placed_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    reason = models.CharField(_("为什么是这个支部"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("入列归队")
        constraints = [
            models.UniqueConstraint(fields=["membership"], condition=Q(until=None), name="in_exactly_one_branch"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="placement_ends_after_its_start"),
        ]
        indexes = [models.Index(fields=["branch"], condition=Q(until=None), name="placement_open")]

    def __str__(self) -> str:
        return f"placement {self.pk}"


class Transfer(models.Model):
    """A member moves to another branch once both sides have confirmed; until then he stays where he is."""

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="transfers")  # where he is
    to_branch = models.ForeignKey("branches.Branch", models.PROTECT, related_name="+")
    reason = models.CharField(_("为什么"), max_length=200)
    asked_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    given_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")  # the branch he leaves
    given_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")  # the branch he joins
    taken_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    refused_at = models.DateTimeField(null=True)
    refused_why = models.CharField(max_length=200, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("转支部")
        constraints = [
            models.UniqueConstraint(
                fields=["placement"], condition=Q(done_at=None, refused_at=None), name="one_transfer_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | (~Q(given_by=None) & ~Q(taken_by=None) & ~Q(given_by=F("taken_by"))),
                name="a_transfer_needs_both_sides",
            ),
            models.CheckConstraint(condition=Q(done_at=None) | Q(refused_at=None), name="done_or_refused"),
        ]

    def __str__(self) -> str:
        return f"transfer {self.pk}"
