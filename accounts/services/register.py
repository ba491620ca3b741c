"""Thousands of people at once: found by their resident ID, made where they are not there yet.

For the census and the union's register. One line of the audit log tells of the whole act in numbers. Nobody made
here can sign in: `signin_index` is set by a proved code alone and is never touched, and a phone that its owner has
proved is not overwritten by what a town writes.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from accounts.models import Person
from accounts.rules.viewer import Viewer
from accounts.selectors.people import phone_index
from accounts.services import audit
from common import bulk
from common.encryption import blind_index

__all__ = ["Entry", "Known", "People", "entering", "id_index", "known_by_id", "phone_index", "phones_of"]

ACT = "people.registered"


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody as a list hands him in; all values in canonical form (see common.identifiers)."""

    name: str
    id_number: str
    phone: str = ""
    place_id: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """Who stands in the register under an ID already. `proved`: the phone is his own by a code."""

    pk: int
    name: str
    phone_index: str | None
    proved: bool


@dataclass(slots=True)
class People:
    """The act that is under way; see `entering`."""

    now: datetime
    made: int = 0
    phones: int = 0
    names: int = 0
    found: int = field(default=0)

    def make(self, entries: Sequence[Entry], indexes: Sequence[str]) -> list[int]:
        """Make persons that are not there yet; `indexes` are their blind indexes of the ID, in the same order."""
        pks = bulk.reserve_ids(Person, len(entries))
        bulk.insert(
            Person,
            ("id", "key", "name", "phone", "phone_index", "id_number", "id_index", "place_id", "password", "is_active",
             "must_change_password", "joined_at", "demo_slug"),
            (
                (pk, uuid.uuid4(), each.name[:80], each.phone or None, phone_index(each.phone) if each.phone else None,
                 each.id_number, index, each.place_id, "!", True, False, self.now, "")
                for pk, each, index in zip(pks, entries, indexes, strict=True)
            ),
        )  # fmt: skip
        self.made += len(pks)
        return pks

    def find_or_make(self, entries: Sequence[Entry]) -> list[int]:
        """The person of each entry, in order; the same ID twice is one person."""
        indexes = [id_index(each.id_number) for each in entries]
        known = {index: person.pk for index, person in known_by_id(set(indexes)).items()}
        self.found += len(known)
        new: dict[str, Entry] = {}
        for each, index in zip(entries, indexes, strict=True):
            if index not in known:
                new.setdefault(index, each)
        known |= dict(zip(new, self.make(list(new.values()), list(new)), strict=True))
        return [known[index] for index in indexes]

    def set_phones(self, phones: Mapping[int, str]) -> None:
        """Person -> number. Numbers proved by their owners stay: ask `Known.proved` first, this checks again."""
        proved = set(_proved(phones))
        rows = [(pk, phone, phone_index(phone)) for pk, phone in phones.items() if pk not in proved]
        self.phones += bulk.update(Person, ("phone", "phone_index"), rows)

    def set_names(self, names: Mapping[int, str]) -> None:
        """Person -> name, where none was known or a person decided that the new one is right."""
        self.names += bulk.update(Person, ("name",), [(pk, name[:80]) for pk, name in names.items()])


@contextmanager
def entering(*, by: Viewer | None, now: datetime, about, reason: str = "") -> Iterator[People]:
    """One act of entering people, in one transaction, with one line of audit at its end (none when nothing changed).

    `about`: the upload or whatever the people come from. `by` None: the operator."""
    with transaction.atomic():
        act = People(now=now)
        yield act
        counts = {"made": act.made, "phones": act.phones, "names": act.names}
        if any(counts.values()):
            audit.write(
                act=ACT, by=by, about=about, new=counts, reason=reason, now=now, actor_word="" if by else "operator"
            )


def id_index(id_number: str) -> str:
    """The blind index of a resident ID in canonical form."""
    return blind_index(id_number, "id")


def known_by_id(indexes: Collection[str]) -> dict[str, Known]:
    """Who is known under these blind indexes. One query."""
    rows = Person.objects.filter(id_index__in=indexes).order_by().values_list("id_index", "pk", "name", "phone_index", "signin_index")
    return {index: Known(pk, name, phone, signin is not None) for index, pk, name, phone, signin in rows.iterator(chunk_size=5000)}


def phones_of(persons: Collection[int]) -> dict[int, str | None]:
    """The phones of these persons in clear, for whoever compares or indexes them. No screen shows what this gives."""
    return dict(Person.objects.filter(pk__in=persons).values_list("pk", "phone")) if persons else {}


def _proved(pks: Iterable[int]) -> Iterator[int]:
    wanted = list(pks)
    if wanted:
        yield from Person.objects.filter(pk__in=wanted, signin_index__isnull=False).values_list("pk", flat=True)
