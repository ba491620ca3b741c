"""What a person may do about his own data: ask to correct or delete, take it back; a keeper answers with a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Consent, Person
from accounts.rules.consents import WORDS
from accounts.rules.viewer import Viewer
from accounts.services import audit, consents, forgetting
from common import clock
from common.errors import DomainError, NotThere
from members.models import Claim, Driver
from members.models.requests import DataRequest
from members.selectors.claims import RUNNING
from members.selectors.own import own_requests, requests_to_answer
from members.services import claims, drivers, retention


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
    """The keeper says it is done, or why it cannot be. Done for a deletion, it is done here: the registration ends, phone
    and ID go. Raises NotThere, DomainError (no words; somebody still needs him, and the answer must say what for)."""
    row = requests_to_answer(by).select_for_update(of=("self",)).filter(pk=request.pk, state=DataRequest.State.OPEN).first()
    if row is None or not by.second_factor:
        raise NotThere
    if len(words.strip()) < 4:
        raise DomainError(_("写一句给他看的话：办了什么，或者为什么不能办"), field="answer")
    row.state = DataRequest.State.DONE if done else DataRequest.State.REFUSED
    row.answer, row.answered_by_id, row.answered_at = words.strip()[:300], by.person_id, now
    row.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    if done and row.kind == DataRequest.Kind.DELETE:
        _delete(row.person_id, by=by, now=now)
    audit.write(act="data.answer", by=by, about=row, new={"state": row.state}, reason=words, now=now)
    return row


def _delete(person_id: int, *, by: Viewer, now: datetime) -> None:
    """He leaves the register, and what would go after three years goes now."""
    driver = Driver.objects.filter(person=person_id, merged_into=None, state=Driver.State.ACTIVE).first()
    if driver is not None:
        drivers.set_state(
            driver=driver, state=Driver.State.LEFT, on=clock.today(now), by=by, reason=_("本人要求删除"), now=now
        )
    try:
        retention.forget_on_request(person_id=person_id, now=now)
    except forgetting.StillNeeded as needed:
        raise DomainError(
            _("还不能删：他在工会、支部、联系、诉求或者工作账号里还有没完的事。先办完，或者选“办不了”，把原因写给他"), field="done"
        ) from needed
