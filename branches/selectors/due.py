"""What is due in a branch: decisions on becoming full, members out of contact, terms that end, transfers, placements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from accounts.rules.viewer import Viewer
from branches.models import Membership, Officer, Transfer
from branches.rules import contact, probation, terms
from branches.selectors.members import listed
from branches.selectors.scope import branches_for, officers_for, transfers_for, unplaced_for
from common import clock


@dataclass(frozen=True)
class Due:
    """Counts of what is due; the rows behind each come from the selectors of the same name."""

    decisions: int
    silent: int
    ending: int
    transfers: int
    unplaced: int

    @property
    def total(self) -> int:
        return self.decisions + self.silent + self.ending + self.transfers + self.unplaced


def decisions_near(viewer: Viewer, *, now: datetime) -> QuerySet[Membership]:
    """Probationary members on whom the branch has to decide within a month, the first first."""
    limit = clock.today(now) + probation.SOON
    return listed(viewer).filter(kind="probationary", decide_on__lte=limit).order_by("decide_on", "pk")


def out_of_contact(viewer: Viewer, *, now: datetime) -> QuerySet[Membership]:
    """Members not heard of for six months, the longest first. A flag for people, not a decision."""
    return listed(viewer).filter(heard_on__lte=contact.flag_before(clock.today(now))).order_by("heard_on", "pk")


def terms_ending(viewer: Viewer, *, now: datetime) -> QuerySet[Officer]:
    """Officers whose term ends within the first reminder, or is over; the first first."""
    limit = clock.today(now) + timedelta(days=terms.REMIND_DAYS[0])
    return officers_for(viewer).filter(term_ends__lte=limit).select_related("unit", "person", "group").order_by("term_ends", "pk")


def waiting_for_me(viewer: Viewer) -> QuerySet[Transfer]:
    """Transfers on which a signature of this viewer is still missing; what he asked for himself may need it, too."""
    mine = branches_for(viewer)
    rows = transfers_for(viewer).filter(
        Q(placement__branch__in=mine, given_by=None) | Q(to_branch__in=mine, taken_by=None)
    )
    done = Q(given_by_id=viewer.person_id) | Q(taken_by_id=viewer.person_id)
    return rows.exclude(done).exclude(placement__membership__person_id=viewer.person_id)


def due_for(viewer: Viewer, *, now: datetime) -> Due:
    """How much is due for this viewer in all his branches."""
    return Due(
        decisions=decisions_near(viewer, now=now).count(),
        silent=out_of_contact(viewer, now=now).count(),
        ending=terms_ending(viewer, now=now).count(),
        transfers=waiting_for_me(viewer).count(),
        unplaced=unplaced_for(viewer).count(),
    )
