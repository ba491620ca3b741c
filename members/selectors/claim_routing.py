"""Which branch a claim falls to, by enterprise, trade and place, and why, in words for whoever verifies it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import Person, Place
from accounts.rules.viewer import Viewer
from branches.models import Branch, Coverage
from branches.rules.coverage import falls_to
from members.models import Claim, Driver, Enterprise, UnionMember
from members.rules.claims import routed_by, routed_words

Rows = Mapping[tuple[str, str], list[int]]


@dataclass(frozen=True)
class Known:
    """What the registers know of somebody's work: of the census first, else of the union."""

    enterprise: Enterprise | None = None
    trade: str = ""
    place: Place | None = None


def covering(viewer: Viewer | None) -> Rows:
    """(kind, key) -> branches in being, of every open row of the coverage: the same for everybody, no person stands there."""
    found: dict[tuple[str, str], list[int]] = {}
    rows = Coverage.objects.filter(until=None, branch__in=Branch.objects.filter(ended_on=None))
    for kind, key, branch in rows.values_list("kind", "key", "branch_id"):
        found.setdefault((kind, key), []).append(branch)
    return found


def known_of(viewer: Viewer, person_id: int) -> Known:
    """For the driver himself who opens a claim, and for whoever has found the claim through its selector."""
    row = Driver.objects.filter(person=person_id, state=Driver.State.ACTIVE).select_related("enterprise__place", "place", "merged_into__enterprise__place", "merged_into__place").first()
    row = row.merged_into or row if row else None
    if row is not None and row.enterprise is not None:
        return Known(row.enterprise, row.trade, row.place)
    member = UnionMember.objects.filter(person=person_id, ended_on=None).select_related("enterprise__place").first()
    return Known(member.enterprise if member else None, row.trade if row else "", row.place if row else None)


def route(viewer: Viewer, *, person: Person, place: Place | None) -> tuple[int | None, str]:
    """The branch that a claim falls to (None: the committee settles it) and why, a key of members.rules.claims.ROUTED.

    `place`: what he said; where he said none, the town that the register has him in."""
    known = known_of(viewer, person.pk)
    place, firm = place or known.place, known.enterprise
    falls = falls_to(
        covering(viewer), enterprise=(firm.code or "") if firm else "", trade=known.trade, place=place.code if place else "",
        office=firm.place.code if firm and firm.place else "",
    )  # fmt: skip
    return falls.branch, routed_by(falls.branch, falls.by)


def why_here(viewer: Viewer, claim: Claim) -> str:
    """Why this claim is his to verify, in words; "" for an old one. The viewer has found the claim through its selector."""
    if not claim.routed_by:
        return ""
    known = known_of(viewer, claim.person_id)
    place = claim.place or known.place
    return routed_words(
        claim.routed_by, enterprise=known.enterprise.name if known.enterprise else "", trade=known.trade, place=place.name if place else ""
    )
