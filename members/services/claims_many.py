"""Many claims at once, by the same rules as one: a town's list verified by one person, placed by another, all or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.viewer import Viewer
from accounts.services import audit
from branches.models import Branch, Membership, Placement
from branches.services import membership as memberships
from branches.services import placement, reminders
from common.errors import DomainError, NotThere, Stale
from members.models import Claim, Driver
from members.rules import claims as rules
from members.selectors.claims import RUNNING, claims_for, facts_of

BATCH = 500


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found about one claim; `how` is proof, telephone or town_list. What is empty stays as he said it."""

    claim: Claim
    kind: str
    how: str = "town_list"
    home_branch: str = ""
    joined_on: date | None = None
    decide_on: date | None = None
    note: str = ""


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
                each.joined_on or rows[each.claim.pk].joined_on, each.decide_on,
            )
            for each in verdicts
        ],
        by=by, now=now,
    )  # fmt: skip
    for each in verdicts:
        row = rows[each.claim.pk]
        row.state, row.verified_by_id, row.verified_at = Claim.State.VERIFIED, by.person_id, now
        row.verified_how, row.verified_kind, row.verify_note = each.how, each.kind, each.note.strip()[:200]
    changed = list(rows.values())
    Claim.objects.bulk_update(changed, ["state", "verified_by", "verified_at", "verified_how", "verified_kind", "verify_note"], batch_size=BATCH)
    _write("claim.verify", changed, by, now)
    return changed


@transaction.atomic
def place(*, places: Sequence[tuple[Claim, Branch]], by: Viewer, now: datetime, reason: str = "") -> list[Claim]:
    """The second person puts each verified member into a branch; the placements carry their claims along.

    Raises NotThere, DomainError; then none is placed."""
    rows = _locked([claim.pk for claim, _branch in places], by)
    for row in rows.values():
        _must(rules.may_place(facts_of(by, row), by.person_id))
    members = {
        one.person_id: one
        for one in Membership.objects.filter(person__in=[row.person_id for row in rows.values()], ended_on=None)
    }
    if len(members) < len(rows):
        raise Stale(_("有人已经离开了，请刷新再看"))
    placement.place_many(
        rows=[placement.Place(members[rows[claim.pk].person_id], branch, None, reason) for claim, branch in places], by=by, now=now
    )
    _write("claim.place", list(rows.values()), by, now)
    return list(Claim.objects.filter(pk__in=rows))


def follow_placements(*, placements: Sequence[Placement], now: datetime) -> None:
    """Members were placed, from a claim or from the branch's own page: what they claimed is settled with it."""
    by_person = {each.membership.person_id: each for each in placements}
    running = list(Claim.objects.select_for_update(of=("self",)).filter(person__in=by_person, state__in=RUNNING))
    for row in running:
        placed = by_person[row.person_id]
        if row.verified_by_id is None:  # verified without the claim: the fact tells by whom
            member = placed.membership
            row.verified_by_id, row.verified_at = member.verified_by_id, member.verified_at
            row.verified_how, row.verified_kind = member.verified_how, member.kind
        row.state, row.branch_id, row.placed_by_id, row.placed_at = Claim.State.PLACED, placed.branch_id, placed.placed_by_id, now
    fields = ["state", "branch", "verified_by", "verified_at", "verified_how", "verified_kind", "placed_by", "placed_at"]
    Claim.objects.bulk_update(running, fields, batch_size=BATCH)


def follow_leaving(*, person_id: int, by: Viewer | None, now: datetime) -> None:
    """A membership ended: a claim that still ran on it is over, too, and he may begin anew."""
    Claim.objects.filter(person_id=person_id, state=Claim.State.VERIFIED).update(
        state=Claim.State.REFUSED, refused_at=now, refused_why=_("支部记了您已经离开")
    )


def driver_gone(driver: Driver, by: Viewer | None, now: datetime) -> None:
    """He died or moved away: nobody looks for him any more, and his branch hears of it. Whether he stays a member, people decide."""
    if driver.state not in (Driver.State.DIED, Driver.State.MOVED):
        return
    why = _("信息库记了：%s") % driver.get_state_display()
    for row in Claim.objects.select_for_update(of=("self",)).filter(person=driver.person_id, state=Claim.State.OPEN):
        row.state, row.refused_at, row.refused_why = Claim.State.REFUSED, now, why
        row.save(update_fields=["state", "refused_at", "refused_why"])
        audit.write(act="claim.refuse", by=by, about=row, reason=why, now=now)
    reminders.tell_changed(person_id=driver.person_id, now=now)


def _write(act: str, rows: Sequence[Claim], by: Viewer, now: datetime) -> None:
    """One line about the claim where it is one, else one line that counts them: admissions have a line each."""
    about = rows[0] if len(rows) == 1 else None
    audit.write(act=act, by=by, about=about, new={"claims": len(rows)}, now=now)


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
