"""双找: a claim is opened by the driver or by the census, verified by one, placed by another; never sooner a member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Consent, Person, Place
from accounts.rules.viewer import Viewer
from accounts.services import audit, consents
from accounts.services.people import name_once
from branches.models import Branch, Membership
from branches.selectors.scope import is_committee
from branches.services import membership as memberships
from common import stored_files
from common.errors import DomainError, NotThere, Stale
from common.identifiers import check_phone
from members.models import Claim, Outreach
from members.rules import claims as rules
from members.selectors.claim_routing import route
from members.selectors.claims import claims_for, facts_of
from members.services import claims_many

KINDS = {"full", "probationary"}


@dataclass(frozen=True)
class Said:
    """What a driver says about himself. `relation`: where his organisational relation is, in his words."""

    name: str
    kind: str
    relation: str
    home_branch: str = ""
    home_phone: str = ""
    joined_on: date | None = None
    place: Place | None = None
    proof: str = ""  # name of the stored photo


@transaction.atomic
def open_claim(*, person: Person, said: Said, by: Viewer, now: datetime) -> Claim:
    """Take a claim from a phone, with the consent to be verified. The same person twice is one claim.

    Raises DomainError at the field."""
    if by.person_id != person.pk:
        raise NotThere
    _check(said)
    Person.objects.select_for_update().get(pk=person.pk)
    running = Claim.objects.filter(person=person, state__in=["open", "verified"]).first()
    if Membership.objects.filter(person=person, ended_on=None).exists():
        raise DomainError(_("您已经在支部里了，不用再找"), code="member")
    consent = consents.give(person=person, purpose="find_branch", now=now)
    name_once(person=person, name=said.name)
    values = {
        "kind": said.kind, "relation_place": said.relation.strip()[:80], "home_branch": said.home_branch.strip()[:80],
        "home_phone": check_phone_or_landline(said.home_phone), "joined_on": said.joined_on, "place": said.place,
        "proof": said.proof, "consent": consent, "source": Claim.Source.PHONE,
    }  # fmt: skip
    if running is not None:
        if running.source == Claim.Source.PHONE:
            _set(running, consent=consent)  # a double tap, or a second form: the first one is on its way
            return running
        for field, value in values.items():  # the organisation was looking for him already: now he came himself
            setattr(running, field, value)
        old = {"source": Claim.Source.CENSUS, "branch": running.branch_id}
        branch, why = route(by, person=person, place=said.place)
        if branch is not None and running.routed_by != rules.ASSIGNED:  # what the committee gave to a branch stays there
            running.branch_id, running.routed_by = branch, why
        running.save(update_fields=[*values, "branch", "routed_by"])
        claim = running
    else:
        branch, why = route(by, person=person, place=said.place)
        claim, old = Claim.objects.create(person=person, at=now, branch_id=branch, routed_by=why, **values), {}
    audit.write(act="claim.open", by=by, about=claim, old=old, new={"source": claim.source, "branch": claim.branch_id, "routed_by": claim.routed_by}, now=now)
    return claim


@transaction.atomic
def verify(
    *, claim: Claim, by: Viewer, how: str, kind: str, now: datetime, home_branch: str = "",
    joined_on: date | None = None, decide_on: date | None = None, note: str = "",
) -> Claim:  # fmt: skip
    """The branch or the committee found the claim true: the person is a member, not yet in a branch.

    `how`: proof, telephone, town_list. Raises NotThere, DomainError, Stale."""
    verdict = claims_many.Verdict(claim, kind, how, home_branch, joined_on, decide_on, note)
    return claims_many.verify(verdicts=[verdict], by=by, now=now)[0]


@transaction.atomic
def refuse(*, claim: Claim, by: Viewer, why: str, now: datetime) -> Claim:
    """It could not be verified; the reason is told to the driver, who may ask for a second look.

    Raises NotThere, DomainError, Stale."""
    claim = _locked(claim, by)
    _must(rules.may_verify(facts_of(by, claim), by.person_id))
    if len(why.strip()) < 4:
        raise DomainError(_("写清楚为什么没核实上，司机会看到"), field="why")
    _set(claim, state=Claim.State.REFUSED, refused_by_id=by.person_id, refused_at=now, refused_why=why.strip()[:200])
    audit.write(act="claim.refuse", by=by, about=claim, reason=why, now=now)
    return claim


@transaction.atomic
def place(*, claim: Claim, branch: Branch, by: Viewer, now: datetime, reason: str = "") -> Claim:
    """入列: the second person puts the verified member into exactly one branch. Raises NotThere, DomainError, Stale."""
    return claims_many.place(places=[(claim, branch)], by=by, reason=reason, now=now)[0]


@transaction.atomic
def contest(*, claim: Claim, by: Viewer, words: str, now: datetime) -> Claim:
    """The driver asks that somebody else looks again: it goes to the committee. Raises NotThere, DomainError."""
    claim = _own(claim, by)
    _must(rules.may_contest(facts_of(by, claim)))
    if len(words.strip()) < 4:
        raise DomainError(_("写一两句，为什么要再看一次"), field="words")
    consent = Consent.objects.filter(person_id=claim.person_id, purpose="find_branch", withdrawn_at=None).first()
    if consent is None and claim.source == Claim.Source.PHONE:  # nobody may look at it: it would wait for ever
        raise DomainError(_("您收回过同意。要再找支部，请重新填一次"), field="words", code="no_consent")
    _set(claim, state=Claim.State.OPEN, branch=None, routed_by=rules.CONTESTED, contested_at=now, contest_words=words.strip()[:300], consent=consent)
    audit.write(act="claim.contest", by=by, about=claim, now=now)
    return claim


@transaction.atomic
def withdraw(*, claim: Claim, by: Viewer, now: datetime) -> Claim:
    """The driver takes his claim back, and his consent with it; of what he said nothing stays but that he did.

    Raises NotThere, DomainError (placed meanwhile)."""
    claim = _own(claim, by)
    _must(rules.may_withdraw(facts_of(by, claim)))
    if claim.state == Claim.State.VERIFIED:
        member = Membership.objects.filter(person_id=claim.person_id, ended_on=None).first()
        if member is not None:
            memberships.take_back(membership=member, now=now)
    proof = claim.proof
    _set(claim, state=Claim.State.WITHDRAWN, proof="", relation_place="", home_branch="", home_phone=None, joined_on=None,
         kind="", contest_words="", withdrawn_at=now)  # fmt: skip
    consents.withdraw(person=claim.person, purpose="find_branch", by=by, now=now)
    audit.write(act="claim.withdraw", by=by, about=claim, now=now)

    def forget() -> None:
        stored_files.delete_sealed(proof, root=settings.DATA_DIR)

    if proof:
        transaction.on_commit(forget, robust=True)  # the sweep of orphans finds what is left
    return claim


@transaction.atomic
def assign(*, claim: Claim, branch: Branch, by: Viewer, now: datetime) -> Claim:
    """The committee gives a claim to a branch to look after. Raises NotThere, DomainError."""
    claim = _locked(claim, by)
    if not is_committee(by):
        raise NotThere
    if claim.state != Claim.State.OPEN:
        raise DomainError(_("这一份已经有结果了"))
    old, claim.branch, claim.routed_by = claim.branch_id, branch, rules.ASSIGNED
    claim.save(update_fields=["branch", "routed_by"])
    audit.write(act="claim.assign", by=by, about=claim, old={"branch": old}, new={"branch": branch.pk}, now=now)
    return claim


@transaction.atomic
def reach_out(*, claim: Claim, by: Viewer, how: str, reached: bool, note: str = "", now: datetime) -> Outreach:
    """Write down a call or a visit to somebody the organisation looks for. Raises NotThere, DomainError."""
    claim = _locked(claim, by)
    if claim.state != Claim.State.OPEN:
        raise DomainError(_("这一份已经有结果了"), code="not_now")
    if how not in Outreach.How.values:
        raise DomainError(_("选打电话或者上门"), field="how")
    row = Outreach.objects.create(claim=claim, at=now, by_id=by.person_id, how=how, reached=reached, note=note.strip()[:200])
    audit.write(act="claim.reach", by=by, about=claim, new={"how": how, "reached": reached}, now=now)
    return row


def check_phone_or_landline(typed: str) -> str | None:
    """A phone of the home branch: a mobile or a landline with its area code. Raises DomainError."""
    digits = "".join(sign for sign in typed if sign.isdigit())
    if not typed.strip():
        return None
    if len(digits) == 11 and digits.startswith("1"):
        return check_phone(digits)
    if 7 <= len(digits) <= 12:
        return digits
    raise DomainError(_("电话要 7 到 12 位数字，带区号"), field="home_phone")


def _check(said: Said) -> None:
    if len(said.name.strip()) < 2:
        raise DomainError(_("写上您的姓名"), field="name")
    if said.kind not in KINDS:
        raise DomainError(_("选正式党员或者预备党员"), field="kind")
    if len(said.relation.strip()) < 2:
        raise DomainError(_("写一下组织关系在哪里，不清楚就写“不清楚”"), field="relation")


def _locked(claim: Claim, by: Viewer) -> Claim:
    row = claims_for(by).select_for_update(of=("self",)).filter(pk=claim.pk).first()
    if row is None or not by.second_factor:
        raise NotThere
    return row


def _own(claim: Claim, by: Viewer) -> Claim:
    row = Claim.objects.select_for_update(of=("self",)).filter(pk=claim.pk, person_id=by.person_id or 0).first()
    if row is None:
        raise NotThere
    return row


def _must(why: str) -> None:
    if why:
        raise DomainError(_(why), code="not_now")


def _set(claim: Claim, **values) -> None:
    for field, value in values.items():
        setattr(claim, field, value)
    try:
        with transaction.atomic():
            claim.save(update_fields=[field.removesuffix("_id") for field in values])
    except IntegrityError as error:
        raise Stale(_("别人刚办过这一份，请刷新再看")) from error
