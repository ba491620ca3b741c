"""What may be sent and what is told, at every door: closed bodies, read-only answers, problem details."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class Input(serializers.Serializer):
    """A body whose fields are exactly those of the class."""

    default_error_messages = {"invalid": _("请发一个 JSON 对象")}

    def to_internal_value(self, data):
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, dict) else []
        if unknown:
            raise serializers.ValidationError({str(name)[:60]: [_("没有这一项，请去掉")] for name in unknown[:9]})
        return super().to_internal_value(data)


class Output(serializers.Serializer):
    """Read only: it turns a dict of ours into JSON and takes nothing in."""


class ErrorOut(Output):
    field = serializers.CharField(help_text=_("哪一项；空的是整张表"))
    message = serializers.CharField(help_text=_("怎么改"))


class ProblemOut(Output):
    """RFC 9457. `code` is for programs, `detail` and `errors` are for people."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField(required=False)
    errors = ErrorOut(many=True, required=False)
