"""Consent: one row a person and purpose, with the version of the words and its withdrawal (PIPL Arts 14, 15, 29)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Consent(models.Model):
    """A person agreed to one purpose. Readers ask for an open row at the moment of use, never a copy."""

    class Purpose(models.TextChoices):
        FIND_BRANCH = "find_branch", _("帮我找组织")
        SHOW_IDENTITY = "show_identity", _("公开亮身份")
        JOIN_UNION = "join_union", _("加入工会")
        ZONE = "zone", _("让联系人知道我的电话")
        SPEAK_FOR_ME = "speak_for_me", _("请联系人替我反映")
        ASK_CARE = "ask_care", _("申请慰问、帮扶")

    class How(models.TextChoices):
        PHONE = "phone", _("本人在手机上")
        STAFF = "staff", _("工作人员代记")

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    version = models.PositiveSmallIntegerField()
    how = models.CharField(max_length=6, choices=How.choices)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("同意")
        constraints = [
            models.UniqueConstraint(fields=["person", "purpose"], condition=Q(withdrawn_at=None), name="one_open_consent"),
            models.CheckConstraint(condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("given_at")), name="withdrawn_after_given"),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}"
