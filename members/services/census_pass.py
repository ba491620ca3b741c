"""One pass through a census workbook: every row checked and held against the register, a few thousand at a time.

The preview makes this pass and remembers what came of it; the apply makes it again, in its transaction, and writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts.models import Person, Place
from accounts.services import register
from accounts.services.register import Known
from common import clock, sheets
from members.models import Conflict, Driver, DriverVehicle, EnterpriseName
from members.rules import census_compare as rules
from members.rules.census_checks import Census, Checked
from members.rules.census_compare import Standing, Verdict
from members.services.enterprises import Book, New

BATCH = 5000
Progress = Callable[[int], None]
_STORED = ("gender", "licence_class", "certificate_number", "certificate_expiry", "trade", "relation_place", "work_place",
           "business_place", "claimed_status", "claimed_joined_on", "note")  # fmt: skip


@dataclass(slots=True)
class Judged:
    """A row that was taken, and what it does."""

    checked: Checked
    verdict: Verdict
    index: str  # blind index of the ID
    known: Known | None
    standing: Standing | None
    enterprise: int | New | None


@dataclass(slots=True)
class Batch:
    """Some rows in the order of the file: those taken, and those not."""

    judged: list[Judged] = field(default_factory=list)
    rejected: list[Checked] = field(default_factory=list)


class CensusPass:
    """Reads a workbook once. After the last batch `counts` and `census.sheets` are whole.

    `writes`: what the rows are held against is locked first, so that nobody's work in between is overwritten."""

    def __init__(self, *, content: bytes, filename: str, extra: Mapping[str, str], now: datetime, writes: bool = False):
        self.content, self.filename, self.now, self.writes = content, filename, now, writes
        self.places = {code: (pk, name) for pk, code, name in Place.objects.values_list("pk", "code", "name")}
        self.place_names = dict(self.places.values())
        self.book = Book.read(EnterpriseName.Source.CENSUS)
        self.census = Census(
            places=[(code, name) for code, (_pk, name) in self.places.items()], today=clock.today(now), extra=extra
        )
        self.counts = Counts()

    def batches(self) -> Iterator[Batch]:
        """Raises DomainError for a file that cannot be taken at all."""
        rows = self.census.check(sheets.read(self.content, self.filename))
        while chunk := list(islice(rows, BATCH)):
            batch = Batch(rejected=[row for row in chunk if row.reason])
            batch.judged = self._judge([row for row in chunk if not row.reason])
            self.counts.add(batch)
            yield batch

    def _judge(self, rows: list[Checked]) -> list[Judged]:
        indexes = [register.id_index(row.values["id_number"]) for row in rows]
        if self.writes:
            lock_rows(Driver.objects.filter(person__in=Person.objects.filter(id_index__in=indexes).values("pk")))
        known = register.known_by_id(indexes)
        standing = self._standing(known)
        asked = settled(each.driver for each in standing.values() if each.driver)
        judged = []
        for row, index in zip(rows, indexes, strict=True):
            values = row.values
            person = known.get(index)
            stands = standing.get(person.pk) if person else None
            if stands is not None and person is not None:
                stands.phone_same = person.phone_index == register.phone_index(values["phone"])
            enterprise = self.book.find(values.get("enterprise", ""), values.get("enterprise_code", ""))
            verdict = rules.compare(values, stands, enterprise=enterprise, place=self.places[values["place"]][1])
            if verdict.conflicts and stands is not None and stands.driver:
                verdict.conflicts = not_asked(stands.driver, verdict.conflicts, asked)
            judged.append(Judged(row, verdict, index, person, stands, enterprise))
        return judged

    def _standing(self, known: Mapping[str, Known]) -> dict[int, Standing]:
        """What the register holds of these persons, by person. Two queries."""
        found = {
            person.pk: Standing(name=person.name, phone_proved=person.proved) for person in known.values()
        }
        if not found:
            return found
        by_driver: dict[int, Standing] = {}
        rows = Driver.objects.filter(person__in=list(found)).values_list(
            "pk", "person_id", "place_id", "state", "merged_into_id", "engagement", "enterprise_id", *_STORED
        )
        for pk, person, place, state, merged, engagement, enterprise, *stored in rows.iterator(chunk_size=5000):
            each = found[person]
            by_driver[pk] = each
            each.driver, each.place, each.state, each.merged = pk, self.place_names[place], state, merged is not None
            each.engagement, each.enterprise = engagement, enterprise
            each.values = dict(zip(_STORED, stored, strict=True))
        plates: dict[int, set[str]] = {}
        drives = DriverVehicle.objects.filter(driver__in=list(by_driver), until=None).values_list("driver_id", "vehicle__plate")
        for driver, plate in drives.iterator(chunk_size=5000):
            plates.setdefault(driver, set()).add(plate)
        for driver, several in plates.items():
            by_driver[driver].plates = frozenset(several)
        return found


def lock_rows(rows: QuerySet) -> None:
    """Hold these rows of one table to the end of the transaction, in the order of their ids. SQLite has one writer anyway."""
    if connection.features.has_select_for_update:
        for _pk in rows.select_for_update().order_by("pk").values_list("pk").iterator(chunk_size=5000):
            pass


def settled(drivers: Iterable[int]) -> set[tuple[int, str, str | None, str]]:
    """Conflicts that are open already, or that a person has decided, either way round."""
    wanted = list(drivers)
    found: set[tuple[int, str, str | None, str]] = set()
    if wanted:
        rows = Conflict.objects.filter(driver__in=wanted).values_list("driver_id", "kind", "ours", "theirs", "taken")
        for driver, kind, ours, theirs, taken in rows.iterator(chunk_size=5000):
            found |= {(driver, kind, ours, theirs), (driver, kind, theirs, ours)}
            if taken is None:
                found.add((driver, kind, None, theirs))  # it waits, whatever stands on our side by now
    return found


def not_asked(
    driver: int, conflicts: Iterable[tuple[str, str, str]], asked: set[tuple[int, str, str | None, str]]
) -> list[tuple[str, str, str]]:
    """Those conflicts that nobody has been asked about."""
    return [
        (kind, ours, theirs) for kind, ours, theirs in conflicts
        if (driver, kind, ours, theirs) not in asked and (driver, kind, None, theirs) not in asked
    ]  # fmt: skip


@dataclass(slots=True)
class Counts:
    """Rows of the file by what becomes of them; created + updated + unchanged + rejected are all of them."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    warned: int = 0
    conflicts: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)
    fields: dict[str, int] = field(default_factory=dict)
    sheets: dict[str, dict[str, int]] = field(default_factory=dict)

    _WORDS = {rules.CREATE: "created", rules.UPDATE: "updated", rules.SAME: "unchanged"}

    def add(self, batch: Batch) -> None:
        for row in batch.rejected:
            self._row(row.sheet, "rejected")
            _more(self.reasons, row.reason)
        for each in batch.judged:
            verdict = each.verdict
            self._row(each.checked.sheet, self._WORDS[verdict.outcome])
            codes = {warned.code for warned in each.checked.warnings} | set(verdict.notes)
            self.warned += bool(codes)
            self.conflicts += len(verdict.conflicts)
            for code in codes:
                _more(self.warnings, code)
            if verdict.outcome == rules.UPDATE:
                for column in (*verdict.changes, *(["phone"] if verdict.phone else []), *(["plates"] if verdict.plates else [])):
                    _more(self.fields, column)

    def _row(self, sheet: str, word: str) -> None:
        self.rows += 1
        setattr(self, word, getattr(self, word) + 1)
        _more(self.sheets.setdefault(sheet, {}), word)

    @property
    def accepted(self) -> int:
        return self.created + self.updated + self.unchanged

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows, "accepted": self.accepted, "created": self.created, "updated": self.updated,
            "unchanged": self.unchanged, "rejected": self.rejected, "warned": self.warned, "conflicts": self.conflicts,
            "reasons": self.reasons, "warnings": self.warnings, "fields": self.fields, "sheets": self.sheets,
        }  # fmt: skip


EQUATION = ("rows", "created", "updated", "unchanged", "rejected", "conflicts")


def _more(counts: dict[str, int], key: str) -> None:
    counts[key] = counts.get(key, 0) + 1
