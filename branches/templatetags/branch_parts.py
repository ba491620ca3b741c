"""A value of a column by the person of the row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def of(values: Mapping[int, Any], person_id: int) -> Any:
    """What this column has for this person; None where it has nothing."""
    return values.get(person_id)
