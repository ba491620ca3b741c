"""What can be chosen of one service: the days and slots, how much of each is left, which one stands chosen."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest

from common import clock
from stations.models import Service
from stations.rules.hours import Hours, Span
from stations.rules.kinds import ServiceKind
from stations.rules.slots import slots
from stations.selectors.free import Free, free_in_slots
from stations.web import words

DAYS_SHOWN = 3


def choice(request: HttpRequest, service: Service, hours: Hours, *, now: datetime, starts: str | None) -> dict[str, Any]:
    """For the page of a house; `starts` is what was typed when a booking was refused."""
    options = _options(request, service, hours, now)
    wanted_day = _day(request.GET.get("day", "")) or _day((starts or "")[:10])
    days = sorted({one["day"] for one in options})
    shown = wanted_day if wanted_day in days else next(iter(days), None)
    by_night = service.minutes == 0
    options_shown = options if by_night else [one for one in options if one["day"] == shown]
    asked = starts or request.GET.get("starts", "")
    picked = next((one for one in options_shown if one["starts"] == asked), None)
    picked = picked or next((one for one in options_shown if one["free"] > 0), options_shown[0] if options_shown else None)
    return {
        "options": options_shown, "picked": picked, "by_night": by_night,
        "days": [] if by_night else [{"day": day, "words": words.day_near(day, now), "on": day == shown} for day in days],
        "price": words.price_words(service), "keep": words.keep_words(service, picked["span"], now) if picked else "",
        "first": words.first_words(service), "do": words.do_words(service), "do_when": words.do_words(service, "%s"),
        "asks_length": service.kind == ServiceKind.PARKING,
    }  # fmt: skip


def _options(request: HttpRequest, service: Service, hours: Hours, now: datetime) -> list[dict[str, Any]]:
    today, plan = clock.today(now), service.plan
    by_day = []
    for ahead in range(min(DAYS_SHOWN, service.days_ahead + 1)):
        day = today + timedelta(days=ahead)
        by_day += [(day, slot) for slot in slots(plan, day, hours.spans(day)) if slot.ends > now]
    frees = free_in_slots(request.viewer, service, [slot for _day, slot in by_day])
    return [_option(service, day, slot, free, now) for (day, slot), free in zip(by_day, frees, strict=True)]


def _option(service: Service, day: date, slot: Span, free: Free, now: datetime) -> dict[str, Any]:
    return {
        "day": day, "span": slot, "starts": slot.starts.isoformat(), "free": free.free, "left": words.left_words(service, free.free),
        "words": words.night_near(day, now) if service.minutes == 0 else f"{clock.local(slot.starts):%H:%M}",
        "when": words.night_near(day, now) if service.minutes == 0 else words.near_words(slot.starts, now),
    }  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
