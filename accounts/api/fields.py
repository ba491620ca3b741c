"""Fields that every room's API is made of: what is told, and what may be sent with the words for what is wrong with it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

# --- what is told --------------------------------------------------------------------------------


def text(**more) -> serializers.CharField:
    return serializers.CharField(**more)


def number(**more) -> serializers.IntegerField:
    return serializers.IntegerField(**more)


def moment(**more) -> serializers.DateTimeField:
    return serializers.DateTimeField(**more)


def maybe_moment(**more) -> serializers.DateTimeField:
    return serializers.DateTimeField(allow_null=True, **more)


def maybe_day(**more) -> serializers.DateField:
    return serializers.DateField(allow_null=True, **more)


# --- what may be sent ----------------------------------------------------------------------------


def must(said, **more) -> serializers.CharField:
    """A text that must be there; `said` tells what to write."""
    return serializers.CharField(error_messages={"required": said, "blank": said, "null": said}, **more)


def may(most: int, **more) -> serializers.CharField:
    """A text of at most `most` characters that may be left out."""
    return serializers.CharField(required=False, allow_blank=True, default="", max_length=most, **more)


def pick(choices, said, **more) -> serializers.ChoiceField:
    """One of a closed list."""
    return serializers.ChoiceField(choices=choices, error_messages={"required": said, "null": said, "invalid_choice": said}, **more)


def yes_no(said, **more) -> serializers.BooleanField:
    return serializers.BooleanField(error_messages={"required": said, "null": said, "invalid": said}, **more)


def key(said, **more) -> serializers.UUIDField:
    """The key of somebody or something in a list."""
    return serializers.UUIDField(error_messages={"required": said, "null": said, "invalid": _("key 是一个 UUID")}, **more)


def on_day(**more) -> serializers.DateField:
    """A day that may be left out."""
    return serializers.DateField(required=False, allow_null=True, default=None, error_messages={"invalid": _("日期写成 2026-11-25")}, **more)
