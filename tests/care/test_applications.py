"""Asked by one, approved by another, paid by a third; the database refuses anything else, and nobody reads what he need not."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditLine, Posting, Unit
from accounts.rules.roles import Role
from care.models import Application, Evidence, Fund, Payment
from care.selectors import applications as looks
from care.selectors.money import funds_for, payments_for, unbalanced_funds
from care.services import applications, funds, signatures
from common import stored_files
from common.errors import DomainError, NotThere, Stale
from members.models import UnionMember
from notices.models import Notice
from tests.care.goods import asked, filled, make_care, signature
from tests.cast import LONG_AGO, MONDAY, make_cast

pytestmark = pytest.mark.django_db
WHY, ACCOUNT = "妻子生病住院，家里困难", "工商银行 6222020000001234"


@pytest.fixture
def cast():
    return make_cast("union_officer", "secretary", "cashier", "approver", "driver", "neighbour", "stranger", "leader")


@pytest.fixture
def care(cast):
    return filled(make_care(), 300_000, cast.viewer("cashier"))


@pytest.fixture
def row(cast, care):
    return asked(cast.driver, cast.viewer("driver"), account=ACCOUNT)


def approve(row, cast, care, fen: int = 80_000, by: str = "approver"):
    return applications.approve(application=row, amount_fen=fen, fund=care.fund, by=cast.viewer(by), version=row.version, now=MONDAY)


def pay(row, cast, by: str = "cashier", how: str = "cash", key=None, sheet=None):
    sheet = signature() if sheet is None and how == "cash" else sheet
    return applications.pay(
        application=row, how=how, client_key=key or uuid4(), by=cast.viewer(by), version=row.version, now=MONDAY, signature=sheet
    )


def post(person, role: Role, unit: str = "union") -> None:
    Posting.objects.create(person=person, unit=Unit.objects.get(code=unit), role=role, starts_at=LONG_AGO)


def test_from_the_asking_to_the_signature_three_persons_and_every_fen(cast, care, row):
    row = approve(row, cast, care)
    payment = pay(row, cast)
    row.refresh_from_db()
    assert (row.state, row.asked_by, row.approved_by, row.paid_by) == ("paid", cast.driver, cast.approver, cast.cashier)
    assert (payment.change_fen, Fund.objects.get().left_fen, unbalanced_funds(cast.viewer("cashier"))) == (-80_000, 220_000, [])
    assert stored_files.open_sealed(payment.signature, root=_root()).startswith(b"\xff\xd8")
    assert set(AuditLine.objects.filter(act__startswith="application.").values_list("act", flat=True)) == {
        "application.propose", "application.approve", "application.pay",
    }  # fmt: skip
    assert set(Notice.objects.filter(recipient=cast.driver).values_list("template", flat=True)) == {"care.decided", "care.paid"}


def _root():
    from django.conf import settings

    return settings.DATA_DIR


def test_the_approver_reads_why_and_no_account_the_cashier_the_account_and_not_why(cast, care, row):
    (card,) = looks.to_approve(cast.viewer("approver"))
    assert card.reason == WHY and ACCOUNT not in repr(card) and not list(looks.to_pay(cast.viewer("cashier")))
    approve(row, cast, care)
    (slip,) = looks.to_pay(cast.viewer("cashier"))
    assert (slip.account, slip.approved_fen) == (ACCOUNT, 80_000) and WHY not in repr(slip)
    assert "reason" in looks.payable(cast.viewer("cashier")).get().get_deferred_fields()
    assert not list(looks.to_approve(cast.viewer("approver")))
    for slug in ("driver", "neighbour", "stranger", "secretary", "union_officer", "leader"):
        assert not list(looks.to_approve(cast.viewer(slug))) and not list(looks.to_pay(cast.viewer(slug)))
    assert not funds_for(cast.viewer("driver")) and not payments_for(cast.viewer("approver")) and not looks.own(cast.viewer("neighbour"))


def test_why_and_account_are_sealed_in_the_database(row):
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason, account FROM care_application")
        kept = str(cursor.fetchone())
    assert WHY not in kept and "6222" not in kept


def test_who_asked_neither_approves_nor_pays_whatever_he_is_posted_as(cast, care, row):
    post(cast.driver, Role.APPROVER)
    with pytest.raises(DomainError, match="三个不同的人"):
        approve(row, cast, care, by="driver")
    assert not looks.decidable(cast.viewer("driver"))
    post(cast.driver, Role.CASHIER)
    post(cast.approver, Role.CASHIER)
    row = approve(row, cast, care)
    for slug in ("driver", "approver"):
        with pytest.raises(DomainError, match="三个不同的人"):
            pay(row, cast, by=slug)
        assert not looks.payable(cast.viewer(slug))
    for slug in ("stranger", "secretary", "union_officer", "leader"):
        with pytest.raises(NotThere):
            pay(row, cast, by=slug)
    assert not Payment.objects.filter(entry="paid").exists()


def test_the_database_refuses_an_approver_who_asked_and_a_payer_who_did_either(cast, care, row):
    ids = {"asked": cast.driver.pk, "approver": cast.approver.pk, "cashier": cast.cashier.pk, "fund": care.fund.pk, "row": row.pk}
    grant = "UPDATE care_application SET state = 'approved', approved_fen = 100, fund_id = {fund}, approved_by_id = {%s} WHERE id = {row}"
    paid = "UPDATE care_application SET state = 'paid', paid_at = asked_at, paid_by_id = {%s} WHERE id = {row}"
    line = (
        "INSERT INTO care_payment (fund_id, entry, change_fen, how, application_id, at, by_id, client_key, signature, why) "
        "SELECT {fund}, 'paid', -100, 'transfer', {row}, asked_at, {%s}, '" + uuid4().hex + "', '', '' FROM care_application"
    )

    def run(sql: str) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.format(**ids))

    def never(sql: str, promise: str) -> None:
        with pytest.raises(IntegrityError, match=promise):
            run(sql)

    never(grant % "asked", "approver_did_not_ask|nobody_approves_his_own")
    run(grant % "approver")
    never(line % "cashier", "paid by who is named as payer")  # not yet paid
    never(paid % "asked", "payer_did_not_ask|nobody_pays_himself")
    never(paid % "approver", "payer_did_not_approve")
    never("UPDATE care_application SET asked_by_id = {cashier}", "never rewritten")
    never("UPDATE care_application SET approved_by_id = {cashier}", "never rewritten")
    run(paid % "cashier")
    never(line % "approver", "paid by who is named as payer")
    never("DELETE FROM care_application", "never deleted")
    run(line % "cashier")


def test_cash_without_a_signature_or_with_an_empty_sheet_is_not_handed_over(cast, care, row):
    row = approve(row, cast, care)
    for sheet, code in ((b"", "required"), (signature(strokes=False), "empty"), (b"%PDF-1.4 no picture", "not_a_photo")):
        with pytest.raises(DomainError) as error:
            pay(row, cast, sheet=sheet)
        assert (error.value.field, error.value.code) == ("signature", code)
    row.refresh_from_db()
    assert row.state == "approved" and Fund.objects.get().left_fen == 300_000 and not Payment.objects.filter(entry="paid").exists()
    assert signatures.seal(signature())


def test_a_transfer_needs_an_account_and_one_tap_is_one_payment(cast, care):
    row = approve(asked(cast.driver, cast.viewer("driver")), cast, care)
    with pytest.raises(DomainError, match="没有留收款账户"):
        pay(row, cast, how="transfer")
    key = uuid4()
    first = pay(row, cast, key=key)
    assert pay(row, cast, key=key).pk == first.pk
    with pytest.raises(DomainError, match="已经是“发了”"):
        pay(row, cast)
    assert Payment.objects.filter(entry="paid").count() == 1 and Fund.objects.get().left_fen == 220_000


def test_a_fund_is_not_promised_twice_and_never_more_than_asked(cast, care, row):
    with pytest.raises(DomainError, match="不能批得比申请的多"):
        approve(row, cast, care, fen=100_001)
    approve(row, cast, care, fen=100_000)
    second = asked(cast.neighbour, cast.viewer("neighbour"), fen=300_000)
    with pytest.raises(funds.TooLittle):
        approve(second, cast, care, fen=200_001)
    assert approve(second, cast, care, fen=200_000).approved_fen == 200_000


def test_a_no_says_why_and_the_asker_may_take_it_back_before(cast, care, row):
    by = cast.viewer("approver")
    with pytest.raises(DomainError, match="为什么没有批"):
        applications.refuse(application=row, answer=" ", by=by, version=0, now=MONDAY)
    with pytest.raises(Stale):
        applications.refuse(application=row, answer="材料不够", by=by, version=3, now=MONDAY)
    with pytest.raises(NotThere):
        applications.withdraw(application=row, by=cast.viewer("neighbour"), now=MONDAY)
    assert applications.withdraw(application=row, by=cast.viewer("driver"), now=MONDAY).state == "withdrawn"
    with pytest.raises(DomainError, match="撤回了"):
        approve(row, cast, care)


def test_the_union_nominates_its_own_and_nobody_nominates_a_stranger(cast, care):
    UnionMember.objects.create(person=cast.neighbour, occupation="truck")
    row = asked(cast.neighbour, cast.viewer("union_officer"), kind="solatium")
    assert (row.unit.code, row.asked_by) == ("union", cast.union_officer)
    assert looks.of_units(cast.viewer("union_officer")).get().get_deferred_fields() >= {"reason", "account"}
    for slug in ("union_officer", "secretary", "driver", "approver", "cashier"):
        with pytest.raises(NotThere):
            asked(cast.stranger, cast.viewer(slug))


def test_a_form_sent_twice_is_one_and_a_second_of_the_kind_waits(cast, care):
    key, by = uuid4(), cast.viewer("driver")
    first = asked(cast.driver, by, client_key=key, papers=[signature()])
    assert asked(cast.driver, by, client_key=key, papers=[signature()]).pk == first.pk
    with pytest.raises(Stale):
        asked(cast.driver, by, client_key=key, fen=5)
    with pytest.raises(DomainError, match="同类的申请在办"):
        asked(cast.driver, by)
    assert (Application.objects.count(), Evidence.objects.count()) == (1, 1)
    assert looks.evidence_for(cast.viewer("approver"), first.key).count() == 1
    assert not looks.evidence_for(cast.viewer("cashier"), first.key) and not looks.evidence_for(by, first.key)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"fen": 0}, "amount"), ({"fen": 10**9}, "amount"), ({"fen": -5}, "amount"), ({"fen": 10.5}, "amount"), ({"reason": "难"}, "reason"),
        ({"reason": "难" * 1001}, "reason"), ({"account": "6" * 81}, "account"), ({"kind": "gift"}, "kind"), ({"papers": [b"x"]}, "papers"),
        ({"papers": [signature()] * 7}, "papers"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_at_its_field_and_nothing_is_stored(cast, care, more, field):
    with pytest.raises(DomainError) as error:
        asked(cast.driver, cast.viewer("driver"), **more)
    assert error.value.field == field and not Application.objects.exists()
    assert not list(_root().glob("sealed/*/*"))
