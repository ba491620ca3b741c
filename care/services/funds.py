"""Money in and out of a fund: the fund by one statement that finds enough or changes nothing, the line beside it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.services import audit
from care.models import Fund, Payment
from care.rules.money import MOST_FEN, Entry, signed, yuan_words
from common.errors import DomainError, NotThere, Stale


class TooLittle(DomainError):
    """The fund does not hold so much; nothing was written."""

    code = "fund_short"
    status = 409


MOST_BUDGET = 10 * MOST_FEN


def set_up(*, name: str, budget_fen: int, by: Viewer, now: datetime) -> Fund:
    """The union sets up a fund with its budget: the most that is ever put into it; the same name twice is the same fund.

    Raises NotThere, DomainError at its field, Stale (the name is another fund's)."""
    if not by.has_role(Role.UNION):
        raise NotThere
    said = name.strip()
    if not 2 <= len(said) <= 60:
        raise DomainError(_("写个名字，2 到 60 个字"), field="name", code="required")
    if not isinstance(budget_fen, int) or not 0 < budget_fen <= MOST_BUDGET:
        raise DomainError(_("预算写大于 0 的金额，最多 %(most)s 元") % {"most": yuan_words(MOST_BUDGET)}, field="budget", code="amount")
    known = Fund.objects.filter(name=said).first()
    if known is not None:
        if known.budget_fen != budget_fen:
            raise Stale(_("已经有一笔叫这个名字的经费，换个名字"), field="name", code="key_used")
        return known
    with transaction.atomic():
        fund = Fund.objects.create(code=f"fund-{uuid4().hex[:12]}", name=said, budget_fen=budget_fen)
        audit.write(act="fund.set_up", by=by, about=fund, new={"fen": budget_fen}, now=now)
        return fund


def put_in(*, fund: Fund, fen: int, client_key: UUID, by: Viewer, now: datetime, why: str) -> Payment:
    """The cashier enters money that came for this fund, once. Raises NotThere, DomainError at its field, Stale."""
    if not by.has_role(Role.CASHIER):
        raise NotThere
    check_fen(fen)
    if not why.strip():
        raise DomainError(_("写一句钱是哪里来的"), field="why", code="required")
    known = known_of(client_key, fund=fund, change=fen)
    if known is not None:
        return known
    payment = Payment(entry=Entry.PUT_IN, at=now, by_id=by.person_id, client_key=client_key, why=why.strip()[:120])
    try:
        with transaction.atomic():
            _within_budget(fund, fen)
            _write(fund, payment, fen)
            audit.write(act="fund.put_in", by=by, about=payment, new={"fund": fund.pk, "fen": fen}, reason=why, now=now)
            return payment
    except IntegrityError:
        known = known_of(client_key, fund=fund, change=fen)
        if known is None:
            raise
        return known


def _within_budget(fund: Fund, fen: int) -> None:
    row = Fund.objects.select_for_update().get(pk=fund.pk)
    if row.budget_fen is None:
        return
    before = Payment.objects.filter(fund=row, entry=Entry.PUT_IN).aggregate(sum=Sum("change_fen"))["sum"] or 0
    if before + fen > row.budget_fen:
        said = {"budget": yuan_words(row.budget_fen), "left": yuan_words(max(row.budget_fen - before, 0))}
        raise DomainError(_("预算是 %(budget)s 元，最多还能拨入 %(left)s 元") % said, field="amount", code="over_budget")


def known_of(client_key: UUID, *, fund: Fund, change: int) -> Payment | None:
    """The line this very tap wrote before. Raises Stale when it was another sum or fund."""
    known = Payment.objects.filter(client_key=client_key).first()
    if known is not None and (known.fund_id, known.change_fen) != (fund.pk, change):
        raise Stale(_("这张单子已经记过一次，内容和这次不一样；请重新打开再记"), code="key_used")
    return known


def check_fen(fen: int, *, field: str = "amount") -> None:
    """Raises DomainError at the field for anything that is no sum in fen between one fen and a million yuan."""
    if not isinstance(fen, int) or isinstance(fen, bool) or fen < 1:
        raise DomainError(_("写一个大于 0 的金额，例如 500 或 500.50"), field=field, code="amount")
    if fen > MOST_FEN:
        raise DomainError(_("一次最多 %(most)s 元，请看看是不是多打了几个零") % {"most": yuan_words(MOST_FEN)}, field=field, code="amount")


def spend(*, fund: Fund, payment: Payment, fen: int) -> Payment:
    """Take `fen` out of the fund and write the line. Inside the caller's transaction, which writes the audit line.

    Raises DomainError at "amount", TooLittle."""
    check_fen(fen)
    return _write(fund, payment, fen)


def _write(fund: Fund, payment: Payment, fen: int) -> Payment:
    change = signed(Entry(payment.entry), fen)
    if not Fund.objects.filter(pk=fund.pk, left_fen__gte=-change).update(left_fen=F("left_fen") + change):
        left = Fund.objects.values_list("left_fen", flat=True).get(pk=fund.pk)
        raise TooLittle(_("这笔经费只剩 %(left)s 元，不够") % {"left": yuan_words(left)}, field="amount")
    payment.fund, payment.change_fen = fund, change
    payment.save(force_insert=True)
    return payment
