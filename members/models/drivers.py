"""Truck drivers and their vehicles. One driver is one Person; attendance and appeals point at the Person."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField


class Driver(models.Model):
    """A truck driver of the register (信息库).

    What he says of himself about the Party (`claimed_…`) is a claim and never counted; the fact is
    `branches.Membership`. `merged_into` is set when a person found that two rows are one human."""

    class Engagement(models.TextChoices):
        EMPLOYED = "employed", _("企业职工")
        ATTACHED = "attached", _("挂靠")
        SELF_EMPLOYED = "self_employed", _("个体")

    class State(models.TextChoices):
        ACTIVE = "active", _("在册")
        LEFT = "left", _("不开货车了")
        MOVED = "moved", _("迁出")
        DIED = "died", _("去世")
        OTHER_TRADE = "other_trade", _("改行")
        WITHDRAWN = "withdrawn", _("导入已撤销")

    person = models.OneToOneField("accounts.Person", models.PROTECT, related_name="driver")
    place = models.ForeignKey("accounts.Place", models.PROTECT, related_name="+", verbose_name=_("镇街"))
    living_place = models.ForeignKey(
        "accounts.Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("居住地")
    )
    gender = models.CharField(_("性别"), max_length=2, blank=True)
    licence_class = models.CharField(_("准驾车型"), max_length=12, blank=True)
    certificate_number = EncryptedTextField(_("从业资格证号"), null=True, blank=True)  # often the resident ID itself
    certificate_expiry = models.DateField(_("从业资格证有效期"), null=True, blank=True)
    engagement = models.CharField(_("身份"), max_length=14, choices=Engagement.choices, default=Engagement.SELF_EMPLOYED)
    enterprise = models.ForeignKey(
        "members.Enterprise", models.PROTECT, null=True, blank=True, related_name="drivers", verbose_name=_("企业")
    )
    trade = models.CharField(_("运输行业"), max_length=20, blank=True)
    # 三个在本地: the words as handed in, and the day they were true
    relation_place = models.CharField(_("组织关系所在地"), max_length=40, blank=True)
    work_place = models.CharField(_("劳动关系所在地"), max_length=40, blank=True)
    business_place = models.CharField(_("业务开展地"), max_length=40, blank=True)
    local_as_of = models.DateField(_("三地情况截至"), null=True, blank=True)
    claimed_status = models.CharField(_("自报政治面貌"), max_length=20, blank=True)
    claimed_joined_on = models.DateField(_("自报入党时间"), null=True, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.ACTIVE)
    state_since = models.DateField(null=True, blank=True)
    registered_at = models.DateTimeField(_("入库"))
    checked_at = models.DateTimeField(_("最近核过"))  # the last census that carried him
    first_upload = models.ForeignKey("members.Upload", models.PROTECT, null=True, blank=True, related_name="made")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    erased_at = models.DateTimeField(null=True, editable=False)  # phone and ID are gone, see members.rules.retention

    class Meta:
        verbose_name = verbose_name_plural = _("司机")
        constraints = [
            models.CheckConstraint(condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="driver_not_merged_into_itself"),
        ]
        indexes = [
            models.Index(fields=["place", "state", "id"], condition=Q(merged_into=None), name="driver_of_place"),
            models.Index(fields=["enterprise", "id"]),
            models.Index(fields=["state", "id"]),
            models.Index(fields=["trade", "id"]),
            models.Index(fields=["certificate_expiry"], condition=Q(state="active"), name="driver_certificate_expiry"),
            models.Index(
                fields=["merged_into", "state_since"], condition=Q(erased_at=None, state_since__isnull=False), name="driver_left_since"
            ),
            models.Index(fields=["merged_into", "id"], condition=Q(erased_at=None, merged_into__isnull=False), name="driver_merged_kept"),
        ]

    def __str__(self) -> str:
        return f"driver {self.pk}"


class Vehicle(models.Model):
    """A truck or a trailer, by its plate. Several drivers may share it, a driver may have several."""

    class Kind(models.TextChoices):
        TRUCK = "truck", _("货车")
        TRAILER = "trailer", _("挂车")
        NEW_ENERGY = "new_energy", _("新能源")

    plate = models.CharField(_("车牌"), max_length=10, unique=True)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices, default=Kind.TRUCK)
    enterprise = models.ForeignKey("members.Enterprise", models.PROTECT, null=True, blank=True, related_name="vehicles")

    class Meta:
        verbose_name = verbose_name_plural = _("车辆")

    def __str__(self) -> str:
        return f"vehicle {self.pk}"


class DriverVehicle(models.Model):
    """Who drives what, from when to when."""

    driver = models.ForeignKey(Driver, models.PROTECT, related_name="drives")
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="driven_by")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["driver", "vehicle"], condition=Q(until=None), name="drives_it_once"),
        ]

    def __str__(self) -> str:
        return f"drives {self.pk}"


class SearchKey(models.Model):
    """By what a driver is found: two characters of his name, the last four of his phone, his plates.

    One table of short keys works the same on SQLite and PostgreSQL and finds two Chinese characters by
    a B-tree, where trigrams find nothing."""

    driver = models.ForeignKey(Driver, models.CASCADE, related_name="search_keys", db_index=False)
    key = models.CharField(max_length=12)  # n:张伟, p:5678, v:苏C731W5, v:731W5

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "driver"], name="search_key_once")]
        indexes = [models.Index(fields=["driver"])]

    def __str__(self) -> str:
        return f"search key {self.pk}"


class Duplicate(models.Model):
    """Two rows that may be one human: proposed by the machine, decided by a person, reversible."""

    class Why(models.TextChoices):
        ID_NUMBER = "id_number", _("身份证号")
        PHONE_AND_NAME = "phone_name", _("手机和姓名")
        PLATE = "plate", _("车牌和姓名")

    one = models.ForeignKey(Driver, models.PROTECT, related_name="+")
    other = models.ForeignKey(Driver, models.PROTECT, related_name="+")
    why = models.CharField(max_length=12, choices=Why.choices)
    found_at = models.DateTimeField()
    merged = models.BooleanField(null=True)  # None: not decided
    decided_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    moved = models.JSONField(default=dict)  # what the merge changed, so that it can be taken back

    class Meta:
        verbose_name = verbose_name_plural = _("疑似重复")
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="proposed_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="the_smaller_first"),
        ]

    def __str__(self) -> str:
        return f"duplicate {self.pk}"
