"""What a person may do about his own data: ask to correct or delete, take it back; a keeper answers with a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Consent, Person
from accounts.rules.consents import WORDS
from accounts.rules.viewer import Viewer
from accounts.services import audit, consents
from common.errors import DomainError, NotThere
from members.models import Claim
from members.models.requests import DataRequest
from members.selectors.claims import RUNNING
from members.selectors.own import own_requests, requests_to_answer
from members.services import claims


@transaction.atomic
def ask(*, kind: str, words: str, by: Viewer, now: datetime) -> DataRequest:
    """Ask to correct or delete. A second open one of the same kind is the first. Raises NotThere, DomainError."""
    if by.person_id is None:
        raise NotThere
    if kind not in DataRequest.Kind.values:
        raise DomainError(_("选改正或者删除"), field="kind")
    if kind == DataRequest.Kind.CORRECT and len(words.strip()) < 4:
        raise DomainError(_("写一下哪里不对，应该是什么"), field="words")
    try:
        with transaction.atomic():
            row = DataRequest.objects.create(person_id=by.person_id, kind=kind, words=words.strip()[:500], asked_at=now)
    except IntegrityError:
        return own_requests(by).get(kind=kind, state=DataRequest.State.OPEN)
    audit.write(act="data.ask", about=row, new={"kind": kind}, now=now)
    return row


@transaction.atomic
def withdraw_consent(*, purpose: str, by: Viewer, now: datetime) -> bool:
    """He takes a consent back; it works with the next reading, and a claim that ran on it ends with it. Raises NotThere."""
    if by.person_id is None or purpose not in WORDS:
        raise NotThere
    if purpose == Consent.Purpose.FIND_BRANCH:
        running = Claim.objects.filter(person_id=by.person_id, source=Claim.Source.PHONE, state__in=RUNNING).first()
        if running is not None:
            claims.withdraw(claim=running, by=by, now=now)
            return True
    return consents.withdraw(person=Person.objects.get(pk=by.person_id), purpose=purpose, now=now)


@transaction.atomic
def answer(*, request: DataRequest, done: bool, words: str, by: Viewer, now: datetime) -> DataRequest:
    """The keeper says it is done, or why it cannot be. Raises NotThere, DomainError."""
    row = requests_to_answer(by).select_for_update(of=("self",)).filter(pk=request.pk, state=DataRequest.State.OPEN).first()
    if row is None or not by.second_factor:
        raise NotThere
    if len(words.strip()) < 4:
        raise DomainError(_("写一句给他看的话：办了什么，或者为什么不能办"), field="answer")
    row.state = DataRequest.State.DONE if done else DataRequest.State.REFUSED
    row.answer, row.answered_by_id, row.answered_at = words.strip()[:300], by.person_id, now
    row.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    audit.write(act="data.answer", by=by, about=row, new={"state": row.state}, reason=words, now=now)
    return row
