"""Finding people: by a proved phone, by what a viewer may know of the staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import HiddenHistory, Person
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from common.encryption import blind_index
from common.identifiers import check_phone
from common.masks import mask_id, mask_name, mask_phone

KEEPERS = frozenset({Role.SYSTEM, Role.SECURITY, Role.AUDITOR})  # table «role x data», row u


@dataclass(frozen=True)
class Masked:
    """What screens show of a person until somebody reveals more, with a reason."""

    name: str
    phone: str
    id_number: str


def phone_index(phone: str) -> str:
    """The blind index of a phone in canonical form (11 digits)."""
    return blind_index(phone, "phone")


def find_by_phone(phone: str) -> Person | None:
    """The person whose account this phone opens; None when no code ever proved it.

    Rows of the census that merely carry the number are no accounts. Raises DomainError for what is
    no phone."""
    return Person.objects.filter(signin_index=phone_index(check_phone(phone))).first()


def masked(person: Person) -> Masked:
    """Name, phone and resident ID of `person` behind their masks."""
    return Masked(mask_name(person.name), mask_phone(person.phone), mask_id(person.id_number))


def staff_for(viewer: Viewer) -> QuerySet[Person]:
    """People with a staff login, for the three administrators; nobody for everybody else."""
    if not viewer.has_role(*KEEPERS):
        return Person.objects.none()
    return Person.objects.filter(login__isnull=False)


def hidden_before(person: Person | None) -> datetime | None:
    """Rows of this person before that moment are hidden until he proves that he is still the same."""
    if person is None or person.pk is None:
        return None
    return HiddenHistory.objects.filter(person=person, opened_at=None).values_list("before", flat=True).first()
