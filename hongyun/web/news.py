"""A driver's news: in-app messages about his own appeals, by closed words; the staff's bell is elsewhere."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from appeals.web.timeline import moment_words
from notices.rules.states import Audience
from notices.selectors.inbox import notices_for


def news_for(request: HttpRequest, *, now: datetime, most: int) -> list[dict[str, str]]:
    """{words, at, url}, newest first; nothing for whoever is not signed in."""
    if not request.user.is_authenticated:
        return []
    rows = notices_for(request.viewer, now=now, audience=Audience.DRIVER)
    return [{"words": row.words, "at": moment_words(row.at), "url": row.url} for row in rows[:most]]
