"""Zones 1:5: who may know of which seat, which proposal, which driver who waits; and the figures with denominators.

A secretary: the members of his branch and their five. The committee's secretary: all. A member: his own five. A driver:
his own contact. Everybody else finds nothing, and an empty set says no more than a set that is not theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Consent
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from branches.models import Branch, Coverage, Membership, Placement
from branches.selectors.scope import branches_for, is_committee
from common.counting import count_of, up_to
from members.models import Driver, Match, NoContact, Refusal, Seat, Waiting
from members.rules import zones as rules

# verified by one and placed by another; a join on placements would find those, too, whom nobody has placed yet
OPEN_MEMBER = Membership.objects.filter(Exists(Placement.objects.filter(membership=OuterRef("pk"), until=None)), ended_on=None)


@dataclass(frozen=True)
class Covered:
    """Seats filled, of how many there are, beside all drivers of the register."""

    members: int
    seated: int
    drivers: int  # never counted further than common.counting.MOST_COUNTED and one
    heard: int  # spoken with since the beginning of the month

    @property
    def seats(self) -> int:
        return self.members * rules.SEATS


def contacts_for(viewer: Viewer, branch: Branch | None = None) -> QuerySet[Membership]:
    """Verified, placed, open, alive: members of the viewer's branches (or of one of them) who may keep touch with five."""
    branches = branches_for(viewer)
    if branch is not None:
        branches = branches.filter(pk=branch.pk)
    placed = Placement.objects.filter(until=None, branch__in=branches)
    dead = Driver.objects.filter(person=OuterRef("person"), state=Driver.State.DIED, merged_into=None)
    return Membership.objects.filter(~Exists(dead), ended_on=None, pk__in=placed.values("membership_id"))


def seats_for(viewer: Viewer, branch: Branch | None = None) -> QuerySet[Seat]:
    """Seats held now by contacts of the viewer's branches."""
    return Seat.objects.filter(until=None, contact__in=contacts_for(viewer, branch).values("person_id"))


def proposals_for(viewer: Viewer, branch: Branch | None = None) -> QuerySet[Match]:
    """Proposals that wait for this viewer's decision."""
    return Match.objects.filter(state=Match.State.PROPOSED, contact__in=contacts_for(viewer, branch).values("person_id"))


def waiting_for(viewer: Viewer) -> QuerySet[Waiting]:
    """Drivers without a contact who wait: of the places that the viewer's branches cover, and those who had one there."""
    rows = Waiting.objects.filter(until=None)
    if not viewer.units(Role.SECRETARY):
        return rows.none()
    if is_committee(viewer):
        return rows
    mine = branches_for(viewer)
    places = Coverage.objects.filter(branch__in=mine, kind=Coverage.Kind.PLACE, until=None).values("key")
    ours = Placement.objects.filter(branch__in=mine).values("membership__person_id")
    had = Seat.objects.filter(driver=OuterRef("driver"), contact__in=ours)
    return rows.filter(Q(driver__place__code__in=places) | Exists(had))


def free_drivers(viewer: Viewer) -> QuerySet[Driver]:
    """Drivers who could be given a contact: active, one row a human, no members, nobody's yet, and not unwilling.

    For the services that propose: what a secretary sees of them is `proposals_for` and `waiting_for` alone."""
    rows = Driver.objects.filter(state=Driver.State.ACTIVE, merged_into=None)
    if viewer.person_id is None:
        return rows.none()
    return rows.filter(
        ~Exists(Seat.objects.filter(driver=OuterRef("pk"), until=None)),
        ~Exists(Membership.objects.filter(person=OuterRef("person"), ended_on=None)),
        ~Exists(NoContact.objects.filter(driver=OuterRef("pk"), until=None)),
    )


def candidates_for(viewer: Viewer, *, only_waiting: bool = False) -> list[rules.Candidate]:
    """`free_drivers` to whom nobody is proposed, as the rules want them.

    Asked as one plain list and four short ones: four NOT EXISTS over the whole register take ten times as long."""
    if viewer.person_id is None:
        return []
    rows = Driver.objects.filter(state=Driver.State.ACTIVE, merged_into=None)
    if only_waiting:
        rows = rows.filter(pk__in=waiting_for(viewer).values("driver_id"))
    members = set(Membership.objects.filter(ended_on=None).values_list("person_id", flat=True))
    held = Seat.objects.filter(until=None), Match.objects.filter(state=Match.State.PROPOSED), NoContact.objects.filter(until=None)
    not_free = {driver for each in held for driver in each.values_list("driver_id", flat=True)}
    home = Coalesce(F("living_place_id"), F("place_id"))
    found = rows.annotate(home=home).values_list("pk", "person_id", "enterprise_id", "home", "business_place", "trade")
    return [
        rules.Candidate(pk, enterprise, place, ground or None, trade or None)
        for pk, person, enterprise, place, ground, trade in found
        if pk not in not_free and person not in members
    ]


def contacts_to_fill(viewer: Viewer, members: QuerySet[Membership], *, count_proposals: bool) -> list[rules.Contact]:
    """These members with their free seats. What a member is and drives stands on his row of the register, if he has one."""
    people = members.values("person_id")
    taken = dict(Seat.objects.filter(until=None, contact__in=people).values_list("contact").annotate(n=Count("pk")).order_by())
    if count_proposals:
        offered = Match.objects.filter(state=Match.State.PROPOSED, contact__in=people)
        for contact, number in offered.values_list("contact").annotate(n=Count("pk")).order_by():
            taken[contact] = taken.get(contact, 0) + number
    rows = members.values_list(
        "person_id", "person__place_id", "person__driver__enterprise_id", "person__driver__living_place_id",
        "person__driver__place_id", "person__driver__business_place", "person__driver__trade",
    )  # fmt: skip
    return [
        rules.Contact(person, enterprise, lives or stands or place, ground or None, trade or None, rules.SEATS - taken.get(person, 0))
        for person, place, enterprise, lives, stands, ground, trade in rows
    ]


def refused_pairs(viewer: Viewer, members: QuerySet[Membership]) -> set[tuple[int, int]]:
    """Pairs that are not put together again: one of the two said no, or a secretary took the proposal away."""
    people = members.values("person_id")
    said = Refusal.objects.filter(contact__in=people).values_list("contact_id", "driver_id")
    taken_away = Match.objects.filter(contact__in=people, state=Match.State.DECLINED).values_list("contact_id", "driver_id")
    return {*said, *taken_away}


def covered(viewer: Viewer, branch: Branch | None = None, *, since) -> Covered:
    """How far 1:5 has come in the viewer's branches. `since`: the first moment of the month."""
    if not viewer.units(Role.SECRETARY):
        return Covered(0, 0, 0, 0)
    seats = seats_for(viewer, branch).aggregate(
        seated=Count("pk", distinct=True), heard=Count("pk", filter=Q(notes__at__gte=since), distinct=True)
    )
    drivers = up_to(Driver.objects.filter(state=Driver.State.ACTIVE, merged_into=None))
    return Covered(contacts_for(viewer, branch).count(), seats["seated"], drivers, seats["heard"])


@dataclass(frozen=True)
class OfContact:
    """A member with the place he lives in, the seats he fills, and how many drivers wait for a contact anywhere."""

    person_id: int
    place: str
    seated: int
    heard: int
    waits: int


def by_contact(viewer: Viewer, branch: Branch, *, since) -> list[OfContact]:
    """A branch's members by where they live, in one question. `since`: the first moment of the month."""
    now = Q(person__seats__until=None)
    rows = contacts_for(viewer, branch).values("person_id", "person__place__name").order_by("person__place__name", "person_id")
    counted = rows.annotate(
        seated=Count("person__seats", filter=now, distinct=True),
        heard=Count("person__seats", filter=now & Q(person__seats__notes__at__gte=since), distinct=True),
        waits=count_of(waiting_for(viewer)),
    )
    return [
        OfContact(row["person_id"], row["person__place__name"] or "", row["seated"], row["heard"], row["waits"]) for row in counted
    ]


def own_seats(viewer: Viewer) -> QuerySet[Seat]:
    """The five of whoever looks, if he is a verified member still. After a long silence of his number: none."""
    if viewer.person_id is None or viewer.hidden_before:
        return Seat.objects.none()
    rows = Seat.objects.filter(contact_id=viewer.person_id, until=None)
    rows = rows.filter(Exists(OPEN_MEMBER.filter(person=OuterRef("contact"))))
    return rows.order_by("seat").annotate(last=Max("notes__at"))


def spoken_for(viewer: Viewer) -> QuerySet[Seat]:
    """Of the five of whoever looks, those who agree at this moment that he speaks for them."""
    agreed = Consent.objects.filter(person=OuterRef("driver__person"), purpose=Consent.Purpose.SPEAK_FOR_ME, withdrawn_at=None)
    return own_seats(viewer).filter(Exists(agreed))


def own_contact(viewer: Viewer) -> Seat | None:
    """The seat that the driver who looks holds; its contact is his."""
    if viewer.person_id is None:
        return None
    rows = Seat.objects.filter(driver__person_id=viewer.person_id, until=None)
    rows = rows.filter(Exists(OPEN_MEMBER.filter(person=OuterRef("contact"))))
    return _shown(viewer, rows).select_related("contact", "driver__person").annotate(last=Max("notes__at")).first()


def own_driver(viewer: Viewer) -> Driver | None:
    """The row of the register of whoever looks, while he drives."""
    if viewer.person_id is None:
        return None
    rows = Driver.objects.filter(person_id=viewer.person_id, state=Driver.State.ACTIVE, merged_into=None)
    if viewer.hidden_before:
        rows = rows.filter(registered_at__gte=viewer.hidden_before)
    return rows.select_related("person").first()


def is_contact(viewer: Viewer) -> bool:
    """Whether whoever looks is a verified, placed member himself; after a long silence of his number nobody knows."""
    return viewer.person_id is not None and not viewer.hidden_before and OPEN_MEMBER.filter(person_id=viewer.person_id).exists()


def consents_of(viewer: Viewer, person_ids, *purposes: str) -> set[tuple[int, str]]:
    """Which of these persons agree now, asked at the moment of use. For rows that the viewer has already found."""
    if viewer.person_id is None:
        return set()
    rows = Consent.objects.filter(person_id__in=list(person_ids), purpose__in=purposes, withdrawn_at=None)
    return set(rows.values_list("person_id", "purpose"))


def _shown(viewer: Viewer, rows: QuerySet[Seat]) -> QuerySet[Seat]:
    return rows.filter(since__gte=viewer.hidden_before) if viewer.hidden_before else rows
