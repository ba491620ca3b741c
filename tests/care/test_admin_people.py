"""The staff's pages of people and money: one page to decide, one to pay; each sees what his part needs and not a word more."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from openpyxl import load_workbook

from accounts.models import AuditLine, Unit
from accounts.services import consents
from appeals.models import Appeal
from appeals.selectors.scope import appeals_for
from care.models import Application, Evidence, Fund, Helped, Insured, Payment, Policy, Visit
from care.services import applications, receipts, visits
from members.models import Enterprise, Export, UnionMember
from members.services import exports
from tests.care.goods import asked, filled, make_care, signature
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in

pytestmark = pytest.mark.django_db
WHY, ACCOUNT = "妻子生病住院，家里困难", "工商银行 6222020000001234"
LIST = "/admin/care/applications/"


@pytest.fixture
def cast(db):
    with time_machine.travel(MONDAY, tick=False):
        cast = make_cast()
        company = Enterprise.objects.create(name="蓝海运输", in_union=True)
        for slug in ("driver", "neighbour"):
            UnionMember.objects.create(person=getattr(cast, slug), occupation="truck", enterprise=company)
        yield cast


@pytest.fixture
def care(cast):
    return filled(make_care(), 300_000, cast.viewer("cashier"))


def page(cast, slug: str, path: str, status: int = 200) -> str:
    answer = signed_in(getattr(cast, slug)).get(path)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_approver_decides_on_one_page_and_each_look_is_written_down(cast, care):
    row = asked(cast.driver, cast.viewer("driver"), account=ACCOUNT, papers=[signature()])
    assert "等我审批" in page(cast, "approver", LIST) and "还剩 14 天" in page(cast, "approver", LIST)
    path = f"{LIST}{row.key}/"
    said = page(cast, "approver", path)
    assert WHY in said and ACCOUNT not in said and "张师傅" in said and f"{path}papers/1/" in said
    picture = signed_in(cast.approver).get(f"{path}papers/1/")
    assert picture["Content-Type"] == "image/jpeg" and picture.content[:2] == b"\xff\xd8" and "no-store" in picture["Cache-Control"]
    looks = AuditLine.objects.filter(act="application.read", actor=cast.approver)
    assert [line.new["what"] for line in looks.order_by("pk")] == ["reason", "paper"]
    sent = {"act": "approve", "version": "0", "amount": "800", "fund": care.fund.pk}
    for wrong, field in (({"amount": "八百"}, "金额写成"), ({"amount": "1000.01"}, "不能批得比申请的多"), ({"fund": ""}, "选从哪笔经费出"), ({"version": "7"}, "刷新")):
        answer = signed_in(cast.approver).post(path, sent | wrong)
        assert answer.status_code == 422 and field in answer.content.decode()
    assert signed_in(cast.approver).post(path, sent).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.approved_fen) == ("approved", 80_000)
    after = page(cast, "approver", path)
    assert WHY not in after and "原因、证明和账户这里不显示" in after and signed_in(cast.approver).get(f"{path}papers/1/").status_code == 404


def test_the_cashier_pays_by_account_and_never_reads_why(cast, care):
    row = asked(cast.driver, cast.viewer("driver"), account=ACCOUNT)
    path = f"{LIST}{row.key}/"
    page(cast, "cashier", path, 404)
    applications.approve(application=row, amount_fen=80_000, fund=care.fund, by=cast.viewer("approver"), version=0, now=MONDAY)
    said = page(cast, "cashier", path)
    assert ACCOUNT in said and WHY not in said and "记下：发了 800.00 元" in said
    browser = signed_in(cast.cashier)
    sent = {"act": "pay", "version": "1", "how": "transfer", "client_key": str(uuid4())}
    assert browser.post(path, sent).status_code == 302 and browser.post(path, sent).status_code in (302, 404)
    assert Payment.objects.filter(entry="paid").count() == 1 and Fund.objects.get().left_fen == 220_000
    ledger = page(cast, "cashier", "/admin/care/money/")
    assert "-800.00" in ledger and "张*" in ledger and "2,200.00" in ledger and ACCOUNT not in ledger


def test_cash_needs_a_signature_on_this_phone_or_on_his(cast, care):
    rows = [asked(person, cast.viewer(slug)) for slug, person in (("driver", cast.driver), ("neighbour", cast.neighbour))]
    for row in rows:
        applications.approve(application=row, amount_fen=80_000, fund=care.fund, by=cast.viewer("approver"), version=0, now=MONDAY)
    browser, path = signed_in(cast.cashier), f"{LIST}{rows[0].key}/"
    sent = {"act": "pay", "version": "1", "how": "cash", "client_key": str(uuid4())}
    answer = browser.post(path, sent)
    assert answer.status_code == 422 and "当面签字" in answer.content.decode() and not Payment.objects.filter(entry="paid").exists()
    sheet = BytesIO(signature())
    sheet.name = "sheet.png"
    assert browser.post(path, sent | {"sheet": sheet}).status_code == 302
    rows[1].refresh_from_db()
    receipts.sign(application=rows[1], by=cast.viewer("neighbour"), now=MONDAY, typed="李师傅")
    path = f"{LIST}{rows[1].key}/"
    assert "他在自己手机上签了收条" in page(cast, "cashier", path)
    assert browser.post(path, sent | {"client_key": str(uuid4())}).status_code == 302
    assert {one.signed_word for one in Payment.objects.filter(entry="paid")} == {"手写签字", "打字确认"}


def test_what_is_taken_back_is_read_no_more_and_nobody_decides_on_his_own(cast, care):
    row = asked(cast.driver, cast.viewer("driver"))
    own = asked(cast.approver, cast.viewer("approver"))
    page(cast, "approver", f"{LIST}{own.key}/", 404)
    consents.withdraw(person=cast.driver, purpose="ask_care", now=MONDAY)
    page(cast, "approver", f"{LIST}{row.key}/", 404)


def test_the_union_nominates_after_he_agreed_and_does_not_read_it_again(cast, care):
    browser = signed_in(cast.union_officer)
    answer = browser.post("/admin/care/nominate/", {"act": "find", "q": "张师"})
    found = browser.get(answer.url).content.decode()
    assert "张师" not in answer.url and "张*" in found and "张师傅" not in found
    path = f"/admin/care/nominate/?who={cast.driver.key}"
    sent = {"client_key": str(uuid4()), "kind": "solatium", "amount": "500", "reason": WHY, "account": ""}
    answer = browser.post(path, sent)
    assert answer.status_code == 422 and WHY in answer.content.decode() and "要本人同意" in answer.content.decode()
    paper = BytesIO(signature())
    paper.name = "p.png"
    assert browser.post(path, sent | {"agree": "1", "papers": paper}).status_code == 302
    row = Application.objects.get()
    assert (row.unit.code, row.asked_by, row.consent.how, Evidence.objects.count()) == ("union", cast.union_officer, "staff", 1)
    assert WHY not in page(cast, "union_officer", f"{LIST}{row.key}/") and "张*" in page(cast, "union_officer", f"{LIST}?view=ours")
    for slug in ("secretary", "union_officer"):
        assert signed_in(getattr(cast, slug)).get(f"/admin/care/nominate/?who={cast.stranger.key}").status_code == 404


def test_money_is_put_in_by_the_cashier_and_a_fund_set_up_by_the_union(cast, care):
    union, cashier = signed_in(cast.union_officer), signed_in(cast.cashier)
    path = "/admin/care/money/"
    assert union.post(path, {"act": "set_up", "name": "春节慰问", "budget": "1000"}).status_code == 302
    fund = Fund.objects.get(name="春节慰问")
    assert cashier.post(path, {"act": "set_up", "name": "别的", "budget": "1"}).status_code == 404
    sent = {"act": "put_in", "fund": fund.pk, "amount": "600", "why": "区总工会拨款", "client_key": str(uuid4())}
    assert union.post(path, sent).status_code == 404
    assert cashier.post(path, sent).status_code == 302 and cashier.post(path, sent).status_code == 302  # a second tap is nothing
    answer = cashier.post(path, sent | {"client_key": str(uuid4())})
    assert answer.status_code == 422 and "最多还能拨入 400.00 元" in answer.content.decode()
    fund.refresh_from_db()
    assert fund.left_fen == 60_000 and "春节慰问" in page(cast, "approver", path) and "拨入一笔" not in page(cast, "approver", path)


def test_the_payment_list_leaves_as_a_masked_workbook_once_and_above_200_rows_by_two(cast, care, monkeypatch):
    row = asked(cast.driver, cast.viewer("driver"), account=ACCOUNT)
    row = applications.approve(application=row, amount_fen=80_000, fund=care.fund, by=cast.viewer("approver"), version=0, now=MONDAY)
    applications.pay(application=row, how="transfer", client_key=uuid4(), by=cast.viewer("cashier"), version=1, now=MONDAY)
    browser, path = signed_in(cast.cashier), "/admin/care/money/"
    sent = {"act": "ask", "client_key": str(uuid4()), "reason": "季度核对", "column": ["at", "kind", "name", "yuan", "signed"]}
    assert browser.post(path, sent | {"column": ["account"]}).status_code == 422
    assert browser.post(path, sent).status_code == 302
    export = Export.objects.get()
    assert exports.make(export_id=export.pk, now=MONDAY)
    file = f"{path}{export.key}/file"
    assert signed_in(cast.union_officer).post(file).status_code == 404 and browser.get(file).status_code == 405
    answer = browser.post(file)
    cells = [[cell.value for cell in line] for line in load_workbook(BytesIO(answer.content)).active.iter_rows()]
    assert cells[0] == ["时间", "类别", "姓名", "金额（元）", "收条"] and cells[1][1:4] == ["困难帮扶", "张*", "800.00"]
    assert ACCOUNT not in str(cells) and browser.post(file).status_code == 404
    monkeypatch.setattr(exports, "SECOND_PERSON_ABOVE", 0)
    browser.post(path, sent | {"client_key": str(uuid4())})
    large = Export.objects.get(state="asked")
    assert "等您同意的导出" not in page(cast, "cashier", path) and "等您同意的导出" in page(cast, "union_officer", path)
    signed_in(cast.union_officer).post(path, {"act": "agree", "key": large.key})
    large.refresh_from_db()
    assert (large.state, large.decided_by) == ("queued", cast.union_officer)
    assert signed_in(cast.secretary).get(path).status_code == 404


def test_a_list_of_the_insurance_is_opened_and_filled_from_a_pasted_column(cast, care):
    browser, path = signed_in(cast.union_officer), "/admin/care/insurance/"
    sent = {"name": "互助险", "number": "H-1", "starts_on": "2026-12-01", "ends_on": "2027-11-30", "premium": "99", "fund": care.fund.pk}
    answer = browser.post(path, sent | {"ends_on": "2026.12"})
    assert answer.status_code == 422 and "日子写成" in answer.content.decode() and 'value="H-1"' in answer.content.decode()
    answer = browser.post(path, sent)
    policy = Policy.objects.get()
    assert answer.url == f"{path}{policy.pk}/"
    answer = browser.post(answer.url, {"act": "list", "client_key": str(uuid4()), "people": "13800000001\n13911112222\n"})
    said = answer.content.decode()
    assert "加了 1 人，保费 99.00 元" in said and "第 2 行：名册里没有" in said and "13911112222</textarea>" in said
    answer = browser.post(f"{path}{policy.pk}/", {"act": "enterprise", "client_key": str(uuid4()), "enterprise": "蓝海运输"}, follow=True)
    assert "加了 1 人" in answer.content.decode() and Insured.objects.count() == 2
    answer = browser.post(f"{path}{policy.pk}/", {"act": "enterprise", "client_key": str(uuid4()), "enterprise": "没有的"})
    assert answer.status_code == 422
    assert Fund.objects.get().left_fen == 300_000 - 2 * 9_900 and "张*" in page(cast, "union_officer", f"{path}{policy.pk}/")
    one = f"{path}{policy.pk}/{cast.driver.key}/"
    assert browser.post(one, {"what": "", "got": "1", "client_key": str(uuid4())}).status_code == 422
    browser.post(one, {"what": "小腿骨折", "got": "1200", "client_key": str(uuid4())})
    assert Helped.objects.get().got_fen == 120_000 and "小腿骨折" in page(cast, "union_officer", one)


def test_a_visit_is_planned_and_told_and_its_needs_leave_the_page(cast):
    browser = signed_in(cast.union_officer)
    path = f"/admin/care/visits/new/?who={cast.driver.key}"
    answer = browser.post(path, {"client_key": str(uuid4()), "planned_on": "2326-01-01"})
    assert answer.status_code == 422 and "一年以内" in answer.content.decode()
    answer = browser.post(path, {"client_key": str(uuid4()), "planned_on": "2026-11-23", "why": "住院回来"})
    row = Visit.objects.get()
    assert answer.url == f"/admin/care/visits/{row.key}/" and "去了，记下来" in page(cast, "union_officer", "/admin/care/visits/")
    need = "运费压了三个月没有结清，打电话也没有人接"
    sent = {"day": "2026-11-23", "hour": "10:00", "went": cast.union_officer.pk, "heard": "腿伤还没好", "gave": "米面油", "need1": need, "need_key1": str(uuid4()),
            "need_unit1": "squad-03", "follow_up_on": "2026-11-30"}  # fmt: skip
    for wrong, said in (({"hour": "25:99"}, "写哪天、几点"), ({"went": ""}, "选上是谁去的"), ({"need1": "短"}, "至少"), ({"day": "2026-11-24"}, "不能晚于现在")):
        answer = browser.post(f"/admin/care/visits/{row.key}/", sent | wrong)
        assert answer.status_code == 422 and said in answer.content.decode() and not Appeal.objects.exists()
        assert "腿伤还没好" in answer.content.decode()
    assert browser.post(f"/admin/care/visits/{row.key}/", sent).status_code == 302
    appeal = Appeal.objects.get()
    told = page(cast, "union_officer", f"/admin/care/visits/{row.key}/")
    number = appeal.number
    assert f"{number[:4]} {number[4:8]} {number[8:12]} {number[12:]}" in told and need not in told and "腿伤还没好" in told
    assert list(appeal.accused.values_list("unit__code", flat=True)) == ["squad-03"] and not appeals_for(cast.viewer("union_officer")).exists()
    page(cast, "secretary", f"/admin/care/visits/{row.key}/", 404)
    with time_machine.travel(MONDAY + timedelta(days=8), tick=False):
        assert "说好再去的，到日子了" in page(cast, "union_officer", "/admin/care/visits/")


def test_what_waits_stands_in_today_and_in_the_menu(cast, care):
    asked(cast.driver, cast.viewer("driver"))
    said = page(cast, "approver", "/admin/")
    assert re.search(r"慰问和帮扶", said) and LIST in said
    assert "互助保险" not in said and "慰问和帮扶" not in page(cast, "handler", "/admin/")
    unit = Unit.objects.get(code="union")
    visits.plan(client_key=uuid4(), person=cast.driver, unit=unit, planned_on=MONDAY.date(), by=cast.viewer("union_officer"), now=MONDAY)
    assert "/admin/care/visits/" in page(cast, "union_officer", "/admin/")
