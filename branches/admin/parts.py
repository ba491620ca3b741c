"""Small parts of the branch pages: badges, days, names behind their masks. Nothing here knows of an appeal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from branches.models import Branch, Membership, Officer
from branches.rules import contact, kinds, probation, terms
from branches.rules.kinds import Kind, Tally
from branches.selectors.members import branch_by_code, member_by_key
from common import clock
from common.errors import DomainError
from common.masks import mask_name

KIND_BADGES = {Kind.FULL: ("ok", "check-circle"), Kind.PROBATIONARY: ("warn", "clock"), Kind.FLOATING: ("info", "truck"), Kind.RETIRED: ("", "person")}
ROLES = frozenset({"secretary"})


class Badge(NamedTuple):
    word: str
    tone: str = ""
    icon: str = ""


def kind_badge(membership: Membership) -> Badge:
    """正式 · 预备 · 流动 · 离退休关系, with its icon."""
    return Badge(membership.get_kind_display(), *KIND_BADGES[Kind(membership.kind)])


def vote_word(membership: Membership) -> str:
    return _("有") if kinds.has_vote(membership.kind) else _("无")


def short_day(day: date, now: datetime) -> str:
    """12-08, with the year in front when it is another one."""
    return f"{day:%m-%d}" if day.year == clock.today(now).year else f"{day:%Y-%m-%d}"


def reminders(membership: Membership, offices: Iterable[Officer], *, now: datetime) -> list[Badge]:
    """What stands beside a member: his offices, and what people have to think of."""
    today, found = clock.today(now), []
    for office in offices:
        word = office.get_post_display()
        found.append(Badge(f"{office.group.name} {word}" if office.group else word))
    if membership.kind == Kind.PROBATIONARY and membership.decide_on:
        found.append(decision_badge(membership.decide_on, now=now))
    if membership.kind in kinds.ELSEWHERE and membership.home_branch:
        found.append(Badge(_("关系在 %s") % membership.home_branch[:16]))
    heard = getattr(membership, "heard_on", None)
    if heard and contact.is_out(heard, today):
        found.append(Badge(_("失联 %s 个月") % contact.months_silent(heard, today), "err", "alert"))
    return found


def decision_badge(day: date, *, now: datetime) -> Badge:
    """转正讨论 12-08: due within a month in amber, gone by in red."""
    today = clock.today(now)
    if day < today:
        return Badge(_("转正讨论过了 %s 天") % (today - day).days, "err", "alert")
    return Badge(_("转正讨论 %s") % short_day(day, now), "warn" if probation.is_near(day, today) else "", "clock")


def row_of(membership: Membership, offices: Iterable[Officer], *, now: datetime) -> dict:
    """One line of a list of members."""
    person = membership.person
    return {
        "key": person.key,
        "person_id": person.pk,
        "name": mask_name(person.name) or _("没有姓名"),
        "kind": kind_badge(membership),
        "badges": reminders(membership, offices, now=now),
        "place": person.place.name if person.place else "—",
        "branch": membership.placed_name or "",
        "joined": f"{membership.joined_on:%Y-%m}" if membership.joined_on else "—",
        "vote": vote_word(membership),
    }


def kinds_words(tally: Tally) -> str:
    """正式 26 · 流动 5 · 预备 3: only kinds that are there."""
    words = ((_("正式"), tally.full), (_("流动"), tally.floating), (_("预备"), tally.probationary), (_("离退休关系"), tally.retired))
    return " · ".join(f"{word} {number}" for word, number in words if number) or _("还没有人")


def verified_words(verified: int, placed: int) -> str:
    """314 名已核实，其中 313 名已入列，1 名待安排."""
    words = _("%(verified)s 名已核实，其中 %(placed)s 名已入列") % {"verified": verified, "placed": placed}
    return words + _("，%s 名待安排") % (verified - placed) if verified > placed else words


def kinds_bar(tally: Tally) -> list[dict]:
    """Pieces of a strip 240 wide, each with its class, in the order of the words."""
    found, at = [], 0.0
    for name in ("full", "floating", "probationary", "retired"):
        number = getattr(tally, name)
        if number:
            width = 240 * number / tally.total
            found.append({"css": f"k-{name}", "x": round(at, 1), "width": round(max(width - 2, 1), 1)})
            at += width
    return found


def term_badge(officer: Officer, *, now: datetime) -> Badge:
    today = clock.today(now)
    left = terms.days_left(officer.term_ends, today)
    tone = "err" if left < 0 else "warn" if left <= terms.REMIND_DAYS[0] else ""
    return Badge(terms.words(officer.term_ends, today), tone, "alert" if left < 0 else "clock")


def member_or_404(request: HttpRequest, key) -> Membership:
    found = member_by_key(request.viewer, key)
    if found is None:
        raise Http404
    return found


def branch_or_404(request: HttpRequest, code: str) -> Branch:
    found = branch_by_code(request.viewer, code)
    if found is None:
        raise Http404
    return found


def day_of(text: str, field: str) -> date | None:
    """A day of a form; None when nothing was typed. Raises DomainError."""
    text = text.strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise DomainError(_("日子要写成 2026-11-30 这样"), field=field) from wrong


def must_day(text: str, field: str) -> date:
    found = day_of(text, field)
    if found is None:
        raise DomainError(_("请写日子"), field=field, code="required")
    return found
