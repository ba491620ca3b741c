"""The people of the demo: staff of every unit, and the drivers. Written in bulk; nobody can sign in by password."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.models import Person, Place, Posting, Unit
from accounts.rules.roles import Role
from common.encryption import blind_index
from hongyun.demo import names

DRIVERS = 400
BATCH = 1000
NO_PASSWORD = "!demo"  # noqa: S105 - Django's mark for "no password fits"
DEMO_PHONE = "13800005678"
LONG_AGO = timedelta(days=3 * 365)
MOVED_AGO = timedelta(days=95)  # one handler came from squad three within the twelve months that count
SQUADS = tuple(f"squad-{n:02d}" for n in range(1, 11))

Row = tuple[str, str, str, str]  # login, name ("" = invent one), unit code, role
NAMED: tuple[Row, ...] = (
    ("handler", "周敏", "transport", Role.HANDLER),
    ("liuyang", "刘洋", "transport", Role.HANDLER),
    ("chenjie", "陈洁", "transport", Role.HANDLER),
    ("head", "沈国栋", "transport", Role.HEAD),
    ("desk", "陆晓燕", "desk", Role.DESK),
    ("desk2", "", "desk", Role.DESK),
    ("desk3", "", "desk", Role.DESK),
    ("duty1", "", "duty", Role.DUTY),
    ("duty1", "", "duty", Role.HEAD),
    ("duty2", "", "duty", Role.DUTY),
    ("supervisor1", "", "office", Role.SUPERVISOR),
    ("supervisor2", "", "office", Role.SUPERVISOR),
    ("callback1", "", "callback", Role.CALL_BACK),
    ("callback2", "", "callback", Role.CALL_BACK),
    ("hall1", "", "hall", Role.CLERK),
    ("hall2", "", "hall", Role.CLERK),
    ("discipline", "季守正", "discipline", Role.DISCIPLINE),
    ("discipline2", "", "discipline", Role.DISCIPLINE),
    ("leader", "郑怀远", "bureau", Role.LEADER),
    ("leader2", "", "bureau", Role.LEADER),
    ("admin", "唐立新", "it", Role.SYSTEM),
    ("security", "", "it", Role.SECURITY),
    ("auditor", "", "it", Role.AUDITOR),
    ("squad-three", "卢建军", "squad-03", Role.SQUAD_HANDLER),
    ("secretary", "韩永强", "squad-03", Role.SQUAD_HANDLER),
    ("secretary", "韩永强", "branch-03", Role.SECRETARY),
    ("brigade-chief", "", "brigade", Role.HEAD),
    ("registrar", "顾文清", "transport", Role.REGISTRAR),
    ("registrar2", "陈立军", "transport", Role.REGISTRAR),
    ("party", "徐正东", "committee", Role.SECRETARY),
    ("union1", "何春燕", "union", Role.UNION),
    ("cashier", "", "union", Role.CASHIER),
    ("approver", "", "union", Role.APPROVER),
    ("stations", "", "stations", Role.STATION),
    ("station-1", "孙明", "station-01", Role.STATION),
    ("station-3", "", "station-03", Role.STATION),
    ("station-1b", "李秀芳", "station-01", Role.STATION),
)
SLUGS = {
    "handler": "handler", "head": "head", "desk": "desk", "squad-three": "squad_three", "secretary": "secretary",
    "discipline": "discipline", "leader": "leader", "admin": "admin", "hall1": "clerk", "callback1": "call_back",
    "security": "security", "auditor": "auditor", "registrar": "registrar", "party": "committee_secretary",
    "union1": "union_officer", "cashier": "cashier", "approver": "approver",
    "station-1": "station_staff",
}  # fmt: skip


@dataclass
class Cast:
    """Who was made. `staff` by login; `at` lists the people of a unit and role, in order of making."""

    staff: dict[str, Person] = field(default_factory=dict)
    at: dict[tuple[str, str], list[Person]] = field(default_factory=dict)
    drivers: list[Person] = field(default_factory=list)
    member: Person | None = None  # a Party member who drives, with his five
    since: dict[int, datetime] = field(default_factory=dict)  # from when somebody who came lately works here

    def workers(self, unit: str) -> list[Person]:
        """Handlers of a unit, whatever the role is called there."""
        return [p for role in (Role.HANDLER, Role.SQUAD_HANDLER, Role.LIAISON) for p in self.at.get((unit, role), [])]

    def head(self, unit: str) -> Person:
        return self.at[unit, Role.HEAD][0]


def make(*, now: datetime) -> Cast:
    """Staff for every unit; the drivers come after them."""
    cast = Cast()
    _staff(cast, now=now)
    return cast


def _rows(units: dict[str, Unit]) -> list[Row]:
    """Every posting of the district: the named ones, then two to four workers and a head for each unit."""
    rows = list(NAMED)
    have = {(code, role) for _login, _name, code, role in rows}
    for code, unit in sorted(units.items()):
        if unit.kind == Unit.Kind.BRANCH and code != "branch-03":
            squad = code.replace("branch", "squad")
            rows.append((f"{squad}-deputy", "", code, Role.SECRETARY))
            rows.append((f"{squad}-deputy", "", squad, Role.SQUAD_HANDLER))
        if not unit.takes_appeals:
            continue
        role = _worker_role(unit)
        count = 2 + names.chance("workers", code).randrange(2)
        held = sum(1 for row in rows if row[2:] == (code, role))
        rows += [(f"{code}-{n}", "", code, role) for n in range(1, count - held + 1)]
        if (code, Role.HEAD) not in have:
            rows.append((f"{code}-head", "", code, Role.HEAD))
    return rows


def _worker_role(unit: Unit) -> str:
    if unit.kind == Unit.Kind.SQUAD:
        return Role.SQUAD_HANDLER
    return Role.LIAISON if unit.kind in (Unit.Kind.OUTSIDE, Unit.Kind.TOWN) else Role.HANDLER


def _staff(cast: Cast, *, now: datetime) -> None:
    units = {unit.code: unit for unit in Unit.objects.select_related("place")}
    rows = _rows(units)
    logins: dict[str, str] = {}
    for login, name, code, _role in rows:
        woman = 0.35 if not code.startswith("squad") else 0.1
        logins.setdefault(login, name or names.full_name("staff", login, woman=woman))
    since = now - LONG_AGO
    people = Person.objects.bulk_create(
        Person(
            key=names.key("person", login), login=login, name=name, password=NO_PASSWORD, joined_at=since,
            demo_slug=SLUGS.get(login, ""),
        )
        for login, name in logins.items()
    )  # fmt: skip
    cast.staff = {person.login: person for person in people}
    postings = [
        Posting(person=cast.staff[login], unit=units[code], role=role, starts_at=since) for login, _name, code, role in rows
    ]
    moved = cast.staff["chenjie"]
    cast.since[moved.pk] = now - MOVED_AGO
    for posting in postings:
        posting.starts_at = cast.since.get(posting.person_id, posting.starts_at)
    postings.append(
        Posting(
            person=moved, unit=units["squad-03"], role=Role.SQUAD_HANDLER, starts_at=since, ends_at=now - MOVED_AGO
        )
    )
    Posting.objects.bulk_create(postings)
    for posting in postings:
        if posting.ends_at is None:
            cast.at.setdefault((posting.unit.code, posting.role), []).append(posting.person)


def add_drivers(cast: Cast, *, now: datetime, upto: int) -> None:
    """Drivers whom no register knows, after those who are there already, until there are so many."""
    places = list(Place.objects.order_by("code"))
    made = [_driver(n, places, now) for n in range(len(cast.drivers), upto)]
    cast.drivers += Person.objects.bulk_create(made, batch_size=BATCH)


def proved_at(n: int, now: datetime) -> datetime | None:
    """When the n-th driver proved his phone by a code; a third of them never did.

    Within the 60 days after which a number counts as silent and its history is hidden."""
    draw = names.chance("proved", n)
    proved = n == 0 or draw.random() < 0.66
    return now - timedelta(days=draw.randrange(2, 50), hours=draw.randrange(24)) if proved else None


def _driver(n: int, places: list[Place], now: datetime) -> Person:
    """Two of three proved their phone by a code; the rest are known from the census alone."""
    draw = names.chance("driver", n)
    phone = DEMO_PHONE if n == 0 else names.phone(n)
    index = blind_index(phone, "phone")
    proved = n == 0 or draw.random() < 0.66
    joined = now - timedelta(days=draw.randrange(200, 700))
    return Person(
        key=names.key("driver", n),
        name="张建国" if n == 0 else names.full_name("driver", n),
        phone=phone,
        phone_index=index,
        signin_index=index if proved else None,
        # within the 60 days after which a number counts as silent and its history is hidden
        phone_proved_at=now - timedelta(days=draw.randrange(2, 50), hours=draw.randrange(24)) if proved else None,
        password=NO_PASSWORD,
        joined_at=joined,
        place=draw.choice(places),
        demo_slug="driver" if n == 0 else "",
    )


def stand_in(cast: Cast, *, now: datetime) -> None:
    """The head of the transport section is away for some days; 周敏 stands in for him, as in the pictures."""
    head, handler = cast.staff["head"], cast.staff["handler"]
    starts, ends = now - timedelta(days=4), now + timedelta(days=4)
    Person.objects.filter(pk=head.pk).update(away_from=starts.date(), away_to=ends.date())
    Posting.objects.create(
        person=handler, unit=Unit.objects.get(code="transport"), role=Role.HEAD, starts_at=starts, ends_at=ends,
        substitute_for=head,
    )  # fmt: skip
