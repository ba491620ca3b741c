"""The ten mobile branches: each is one unit of the tree, hosted by the unit above it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Branch(models.Model):
    """A mobile branch (流动党员党支部). Name, host and area stand on its unit: moving a host moves the unit."""

    unit = models.OneToOneField("accounts.Unit", models.PROTECT, related_name="branch")
    founded_on = models.DateField(_("成立"))
    ended_on = models.DateField(_("撤销"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("党支部")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("founded_on")), name="branch_ends_after_its_founding"
            ),
        ]

    def __str__(self) -> str:
        return f"branch {self.pk}"


class Coverage(models.Model):
    """A place, an enterprise or a trade falls to a branch (横到边、纵到底).

    Not unique on purpose: two open rows for one key are an overlap, which people see and settle."""

    class Kind(models.TextChoices):
        PLACE = "place", _("镇街")
        ENTERPRISE = "enterprise", _("企业")
        TRADE = "trade", _("行业")

    branch = models.ForeignKey(Branch, models.PROTECT, related_name="coverage")
    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    key = models.CharField(_("代码"), max_length=40)  # place code, enterprise code (USCC), trade word
    since = models.DateField(_("自"))
    until = models.DateField(_("至"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("覆盖")
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "kind", "key"], condition=Q(until=None), name="covered_once_by_a_branch"
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="coverage_ends_after_its_start"),
        ]
        indexes = [models.Index(fields=["kind", "key"])]

    def __str__(self) -> str:
        return f"coverage {self.pk}"


class Group(models.Model):
    """A Party group (党小组) within a branch."""

    branch = models.ForeignKey(Branch, models.PROTECT, related_name="groups")
    name = models.CharField(_("名称"), max_length=40)
    ended_on = models.DateField(_("撤销"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("党小组")
        constraints = [
            models.UniqueConstraint(fields=["branch", "name"], condition=Q(ended_on=None), name="group_named_once_in_a_branch"),
        ]

    def __str__(self) -> str:
        return f"group {self.pk}"


class Officer(models.Model):
    """Somebody elected to a post of a branch or of the industry committee, for a term of three years.

    中国共产党支部工作条例(试行) Art. 25 lets it be three to five; the bureau's branches keep three."""

    class Post(models.TextChoices):
        SECRETARY = "secretary", _("书记")
        DEPUTY = "deputy", _("副书记")
        ORGANISATION = "organisation", _("组织委员")
        PUBLICITY = "publicity", _("宣传委员")
        DISCIPLINE = "discipline", _("纪检委员")
        MEMBER = "member", _("委员")
        GROUP_LEADER = "group_leader", _("小组长")

    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="officers")  # a branch or the committee
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="offices")
    post = models.CharField(_("职务"), max_length=12, choices=Post.choices)
    group = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="leaders")
    since = models.DateField(_("自"))
    term_ends = models.DateField(_("任期到"))
    ended_on = models.DateField(_("卸任"), null=True, blank=True)
    warned_at = models.DateTimeField(null=True, editable=False)  # the reminder before the term ends left

    class Meta:
        verbose_name = verbose_name_plural = _("职务")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "post"], condition=Q(ended_on=None, post__in=["secretary", "deputy", "organisation",
                "publicity", "discipline"]), name="one_holder_of_a_post",
            ),  # fmt: skip
            models.UniqueConstraint(
                fields=["group"], condition=Q(ended_on=None, post="group_leader"), name="one_leader_of_a_group"
            ),
            models.CheckConstraint(condition=Q(term_ends__gt=F("since")), name="term_ends_after_its_start"),
            models.CheckConstraint(
                condition=(Q(post="group_leader") & ~Q(group=None)) | (~Q(post="group_leader") & Q(group=None)),
                name="a_group_leader_names_his_group",
            ),
        ]
        indexes = [models.Index(fields=["term_ends"], condition=Q(ended_on=None), name="officer_term_running")]

    def __str__(self) -> str:
        return f"officer {self.pk}"
