"""Who may know of which branch and which member. A secretary: his branch; the committee's secretary: all; others none.

Table «role × data», row e: Party membership, branch, kind. Not even the keeper of the register has the cell.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Person, Unit
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from branches.models import Branch, Coverage, Membership, Officer, Placement, Transfer


def is_committee(viewer: Viewer) -> bool:
    """Whether the viewer is secretary of the industry committee."""
    return any(held.role == Role.SECRETARY and held.unit_kind == Unit.Kind.COMMITTEE for held in viewer.held)


def branches_for(viewer: Viewer) -> QuerySet[Branch]:
    """Branches that this viewer leads."""
    rows = Branch.objects.filter(ended_on=None)
    if not viewer.units(Role.SECRETARY):
        return rows.none()
    return rows.filter(_all(viewer) | Q(unit_id__in=viewer.units(Role.SECRETARY)))


def leads(viewer: Viewer, branch: Branch) -> bool:
    """Whether the viewer may act for this branch."""
    return branches_for(viewer).filter(pk=branch.pk).exists()


def is_secretary(viewer: Viewer) -> bool:
    """Whether the viewer may verify a member: secretary of a branch or of the committee."""
    return branches_for(viewer).exists()


def members_for(viewer: Viewer) -> QuerySet[Membership]:
    """Open memberships this viewer may know of: of his branch, and those that wait to be placed in it."""
    rows = Membership.objects.filter(ended_on=None)
    if not viewer.units(Role.SECRETARY):
        return rows.none()
    mine = Branch.objects.filter(ended_on=None, unit_id__in=viewer.units(Role.SECRETARY))
    placed = Placement.objects.filter(membership=OuterRef("pk"), until=None)
    return rows.filter(_all(viewer) | Exists(placed.filter(branch__in=mine)) | (~Exists(placed) & _falls_to(mine, viewer)))


def unplaced_for(viewer: Viewer) -> QuerySet[Membership]:
    """Verified members whom nobody has placed yet, as far as this viewer may know of them."""
    open_ones = Placement.objects.filter(membership=OuterRef("pk"), until=None)
    return members_for(viewer).filter(~Exists(open_ones))


def officers_for(viewer: Viewer) -> QuerySet[Officer]:
    """Officers in office of the viewer's branches; the committee's own for its secretary."""
    rows = Officer.objects.filter(ended_on=None)
    if not viewer.units(Role.SECRETARY):
        return rows.none()
    return rows.filter(_all(viewer) | Q(unit_id__in=viewer.units(Role.SECRETARY)))


def transfers_for(viewer: Viewer) -> QuerySet[Transfer]:
    """Transfers under way that leave or join one of the viewer's branches."""
    mine = branches_for(viewer)
    rows = Transfer.objects.filter(done_at=None, refused_at=None, placement__until=None)
    return rows.filter(Q(placement__branch__in=mine) | Q(to_branch__in=mine))


def _committees(viewer: Viewer) -> QuerySet[Unit]:
    """The committee, if the viewer is its secretary."""
    return Unit.objects.filter(pk__in=viewer.units(Role.SECRETARY), kind=Unit.Kind.COMMITTEE)


def _all(viewer: Viewer) -> Q:
    """True for every row where the viewer is the committee's secretary; asked within the query itself."""
    return Q(Exists(_committees(viewer)))


def _falls_to(mine: QuerySet[Branch], viewer: Viewer) -> Q:
    """Not placed yet: verified by this viewer, or living where one of his branches covers the place."""
    places = Coverage.objects.filter(branch__in=mine, kind="place", until=None).values("key")
    people = Person.objects.filter(place__code__in=places).values("pk")
    return Q(verified_by_id=viewer.person_id) | Q(person_id__in=people)
