"""What each page of the form shows besides the answers: places, squads, photos, the rows to check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Place, Unit
from accounts.selectors.units import nameable_units
from appeals.models import Appeal, Draft
from appeals.services import drafts
from appeals.services.filing import Filing, tidy
from appeals.web import forms
from appeals.web.whose import OWN, Form
from common import clock

GROUPS = (
    ("section", gettext_lazy("科室和大队")), ("brigade", gettext_lazy("科室和大队")), ("committee", gettext_lazy("科室和大队")),
    ("station", gettext_lazy("驿站")), ("outside", gettext_lazy("别的部门")),
)  # fmt: skip
PLACE_GROUPS = (("town", gettext_lazy("镇")), ("subdistrict", gettext_lazy("街道")), ("zone", gettext_lazy("开发区")))
SHORT = "一二三四五六七八九十"


def extra(name: str, draft: Draft | None, answers: dict[str, Any], *, now, form: Form = OWN) -> dict[str, Any]:
    """The context that only this page needs."""
    if name == "what":
        return {"text_length": len(tidy(answers.get("text", "")))}
    if name == "where":
        tiles, moved = forms.days_to_tap(answers, now=now)
        return {
            "places": _places(),
            "days": tiles,
            "clocks": forms.clocks_to_pick(),
            "today": clock.today(now).isoformat(),
            "answers": {**answers, **moved},
        }
    if name == "who":
        return _who(answers)
    if name == "photos":
        photos = photos_of(draft, form.photo_url)
        return {"photos": photos, "left": drafts.MAX_PHOTOS - len(photos)}
    if name == "check":
        return {"rows": rows_of(answers, form), "photos": _photos_row(draft, form)}
    return {}


def _places() -> list[tuple[str, list[tuple[str, str]]]]:
    rows = list(Place.objects.values_list("code", "name", "kind"))
    return [(word, [(code, name) for code, name, kind in rows if kind == group]) for group, word in PLACE_GROUPS]


def _who(answers: Mapping[str, Any]) -> dict[str, Any]:
    units = nameable_units()
    squads = [unit for unit in units if unit.kind == Unit.Kind.SQUAD]
    groups: dict[str, list[tuple[str, str]]] = {}
    for kind, word in GROUPS:
        groups.setdefault(str(word), []).extend((unit.code, unit.name) for unit in units if unit.kind == kind)
    named = forms.unit_of(answers, units)
    hidden = answers.get("about") in ("unknown", "nobody")
    name = named.name if named else answers.get("other_name", "") if answers.get("about") == "other" else ""
    return {
        "squads": [{"code": unit.code, "short": _short(unit.name), "name": unit.name} for unit in squads],
        "others": [(word, rows) for word, rows in groups.items() if rows],
        "sees": {"unit": name, "is_squad": answers.get("about") != "other", "hidden": hidden},
    }


def _short(name: str) -> str:
    return next((sign for sign in name if sign in SHORT), name[:1])


def photos_of(draft: Draft | None, url_of: Callable[[UUID], str]) -> list[dict[str, str]]:
    """Photos of a draft with the addresses this browser has for them."""
    return [{"key": str(photo.key), "url": url_of(photo.key)} for photo in draft.photos.all()] if draft else []


def added_photo_url(appeal: Appeal, key: UUID) -> str:
    """Of a photo that waits to be added to the appeal."""
    return reverse("appeals:added-photo", args=[appeal.key, key])


def _photos_row(draft: Draft | None, form: Form) -> dict[str, Any]:
    photos = photos_of(draft, form.photo_url)
    return {"count": len(photos), "all": photos, "url": form.url("photos", to_check=True)}


def rows_of(answers: Mapping[str, Any], form: Form = OWN) -> list[dict[str, Any]]:
    """The rows of check-your-answers; photos stand between 说的是谁 and 手机号."""
    units = nameable_units() if answers.get("about") in ("squad", "other") else []
    place = Place.objects.filter(code=answers["place"]).first() if answers.get("place") else None
    whose_phone = _("他的手机号") if form.driver else _("您的手机号")
    who, note = _who_said(answers, units)
    rows = [
        ("text", "what", _("发生了什么"), tidy(answers.get("text", "")), None),
        ("where", "where", _("在哪儿"), where_words(answers, place) or _("没说"), None),
        ("when", "where", _("什么时候"), forms.happened_words(answers) or _("没说"), None),
        ("who", "who", _("说的是谁"), who, note),
        ("phone", "phone", whose_phone, forms.shown_phone(answers.get("phone", "").strip()) or _("没留"), None),
    ]
    return [_row(*row[:4], form, note=row[4]) for row in rows]


def _row(key: str, page: str, label: str, value: str, form: Form, note: dict[str, str] | None = None) -> dict[str, Any]:
    return {"key": key, "label": label, "value": value, "url": form.url(page, to_check=True), "note": note}


def _who_said(answers: Mapping[str, Any], units: list[Unit]) -> tuple[str, dict[str, str] | None]:
    """Whom he names, and that they will not see it."""
    about = answers.get("about")
    unit = forms.unit_of(answers, units)
    words = {"unknown": _("不知道是谁"), "nobody": _("没有说谁"), "squad": _("一个执法中队")}
    value = unit.name if unit else words.get(about, answers.get("other_name", "").strip() or _("没选"))
    return value, {"icon": "hidden", "kind": "ok", "words": _("他们看不到")} if unit else None


def where_words(answers: Mapping[str, Any], place: Place | None) -> str:
    """大许镇，310 国道路口（有位置)."""
    said = [place.name] if place else []
    if answers.get("spot", "").strip():
        said.append(answers["spot"].strip())
    if forms.position_of(answers):
        said.append(_("手机上的位置"))
    return _("，").join(said)


def mending(draft: Draft, answers: Mapping[str, Any], wrong: Mapping[str, str], form: Form) -> dict[str, Any]:
    """Context of the page that mends: which fields lead elsewhere, and what is right already."""
    names = {"spot": _("在哪儿"), "day": _("什么时候"), "where": _("在哪儿，什么时候"), "about": _("说的是谁"), "photos": _("照片")}
    elsewhere = [(field, names.get(field, field), form.url(forms.page_of(field), to_check=True)) for field in wrong if field in names]
    bad = {"text": "text", "spot": "where", "day": "when", "where": "where", "about": "who", "phone": "phone"}
    bad_rows = {bad.get(field, field) for field in wrong}
    fine = [row for row in rows_of(answers, form) if row["key"] not in bad_rows]
    short = {"text": _("发生了什么"), "where": _("地方"), "when": _("时间"), "who": _("说的是谁"), "phone": _("手机号")}
    labels = [short[row["key"]] for row in fine]
    count = draft.photos.count()
    if "photos" not in wrong:
        photos = _("%(n)d 张") % {"n": count} if count else _("没放")
        fine.insert(len([row for row in fine if row["key"] != "phone"]), _row("photos", "photos", _("照片"), photos, form))
        labels.insert(len([row for row in fine if row["key"] not in ("phone", "photos")]), _("照片"))
    return {"elsewhere": elsewhere, "fine": {"count": len(fine), "names": _("、").join(labels), "rows": fine}}


def filing_of(draft: Draft, answers: Mapping[str, Any], form: Form = OWN) -> Filing:
    """The draft as the services file it."""
    units = nameable_units() if answers.get("about") in ("squad", "other") else []
    place = Place.objects.filter(code=answers["place"]).first() if answers.get("place") else None
    photos = list(draft.photos.all()) if getattr(draft, "has_photos", True) else []
    said = forms.filing_from(answers, client_key=draft.client_key, units=units, place=place, photos=photos)
    return replace(said, on_behalf_of=form.driver)
