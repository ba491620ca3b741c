"""Transport enterprises and the register of the union federation (工会联合会)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Enterprise(models.Model):
    """An enterprise by its unified social credit code (GB 32100); without one, by its name.

    `in_union` and the columns after it come from the union's register alone."""

    code = models.CharField(_("统一社会信用代码"), max_length=18, null=True, blank=True, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    place = models.ForeignKey("accounts.Place", models.PROTECT, null=True, blank=True, related_name="+")
    in_union = models.BooleanField(_("已建会"), default=False)
    union_since = models.DateField(_("建会"), null=True, blank=True)
    union_chair = models.CharField(_("工会主席"), max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("企业")
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(code=None), name="enterprise_without_code_by_name"),
        ]
        indexes = [models.Index(fields=["name"])]

    def __str__(self) -> str:
        return f"enterprise {self.pk}"


class EnterpriseName(models.Model):
    """A name that a source gives an enterprise: where union and census differ, a person settles it."""

    class Source(models.TextChoices):
        CENSUS = "census", _("摸排")
        UNION = "union", _("工会")
        PERSON = "person", _("人工确定")

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="names")
    name = models.CharField(max_length=80)
    source = models.CharField(max_length=8, choices=Source.choices)
    seen_at = models.DateTimeField()
    settled_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("企业名称")
        constraints = [models.UniqueConstraint(fields=["enterprise", "name", "source"], name="name_once_a_source")]

    def __str__(self) -> str:
        return f"enterprise name {self.pk}"


class UnionMember(models.Model):
    """A member of the union federation. Couriers and ride-hailing drivers are no truck drivers; a truck
    driver without a row in the register is a work list, never a driver by himself."""

    class Occupation(models.TextChoices):
        TRUCK = "truck", _("货车司机")
        COURIER = "courier", _("物流快递员")
        RIDE = "ride", _("网约车司机")
        OTHER = "other", _("其他")

    person = models.OneToOneField("accounts.Person", models.PROTECT, related_name="union_member")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, related_name="union_members")
    occupation = models.CharField(_("职业"), max_length=8, choices=Occupation.choices)
    joined_on = models.DateField(_("入会"), null=True, blank=True)
    ended_on = models.DateField(_("退会"), null=True, blank=True)
    first_upload = models.ForeignKey("members.Upload", models.PROTECT, null=True, blank=True, related_name="+")
    # the last register that carried him, and the one before it, to which an undo goes back; without indexes, for every
    # register writes them for all members at once, and they are asked for together with the whole table
    last_upload = models.ForeignKey("members.Upload", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    prior_upload = models.ForeignKey("members.Upload", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = verbose_name_plural = _("工会会员")
        indexes = [
            models.Index(fields=["enterprise", "id"]),
            models.Index(fields=["occupation", "id"]),
        ]

    def __str__(self) -> str:
        return f"union member {self.pk}"
