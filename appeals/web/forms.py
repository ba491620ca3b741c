"""The six pages of the form: which fields each has, what may be wrong with them, and how they become a Filing.

Answers are a plain dict of strings, exactly as typed; nothing is corrected behind the driver's back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Place, Unit
from appeals.models import DraftPhoto
from appeals.rules.life import About
from appeals.services.filing import Filing, text_problem, tidy
from common import clock, identifiers
from common.errors import DomainError
from common.words import day_words

PAGES = ("what", "where", "who", "photos", "phone", "check")
FIELDS: dict[str, tuple[str, ...]] = {
    "what": ("text",),
    "where": ("place", "spot", "latitude", "longitude", "day", "date", "clock"),
    "who": ("about", "squad", "other", "other_name"),
    "photos": (),
    "phone": ("phone",),
    "check": ("consent",),
}
EARLIER = "earlier"
MAX_SPOT, MAX_NAME, MAX_TYPED = 120, 60, 20_000


def typed(page: str, post: Mapping[str, str]) -> dict[str, str]:
    """The fields of this page as they were typed, or of all pages when the wrong ones are mended together."""
    fields = [name for name in FIELDS[page] if name in post]
    answers = {name: post[name][:MAX_TYPED] for name in fields}
    if page == "who" and "about" not in post and post.get("squad"):
        answers["about"] = "squad"  # a squad was tapped without script, its row was not
    if page == "check":
        answers["consent"] = "1" if post.get("consent") else ""
        answers |= {name: post[name][:MAX_TYPED] for name in ("text", "phone") if name in post}
    return answers


def problems_of(page: str, answers: Mapping[str, Any], *, now: datetime) -> dict[str, str]:
    """What is wrong on this page: field -> how to mend it."""
    check = {"what": _what, "where": _where, "who": _who, "phone": _phone}.get(page)
    return check(answers, now) if check else {}


def all_problems(answers: Mapping[str, Any], *, now: datetime) -> dict[str, str]:
    """What stands between the driver and sending, page by page."""
    found: dict[str, str] = {}
    for page in PAGES:
        found |= problems_of(page, answers, now=now)
    return found


def page_of(field: str) -> str:
    """The page on which a field is mended."""
    homes = {"spot": "where", "place": "where", "day": "where", "happened": "where", "about": "who", "photos": "photos"}
    return homes.get(field) or next((page for page, names in FIELDS.items() if field in names), "what")


def _what(answers, now) -> dict[str, str]:
    wrong = text_problem(answers.get("text", ""))
    return {"text": wrong} if wrong else {}


def _where(answers, now) -> dict[str, str]:
    found = {}
    spot = answers.get("spot", "").strip()
    if len(spot) > MAX_SPOT:
        found["spot"] = _("地点写了 %(n)d 个字，最多 %(max)d 个字") % {"n": len(spot), "max": MAX_SPOT}
    day = answers.get("date", "") if answers.get("day") == EARLIER else answers.get("day", "")
    if day and day != EARLIER:
        when = _date(day)
        if when is None:
            found["day"] = _("这个日子看不懂，请重新选一天")
        elif when > clock.today(now):
            found["day"] = _("这个日子还没到，请选今天或以前")
        elif when.year < 2000:
            found["day"] = _("这个日子太早了，请再看一眼年份")
    return found


def _who(answers, now) -> dict[str, str]:
    about = answers.get("about", "")
    if about not in ("squad", "other", "unknown", "nobody"):
        return {"about": _("请选一个；拿不准就选“不知道是谁”")}
    if about == "squad" and not answers.get("squad"):
        return {"about": _("请点是哪个中队；拿不准就选“不知道是谁”")}
    name = answers.get("other_name", "").strip()
    if about == "other" and not answers.get("other") and not name:
        return {"about": _("请选单位，或者写个名字")}
    if len(name) > MAX_NAME:
        return {"about": _("名字写了 %(n)d 个字，最多 %(max)d 个字") % {"n": len(name), "max": MAX_NAME}}
    return {}


def _phone(answers, now) -> dict[str, str]:
    phone = answers.get("phone", "").strip()
    if not phone:
        return {}
    try:
        identifiers.check_phone(phone)
    except DomainError as error:
        return {"phone": error.message}
    return {}


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def days_to_tap(answers: Mapping[str, Any], *, now: datetime) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The four tiles, and the answers as they fall on them today (a draft may be a night old)."""
    today = clock.today(now)
    tiles = []
    for back, word in enumerate((_("今天"), _("昨天"), _("前天"))):
        day = today - timedelta(days=back)
        tiles.append({"value": day.isoformat(), "word": word, "date": f"{day.month}月{day.day}日"})
    tiles.append({"value": EARLIER, "word": _("更早"), "date": ""})
    day = answers.get("day", "")
    if day and day != EARLIER and day not in [tile["value"] for tile in tiles]:
        return tiles, {"day": EARLIER, "date": day}
    return tiles, {}


def clocks_to_pick() -> list[tuple[str, str]]:
    """Every half hour: "21:30" -> "21:30 左右"."""
    return [(f"{h}:{m:02d}", _("%(at)s 左右") % {"at": f"{h}:{m:02d}"}) for h in range(24) for m in (0, 30)]


def happened_words(answers: Mapping[str, Any]) -> str:
    """ "11月22日 周日 21:00 左右", or as much of it as he knows."""
    day = answers.get("day", "")
    when = _date(answers.get("date", "") if day == EARLIER else day)
    said = [day_words(when)] if when else [_("更早")] if day == EARLIER else []
    if answers.get("clock"):
        said.append(_("%(at)s 左右") % {"at": answers["clock"][:5]})
    return " ".join(said)


def filing_from(
    answers: Mapping[str, Any],
    *,
    client_key: UUID,
    units: Iterable[Unit],
    place: Place | None,
    photos: Iterable[DraftPhoto] = (),
) -> Filing:
    """What the services file. `units` are those a driver may name."""
    about, accused, words = about_of(answers, units)
    return Filing(
        client_key=client_key,
        text=tidy(answers.get("text", "")),
        place=place,
        spot=answers.get("spot", "").strip(),
        position=position_of(answers),
        happened=happened_words(answers),
        about=about,
        accused=accused,
        about_words=words,
        phone=answers.get("phone", ""),
        tell_unit=bool(answers.get("consent")) and bool(answers.get("phone", "").strip()),
        photos=tuple(photos),
    )


def about_of(answers: Mapping[str, Any], units: Iterable[Unit]) -> tuple[About, tuple[int, ...], str]:
    """Whom he speaks of: kind, unit ids, free words."""
    kind = answers.get("about")
    unit = unit_of(answers, units)
    if kind == "unknown":
        return About.UNKNOWN, (), ""
    if kind == "squad" or (kind == "other" and unit):
        return About.UNIT, (unit.pk,) if unit else (), ""
    if kind == "other":
        return About.OTHER, (), answers.get("other_name", "").strip()
    return About.NOBODY, (), ""


def unit_of(answers: Mapping[str, Any], units: Iterable[Unit]) -> Unit | None:
    """The unit of the list that he named, if any."""
    code = {"squad": answers.get("squad"), "other": answers.get("other")}.get(answers.get("about", ""))
    return next((unit for unit in units if unit.code == code), None) if code else None


def position_of(answers: Mapping[str, Any]) -> str:
    """ "34.189012,117.401234" when the phone gave a position on this earth, else ""."""
    try:
        latitude, longitude = float(answers["latitude"]), float(answers["longitude"])
    except (KeyError, ValueError):
        return ""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return ""
    return f"{latitude:.6f},{longitude:.6f}"


def shown_phone(text: str) -> str:
    """138 6112 5678 for a good number, else as typed."""
    try:
        phone = identifiers.check_phone(text)
    except DomainError:
        return text
    return f"{phone[:3]} {phone[3:7]} {phone[7:]}"
