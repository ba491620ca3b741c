"""Places, the one tree of units, and dated postings."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.rules.roles import ROLE_WORDS, Role


class Place(models.Model):
    """A town, subdistrict or zone, by its code: 张集 and 利国 are both a town and a subdistrict."""

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(_("名称"), max_length=40)
    kind = models.CharField(
        max_length=12,
        choices=[("town", _("镇")), ("subdistrict", _("街道")), ("zone", _("开发区"))],
    )

    class Meta:
        verbose_name = verbose_name_plural = _("镇街")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """One unit of the tree: the bureau, a section, a squad, an outside department, a branch, a station."""

    class Kind(models.TextChoices):
        BUREAU = "bureau", _("局")
        BRIGADE = "brigade", _("大队")
        SECTION = "section", _("科室")
        SQUAD = "squad", _("执法中队")
        OUTSIDE = "outside", _("外部门")
        TOWN = "town", _("镇街")
        BRANCH = "branch", _("党支部")
        COMMITTEE = "committee", _("行业党委")
        STATION = "station", _("驿站")
        DUTY = "duty", _("值班室")

    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    scheme_name = models.CharField(_("分类用名"), max_length=40, blank=True, db_index=True)
    kind = models.CharField(_("类别"), max_length=12, choices=Kind.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True)
    fallback = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("被反映时转给")
    )
    areas = models.ManyToManyField(Place, blank=True, related_name="squads", verbose_name=_("管片"))
    takes_appeals = models.BooleanField(_("能接诉求"), default=False)
    may_be_named = models.BooleanField(_("司机可以点名"), default=False)
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("单位")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="unit_not_its_own_parent"),
            models.CheckConstraint(condition=~Q(fallback=F("id")), name="unit_not_its_own_fallback"),
        ]

    def __str__(self) -> str:
        return self.name


class Posting(models.Model):
    """A person holds a role at a unit from a day to a day. Rights end with the posting, at once."""

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="postings")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="postings")
    role = models.CharField(
        _("角色"), max_length=16, choices=[(role.value, ROLE_WORDS[role]) for role in Role]
    )
    starts_at = models.DateTimeField(_("自"))
    ends_at = models.DateTimeField(_("至"), null=True, blank=True)
    substitute_for = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="substitutes", verbose_name=_("代谁")
    )
    granted_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("任职")
        ordering = ["unit", "role", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="posting_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(granted_by=None) | ~Q(granted_by=F("person")), name="posting_not_granted_to_oneself"
            ),
            models.CheckConstraint(
                condition=Q(substitute_for=None) | ~Q(substitute_for=F("person")),
                name="posting_not_a_substitute_of_oneself",
            ),
            models.UniqueConstraint(
                fields=["person", "unit", "role"],
                condition=Q(ends_at=None),
                name="posting_once_while_open",
            ),
        ]
        indexes = [models.Index(fields=["unit", "role"])]

    def __str__(self) -> str:
        return f"posting {self.pk}"
