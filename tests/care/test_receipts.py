"""Cash is signed for on his own phone, drawn or by his typed name; what is agreed to can be taken back; what is over is let go."""

from __future__ import annotations

import base64
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings

from accounts.models import Consent
from accounts.services import consents
from care.models import Application, Evidence, Payment, Receipt
from care.rules.applications import due_on
from care.selectors import applications as looks
from care.selectors.history import own_care
from care.services import applications, receipts, retention, signatures
from care.wiring import stored_names
from common import stored_files
from common.errors import DomainError, NotThere
from common.selectors import calendar
from tests.care.goods import asked, filled, make_care, signature
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast("cashier", "approver", "driver", "neighbour", "union_officer")


@pytest.fixture
def approved(cast):
    care = filled(make_care(), 300_000, cast.viewer("cashier"))
    row = asked(cast.driver, cast.viewer("driver"), papers=[signature()])
    return applications.approve(application=row, amount_fen=80_000, fund=care.fund, by=cast.viewer("approver"), version=0, now=MONDAY)


def pay(row, cast, **more):
    return applications.pay(application=row, how="cash", client_key=uuid4(), by=cast.viewer("cashier"), version=row.version, now=MONDAY, **more)


@pytest.mark.parametrize("how", ["drawn", "typed"])
def test_what_he_signed_on_his_phone_is_what_the_payment_names(cast, approved, how):
    given = {"drawn": signature()} if how == "drawn" else {"typed": " 张师 傅 "}
    receipt = receipts.sign(application=approved, by=cast.viewer("driver"), now=MONDAY, **given)
    assert receipts.sign(application=approved, by=cast.viewer("driver"), now=MONDAY, **given).pk == receipt.pk
    payment = pay(approved, cast)
    assert (payment.signature, payment.signed_word) == (receipt.sealed, receipt.get_how_display())
    assert "张师傅" in stored_files.open_sealed(receipt.sealed, root=settings.DATA_DIR).decode("utf-8", "ignore") or how == "drawn"
    assert receipt.sealed in set(stored_names())


def test_without_his_signature_no_cash_and_nobody_signs_for_him(cast, approved):
    with pytest.raises(DomainError, match="当面签字"):
        pay(approved, cast)
    for slug in ("neighbour", "cashier", "approver"):
        with pytest.raises(NotThere):
            receipts.sign(application=approved, by=cast.viewer(slug), now=MONDAY, typed="张师傅")
    for given, field in (({"typed": "李师傅"}, "typed"), ({}, "signature"), ({"drawn": signature(strokes=False)}, "signature")):
        with pytest.raises(DomainError) as error:
            receipts.sign(application=approved, by=cast.viewer("driver"), now=MONDAY, **given)
        assert error.value.field == field
    assert not Receipt.objects.exists() and not Payment.objects.filter(entry="paid").exists()


def test_a_receipt_signed_too_early_is_taken_back_until_the_money_is_written_down(cast, approved):
    by = cast.viewer("driver")
    name = receipts.sign(application=approved, by=by, now=MONDAY, typed="张师傅").sealed
    receipts.take_back(application=approved, by=by, now=MONDAY)
    with pytest.raises(FileNotFoundError):
        stored_files.open_sealed(name, root=settings.DATA_DIR)
    with pytest.raises(DomainError, match="当面签字"):
        pay(approved, cast)
    receipts.sign(application=approved, by=by, now=MONDAY, typed="张师傅")
    pay(approved, cast)
    with pytest.raises(NotThere):
        receipts.take_back(application=approved, by=by, now=MONDAY)


def test_a_canvas_comes_as_its_picture_or_is_refused():
    url = "data:image/png;base64," + base64.b64encode(signature()).decode()
    assert signatures.drawn_of(url) == signature() and signatures.drawn_of(" ") is None
    for broken in ("data:text/html;base64,AAAA", "x", "data:image/png;base64,A"):
        with pytest.raises(DomainError) as error:
            signatures.drawn_of(broken)
        assert error.value.field == "signature"


def test_nothing_is_taken_without_his_agreement_and_taking_it_back_ends_what_is_proposed(cast):
    with pytest.raises(DomainError) as error:
        asked(cast.driver, cast.viewer("driver"), agreed=False)
    assert error.value.field == "agree" and not Application.objects.exists() and not Consent.objects.exists()
    row = asked(cast.driver, cast.viewer("driver"))
    assert (row.consent.purpose, row.consent.how) == ("ask_care", "phone")
    consents.withdraw(person=cast.driver, purpose="ask_care", now=MONDAY)
    by = cast.viewer("approver")
    assert not list(looks.to_approve(by)) and not looks.known_to(by)
    with pytest.raises(DomainError, match="收回了同意"):
        applications.approve(application=row, amount_fen=1, fund=make_care().fund, by=by, version=0, now=MONDAY)
    again = asked(cast.driver, cast.viewer("driver"))  # the old one stands in nobody's way
    row.refresh_from_db()
    assert (row.state, again.state) == ("withdrawn", "proposed")


def test_by_when_is_counted_in_working_days(cast, approved):
    day = MONDAY.date()
    assert due_on("proposed", day, None, calendar()).isoformat() == "2026-12-07"
    assert due_on("approved", day, day, calendar()).isoformat() == "2026-11-30"
    assert due_on("paid", day, day, calendar()) is None


def test_when_its_time_is_over_why_papers_and_account_go_and_money_stays(cast, approved):
    receipts.sign(application=approved, by=cast.viewer("driver"), now=MONDAY, typed="张师傅")
    pay(approved, cast)
    paper = Evidence.objects.get().sealed
    assert retention.tidy(now=MONDAY + timedelta(days=1000)) == 0
    assert retention.tidy(now=MONDAY + timedelta(days=1096)) == 1 and retention.tidy(now=MONDAY + timedelta(days=1096)) == 0
    row = Application.objects.get()
    assert (row.reason, row.account, Evidence.objects.count()) == ("", "", 0) and row.forgotten_at
    with pytest.raises(FileNotFoundError):
        stored_files.open_sealed(paper, root=settings.DATA_DIR)
    assert Payment.objects.filter(entry="paid").count() == Receipt.objects.count() == 1


def test_his_copy_tells_his_own_words_and_not_what_another_wrote(cast, approved):
    lines = dict(own_care(cast.viewer("driver")))["关爱申请"]
    assert "妻子生病住院" in lines[0][1] and "批了 800.00 元" in lines[0][1]
    assert own_care(cast.viewer("neighbour")) == []
