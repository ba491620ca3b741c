"""The union federation's register: its enterprises and its members, in the same steps as the census.

One human is one Person in both registers. Nobody becomes a driver here: a truck driver whom the register does not
know is a line of a work list (see members.selectors). The phone of somebody who is known already stays his.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.models import Person, Place
from accounts.rules.viewer import Viewer
from accounts.services import register
from accounts.services.register import Entry, Known, People
from common import bulk, clock, sheets
from common.failpoints import failpoint
from members.models import Conflict, Driver, Enterprise, EnterpriseName, StagedRow, UnionMember, Upload
from members.rules import census_compare as rules
from members.rules.census_checks import Checked
from members.rules.census_compare import Standing, Verdict
from members.rules.union_rows import ENTERPRISE, Union, stands_for_all
from members.services import apply, staging
from members.services.census_pass import BATCH, Counts, Progress, lock_rows, not_asked, settled
from members.services.census_write import MANY
from members.services.enterprises import Book, New, update_union_columns

_MEMBER = ("enterprise_id", "occupation", "joined_on", "ended_on")


@dataclass(slots=True)
class Line:
    """A row that was taken, and what it does."""

    checked: Checked
    verdict: Verdict
    enterprise: int | New | None
    index: str = ""
    known: Known | None = None
    member: tuple[int, ...] | None = None  # pk and columns of the union member who is there
    driver: int | None = None
    standing: Standing | None = None


@dataclass(slots=True)
class Lines:
    """Some rows in the order of the file."""

    enterprises: list[Line] = field(default_factory=list)
    judged: list[Line] = field(default_factory=list)  # members
    rejected: list[Checked] = field(default_factory=list)


class UnionPass:
    """Reads a workbook of the federation once. `counts` are of people, `companies` of enterprises.

    `writes`: members are locked before they are read, so that nobody's work in between is overwritten."""

    def __init__(self, *, content: bytes, filename: str, extra: Mapping[str, str], now: datetime, writes: bool = False):
        self.content, self.filename, self.now, self.writes = content, filename, now, writes
        self.places = dict(Place.objects.values_list("code", "pk"))
        self.book = Book.read(EnterpriseName.Source.UNION)
        rows = Enterprise.objects.values_list("pk", "in_union", "union_since", "union_chair", "place_id")
        self.companies_now = {pk: tuple(rest) for pk, *rest in rows}
        self.census = Union(places=list(Place.objects.values_list("code", "name")), today=clock.today(now), extra=extra)
        self.counts, self.companies = Counts(), Counts()

    def batches(self) -> Iterator[Lines]:
        """Raises DomainError for a file that cannot be taken at all."""
        rows = self.census.check(sheets.read(self.content, self.filename))
        while chunk := list(islice(rows, BATCH)):
            lines = Lines(rejected=[row for row in chunk if row.reason])
            taken = [row for row in chunk if not row.reason]
            lines.enterprises = [self._company(row) for row in taken if row.kind == ENTERPRISE]
            lines.judged = self._members([row for row in taken if row.kind != ENTERPRISE])
            self.counts.add(lines)
            self.companies.add(Lines(judged=lines.enterprises))
            yield lines

    def _company(self, row: Checked) -> Line:
        found = self.book.find(row.values["enterprise"], row.values["enterprise_code"])
        verdict = Verdict(rules.CREATE)
        if isinstance(found, int):
            in_union, since, chair, _place = self.companies_now.get(found, (False, None, "", None))
            new = {"union_since": row.values.get("founded_on") or since, "union_chair": row.values.get("chair") or chair}
            verdict = Verdict(rules.SAME)
            if not in_union or (since, chair) != tuple(new.values()):
                verdict = Verdict(rules.UPDATE, changes=new)
        return Line(row, verdict, found)

    def _members(self, rows: list[Checked]) -> list[Line]:
        indexes = [register.id_index(row.values["id_number"]) for row in rows]
        known = register.known_by_id(indexes)
        persons = [person.pk for person in known.values()]
        members, drivers = {}, {}
        if persons:
            if self.writes:
                lock_rows(UnionMember.objects.filter(person__in=persons))
            found = UnionMember.objects.filter(person__in=persons).values_list("person_id", "pk", *_MEMBER)
            members = {person: tuple(rest) for person, *rest in found.iterator(chunk_size=5000)}
            drivers = dict(Driver.objects.filter(person__in=persons).values_list("person_id", "pk").iterator(chunk_size=5000))
        lines = []
        for row, index in zip(rows, indexes, strict=True):
            person = known.get(index)
            line = Line(row, Verdict(rules.CREATE), self.book.find(row.values.get("enterprise", ""), row.values.get("enterprise_code", "")), index, person)
            if person is not None:
                line.member, line.driver = members.get(person.pk), drivers.get(person.pk)
                self._compare(line, person)
            lines.append(line)
        asked = settled(line.driver for line in lines if line.driver and line.verdict.conflicts)
        for line in lines:
            line.verdict.conflicts = not_asked(line.driver or 0, line.verdict.conflicts, asked)
        return lines

    def _compare(self, line: Line, person: Known) -> None:
        values = line.checked.values
        if person.name and person.name != values["name"]:
            line.verdict.notes.append("other_name")
            if line.driver:
                line.verdict.conflicts.append((rules.NAME, person.name, values["name"]))
        if line.member is None:
            return
        _pk, enterprise, occupation, joined_on, ended_on = line.member
        new: dict[str, Any] = {}
        if line.enterprise is not None and line.enterprise != enterprise:
            new["enterprise"] = line.enterprise
        if values["occupation"] not in ("other", occupation):
            new["occupation"] = values["occupation"]
        if values.get("joined_on") and values["joined_on"] != joined_on:
            new["joined_on"] = values["joined_on"]
        if ended_on is not None:
            new["ended_on"] = None
        line.verdict.outcome, line.verdict.changes = (rules.UPDATE if new else rules.SAME), new

    def as_json(self) -> dict[str, Any]:
        companies = self.companies.as_json()
        return self.counts.as_json() | {
            "enterprises": {word: companies[word] for word in ("rows", "created", "updated", "unchanged")}
        }  # fmt: skip


def preview(*, upload: Upload, now: datetime, progress: Progress | None = None) -> None:
    """The pass without writing. Raises DomainError for a file that cannot be taken at all."""
    run = UnionPass(content=staging.content_of(upload), filename=upload.name, extra=upload.answers, now=now)
    StagedRow.objects.filter(upload=upload).delete()
    keeper = staging.Keeper(upload)
    for lines in run.batches():
        keeper.keep(lines)
        upload.read = run.counts.rows
        Upload.objects.filter(pk=upload.pk).update(read=upload.read, claimed_at=now)
        if progress:
            progress(run.counts.rows)
    upload.counts = run.as_json() | {"kept": keeper.kept, "unread": staging.unread(run)}
    upload.questions = []
    staging.finish(upload, rows=run.counts.rows, now=now)


def write(*, upload: Upload, by: Viewer | None, now: datetime, progress: Progress | None = None) -> apply.Applied:
    """Check again and write, all or nothing. Raises DomainError."""
    content = staging.content_of(upload)
    with transaction.atomic():
        apply.lock(upload)
        if apply.changes_nothing(upload) and _is_the_latest(upload):
            return apply.finish(upload, counts=upload.counts, written=0, by=by, now=now)
        stood = UnionMember.objects.filter(ended_on=None).count()
        run = UnionPass(content=content, filename=upload.name, extra=upload.answers, now=now, writes=True)
        with register.entering(by=by, now=now, about=upload) as people:
            writer = _Writer(run, upload, people, now)
            for lines in run.batches():
                writer.write(lines)
                failpoint("in_the_middle:import")
                if progress:
                    progress(run.counts.rows)
        apply.must_be_as_previewed(upload, run.counts.as_json())
        upload.counts = upload.counts | {"before": writer.before}
        upload.whole = stands_for_all(named=writer.named, stood=stood)
        Upload.objects.filter(pk=upload.pk).update(counts=upload.counts, whole=upload.whole)
        return apply.finish(upload, counts=run.as_json(), written=writer.written + people.made + people.phones, by=by, now=now)


def _is_the_latest(upload: Upload) -> bool:
    """Whether the register written last was this very file: who is carried by it and who is not stands there already."""
    applied = Upload.objects.filter(kind=upload.kind, state=Upload.State.APPLIED).order_by("-applied_at", "-pk")
    return applied.values_list("sha256", flat=True).first() == upload.sha256


class _Writer:
    def __init__(self, run: UnionPass, upload: Upload, people: People, now: datetime):
        self.run, self.upload, self.people, self.now = run, upload, people, now
        self.written, self.told = 0, False
        self.named = 0  # members of the file that were taken
        # for the undo, rows of members and of enterprises: pk, what stood there before, and what was written
        self.before: dict[str, list[list[Any]]] = {"members": [], "enterprises": []}

    def write(self, lines: Lines) -> None:
        self._enterprises(lines)
        self._members(lines.judged)
        self.written += bulk.insert(
            Conflict, ("driver_id", "kind", "ours", "theirs", "upload_id", "sheet", "row", "found_at"),
            (
                (each.driver, kind, ours[:120], theirs[:120], self.upload.pk, each.checked.sheet[:60], each.checked.row, self.now)
                for each in lines.judged for kind, ours, theirs in each.verdict.conflicts
            ),
        )  # fmt: skip

    def _enterprises(self, lines: Lines) -> None:
        rows = [*lines.enterprises, *lines.judged]
        places = {each.enterprise: self.run.places.get(each.checked.values.get("place", "")) for each in lines.enterprises if isinstance(each.enterprise, New)}
        wanted = [each.enterprise for each in rows if isinstance(each.enterprise, New)]
        made = self.run.book.make(wanted, place_of=places.get) if wanted else {}
        self.written += len(set(made.values()))
        for each in rows:
            if isinstance(each.enterprise, New):
                each.enterprise = made[each.enterprise]
                if "enterprise" in each.verdict.changes:
                    each.verdict.changes["enterprise"] = each.enterprise
        seen = {
            (each.enterprise, each.checked.values.get("enterprise", ""), each.checked.values.get("enterprise_code", ""))
            for each in rows if each.enterprise is not None and each.verdict.outcome != rules.SAME
        }  # fmt: skip
        self.run.book.note(seen, now=self.now)
        changed = [each for each in lines.enterprises if each.verdict.outcome != rules.SAME]
        ready = []
        for each in changed:
            values, changes = each.checked.values, each.verdict.changes
            before = (False, None, "", None)
            if each.verdict.outcome == rules.UPDATE:
                before = self.run.companies_now.get(each.enterprise, before)
            since, chair = values.get("founded_on") or changes.get("union_since"), values.get("chair") or changes.get("union_chair") or ""
            ready.append((each.enterprise, since, chair))
            self.before["enterprises"].append([each.enterprise, before[0], _day(before[1]), before[2], True, _day(since), chair])
        self.written += update_union_columns(ready)

    def _members(self, rows: list[Line]) -> None:
        fresh = [each for each in rows if each.known is None]
        entries = [Entry(each.checked.values["name"], each.checked.values["id_number"], each.checked.values["phone"]) for each in fresh]
        persons = dict(zip(map(id, fresh), self.people.make(entries, [each.index for each in fresh]), strict=True))
        created = [each for each in rows if each.verdict.outcome == rules.CREATE]
        self.people.set_phones({each.known.pk: each.checked.values["phone"] for each in created if each.known and not each.known.phone_index})
        self.people.set_names({each.known.pk: each.checked.values["name"] for each in created if each.known and not each.known.name})
        self.written += bulk.insert(
            UnionMember, ("person_id", *_MEMBER, "first_upload_id", "last_upload_id"),
            (
                (persons[id(each)] if each.known is None else each.known.pk, each.enterprise, each.checked.values["occupation"],
                 each.checked.values.get("joined_on"), None, self.upload.pk, self.upload.pk)
                for each in created
            ),
        )  # fmt: skip
        if not self.told and len(created) >= MANY:
            bulk.fresh_statistics(Person, UnionMember, Enterprise, EnterpriseName)
            self.told = True
        updated = [each for each in rows if each.verdict.outcome == rules.UPDATE and each.member]
        ready = []
        for each in updated:
            pk, *old = each.member
            columns = dict(zip(_MEMBER, old, strict=True))
            columns |= {("enterprise_id" if name == "enterprise" else name): value for name, value in each.verdict.changes.items()}
            ready.append((pk, *columns.values()))
            self.before["members"].append([pk, *_kept(old), *_kept(columns.values())])
        self.written += bulk.update(UnionMember, _MEMBER, ready)
        self.named += len(rows)
        if there := [each.member[0] for each in rows if each.member]:  # nothing of theirs changes by being carried again
            UnionMember.objects.filter(pk__in=there).update(prior_upload=F("last_upload"), last_upload=self.upload)


def _kept(columns: Iterable[Any]) -> list[Any]:
    """Columns of a member as JSON keeps them."""
    return [_day(value) if isinstance(value, date) else value for value in columns]


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
