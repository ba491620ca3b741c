"""What comes in: JSON that cannot break the parser, closed query parameters, the key of a form."""

from __future__ import annotations

import json
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request

KEY_HEADER = "Idempotency-Key"


class PlainJSONParser(JSONParser):
    """JSON, with its faults told in Chinese; nesting that would exhaust the stack is one of them."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError(_("JSON 套得太深了")) from None
        except ParseError as error:
            cause = error.__context__
            if isinstance(cause, json.JSONDecodeError):
                where = {"line": cause.lineno, "column": cause.colno}
                raise ParseError(_("JSON 写错了：第 %(line)s 行第 %(column)s 个字符附近") % where) from None
            raise ParseError(_("JSON 写错了，要用 UTF-8 编码")) from None


class PicturesParser(MultiPartParser):
    """Pictures in multipart/form-data."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            return super().parse(stream, media_type, parser_context)
        except ParseError:
            raise ParseError(_("multipart/form-data 写错了，照片没有收到")) from None


def idempotency_key(request: Request) -> UUID:
    """The UUID a client made for one filing and sends again with every resend of it.

    Raises ValidationError at Idempotency-Key."""
    raw = request.headers.get(KEY_HEADER, "").strip().strip('"')
    if not raw:
        raise serializers.ValidationError({KEY_HEADER: [_("请带上 Idempotency-Key：您这边为这一件生成的 UUID，重发时不变")]})
    try:
        return UUID(raw)
    except ValueError:
        raise serializers.ValidationError({KEY_HEADER: [_("Idempotency-Key 要是一个 UUID")]}) from None


def closed_query(request: Request, allowed: frozenset[str]) -> None:
    """Refuse every query parameter that is not `allowed`: an ignored filter is a wrong answer.

    Raises ValidationError at the parameter."""
    unknown = sorted(set(request.query_params) - allowed)
    if unknown:
        said = _("可以用的有：%s") % "、".join(sorted(allowed)) if allowed else _("这里不收任何参数")
        raise serializers.ValidationError({name[:60]: [_("没有这个参数。") + said] for name in unknown[:5]})
    twice = [name for name in request.query_params if len(request.query_params.getlist(name)) > 1]
    if twice:
        raise serializers.ValidationError({name: [_("同一个参数只能写一次")] for name in twice})
