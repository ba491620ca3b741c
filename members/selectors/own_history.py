"""What has happened around whoever looks: changes of his row, who looked for him, who kept touch. Himself alone."""

from __future__ import annotations

from accounts.models import Place
from accounts.rules.viewer import Viewer
from accounts.selectors.consents import consents_of
from common import clock
from common.words import whole_day_words
from members import registry
from members.models import Claim, ContactNote, DataRequest, Driver, Enterprise, FieldChange, Outreach, Seat

Lines = list[tuple[str, str]]
CHANGES = 100
OTHER_WORDS = {"name": "姓名", "phone": "手机号", "plate": "车", "merged_into": "并到另一条"}
BY_NUMBER = {"place": Place, "living_place": Place, "enterprise": Enterprise}


def own_history(viewer: Viewer) -> list[tuple[str, Lines]]:
    """Groups of (word, lines), newest first; empty groups are left out. Nothing after a long silence of the number."""
    if viewer.person_id is None or viewer.hidden_before:
        return []
    groups = [("登记改过什么", _changes(viewer)), ("找过您的记录", _calls(viewer)), ("联系人", _contacts(viewer)), *registry.told_of(viewer)]
    return [(name, rows) for name, rows in groups if rows]


def own_rights(viewer: Viewer) -> list[tuple[str, Lines]]:
    """What a copy holds besides: consents that stand and stood, and what he asked for."""
    if viewer.person_id is None or viewer.hidden_before:
        return []
    consents = [
        (_day(each.given_at), f"{each.get_purpose_display()}，" + (f"{_day(each.withdrawn_at)}收回" if each.withdrawn_at else "还同意着"))
        for each in consents_of(viewer)
    ]
    asked = [
        (_day(each.asked_at), "，".join(filter(None, (str(each.get_kind_display()), each.words, str(each.get_state_display()), each.answer))))
        for each in DataRequest.objects.filter(person_id=viewer.person_id).order_by("-asked_at", "-id")
    ]
    return [("同意过的", consents), ("要求过的", asked)]


def _changes(viewer: Viewer) -> Lines:
    rows = list(FieldChange.objects.filter(driver__person_id=viewer.person_id).order_by("-at", "-id")[:CHANGES])
    names = {
        kind: kind.objects.in_bulk({int(said) for each in rows if BY_NUMBER.get(each.field) is kind for said in (each.old, each.new) if said.isdecimal()})
        for kind in (Place, Enterprise)
    }

    def said(field: str, value: str) -> str:
        kind = BY_NUMBER.get(field)
        if kind is not None and value.isdecimal():
            return names[kind][int(value)].name if int(value) in names[kind] else value
        choices = Driver._meta.get_field(field).choices if field in ("state", "engagement") else None
        return str(dict(choices or ()).get(value, value)) or "没写"

    return [
        (_day(each.at), f"{_word(each.field)}：{said(each.field, each.old)} 改成 {said(each.field, each.new)}")
        for each in rows if each.field != "merged_into"
    ]  # fmt: skip


def _calls(viewer: Viewer) -> Lines:
    """Visits and calls by which a branch looked for him, and talks of his contact: when and how. What a contact heard is
    his contact's to read."""
    found = [
        (each.at, f"{each.get_how_display()}，{'找到了' if each.reached else '没找到'}{'，' if each.note else ''}{each.note}")
        for each in Outreach.objects.filter(claim__person_id=viewer.person_id)
    ]
    found += [(each.at, f"联系人：{each.get_how_display()}") for each in ContactNote.objects.filter(seat__driver__person_id=viewer.person_id).defer("words")]
    found += [(each.at, f"{each.get_source_display()}，{each.get_state_display()}") for each in Claim.objects.filter(person_id=viewer.person_id)]
    return [(_day(at), words) for at, words in sorted(found, key=lambda each: each[0], reverse=True)]


def _contacts(viewer: Viewer) -> Lines:
    rows = Seat.objects.filter(driver__person_id=viewer.person_id).select_related("contact").order_by("-since")
    return [
        (_day(each.since), f"{each.contact.name[:1]}师傅，{f'到{_day(each.until)}' if each.until else '现在也是'}") for each in rows
    ]


def _word(field: str) -> str:
    return OTHER_WORDS.get(field) or str(Driver._meta.get_field(field).verbose_name)


def _day(moment) -> str:
    return whole_day_words(clock.today(moment))
