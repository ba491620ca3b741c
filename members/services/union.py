"""The union federation's register: its enterprises and its members, in the same steps as the census.

One human is one Person in both registers. Nobody becomes a driver here: a truck driver whom the register does not
know is a line of a work list (see members.selectors). The phone of somebody who is known already stays his.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import transaction

from accounts.models import Place
from accounts.rules.viewer import Viewer
from accounts.services import register
from accounts.services.register import Entry, Known, People
from common import bulk, clock, sheets
from common.failpoints import failpoint
from members.models import Conflict, Driver, Enterprise, EnterpriseName, StagedRow, UnionMember, Upload
from members.rules import census_compare as rules
from members.rules.census_checks import Checked
from members.rules.census_compare import Standing, Verdict
from members.rules.union_rows import ENTERPRISE, Union
from members.services import apply, staging
from members.services.census_pass import BATCH, Counts, Progress, not_asked, settled
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
    """Reads a workbook of the federation once. `counts` are of people, `companies` of enterprises."""

    def __init__(self, *, content: bytes, filename: str, extra: Mapping[str, str], now: datetime):
        self.content, self.filename, self.now = content, filename, now
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
        if apply.applied_before(upload) and apply.changes_nothing(upload):
            return apply.finish(upload, counts=upload.counts, written=0, by=by, now=now)
        run = UnionPass(content=content, filename=upload.name, extra=upload.answers, now=now)
        with register.entering(by=by, now=now, about=upload) as people:
            writer = _Writer(run, upload, people, now)
            for lines in run.batches():
                writer.write(lines)
                failpoint("in_the_middle:import")
                if progress:
                    progress(run.counts.rows)
        apply.must_be_as_previewed(upload, run.counts.as_json())
        upload.counts = upload.counts | {"before": writer.before}
        Upload.objects.filter(pk=upload.pk).update(counts=upload.counts)
        return apply.finish(upload, counts=run.as_json(), written=writer.written + people.made + people.phones, by=by, now=now)


class _Writer:
    def __init__(self, run: UnionPass, upload: Upload, people: People, now: datetime):
        self.run, self.upload, self.people, self.now = run, upload, people, now
        self.written = 0
        # what stood there before, for the undo: rows of members and of enterprises
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
        for each in changed:
            if each.verdict.outcome == rules.UPDATE:
                in_union, since, chair, _place = self.run.companies_now.get(each.enterprise, (False, None, "", None))
                self.before["enterprises"].append([each.enterprise, in_union, _day(since), chair])
            else:
                self.before["enterprises"].append([each.enterprise, False, None, ""])
        self.written += update_union_columns([
            (each.enterprise, each.checked.values.get("founded_on") or each.verdict.changes.get("union_since"),
             each.checked.values.get("chair") or each.verdict.changes.get("union_chair") or "")
            for each in changed
        ])  # fmt: skip

    def _members(self, rows: list[Line]) -> None:
        fresh = [each for each in rows if each.known is None]
        entries = [Entry(each.checked.values["name"], each.checked.values["id_number"], each.checked.values["phone"]) for each in fresh]
        persons = dict(zip(map(id, fresh), self.people.make(entries, [each.index for each in fresh]), strict=True))
        created = [each for each in rows if each.verdict.outcome == rules.CREATE]
        self.people.set_phones({each.known.pk: each.checked.values["phone"] for each in created if each.known and not each.known.phone_index})
        self.people.set_names({each.known.pk: each.checked.values["name"] for each in created if each.known and not each.known.name})
        self.written += bulk.insert(
            UnionMember, ("person_id", *_MEMBER, "first_upload_id"),
            (
                (persons[id(each)] if each.known is None else each.known.pk, each.enterprise, each.checked.values["occupation"],
                 each.checked.values.get("joined_on"), None, self.upload.pk)
                for each in created
            ),
        )  # fmt: skip
        updated = [each for each in rows if each.verdict.outcome == rules.UPDATE and each.member]
        ready = []
        for each in updated:
            pk, *old = each.member
            self.before["members"].append([pk, old[0], old[1], _day(old[2]), _day(old[3])])
            columns = dict(zip(_MEMBER, old, strict=True))
            columns |= {("enterprise_id" if name == "enterprise" else name): value for name, value in each.verdict.changes.items()}
            ready.append((pk, *columns.values()))
        self.written += bulk.update(UnionMember, _MEMBER, ready)


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
