"""Writes what a pass through a census found, a few thousand rows to a statement, in the caller's transaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from accounts.models import Person
from accounts.services.register import Entry, People, phones_of
from branches.models import Membership
from branches.rules.coverage import ENTERPRISE, falls_to
from common import bulk, clock
from common.masks import mask_id, mask_phone
from members.models import (
    Claim,
    Conflict,
    Driver,
    DriverVehicle,
    Enterprise,
    EnterpriseName,
    FieldChange,
    SearchKey,
    Upload,
    Vehicle,
)
from members.rules import census_compare as rules
from members.rules.census_checks import CLAIMED, PROBATIONARY
from members.rules.claims import routed_by
from members.rules.search import keys_of
from members.selectors.claim_routing import Rows, covering
from members.services import search_keys
from members.services.census_pass import Batch, CensusPass, Judged
from members.services.enterprises import New

_DRIVER = (
    "place_id", "gender", "licence_class", "certificate_number", "certificate_expiry", "engagement", "enterprise_id",
    "trade", "relation_place", "work_place", "business_place", "local_as_of", "claimed_status", "claimed_joined_on",
    "note", "state", "state_since", "registered_at", "checked_at", "first_upload_id",
)  # fmt: skip
_UPDATED = tuple(name for name in _DRIVER if name not in ("place_id", "registered_at", "first_upload_id"))
_TEXTS = ("gender", "licence_class", "trade", "relation_place", "work_place", "business_place", "claimed_status", "note")
GONE_WITH_AN_IMPORT = Q(state=Claim.State.WITHDRAWN, source=Claim.Source.CENSUS, upload__state=Upload.State.UNDONE)
GROWS = (Person, Driver, Vehicle, DriverVehicle, Enterprise, EnterpriseName, SearchKey)
MANY = 1000  # rows in one batch after which the planner is told how large the tables are
SEALED = {"certificate_number": mask_id, "phone": mask_phone}  # masked in the history, whole under seal for the undo


@dataclass(slots=True)
class Written:
    """Rows of the register that a batch or a file has written."""

    rows: int = 0

    def __iadd__(self, more: int) -> Written:
        self.rows += more
        return self


class CensusWriter:
    """`again`: this very file was applied before, so that it confirms nothing anew."""

    def __init__(self, *, run: CensusPass, upload: Upload, people: People, now: datetime, again: bool):
        self.run, self.upload, self.people, self.now, self.again = run, upload, people, now, again
        self.today = clock.today(now)
        self.written = Written()
        self.told = False
        self.rows: Rows | None = None  # of the coverage
        self.firms: dict[int, str] = {}  # enterprises that a row of it names: pk -> code

    def write(self, batch: Batch) -> None:
        rows = batch.judged
        self._enterprises(rows)
        created = [each for each in rows if each.verdict.outcome == rules.CREATE]
        updated = [each for each in rows if each.verdict.outcome == rules.UPDATE]
        drivers = self._create(created) | {id(each): each.standing.driver for each in updated if each.standing}
        self._history(updated)
        self._update(updated)
        if not self.again:
            self._confirm([each for each in rows if each.verdict.outcome == rules.SAME])
        self._vehicles(created + updated, drivers)
        self._keys(created, updated, drivers)
        self._conflicts(rows, drivers)
        self._claims(created + updated, drivers)
        if not self.told and len(created) >= MANY:  # once: what comes after is estimated from the size of the table
            bulk.fresh_statistics(*GROWS)
            self.told = True

    def _enterprises(self, rows: list[Judged]) -> None:
        wanted = [each.enterprise for each in rows if isinstance(each.enterprise, New)]
        made = self.run.book.make(wanted) if wanted else {}
        seen: set[tuple[int, str, str]] = set()
        for each in rows:
            if isinstance(each.enterprise, New):
                new, each.enterprise = each.enterprise, made[each.enterprise]
                if each.verdict.changes.get("enterprise") == new:
                    each.verdict.changes["enterprise"] = each.enterprise
            if each.enterprise is not None and each.verdict.outcome != rules.SAME:
                values = each.checked.values
                seen.add((each.enterprise, values.get("enterprise", ""), values.get("enterprise_code", "")))
        self.run.book.note(seen, now=self.now)

    def _create(self, rows: list[Judged]) -> dict[int, int]:
        """Persons where there are none, and drivers; by id() of the judged row."""
        fresh = [each for each in rows if each.known is None]
        entries = [
            Entry(v["name"], v["id_number"], v["phone"], self.run.places[v["place"]][0])
            for v in (each.checked.values for each in fresh)
        ]
        persons = dict(zip(map(id, fresh), self.people.make(entries, [each.index for each in fresh]), strict=True))
        persons |= {id(each): each.known.pk for each in rows if each.known is not None}
        self.people.set_names({each.known.pk: each.checked.values["name"] for each in rows if each.known and not each.known.name})
        self.people.set_phones({each.known.pk: each.checked.values["phone"] for each in rows if each.known and each.verdict.phone})
        pks = bulk.reserve_ids(Driver, len(rows))
        self.written += bulk.insert(
            Driver, ("id", "person_id", *_DRIVER),
            ((pk, persons[id(each)], *self._new_driver(each)) for pk, each in zip(pks, rows, strict=True)),
        )  # fmt: skip
        return dict(zip(map(id, rows), pks, strict=True))

    def _new_driver(self, each: Judged) -> tuple[Any, ...]:
        values = each.checked.values
        columns = dict.fromkeys(_TEXTS, "") | {"certificate_number": None, "certificate_expiry": None, "claimed_joined_on": None}
        columns |= rules.carried(values)
        columns |= {
            "place_id": self.run.places[values["place"]][0],
            "engagement": rules.engagement(values, enterprise=each.enterprise),
            "enterprise_id": each.enterprise,
            "local_as_of": self.today if any(columns[name] for name in rules.LOCAL) else None,
            "state": rules.ACTIVE, "state_since": None, "registered_at": self.now, "checked_at": self.now,
            "first_upload_id": self.upload.pk,
        }  # fmt: skip
        return tuple(columns[name] for name in _DRIVER)

    def _update(self, rows: list[Judged]) -> None:
        rest = {each.standing.driver: each for each in rows if each.standing}
        dates = Driver.objects.filter(pk__in=list(rest)).values_list("pk", "local_as_of", "state_since") if rest else []
        ready = []
        for pk, local_as_of, state_since in dates:
            each = rest[pk]
            stands, changes = each.standing, each.verdict.changes
            columns = dict(stands.values) | {"engagement": stands.engagement, "enterprise_id": stands.enterprise}
            columns |= {"state": stands.state, "state_since": state_since, "local_as_of": local_as_of, "checked_at": self.now}
            columns |= {("enterprise_id" if name == "enterprise" else name): value for name, value in changes.items()}
            if "state" in changes:
                columns["state_since"] = self.today
            if any(name in changes for name in rules.LOCAL):
                columns["local_as_of"] = self.today
            ready.append((pk, *(columns[name] for name in _UPDATED)))
        self.written += bulk.update(Driver, _UPDATED, ready)
        self.people.set_phones({each.known.pk: each.checked.values["phone"] for each in rows if each.known and each.verdict.phone})
        self.people.set_names({each.known.pk: each.verdict.changes["name"] for each in rows if each.known and "name" in each.verdict.changes})

    def _confirm(self, rows: list[Judged]) -> None:
        pks = [each.standing.driver for each in rows if each.standing and each.standing.driver and not each.verdict.conflicts]
        if pks:
            self.written += Driver.objects.filter(pk__in=pks, checked_at__lt=self.now).update(checked_at=self.now)

    def _history(self, rows: list[Judged]) -> None:
        old_phones = phones_of([each.known.pk for each in rows if each.known and each.verdict.phone])
        changes = []
        for each in rows:
            stands = each.standing
            for name, new in each.verdict.changes.items():
                changes.append((stands.driver, *self._change(name, self._old(each, name), new)))
            if each.verdict.phone:
                changes.append((stands.driver, *self._change("phone", old_phones.get(each.known.pk), each.checked.values["phone"])))
            for plate in each.verdict.plates:
                changes.append((stands.driver, "plate", "", plate, None))
        self.written += bulk.insert(
            FieldChange, ("driver_id", "field", "old", "new", "sealed_old", "at", "upload_id", "by_id"),
            ((*change, self.now, self.upload.pk, self.upload.applied_by_id) for change in changes),
        )  # fmt: skip

    def _old(self, each: Judged, name: str) -> Any:
        stands = each.standing
        return {"enterprise": stands.enterprise, "engagement": stands.engagement, "state": stands.state, "name": stands.name}.get(
            name, stands.values.get(name)
        )

    def _change(self, name: str, old: Any, new: Any) -> tuple[str, str, str, str | None]:
        if name == "enterprise":
            return name, str(old or ""), str(new), None
        mask = SEALED.get(name, shown)
        return name, mask(old)[:200], mask(new)[:200], (old or None) if name in SEALED else None

    def _vehicles(self, rows: list[Judged], drivers: Mapping[int, int]) -> None:
        drives = [(drivers[id(each)], plate) for each in rows for plate in each.verdict.plates]
        plates = list(dict.fromkeys(plate for _driver, plate in drives))
        if not plates:
            return
        known = dict(Vehicle.objects.filter(plate__in=plates).values_list("plate", "pk"))
        fresh = [plate for plate in plates if plate not in known]
        pks = bulk.reserve_ids(Vehicle, len(fresh))
        self.written += bulk.insert(
            Vehicle, ("id", "plate", "kind", "enterprise_id"),
            ((pk, plate, vehicle_kind(plate), None) for pk, plate in zip(pks, fresh, strict=True)),
        )  # fmt: skip
        known |= dict(zip(fresh, pks, strict=True))
        self.written += bulk.insert(
            DriverVehicle, ("driver_id", "vehicle_id", "since", "until"),
            ((driver, known[plate], self.today, None) for driver, plate in drives),
        )  # fmt: skip

    def _keys(self, created: list[Judged], updated: list[Judged], drivers: Mapping[int, int]) -> None:
        def keys(each: Judged) -> set[str]:
            values, stands = each.checked.values, each.standing
            before = stands.plates if stands else frozenset()
            phone = values["phone"]
            if each.known and not each.standing.phone_same and not each.verdict.phone:
                phone = phones.get(each.known.pk) or ""
            return keys_of(
                name=(stands.name if stands else "") or values["name"], phone=phone, plates=(*before, *each.verdict.plates)
            )

        again = [each for each in updated if each.verdict.phone or each.verdict.plates or "name" in each.verdict.changes]
        kept = [each.known.pk for each in created + again if each.known and not each.standing.phone_same and not each.verdict.phone]
        phones = phones_of(kept)
        self.written += search_keys.add((drivers[id(each)], keys(each)) for each in created)
        self.written += search_keys.renew([(drivers[id(each)], keys(each)) for each in again])

    def _conflicts(self, rows: Iterable[Judged], drivers: Mapping[int, int]) -> None:
        self.written += bulk.insert(
            Conflict, ("driver_id", "kind", "ours", "theirs", "upload_id", "sheet", "row", "found_at"),
            (
                (drivers.get(id(each)) or each.standing.driver, kind, ours[:120], theirs[:120], self.upload.pk,
                 each.checked.sheet[:60], each.checked.row, self.now)
                for each in rows for kind, ours, theirs in each.verdict.conflicts
            ),
        )  # fmt: skip

    def _claims(self, rows: list[Judged], drivers: Mapping[int, int]) -> None:
        """Work lists for those who are said to be Party members: a claim, to be verified by a branch. Who is back after
        an import was taken back has lost his claim with it, and gets another."""
        said = [
            each for each in rows
            if self._status(each) in CLAIMED
            and (each.verdict.outcome == rules.CREATE or "claimed_status" in each.verdict.changes or self._is_back(each))
        ]  # fmt: skip
        if not said:
            return
        persons = dict(Driver.objects.filter(pk__in=[drivers[id(each)] for each in said]).values_list("pk", "person_id"))
        running = set(Claim.objects.filter(person__in=list(persons.values()), state__in=["open", "verified"]).values_list("person_id", flat=True))
        running |= set(Membership.objects.filter(person__in=list(persons.values()), ended_on=None).values_list("person_id", flat=True))
        back = [persons[drivers[id(each)]] for each in said if self._is_back(each) and "claimed_status" not in each.verdict.changes]
        # whose claim ended otherwise than by taking an import back: nobody asks him again for being back
        running |= set(Claim.objects.filter(person__in=back).exclude(GONE_WITH_AN_IMPORT).values_list("person_id", flat=True))
        wanted = [(persons[drivers[id(each)]], each.checked.values, self._status(each), self._falls(each)) for each in said]
        self.written += bulk.insert(
            Claim,
            ("key", "person_id", "source", "state", "at", "branch_id", "kind", "relation_place", "home_branch",
             "joined_on", "place_id", "proof", "upload_id", "verified_how", "verified_kind", "verify_note",
             "refused_why", "contest_words", "routed_by"),
            (
                (uuid.uuid4(), person, Claim.Source.CENSUS.value, Claim.State.OPEN.value, self.now, branch,
                 "probationary" if status == PROBATIONARY else "full", v.get("relation_place", "")[:80], "",
                 v.get("joined_on"), self.run.places[v["place"]][0], "", self.upload.pk, "", "", "", "", "", why)
                for person, v, status, (branch, why) in wanted if person not in running
            ),
        )  # fmt: skip

    @staticmethod
    def _is_back(each: Judged) -> bool:
        return each.verdict.changes.get("state") == rules.ACTIVE

    @staticmethod
    def _status(each: Judged) -> str:
        """What the row says of the Party; of somebody who is back, what was said before where it says nothing."""
        said = each.checked.values.get("political_status", "")
        return said or (each.standing.values.get("claimed_status", "") if each.standing and CensusWriter._is_back(each) else "")

    def _falls(self, each: Judged) -> tuple[int | None, str]:
        """The one branch that he falls to by enterprise, trade or place, and why; where none or several do, people see to it."""
        if self.rows is None:
            self.rows = covering(None)
            codes = {key for kind, key in self.rows if kind == ENTERPRISE}
            self.firms = dict(Enterprise.objects.filter(code__in=codes).values_list("pk", "code")) if codes else {}
        values, stands = each.checked.values, each.standing
        enterprise = each.enterprise or (stands.enterprise if stands else None)
        trade = values.get("trade") or (stands.values.get("trade", "") if stands else "")
        falls = falls_to(self.rows, enterprise=self.firms.get(enterprise, ""), trade=trade, place=values["place"])
        return falls.branch, routed_by(falls.branch, falls.by)


def vehicle_kind(plate: str) -> str:
    """A trailer ends in 挂, a new-energy plate has one place more."""
    if plate.endswith("挂"):
        return Vehicle.Kind.TRAILER.value
    return Vehicle.Kind.NEW_ENERGY.value if len(plate) == 8 else Vehicle.Kind.TRUCK.value


def shown(value: Any) -> str:
    """A value as the history keeps it."""
    return value.isoformat() if isinstance(value, date) else str(value or "")
