"""One cell of a table of figures; a page has hundreds, so it is a tag and not a template."""

from __future__ import annotations

from django import template
from django.utils.html import conditional_escape, format_html

from dashboards.web.parts import Cell

register = template.Library()


@register.simple_tag
def cell(each: Cell) -> str:
    """The number as a link to its rows, the number alone, or words in its place, muted."""
    if each.url:
        return format_html('<a href="{}">{}</a>', each.url, each.words)
    return format_html('<span class="muted">{}</span>', each.words) if each.plain else conditional_escape(each.words)
