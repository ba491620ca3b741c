"""What a person asks about his own data: to correct it, or to delete it (PIPL Arts 46, 47)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField


class DataRequest(models.Model):
    """Asked by the person himself on his phone, decided by a keeper with a reason he can read."""

    class Kind(models.TextChoices):
        CORRECT = "correct", _("改正")
        DELETE = "delete", _("删除")

    class State(models.TextChoices):
        OPEN = "open", _("还没办")
        DONE = "done", _("办好了")
        REFUSED = "refused", _("不能办")
        WITHDRAWN = "withdrawn", _("本人收回")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="data_requests")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    words = EncryptedTextField(_("他说的"), blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("个人信息请求")
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], condition=Q(state="open"), name="one_open_request_a_kind"),
            models.CheckConstraint(condition=Q(answered_by=None) | ~Q(answered_by=F("person")), name="nobody_answers_himself"),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(answer=""), name="a_refused_request_says_why"),
        ]
        indexes = [models.Index(fields=["state", "asked_at"])]

    def __str__(self) -> str:
        return f"data request {self.pk}"
