"""Small words of the pages: an icon of the staff's sprite, a badge, the theme, clauses that keep together."""

from __future__ import annotations

import re
from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

register = template.Library()
BOOLEAN = re.compile(r'^<img [^>]*alt="(?P<value>True|False|None)"[^>]*>$')
CLAUSE = re.compile(r"[^，。；？！]+[，。；？！]*[”）]*")


@register.simple_tag
@lru_cache(maxsize=256, typed=True)  # typed: a text marked safe is another key than the same text
def icon(name: str, size: str = "") -> str:
    """One icon of the sprite, hidden from readers: it always stands beside a word. Put together once a process,
    as the names of static files are read once: a list of 25 shows a hundred of them."""
    return format_html(
        '<svg class="i{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" i{size}" if size else "",
        static("admin-theme/icons.svg"),
        name,
    )


@register.simple_tag
def badge(word: str, tone: str = "", name: str = "") -> str:
    """A word on a tint, with an icon when `name` is given. Tones: info ok warn err, or none."""
    return format_html('<span class="badge {}">{}{}</span>', tone, icon(name) if name else "", word)


@register.simple_tag(takes_context=True)
def theme(context) -> str:
    """auto, light or dark: what the cookie says."""
    request = context.get("request")
    value = request.COOKIES.get("theme", "auto") if request else "auto"
    return value if value in ("auto", "light", "dark") else "auto"


@register.filter
def thousands(value) -> str:
    """22720 -> 22,720."""
    return f"{value:,}" if isinstance(value, int) else value


@register.filter
def in_words(contents) -> str:
    """A value of a form that is only read. Django draws yes and no as pictures; here they are words."""
    picture = BOOLEAN.search(str(contents))
    return {"True": _("是"), "False": _("否")}.get(picture["value"], _("没有定")) if picture else contents


@register.filter
def pieces(words) -> str:
    """Words parted by « · », of which each part moves as one: no plate is torn at the end of a line."""
    return format_html_join(" · ", '<span class="nowrap">{}</span>', ((part,) for part in str(words).split(" · ")))


@register.filter
def clauses(words) -> str:
    """Chinese words of which each clause moves as one: a line breaks after a comma, so no sign is left alone below."""
    return format_html_join("", '<span class="nw">{}</span>', ((part,) for part in CLAUSE.findall(str(words))))
