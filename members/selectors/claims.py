"""Which claims a viewer may know of. Who has no posting in a branch or the committee finds none."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from branches.models import Membership
from branches.selectors.scope import is_committee
from members.models import Claim, Outreach
from members.rules.claims import Facts

RUNNING = (Claim.State.OPEN, Claim.State.VERIFIED)
# whom the organisation looks for. Who then comes by himself has the source of a phone and keeps the workbook that named him
SOUGHT = Q(source__in=[Claim.Source.CENSUS, Claim.Source.TOWN_LIST]) | Q(upload__isnull=False)

# who was spoken with: a call or a visit found him, or he came himself
MET = Q(Exists(Outreach.objects.filter(claim=OuterRef("pk"), reached=True))) | Q(source=Claim.Source.PHONE)


def claims_for(viewer: Viewer) -> QuerySet[Claim]:
    """Claims that this secretary may work on; never his own, none that was taken back or whose consent was."""
    units = viewer.units(Role.SECRETARY)
    if not units:
        return Claim.objects.none()
    rows = Claim.objects.exclude(person_id=viewer.person_id).exclude(state=Claim.State.WITHDRAWN)
    rows = rows.exclude(source=Claim.Source.PHONE, state__in=RUNNING, consent__withdrawn_at__isnull=False)
    return rows if is_committee(viewer) else rows.filter(branch__unit_id__in=units)


def own_claim(viewer: Viewer) -> Claim | None:
    """The newest claim of whoever looks, for his own page. After a long silence: none of before."""
    if viewer.person_id is None:
        return None
    rows = Claim.objects.filter(person_id=viewer.person_id).exclude(source=Claim.Source.CENSUS, state=Claim.State.OPEN)
    if viewer.hidden_before:
        rows = rows.filter(at__gte=viewer.hidden_before)
    return rows.select_related("branch__unit", "place").order_by("-at", "-id").first()


def own_membership(viewer: Viewer) -> Membership | None:
    """His open membership; nothing while the number may have changed hands."""
    if viewer.person_id is None or viewer.hidden_before:
        return None
    return Membership.objects.filter(person_id=viewer.person_id, ended_on=None).first()


def facts_of(viewer: Viewer, claim: Claim) -> Facts:
    """What the rules of a claim need, for whoever looks."""
    return Facts(claim.state, claim.person_id, claim.verified_by_id, claim.refused_by_id, claim.erased_at is not None)


@dataclass(frozen=True)
class Reach:
    """How many of those whom the organisation looks for were spoken with at least once, or came themselves."""

    reached: int
    of: int


def reach(viewer: Viewer) -> Reach:
    """The reach rate of 双找 over census and town lists, in the viewer's branches, those who came by themselves since among it."""
    rows = claims_for(viewer).filter(SOUGHT)
    return Reach(rows.filter(MET).count(), rows.count())
