"""Workbooks handed in: staged, checked, previewed, applied by another person, undone within seven days."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField


class Upload(models.Model):
    """One workbook. The file lies sealed beside it; `sha256` of the preview is that of the apply."""

    class Kind(models.TextChoices):
        CENSUS = "census", _("摸排")
        UNION = "union", _("工会名册")

    class State(models.TextChoices):
        STAGED = "staged", _("正在读")
        ASKING = "asking", _("要问一句")
        CHECKED = "checked", _("还没写入")
        APPLYING = "applying", _("正在写入")
        APPLIED = "applied", _("已写入")
        UNDONE = "undone", _("已撤销")
        DROPPED = "dropped", _("不导了")
        FAILED = "failed", _("读不了")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(_("文件"), max_length=120)
    sha256 = models.CharField(max_length=64)
    stored = models.CharField(max_length=80, blank=True)  # name of the sealed file
    state = models.CharField(max_length=8, choices=State.choices, default=State.STAGED)
    by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")  # None: the operator
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("上传"))
    rows = models.PositiveIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)  # for the bar: rows read so far
    written = models.PositiveIntegerField(default=0)
    whole = models.BooleanField(null=True)  # a register of the union that stood for all its members; None: not written, or a census
    counts = models.JSONField(default=dict)  # created updated unchanged rejected warned conflicts, by sheet too
    questions = models.JSONField(default=list)  # unknown headers: [{header, sheets, filled, of}]
    answers = models.JSONField(default=dict)  # header -> field, or "" to leave it unread
    why_failed = models.CharField(max_length=300, blank=True)
    claimed_at = models.DateTimeField(null=True)  # lease of the worker that reads or writes
    tries = models.PositiveSmallIntegerField(default=0)  # workers that took this step on; the sweep gives up after some
    asked_to = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    applied_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("导入")
        constraints = [
            models.CheckConstraint(
                condition=Q(by=None) | Q(applied_by=None) | ~Q(by=F("applied_by")), name="applied_by_another_person"
            ),
        ]
        indexes = [models.Index(fields=["kind", "-at"])]

    def __str__(self) -> str:
        return f"upload {self.pk}"


class StagedRow(models.Model):
    """A row of a workbook as it was checked. Values are sealed as one JSON text."""

    class Outcome(models.TextChoices):
        CREATE = "create", _("新增")
        UPDATE = "update", _("更新")
        SAME = "same", _("一样")
        CONFLICT = "conflict", _("要人定")
        REJECTED = "rejected", _("不收")

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="staged")
    sheet = models.CharField(max_length=60)
    row = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    column = models.CharField(max_length=24, blank=True)  # the field a rejection is about
    reason = models.CharField(max_length=24, blank=True)
    warnings = models.JSONField(default=list)
    values = EncryptedTextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "sheet", "row"], name="row_staged_once")]
        indexes = [models.Index(fields=["upload", "outcome", "id"])]

    def __str__(self) -> str:
        return f"staged row {self.pk}"


class HeaderWord(models.Model):
    """What a person said an unknown header means: asked once, remembered until a person ends it."""

    header = models.CharField(max_length=60)
    field = models.CharField(max_length=24, blank=True)  # "" : leave the column unread
    by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    ended_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["header"], condition=Q(ended_at=None), name="header_remembered_once")]

    def __str__(self) -> str:
        return f"header {self.pk}"


class FieldChange(models.Model):
    """Field history of a driver: old and new, by which upload or act. Sealed fields are masked here."""

    driver = models.ForeignKey("members.Driver", models.PROTECT, related_name="changes")
    at = models.DateTimeField()
    field = models.CharField(max_length=24)
    old = models.CharField(max_length=200, blank=True)
    new = models.CharField(max_length=200, blank=True)
    sealed_old = EncryptedTextField(null=True, blank=True)  # for undo, where the mask is not enough
    upload = models.ForeignKey(Upload, models.PROTECT, null=True, related_name="changes")
    by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["driver", "field", "at"]), models.Index(fields=["upload"])]

    def __str__(self) -> str:
        return f"change {self.pk}"


class Conflict(models.Model):
    """Something the file cannot settle: two towns claim one driver, the name differs. A person decides."""

    class Kind(models.TextChoices):
        TWO_TOWNS = "two_towns", _("两个镇都报了")
        NAME = "name", _("同号不同名")
        EMPLOYER = "employer", _("单位写法不同")

    upload = models.ForeignKey(Upload, models.PROTECT, related_name="conflicts")
    driver = models.ForeignKey("members.Driver", models.PROTECT, related_name="conflicts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    sheet = models.CharField(max_length=60)
    row = models.PositiveIntegerField()
    ours = models.CharField(max_length=120)  # what stands in the register
    theirs = models.CharField(max_length=120)  # what the file says
    found_at = models.DateTimeField()
    taken = models.BooleanField(null=True)  # True: theirs, False: ours, None: open
    decided_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("冲突")
        constraints = [
            models.UniqueConstraint(
                fields=["driver", "kind", "theirs"], condition=Q(taken=None), name="conflict_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"conflict {self.pk}"


class Declaration(models.Model):
    """How many drivers a town said it has, and when it handed in."""

    place = models.ForeignKey("accounts.Place", models.PROTECT, related_name="+")
    upload = models.ForeignKey(Upload, models.PROTECT, null=True, related_name="declarations")
    declared = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "upload"], name="declared_once_an_upload")]

    def __str__(self) -> str:
        return f"declaration {self.pk}"
