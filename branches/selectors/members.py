"""The list of members and the page of one: kind, office, place, placement, history."""

from __future__ import annotations

import re
from collections.abc import Collection
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate

from accounts.rules.viewer import Viewer
from branches import registry
from branches.models import Branch, Group, Membership, Officer, Placement, Transfer
from branches.rules.kinds import VOTING
from branches.selectors.scope import branches_for, members_for, officers_for, transfers_for
from common.clock import SHANGHAI

MIN_SEARCH = 2  # two Chinese characters, or the last four of a phone
LAST_FOUR = re.compile(r"[0-9]{4}")


def listed(viewer: Viewer) -> QuerySet[Membership]:
    """Members this viewer may know of, with where they are placed and since when they were last heard of."""
    where = Placement.objects.filter(membership=OuterRef("pk"), until=None)
    return (
        members_for(viewer)
        .select_related("person__place")
        .annotate(
            placed_in=Subquery(where.values("branch_id")[:1]),
            placed_name=Subquery(where.values("branch__unit__name")[:1]),
            group_name=Subquery(where.values("group__name")[:1]),
            heard_on=Coalesce(F("last_contact_on"), TruncDate("verified_at", tzinfo=SHANGHAI)),
        )
        .order_by("person__place__code", "pk")
    )


def searched(viewer: Viewer, rows: QuerySet[Membership], text: str) -> QuerySet[Membership]:
    """Those of `rows` with `text` in their name or at the end of their phone, or found by plate in a room above. Short text: none."""
    text = text.strip()
    if len(text) < MIN_SEARCH:
        return rows.none()
    found = registry.found_by(viewer=viewer, text=text)
    if LAST_FOUR.fullmatch(text):
        found |= _by_last_four(rows, text)
    return rows.filter(Q(person__name__contains=text) | Q(person_id__in=found))


def _by_last_four(rows: QuerySet[Membership], digits: str) -> set[int]:
    """Who drives is found by the register's keys; of a member who does not, only the sealed number itself tells."""
    phones = rows.order_by().exclude(person__phone=None).values_list("person_id", "person__phone")
    return {person for person, phone in phones if (phone or "").endswith(digits)}


def of_branch(viewer: Viewer, rows: QuerySet[Membership], branch: Branch) -> QuerySet[Membership]:
    """Those of `rows` placed in `branch`."""
    return rows.filter(placements__in=Placement.objects.filter(branch=branch, until=None))


def with_vote(viewer: Viewer, rows: QuerySet[Membership], votes: bool) -> QuerySet[Membership]:
    """Those of `rows` with a vote, or without one."""
    return rows.filter(kind__in=VOTING) if votes else rows.exclude(kind__in=VOTING)


def offices_of(viewer: Viewer, person_ids: Collection[int]) -> dict[int, list[Officer]]:
    """Offices held now by these persons, as far as this viewer may know of them."""
    found: dict[int, list[Officer]] = {}
    for each in officers_for(viewer).filter(person_id__in=person_ids).select_related("unit", "group").order_by("pk"):
        found.setdefault(each.person_id, []).append(each)
    return found


def member_by_key(viewer: Viewer, key: UUID) -> Membership | None:
    """The open membership of the person with this key; None where there is none for this viewer."""
    return listed(viewer).select_related("person__place", "verified_by").filter(person__key=key).first()


def placements_of(viewer: Viewer, membership: Membership) -> QuerySet[Placement]:
    """Where somebody this viewer may know of has been placed, the latest first."""
    rows = Placement.objects.filter(membership=membership, membership__in=members_for(viewer))
    return rows.select_related("branch__unit", "group", "placed_by").order_by("-since", "-pk")


def transfer_of(viewer: Viewer, membership: Membership) -> Transfer | None:
    """The transfer of this member that is under way."""
    rows = transfers_for(viewer).filter(placement__membership=membership)
    return rows.select_related("to_branch__unit", "placement__branch__unit", "asked_by", "given_by", "taken_by").first()


def officers_of(viewer: Viewer, branch: Branch) -> QuerySet[Officer]:
    """Officers in office of one branch."""
    return officers_for(viewer).filter(unit_id=branch.unit_id).select_related("person", "group", "unit").order_by("term_ends", "pk")


def groups_for(viewer: Viewer) -> QuerySet[Group]:
    """Party groups of the viewer's branches, each with how many are in it and its leader's office."""
    leader = Officer.objects.filter(group=OuterRef("pk"), ended_on=None)
    return (
        Group.objects.filter(ended_on=None, branch__in=branches_for(viewer))
        .select_related("branch__unit")
        .annotate(
            heads=Count("placements", filter=Q(placements__until=None)), leader_name=Subquery(leader.values("person__name")[:1])
        )
        .order_by("branch__unit__code", "name")
    )


def branch_by_code(viewer: Viewer, code: str) -> Branch | None:
    """A branch of this viewer by the code of its unit."""
    return branches_for(viewer).select_related("unit__parent").filter(unit__code=code).first()
