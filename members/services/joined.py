"""Two Persons were one human: what he said, asked for and belongs to is under one name.

Where the register lets only one run at a time, the older one goes on and the other is closed with a reason; of two
claims a verified one goes on first, then the one he made himself.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Consent, Person
from accounts.services import audit
from branches.models import Placement
from common import clock, stored_files
from members.models import (
    Claim,
    DataRequest,
    EmployerChoice,
    HandOver,
    JoinRequest,
    Match,
    PhoneTail,
    Refusal,
    Seat,
    UnionMember,
)
from members.selectors.zones import OPEN_MEMBER
from members.services.zones import close_seat, free_of_contacts

RUNNING = ("open", "verified")


def move(*, old: Person, new: Person, now: datetime) -> None:
    """All rows of this room that mean the human himself."""
    _claims(old, new, now)
    _requests(old, new, now)
    _consents(new)
    _union(old, new, now)
    _zones(old, new, now)


def _why() -> str:
    return _("两处登记是同一个人，并成一件办")


def _claims(old: Person, new: Person, now: datetime) -> None:
    running = Claim.objects.filter(person__in=[old, new], state__in=RUNNING).select_for_update(of=("self",))
    order = sorted(running, key=lambda row: (row.state != "verified", row.source == Claim.Source.CENSUS, row.at, row.pk))
    placed = Placement.objects.filter(membership__person__in=[old, new], membership__ended_on=None, until=None).exists()
    goes_on = order[0] if order and not (placed and order[0].state == Claim.State.OPEN) else None
    for row in order:
        if row is not goes_on:
            _close(row, now)
    others = [row for row in order if row is not goes_on]
    if goes_on is not None and others:
        if goes_on.branch_id is None and goes_on.contested_at is None:  # the branch that looked for him goes on
            looked = next((row for row in others if row.branch_id), goes_on)
            goes_on.branch_id, goes_on.routed_by = looked.branch_id, looked.routed_by
        goes_on.consent_id = goes_on.consent_id or next((row.consent_id for row in others if row.consent_id), None)
        # whom the organisation looked for stays among those it looked for
        goes_on.upload_id = goes_on.upload_id or next((row.upload_id for row in others if row.upload_id), None)
        goes_on.save(update_fields=["branch", "routed_by", "consent", "upload"])
    Claim.objects.filter(person=old).update(person=new)


def _close(claim: Claim, now: datetime) -> None:
    """As when he takes it back: of what he said in it nothing stays, but the reason why it ended."""
    proof = claim.proof
    claim.state, claim.verify_note, claim.proof, claim.home_phone, claim.joined_on = Claim.State.WITHDRAWN, _why()[:200], "", None, None
    claim.relation_place = claim.home_branch = claim.kind = claim.contest_words = ""
    claim.withdrawn_at = now
    claim.save(
        update_fields=[
            "state", "verify_note", "proof", "home_phone", "joined_on", "relation_place", "home_branch", "kind", "contest_words",
            "withdrawn_at",
        ]
    )  # fmt: skip
    audit.write(act="claim.joined", about=claim, reason=_why(), now=now)
    if proof:
        transaction.on_commit(partial(stored_files.delete_sealed, proof, root=settings.DATA_DIR), robust=True)


def _requests(old: Person, new: Person, now: datetime) -> None:
    for kind in DataRequest.Kind.values:
        rows = DataRequest.objects.filter(person__in=[old, new], kind=kind, state="open").order_by("asked_at", "pk")
        later = [row.pk for row in rows][1:]
        DataRequest.objects.filter(pk__in=later).update(state="withdrawn", answered_at=now, answer=_why()[:300])
    DataRequest.objects.filter(person=old).update(person=new)
    rows = JoinRequest.objects.filter(person__in=[old, new], state="open").order_by("asked_at", "pk")
    member = UnionMember.objects.filter(person__in=[old, new], ended_on=None).exists()
    later = [row.pk for row in rows][0 if member else 1:]
    JoinRequest.objects.filter(pk__in=later).update(state="withdrawn", decided_at=now, why=_why()[:200])
    JoinRequest.objects.filter(person=old).update(person=new)


def _consents(new: Person) -> None:
    """What runs stands on the consent that is open: of two to one purpose, one was closed."""
    for purpose, pk in Consent.objects.filter(person=new, withdrawn_at=None).values_list("purpose", "pk"):
        closed = Q(person=new, consent__purpose=purpose, consent__withdrawn_at__isnull=False)
        Claim.objects.filter(closed, state__in=RUNNING).update(consent=pk)
        JoinRequest.objects.filter(closed, state="open").update(consent=pk)


def _union(old: Person, new: Person, now: datetime) -> None:
    """He is in the union once: the union's own row stays, with the earlier day; the other one ends."""
    HandOver.objects.filter(person=old).update(person=new)
    EmployerChoice.objects.filter(person=old).update(person=new)
    mine, theirs = (UnionMember.objects.filter(person=person).first() for person in (old, new))
    if mine is not None and theirs is not None:
        theirs.joined_on = min((row.joined_on for row in (mine, theirs) if row.joined_on), default=None)
        theirs.ended_on = None if mine.ended_on is None else theirs.ended_on
        theirs.save(update_fields=["joined_on", "ended_on"])
        mine.ended_on = mine.ended_on or clock.today(now)
        mine.save(update_fields=["ended_on"])
    elif mine is not None:
        mine.person = new
        mine.save(update_fields=["person"])
    if PhoneTail.objects.filter(person=new).exists():
        PhoneTail.objects.filter(person=old).delete()  # an index, kept up by a sweep
    PhoneTail.objects.filter(person=old).update(person=new)


def _zones(old: Person, new: Person, now: datetime) -> None:
    """A contact goes on with his five; nobody is a contact of himself."""
    for seat in Seat.objects.filter(contact=old, driver__person=new, until=None).select_related("driver"):
        close_seat(seat, why="moved", by=None, now=now, waits=True)
    Match.objects.filter(contact=old, driver__person=new, state="proposed").update(state="lapsed", decided_at=now)
    Seat.objects.filter(contact=old).update(contact=new)
    Match.objects.filter(contact=old).update(contact=new)
    apart = Refusal.objects.filter(contact=new).values("driver")
    Refusal.objects.filter(contact=old).exclude(driver__in=apart).update(contact=new)
    if OPEN_MEMBER.filter(person__in=[old, new]).exists():  # whichever room moved its rows first
        free_of_contacts([new.pk], now=now)
