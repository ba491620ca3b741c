"""A driver asks on his phone, follows it and signs; without script; nothing typed is lost and nobody else sees it."""

from __future__ import annotations

import base64
import re
from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from care.models import Application, Evidence, Receipt
from care.services import applications
from members.models import UnionMember
from tests.care.goods import asked, filled, given, make_care, signature, stocked
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.members.zone_world import member, seated

pytestmark = pytest.mark.django_db
ASK = "/care/ask/hardship/"
WHY = "妻子住院，两个月没有出车"


@pytest.fixture
def cast(db):
    with time_machine.travel(MONDAY, tick=False):
        yield make_cast()


@pytest.fixture
def phone(cast):
    return signed_in(cast.driver)


def photo(good: bool = True):
    file = BytesIO(signature() if good else b"%PDF-1.4")
    file.name = "paper.png"
    return file


def send(browser, path=ASK, **more):
    values = {"client_key": str(uuid4()), "amount": "1000", "reason": WHY, "account": "", "agree": "1"}
    return browser.post(path, {name: value for name, value in (values | more).items() if value is not None})


def test_from_the_form_to_the_page_that_says_by_when(cast, phone):
    assert "12月7日 周一 前告诉您批没批" in phone.get(ASK).content.decode()
    answer = send(phone, papers=photo())
    row = Application.objects.get()
    assert answer.status_code == 302 and answer.url == f"/care/asked/{row.key}/" and Evidence.objects.count() == 1
    page = phone.get(answer.url).content.decode()
    assert "困难帮扶" in page and "12月7日 周一 前" in page and WHY in page
    assert "等审批" in phone.get("/care/").content.decode() and phone.get(ASK).url == answer.url  # one at a time
    assert "care_papers" not in phone.session


@pytest.mark.parametrize(
    ("more", "field", "said"),
    [
        ({"amount": "一千"}, "amount", "写需要多少元"), ({"amount": "99999999"}, "amount", "写需要多少元"), ({"amount": "0"}, "amount", "大于 0"),
        ({"reason": "难"}, "reason", "至少 5 个字"), ({"agree": None}, "agree", "要本人同意"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_and_photographed_stays(cast, phone, more, field, said):
    key = str(uuid4())
    answer = send(phone, client_key=key, papers=photo(), account="工商银行 6222", **more)
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page and f'id="{field}-error"' in page
    assert 'value="工商银行 6222"' in page and "放好了 1 张" in page and not Application.objects.exists()
    assert send(phone, client_key=key).status_code == 302
    assert Evidence.objects.count() == 1  # the photo came with the first post


def test_a_photo_that_is_none_is_said_and_the_good_one_stays(cast, phone):
    answer = send(phone, papers=[photo(), photo(good=False)])
    page = answer.content.decode()
    assert answer.status_code == 422 and 'id="papers-error"' in page and "放好了 1 张" in page
    key = re.search(r'name="client_key" value="([^"]+)"', page)[1]
    assert "放好了" not in send(phone, client_key=key, go="drop").content.decode()
    assert not Application.objects.exists()


def test_another_and_who_is_not_signed_in_find_nothing(cast, phone):
    row = asked(cast.driver, cast.viewer("driver"))
    for path in ("", "withdraw/", "receipt/"):
        for browser in (Client(), signed_in(cast.neighbour), signed_in(cast.approver), signed_in(cast.secretary)):
            assert browser.get(f"/care/asked/{row.key}/{path}").status_code == 404
    for path in ("/care/", "/care/ask/solatium/"):
        page = Client().get(path)
        assert page.status_code == 200 and "用手机号登录" in page.content.decode()
    assert phone.get("/care/ask/gift/").status_code == 404 and Client().get(f"/care/ask/{cast.driver.key}/hardship/").status_code == 404


def test_it_is_withdrawn_in_two_steps(cast, phone):
    row = asked(cast.driver, cast.viewer("driver"))
    path = f"/care/asked/{row.key}/"
    assert "不要了，撤回" in phone.get(path).content.decode() and phone.get(f"{path}withdraw/").status_code == 200
    phone.post(f"{path}withdraw/")
    row.refresh_from_db()
    assert row.state == "withdrawn" and "不办了" in phone.get(path).content.decode()
    assert phone.get(f"{path}withdraw/").status_code == 404


def test_he_signs_for_cash_drawn_or_typed_and_takes_it_back(cast, phone):
    care = filled(make_care(), 300_000, cast.viewer("cashier"))
    row = asked(cast.driver, cast.viewer("driver"))
    path = f"/care/asked/{row.key}/receipt/"
    assert phone.get(path).status_code == 404  # nothing to sign for yet
    applications.approve(application=row, amount_fen=80_000, fund=care.fund, by=cast.viewer("approver"), version=0, now=MONDAY)
    assert "签收条" in phone.get("/care/").content.decode() and "今收到现金 800 元" in phone.get(path).content.decode()
    for sent, said in (({}, "当面签字"), ({"typed": "别人"}, "打您自己的姓名"), ({"drawn": "data:image/png;base64,AAAA"}, "照片")):
        answer = phone.post(path, sent)
        assert answer.status_code == 422 and said in answer.content.decode() and not Receipt.objects.exists()
    empty = "data:image/png;base64," + base64.b64encode(signature(strokes=False)).decode()
    assert "空的" in phone.post(path, {"drawn": empty}).content.decode()
    drawn = "data:image/png;base64," + base64.b64encode(signature()).decode()
    assert phone.post(path, {"drawn": drawn}).status_code == 302 and Receipt.objects.get().how == "drawn"
    phone.post(path, {"act": "take_back"})
    phone.post(path, {"typed": "张师傅"})
    assert Receipt.objects.get().how == "typed"


def test_his_page_tells_what_he_received(cast, phone):
    care = stocked(filled(make_care(), 300_000, cast.viewer("cashier")), 20, cast.viewer("union_officer"))
    given(care, cast.viewer("secretary"), person=cast.driver, plate="", tail="")
    row = asked(cast.driver, cast.viewer("driver"), account="工商银行 6222")
    row = applications.approve(application=row, amount_fen=80_000, fund=care.fund, by=cast.viewer("approver"), version=0, now=MONDAY)
    assert "打到您留的账户" in phone.get(f"/care/asked/{row.key}/").content.decode()
    applications.pay(application=row, how="transfer", client_key=uuid4(), by=cast.viewer("cashier"), version=row.version, now=MONDAY)
    page = phone.get("/care/").content.decode()
    assert "暖心礼包 1 份" in page and "困难帮扶 800 元" in page and "先入会" in page
    UnionMember.objects.create(person=cast.driver, occupation="truck", joined_on=MONDAY.date())
    assert "先入会" not in phone.get("/care/").content.decode()
    assert "暖心礼包" not in signed_in(cast.neighbour).get("/care/").content.decode()
    copy = phone.get("/members/data/copy").json()
    assert "关爱申请" in copy and "领到的东西" in copy


def test_a_contact_asks_for_one_of_his_five_sees_how_far_and_not_a_word_of_others(cast):
    contact = member(cast)
    driver = seated(cast, contact, 2)[0].driver.person
    browser = signed_in(contact.person)
    path = f"/care/ask/{driver.key}/hardship/"
    assert "替他申请困难帮扶" in browser.get(f"/members/five/{driver.key}").content.decode()
    page = browser.get(path).content.decode()
    assert "我问过他，他同意" in page and driver.name not in page
    answer = send(browser, path)
    row = Application.objects.get()
    assert (row.person, row.asked_by, row.consent.how, row.consent.person) == (driver, contact.person, "staff", driver)
    assert "正在审批" in browser.get(answer.url).content.decode()
    own = signed_in(driver)
    assert WHY not in own.get(answer.url).content.decode()  # what another wrote about him is not his to read
    assert browser.get(f"/care/ask/{cast.neighbour.key}/hardship/").status_code == 404
