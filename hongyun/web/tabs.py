"""The tab bar of home and 我的: only doors that exist."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

TABS = (
    {"key": "home", "url": "/", "icon": "home", "words": _("首页")},
    {"key": "track", "url": "/appeals/track", "icon": "search", "words": _("查进度")},
    {"key": "stations", "url": "/stations/", "icon": "bed", "words": _("驿站")},
    {"key": "me", "url": "/me/", "icon": "person", "words": _("我的")},
)
