"""Many claims at once, by the same rules as one: a town's list verified by one person, placed by another, all or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.viewer import Viewer
from accounts.services import audit
from branches.models import Branch, Membership
from branches.services import membership as memberships
from branches.services import placement
from common.errors import DomainError, NotThere
from members.models import Claim
from members.rules import claims as rules
from members.selectors.claims import claims_for, facts_of

BATCH = 500


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found about one claim; `how` is proof, telephone or town_list, `joined_on` what the home branch says."""

    claim: Claim
    kind: str
    how: str = "town_list"
    home_branch: str = ""
    joined_on: date | None = None


@transaction.atomic
def verify(*, verdicts: Sequence[Verdict], by: Viewer, now: datetime) -> list[Claim]:
    """Each claim was found true by the same person. Raises NotThere, DomainError; then none is changed."""
    rows = _locked([each.claim.pk for each in verdicts], by)
    for each in verdicts:
        if each.how == Membership.How.PROOF and not rows[each.claim.pk].proof:
            raise DomainError(_("他没有交凭据，不能写“看了凭据”"), field="how")
        _must(rules.may_verify(facts_of(by, rows[each.claim.pk]), by.person_id))
    memberships.admit_many(
        rows=[
            memberships.Admission(
                rows[each.claim.pk].person, each.kind, each.how, each.home_branch or rows[each.claim.pk].home_branch,
                each.joined_on or rows[each.claim.pk].joined_on,
            )
            for each in verdicts
        ],
        by=by, now=now,
    )  # fmt: skip
    for each in verdicts:
        row = rows[each.claim.pk]
        row.state, row.verified_by_id, row.verified_at = Claim.State.VERIFIED, by.person_id, now
        row.verified_how, row.verified_kind = each.how, each.kind
    changed = list(rows.values())
    Claim.objects.bulk_update(changed, ["state", "verified_by", "verified_at", "verified_how", "verified_kind"], batch_size=BATCH)
    audit.write(act="claim.verify_many", by=by, new={"claims": len(changed)}, now=now)
    return changed


@transaction.atomic
def place(*, places: Sequence[tuple[Claim, Branch]], by: Viewer, now: datetime, reason: str = "") -> list[Claim]:
    """The second person puts each verified member into a branch. Raises NotThere, DomainError; then none is placed."""
    rows = _locked([claim.pk for claim, _branch in places], by)
    for row in rows.values():
        _must(rules.may_place(facts_of(by, row), by.person_id))
    members = {
        one.person_id: one
        for one in Membership.objects.filter(person__in=[row.person_id for row in rows.values()], ended_on=None)
    }
    placement.place_many(
        rows=[placement.Place(members[rows[claim.pk].person_id], branch, None, reason) for claim, branch in places], by=by, now=now
    )
    for claim, branch in places:
        row = rows[claim.pk]
        row.state, row.branch, row.placed_by_id, row.placed_at = Claim.State.PLACED, branch, by.person_id, now
    changed = list(rows.values())
    Claim.objects.bulk_update(changed, ["state", "branch", "placed_by", "placed_at"], batch_size=BATCH)
    audit.write(act="claim.place_many", by=by, new={"claims": len(changed)}, now=now)
    return changed


def _locked(pks: Sequence[int], by: Viewer) -> dict[int, Claim]:
    if not by.second_factor:
        raise NotThere
    found = claims_for(by).select_for_update(of=("self",)).filter(pk__in=pks).select_related("person")
    rows = {row.pk: row for row in found}
    if len(rows) != len(set(pks)) or not pks:
        raise NotThere
    return rows


def _must(why: str) -> None:
    if why:
        raise DomainError(_(why), code="not_now")
