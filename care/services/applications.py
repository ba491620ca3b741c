"""Ask, approve, pay: three persons, each act with its audit line, and the money in the same transaction as the state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.services import audit, consents
from care.models import Application, Evidence, Fund, Payment, Receipt
from care.rules.applications import MOVES, Move, State, strangers
from care.rules.money import Entry
from care.selectors.scope import asking_unit, may_ask_for
from care.services import funds, notify, signatures
from common import stored_files
from common.errors import DomainError, NotThere, Stale
from common.failpoints import failpoint
from common.uploads import check_picture

LEAST_WORDS, MOST_WORDS, MOST_PAPERS = 5, 1000, 6
PURPOSE = "ask_care"
LOOKS = {Move.APPROVE: Role.APPROVER, Move.REFUSE: Role.APPROVER, Move.PAY: Role.CASHIER}


@dataclass(frozen=True)
class Ask:
    """What is asked for whom. `reason`, `account` and the `papers` (photos as they came) are sealed.

    `agreed`: he whom it is for agrees to who reads what (PIPL Art. 29); nothing is taken without."""

    client_key: UUID
    kind: str
    person: Person
    amount_fen: int
    reason: str
    account: str = ""
    papers: Sequence[bytes] = ()
    agreed: bool = False


def propose(*, ask: Ask, by: Viewer, now: datetime) -> Application:
    """For himself, or by who may nominate him; once for a form sent twice.

    Raises NotThere (not one of his), DomainError at its field, Stale."""
    if not may_ask_for(by, ask.person.pk):
        raise NotThere
    _check(ask)
    known = _again(ask, by)
    if known is not None:
        return known
    pictures = [check_picture(paper, field="papers") for paper in ask.papers]
    names = [stored_files.store_sealed(picture.data, root=settings.DATA_DIR) for picture in pictures]
    try:
        with transaction.atomic():
            return _create(ask, names, by=by, now=now)
    except IntegrityError as clash:
        for name in names:
            stored_files.delete_sealed(name, root=settings.DATA_DIR)
        known = _again(ask, by)
        if known is not None:
            return known
        raise DomainError(_("这个人已经有一份同类的申请在办，等它办完再提"), field="person", code="running") from clash


def _create(ask: Ask, names: Sequence[str], *, by: Viewer, now: datetime) -> Application:
    _close_unagreed(ask, by=by, now=now)
    himself = by.person_id == ask.person.pk
    consent = consents.give(person=ask.person, purpose=PURPOSE, how="phone" if himself else "staff", by=None if himself else by, now=now)
    row = Application.objects.create(
        client_key=ask.client_key, kind=ask.kind, person=ask.person, unit_id=asking_unit(by, ask.person.pk), asked_by_id=by.person_id,
        asked_at=now, asked_fen=ask.amount_fen, reason=ask.reason.strip(), account=ask.account.strip(), consent=consent,
    )  # fmt: skip
    Evidence.objects.bulk_create(Evidence(application=row, sealed=name, added_at=now) for name in names)
    said = {"kind": row.kind, "fen": row.asked_fen, "papers": len(names)}
    audit.write(act="application.propose", by=by, about=row, new=said, now=now)
    return row


def _close_unagreed(ask: Ask, *, by: Viewer, now: datetime) -> None:
    """One whose consent was taken back runs no more; it must not stand in the way of the next."""
    for row in Application.objects.select_for_update().filter(
        person=ask.person, kind=ask.kind, state=State.PROPOSED, consent__withdrawn_at__isnull=False
    ):
        _move(row, Move.WITHDRAW, by=by, now=now)


def _check(ask: Ask) -> None:
    if not ask.agreed:
        raise DomainError(_("要本人同意给谁看，才能交"), field="agree", code="consent")
    if ask.kind not in Application.Kind.values:
        raise DomainError(_("请选是慰问还是困难帮扶"), field="kind", code="required")
    funds.check_fen(ask.amount_fen, field="amount")
    if len(ask.reason.strip()) < LEAST_WORDS:
        raise DomainError(_("写清楚原因，至少 %(n)d 个字") % {"n": LEAST_WORDS}, field="reason", code="required")
    if len(ask.reason) > MOST_WORDS:
        raise DomainError(_("原因最多 %(n)d 个字") % {"n": MOST_WORDS}, field="reason", code="too_long")
    if len(ask.account) > 80:
        raise DomainError(_("收款账户最多 80 个字"), field="account", code="too_long")
    if len(ask.papers) > MOST_PAPERS:
        raise DomainError(_("证明最多 %(n)d 张") % {"n": MOST_PAPERS}, field="papers", code="too_many")


def _again(ask: Ask, by: Viewer) -> Application | None:
    known = Application.objects.filter(client_key=ask.client_key).first()
    if known is None:
        return None
    same = (known.person_id, known.kind, known.asked_fen, known.asked_by_id) == (ask.person.pk, ask.kind, ask.amount_fen, by.person_id)
    if not same or known.reason != ask.reason.strip():
        raise Stale(_("这张表已经提交过，内容和这次不一样；请重新打开再填"), code="key_used")
    return known


@transaction.atomic
def approve(*, application: Application, amount_fen: int, fund: Fund, by: Viewer, version: int, now: datetime) -> Application:
    """Grant up to what was asked, out of a fund that still holds it beside what was promised before.

    Raises NotThere, DomainError at its field, Stale, funds.TooLittle."""
    row = _hold(application, Move.APPROVE, by=by, version=version)
    if row.consent is not None and row.consent.withdrawn_at is not None:
        raise DomainError(_("他收回了同意，这份不办了"), code="illegal")
    funds.check_fen(amount_fen)
    if amount_fen > row.asked_fen:
        raise DomainError(_("不能批得比申请的多"), field="amount", code="amount")
    fund = Fund.objects.select_for_update().get(pk=fund.pk)
    promised = Application.objects.filter(fund=fund, state=State.APPROVED).aggregate(sum=Sum("approved_fen"))["sum"] or 0
    if fund.left_fen - promised < amount_fen:
        raise funds.TooLittle(_("这笔经费剩下的不够，请批少一点或换一笔经费"), field="amount")
    row.approved_by_id, row.approved_fen, row.fund, row.decided_at = by.person_id, amount_fen, fund, now
    return _move(row, Move.APPROVE, by=by, now=now, told=notify.DECIDED, fen=amount_fen)


@transaction.atomic
def refuse(*, application: Application, answer: str, by: Viewer, version: int, now: datetime) -> Application:
    """Say no, and why, in words that the person may read. Raises NotThere, DomainError at its field, Stale."""
    row = _hold(application, Move.REFUSE, by=by, version=version)
    if not answer.strip():
        raise DomainError(_("写一句为什么没有批，他会看到"), field="answer", code="required")
    if len(answer.strip()) > 200:
        raise DomainError(_("最多写 200 个字"), field="answer", code="too_long")
    row.approved_by_id, row.answer, row.decided_at = by.person_id, answer.strip(), now
    return _move(row, Move.REFUSE, by=by, now=now, told=notify.DECIDED)


@transaction.atomic
def withdraw(*, application: Application, by: Viewer, now: datetime) -> Application:
    """Whoever asked, or whom it is for, takes it back while nobody has decided. Raises NotThere, DomainError."""
    row = Application.objects.select_for_update().filter(pk=application.pk).first()
    if row is None or by.person_id is None or by.person_id not in (row.asked_by_id, row.person_id):
        raise NotThere
    _legal(row, Move.WITHDRAW)
    return _move(row, Move.WITHDRAW, by=by, now=now)


def pay(
    *, application: Application, how: str, client_key: UUID, by: Viewer, version: int, now: datetime, signature: bytes | None = None
) -> Payment:
    """Hand over what was approved: cash against a signature, or to the account he gave. `signature`: drawn on this very
    phone; without one his own receipt counts (see receipts.sign).

    The same tap twice is one payment. Raises NotThere, DomainError at its field, Stale, funds.TooLittle."""
    known = Payment.objects.filter(client_key=client_key, application=application, by_id=by.person_id or 0).first()
    if known is not None:
        return known
    if how not in Payment.How.values:
        raise DomainError(_("请选现金还是转账"), field="how", code="required")
    _may(application, Move.PAY, by=by)
    _legal(application, Move.PAY)
    signed = Receipt.objects.filter(application=application).exists()
    sealed = signatures.seal(signature) if signature or (how == Payment.How.CASH and not signed) else ""
    try:
        with transaction.atomic():
            return _pay(application, how, sealed, client_key=client_key, by=by, version=version, now=now)
    except (DomainError, IntegrityError) as refused:
        if sealed:
            stored_files.delete_sealed(sealed, root=settings.DATA_DIR)
        known = Payment.objects.filter(client_key=client_key, application=application).first()
        if known is not None:
            return known
        raise refused


def _pay(application: Application, how: str, sealed: str, *, client_key: UUID, by: Viewer, version: int, now: datetime) -> Payment:
    row = _hold(application, Move.PAY, by=by, version=version)
    if how == Payment.How.TRANSFER and not row.account:
        raise DomainError(_("他没有留收款账户，请发现金并让他签字"), field="how", code="no_account")
    receipt = Receipt.objects.filter(application=row).first()  # he may have taken it back a moment ago
    if how == Payment.How.CASH and not sealed and receipt is None:
        raise signatures.missing()
    row.paid_by_id, row.paid_at = by.person_id, now
    _move(row, Move.PAY, by=by, now=now, told=notify.PAID, fen=row.approved_fen)
    failpoint("in_the_middle:pay")
    payment = Payment(
        entry=Entry.PAID, application=row, how=how, at=now, by_id=by.person_id, client_key=client_key,
        signature=sealed or (receipt.sealed if receipt else ""),
    )  # fmt: skip
    return funds.spend(fund=row.fund, payment=payment, fen=row.approved_fen)


def _may(row: Application, move: Move, *, by: Viewer) -> None:
    """The role, and another person than the ones before. The database refuses the same. Raises NotThere, DomainError."""
    if by.person_id is None or not by.has_role(LOOKS[move]):
        raise NotThere
    before = (row.asked_by_id, row.person_id, *((row.approved_by_id,) if move == Move.PAY else ()))
    if not strangers(by.person_id, *before):
        raise DomainError(_("提出、审批、发放要三个不同的人，这件请别的同事来办"), code="three_persons")


def _legal(row: Application, move: Move) -> None:
    if row.state not in MOVES[move].frm:
        raise DomainError(_("这份申请已经是“%(state)s”了") % {"state": row.get_state_display()}, code="illegal")


def _hold(application: Application, move: Move, *, by: Viewer, version: int) -> Application:
    row = Application.objects.select_for_update(of=("self",)).select_related("fund", "person", "consent").filter(pk=application.pk).first()
    if row is None:
        raise NotThere
    _may(row, move, by=by)
    _legal(row, move)
    if row.version != version:
        raise Stale(_("别人刚改过这份申请，请刷新再看"))
    return row


def _move(row: Application, move: Move, *, by: Viewer, now: datetime, told: str = "", fen: int | None = None) -> Application:
    """Nothing else sets the state of an application."""
    old, row.state, row.version = row.state, MOVES[move].to, row.version + 1
    row.save(update_fields=["state", "version", "approved_by", "approved_fen", "fund", "decided_at", "answer", "paid_by", "paid_at"])
    said = {"state": row.state} | ({"fen": fen} if fen is not None else {})
    audit.write(act=f"application.{move}", by=by, about=row, old={"state": old}, new=said, now=now)
    if told == notify.PAID or (told and row.asked_by_id == row.person_id):
        notify.driver(row, told, now=now)  # who was nominated without knowing hears of it when there is something for him
    return row
