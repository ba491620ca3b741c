"""What may be sent about branches. A field that is not named here is refused, never ignored."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.shapes import Input
from branches.models import Branch

_WHY = _("写一句为什么")


class TransferIn(Input):
    member = serializers.UUIDField(help_text=_("党员的 key，见支部的党员"), error_messages={"required": _("写是哪名党员"), "invalid": _("key 是一个 UUID")})
    branch = serializers.CharField(max_length=24, help_text=_("转到哪个支部：代码"), error_messages={"required": _("选一个支部"), "blank": _("选一个支部")})
    reason = serializers.CharField(max_length=200, error_messages={"required": _WHY, "blank": _WHY})

    def validate_branch(self, code: str) -> Branch:
        found = Branch.objects.filter(unit__code=code, ended_on=None).first()
        if found is None:
            raise serializers.ValidationError(_("没有这个支部"))
        return found


class RefuseTransferIn(Input):
    why = serializers.CharField(max_length=200, error_messages={"required": _WHY, "blank": _WHY})


class ConfirmIn(Input):
    """No field: the act is all that is said."""
