"""What care knows of whoever looks, in lines: for his page of 我的信息 and his copy (PIPL Art. 45)."""

from __future__ import annotations

from accounts.rules.viewer import Viewer
from care.models import Application, Insured, Visit
from care.rules.money import yuan_words
from care.selectors import mine
from common import clock
from common.words import whole_day_words

Lines = list[tuple[str, str]]


def own_care(viewer: Viewer) -> list[tuple[str, Lines]]:
    """Groups of (word, lines), newest first; empty ones are left out. What he wrote himself is told in full."""
    if viewer.person_id is None or viewer.hidden_before:
        return []
    groups = [("关爱申请", _asked(viewer)), ("领到的东西", _packs(viewer)), ("互助保险", _insured(viewer)), ("走访", _visits(viewer))]
    return [(name, rows) for name, rows in groups if rows]


def _asked(viewer: Viewer) -> Lines:
    """His own with his own words; of those that others asked for him all but their words."""
    lines = []
    for row in Application.objects.filter(person=viewer.person_id).select_related("receipt"):
        parts = [str(row.get_kind_display()), f"申请 {yuan_words(row.asked_fen)} 元", str(row.get_state_display())]
        parts += [f"批了 {yuan_words(row.approved_fen)} 元"] if row.approved_fen else []
        parts += [f"答复：{row.answer}"] if row.answer else []
        if row.asked_by_id == viewer.person_id:
            parts += [f"原因：{row.reason}"] if row.reason else []
            parts += [f"收款账户：{row.account}"] if row.account else []
        receipt = getattr(row, "receipt", None)
        parts += [f"收条{_day(receipt.at)}签"] if receipt else []
        lines.append((_day(row.asked_at), "，".join(parts)))
    return lines


def _packs(viewer: Viewer) -> Lines:
    return [(_day(row.at), f"{row.good.name} {row.quantity} {row.good.unit_word}，{row.campaign.name}") for row in mine.packs(viewer)]


def _insured(viewer: Viewer) -> Lines:
    rows = Insured.objects.filter(person=viewer.person_id).select_related("policy").order_by("-added_at")
    lines = [(_day(row.added_at), f"{row.policy.name}，{whole_day_words(row.policy.starts_on)}到{whole_day_words(row.policy.ends_on)}") for row in rows]
    return lines + [(_day(row.at), f"帮您理赔：{row.what}，赔了 {yuan_words(row.got_fen)} 元") for row in mine.claims(viewer)]


def _visits(viewer: Viewer) -> Lines:
    """That somebody came and what he brought; what was heard is for those who came to read, as with a contact."""
    rows = Visit.objects.filter(person=viewer.person_id).defer("heard").exclude(went_at=None).select_related("unit").order_by("-went_at")
    return [(_day(row.went_at), "，".join(filter(None, (f"{row.unit.name}来看望", row.gave)))) for row in rows]


def _day(moment) -> str:
    return whole_day_words(clock.today(moment))
