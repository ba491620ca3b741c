"""The cast never changes: the people whom every test knows by name.

`cast()` fills the database of a test with them; `CAST` names who they are. Units come by migration.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Person, Posting, Unit
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.selectors.viewer import viewer_for
from common.clock import SHANGHAI
from common.encryption import blind_index

MONDAY = datetime(2026, 11, 23, 14, 36, tzinfo=SHANGHAI)  # an ordinary working Monday
LONG_AGO = datetime(2024, 1, 1, tzinfo=SHANGHAI)

# slug: (name, phone or None, [(unit code, role, months ago it ended or None)])
CAST: dict[str, tuple[str, str | None, list[tuple[str, Role, int | None]]]] = {
    "driver": ("张师傅", "13800000001", []),
    "neighbour": ("李师傅", "13800000002", []),
    "outsider": ("外省司机", None, []),
    "handler": ("周敏", None, [("transport", Role.HANDLER, None)]),
    "second_handler": ("刘洋", None, [("transport", Role.HANDLER, None)]),
    "head": ("沈国栋", None, [("transport", Role.HEAD, None)]),
    "legal_handler": ("吴督察", None, [("legal", Role.HANDLER, None)]),
    "second_legal_handler": ("郑督察", None, [("legal", Role.HANDLER, None)]),
    "legal_head": ("王督察", None, [("legal", Role.HEAD, None)]),
    "desk": ("陈分拨", None, [("desk", Role.DESK, None)]),
    "second_desk": ("孙分拨", None, [("desk", Role.DESK, None)]),
    "duty": ("赵值班", None, [("duty", Role.DUTY, None)]),
    "supervisor": ("钱督办", None, [("office", Role.SUPERVISOR, None)]),
    "call_back": ("冯回访", None, [("callback", Role.CALL_BACK, None)]),
    "clerk": ("何窗口", None, [("hall", Role.CLERK, None)]),
    "squad_three": ("三队经办", None, [("squad-03", Role.SQUAD_HANDLER, None)]),
    "squad_three_head": ("三队队长", None, [("squad-03", Role.HEAD, None)]),
    "squad_five": ("五队经办", None, [("squad-05", Role.SQUAD_HANDLER, None)]),
    "secretary": ("三支部书记", None, [("branch-03", Role.SECRETARY, None)]),
    "former_squad_three": (
        "调离的三队人",
        None,
        [("squad-03", Role.SQUAD_HANDLER, 3), ("transport", Role.HANDLER, None)],
    ),
    "moved_desk": ("调来的分拨员", None, [("squad-03", Role.SQUAD_HANDLER, 3), ("desk", Role.DESK, None)]),
    "posted_head": ("兼职科长", None, [("transport", Role.HEAD, None), ("squad-03", Role.HEAD, None)]),
    "secretary_five": ("五支部书记", None, [("branch-05", Role.SECRETARY, None)]),
    "committee_secretary": ("党委书记", None, [("committee", Role.SECRETARY, None)]),
    "registrar": ("顾管库", None, [("transport", Role.REGISTRAR, None)]),
    "second_registrar": ("陈管库", None, [("transport", Role.REGISTRAR, None)]),
    "union_officer": ("工会干事", None, [("union", Role.UNION, None)]),
    "liaison": ("交警联络员", None, [("police-traffic", Role.LIAISON, None)]),
    "station_staff": ("驿站值班", None, [("station-01", Role.STATION, None)]),
    "cashier": ("出纳员", None, [("union", Role.CASHIER, None)]),
    "approver": ("审批员", None, [("union", Role.APPROVER, None)]),
    "discipline": ("纪检员", None, [("discipline", Role.DISCIPLINE, None)]),
    "leader": ("局领导", None, [("bureau", Role.LEADER, None)]),
    "admin": ("系统管理员", None, [("it", Role.SYSTEM, None)]),
    "security": ("安全管理员", None, [("it", Role.SECURITY, None)]),
    "auditor": ("审计员", None, [("it", Role.AUDITOR, None)]),
    "stranger": ("陌生人", None, []),
}


@dataclass
class Cast:
    """People by slug; `viewer(slug, now)` is that person looking at that moment."""

    people: dict[str, Person]

    def __getattr__(self, slug: str) -> Person:
        try:
            return self.__dict__["people"][slug]
        except KeyError:
            raise AttributeError(slug) from None

    def viewer(self, slug: str, now: datetime = MONDAY) -> Viewer:
        return viewer_for(self.people[slug], now=now, second_factor=True)


def make_cast(*slugs: str, now: datetime = MONDAY) -> Cast:
    """Make these people of the cast (all of them when none is named)."""
    units = {unit.code: unit for unit in Unit.objects.all()}
    people = {}
    for slug in slugs or CAST:
        name, phone, postings = CAST[slug]
        index = blind_index(phone, "phone") if phone else None
        person = Person.objects.create(
            name=name,
            login=slug if postings else None,
            phone=phone,
            phone_index=index,
            signin_index=index,
            phone_proved_at=LONG_AGO if phone else None,
            joined_at=LONG_AGO,
        )
        for code, role, ended in postings:
            Posting.objects.create(
                person=person,
                unit=units[code],
                role=role,
                starts_at=LONG_AGO,
                ends_at=now - timedelta(days=30 * ended) if ended else None,
            )
        people[slug] = person
    return Cast(people)
