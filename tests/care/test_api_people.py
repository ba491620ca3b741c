"""Programs ask, decide, pay, insure and visit within what the pages show; a resend is the first; reading why is written down."""

from __future__ import annotations

from uuid import uuid4

import pytest
import time_machine

from accounts.models import AuditLine
from appeals.models import Appeal
from care.models import Application, Fund, Insured, Payment, Visit
from members.models import UnionMember
from tests.care.goods import filled, make_care
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in

pytestmark = pytest.mark.django_db
API = "/api/v1/care/"
ASK = {"kind": "hardship", "amount_fen": 100_000, "reason": "妻子住院，两个月没有出车", "account": "工商银行 6222", "agree": True}


@pytest.fixture
def cast(db):
    with time_machine.travel(MONDAY, tick=False):
        cast = make_cast()
        filled(make_care(), 300_000, cast.viewer("cashier"))
        for slug in ("driver", "neighbour"):
            UnionMember.objects.create(person=getattr(cast, slug), occupation="truck")
        yield cast


def call(cast, slug: str, method: str, path: str, body=None, key=None):
    client = signed_in(getattr(cast, slug))
    client.get("/")
    token = client.cookies["csrftoken"].value if "csrftoken" in client.cookies else "a" * 32
    client.cookies["csrftoken"] = token
    headers = {"X-CSRFToken": token} | ({"Idempotency-Key": str(key)} if key else {})
    return getattr(client, method)(API + path, body, content_type="application/json", headers=headers) if method == "post" else client.get(API + path)


def test_from_the_asking_to_the_payment_three_callers_and_a_resend_is_the_first(cast):
    key = uuid4()
    first, again = (call(cast, "driver", "post", "ask/", ASK, key) for _twice in range(2))
    assert (first.status_code, first.json()["due_on"]) == (200, "2026-12-07") and again.json() == first.json() and Application.objects.count() == 1
    one = first.json()["key"]
    assert "妻子" not in first.content.decode() and call(cast, "driver", "get", "mine/").json()["items"][0]["key"] == one
    listed = call(cast, "approver", "get", "applications/").json()["items"]
    assert [each["name"] for each in listed] == ["张*"] and "reason" not in listed[0]
    read = call(cast, "approver", "post", f"applications/{one}/read/", {}).json()
    assert read["reason"] == ASK["reason"] and read["account"] == "" and AuditLine.objects.filter(act="application.read").count() == 1
    wrong = call(cast, "approver", "post", f"applications/{one}/approve/", {"version": 0, "amount_fen": 100_001, "fund": "warm"})
    assert wrong.status_code == 422 and wrong.json()["errors"][0]["field"] == "amount"
    assert call(cast, "approver", "post", f"applications/{one}/approve/", {"version": 0, "amount_fen": 80_000, "fund": "warm"}).json()["state"] == "approved"
    read = call(cast, "cashier", "post", f"applications/{one}/read/", {}).json()
    assert read["account"] == ASK["account"] and read["reason"] == ""
    cash = call(cast, "cashier", "post", f"applications/{one}/pay/", {"version": 1, "how": "cash"})
    assert cash.status_code == 422 and "签字" in cash.content.decode()
    assert call(cast, "driver", "post", f"mine/{one}/sign/", {"typed": "张师傅"}).json()["signed"] is True
    paid = call(cast, "cashier", "post", f"applications/{one}/pay/", {"version": 1, "how": "cash"})
    assert paid.json()["state"] == "paid" and Fund.objects.get().left_fen == 220_000
    line = call(cast, "cashier", "get", "payments/").json()["items"][0]
    assert (line["change_fen"], line["what"], line["signed"]) == (-80_000, "困难帮扶：张*", "打字确认")


def test_nobody_else_finds_it(cast):
    one = call(cast, "driver", "post", "ask/", ASK, uuid4()).json()["key"]
    for slug in ("neighbour", "secretary", "union_officer", "leader", "cashier"):
        assert call(cast, slug, "post", f"applications/{one}/read/", {}).status_code == 404
        assert call(cast, slug, "post", f"mine/{one}/withdraw/", {}).status_code == 404
    assert call(cast, "driver", "post", "ask/", ASK | {"person": str(cast.neighbour.key)}, uuid4()).status_code == 404
    assert call(cast, "driver", "post", "ask/", ASK | {"agree": False, "kind": "solatium"}, uuid4()).status_code == 422
    assert call(cast, "driver", "post", f"mine/{one}/withdraw/", {}).json()["state"] == "withdrawn"


def test_money_insurance_and_visits_in_fen_and_within_the_role(cast):
    assert call(cast, "union_officer", "post", "funds/set-up/", {"name": "春节慰问", "budget_fen": 50_000}).status_code == 200
    code, key = Fund.objects.get(name="春节慰问").code, uuid4()
    for _twice in range(2):
        assert call(cast, "cashier", "post", f"funds/{code}/put-in/", {"amount_fen": 20_000, "why": "拨款"}, key).json()["left_fen"] == 20_000
    policy = {"name": "互助险", "number": "H-1", "starts_on": "2026-12-01", "ends_on": "2027-11-30", "premium_fen": 5_000, "fund": code}
    assert call(cast, "union_officer", "post", "policies/found/", policy).json()["people"] == 0
    done = call(cast, "union_officer", "post", "policies/H-1/people/", {"people": ["13800000001", "x"]}, uuid4()).json()
    assert (done["added"], done["wrong"]) == (1, ["第 2 行：看不懂"]) and Insured.objects.count() == 1
    assert Payment.objects.get(entry="premium").change_fen == -5_000 and call(cast, "cashier", "get", "policies/").status_code == 404
    plan = {"person": str(cast.driver.key), "unit": "union", "planned_on": "2026-11-23"}
    one = call(cast, "union_officer", "post", "visits/plan/", plan, uuid4()).json()["key"]
    need = {"key": str(uuid4()), "text": "运费压了三个月没有结清，打电话也没有人接", "unit": "squad-03"}
    told = call(cast, "union_officer", "post", f"visits/{one}/record/", {"went_at": "2026-11-23T10:00:00+08:00", "needs": [need]})
    assert told.json()["numbers"] == [Appeal.objects.get().number] and "运费" not in told.content.decode()
    assert Visit.objects.get().visitors.get().person == cast.union_officer and call(cast, "secretary", "get", "visits/").json()["items"] == []
