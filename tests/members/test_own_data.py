"""A person's own data: seen, copied, corrected, asked to be deleted; who looked; consent taken back."""

import json

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditLine, SignedIn
from accounts.rules.viewer import NOBODY, Viewer
from accounts.selectors.consents import agreed
from accounts.services import consents
from accounts.services.reveal import reveal
from common.errors import DomainError, NotThere
from members.models import Claim, ContactNote, DataRequest, Driver, Outreach, Seat, UnionMember
from members.selectors import own, own_history
from members.services import own as services
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.members.makers import make_driver

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db):
    cast = make_cast("driver", "neighbour", "registrar", "second_registrar", "secretary")
    make_driver("张师傅", phone="13800000001", person=cast.driver, trade="煤炭")
    return cast


def of(person) -> Viewer:
    return Viewer(person_id=person.pk)


def test_he_sees_what_is_known_of_him_and_nobody_else_does(people):
    shown = dict(own.own_facts(of(people.driver)))
    assert dict(shown["司机登记"])["行业"] == "煤炭" and dict(shown["账号"])["手机号"] == "13800000001"
    assert "司机登记" not in dict(own.own_facts(of(people.neighbour)))
    assert own.own_facts(NOBODY) == []


def test_the_copy_holds_what_the_page_shows(people):
    answer = signed_in(people.driver).get("/members/data/copy")
    assert json.loads(answer.content)["司机登记"]["行业"] == "煤炭"
    assert signed_in(None).get("/members/data/copy").status_code == 302


def test_the_copy_holds_all_that_is_known_of_him_and_nothing_that_others_said_in_confidence(people):
    from accounts.models import Place
    from members.services import drivers

    row, keeper = Driver.objects.get(person=people.driver), people.viewer("registrar")
    living = Place.objects.get(code="320312009")
    drivers.correct(driver=row, living_place=living, work_place="铜山区", note="本人来过", reason="本人说的", by=keeper, now=MONDAY)
    claim = Claim.objects.create(person=people.driver, source="census", at=MONDAY)
    Outreach.objects.create(claim=claim, at=MONDAY, by=people.secretary, how="call", reached=True, note="说月底回来")
    seat = Seat.objects.create(contact=people.neighbour, driver=row, seat=1, since=MONDAY)
    ContactNote.objects.create(seat=seat, at=MONDAY, how="visit", words="悄悄话")
    consents.give(person=people.driver, purpose="zone", now=MONDAY)
    services.ask(kind="correct", words="我不跑煤炭了", by=of(people.driver), now=MONDAY)
    reveal(subject=people.driver, field="phone", by=keeper, reason="核对摸排", now=MONDAY)
    answer = signed_in(people.driver).get("/members/data/copy").content.decode()
    copy = json.loads(answer)
    assert copy["司机登记"]["住在"] == living.name and copy["司机登记"]["劳动关系所在地"] == "铜山区" and copy["司机登记"]["备注"] == "本人来过"
    history = [each["什么"] for each in copy["登记改过什么"]]
    assert f"居住地：没写 改成 {living.name}" in history and "劳动关系所在地：没写 改成 铜山区" in history
    calls = [each["什么"] for each in copy["找过您的记录"]]
    assert "打电话，找到了，说月底回来" in calls and "联系人：见面" in calls and "悄悄话" not in answer
    assert copy["联系人"][0]["什么"].endswith("师傅，现在也是")
    assert "让联系人知道我的电话" in copy["同意过的"][0]["什么"] and "我不跑煤炭了" in copy["要求过的"][0]["什么"]
    assert copy["谁看过我的号码"] == {"信息库管理员": 1} and people.registrar.name not in answer and people.secretary.name not in answer
    page = signed_in(people.driver).get("/members/data").content.decode()
    assert living.name in page and "打电话，找到了" in page
    hidden = Viewer(person_id=people.driver.pk, hidden_before=MONDAY)
    assert [name for name, _rows in own.own_facts(hidden)] == ["账号"] and own_history.own_rights(hidden) == []


def test_who_looked_is_told_as_role_and_count(people):
    keeper = people.viewer("registrar")
    reveal(subject=people.driver, field="phone", by=keeper, reason="核对摸排", now=MONDAY)
    page = signed_in(people.driver).get("/members/data").content.decode()
    assert "信息库管理员" in page and "1 次" in page and people.registrar.name not in page


def test_a_request_is_answered_by_a_keeper_with_words_and_never_by_himself(people):
    with pytest.raises(DomainError):
        services.ask(kind="correct", words="", by=of(people.driver), now=MONDAY)
    row = services.ask(kind="correct", words="我在棠张镇，不在利国", by=of(people.driver), now=MONDAY)
    assert services.ask(kind="correct", words="再说一遍这件事", by=of(people.driver), now=MONDAY) == row
    with pytest.raises(NotThere):
        services.answer(request=row, done=True, words="改好了，谢谢", by=people.viewer("secretary"), now=MONDAY)
    with pytest.raises(DomainError):
        services.answer(request=row, done=False, words="", by=people.viewer("registrar"), now=MONDAY)
    services.answer(request=row, done=True, words="改成棠张镇了", by=people.viewer("registrar"), now=MONDAY)
    assert own.own_requests(of(people.driver)).get().answer == "改成棠张镇了"
    mine = services.ask(kind="delete", words="", by=of(people.registrar), now=MONDAY)
    with pytest.raises(NotThere):
        services.answer(request=mine, done=True, words="自己给自己办", by=people.viewer("registrar"), now=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        DataRequest.objects.filter(pk=mine.pk).update(answered_by=people.registrar)


def test_a_deletion_that_is_granted_deletes_ends_the_registration_and_signs_him_out(people):
    browser = signed_in(people.driver)
    assert browser.get("/members/data").status_code == 200
    row = services.ask(kind="delete", words="", by=of(people.driver), now=MONDAY)
    services.answer(request=row, done=True, words="都删了，账号也退了", by=people.viewer("registrar"), now=MONDAY)
    people.driver.refresh_from_db()
    driver = Driver.objects.get(person=people.driver)
    assert (people.driver.phone, people.driver.phone_index, people.driver.id_number) == (None, None, None)
    assert (driver.state, driver.erased_at) == ("left", MONDAY)
    assert not SignedIn.objects.filter(person=people.driver).exists()
    assert AuditLine.objects.filter(act__in=["person.forgotten", "driver.forgotten", "driver.state"]).count() == 3


def test_who_is_still_needed_is_not_deleted_and_the_keeper_reads_why(people):
    UnionMember.objects.create(person=people.driver, occupation="truck")
    row = services.ask(kind="delete", words="", by=of(people.driver), now=MONDAY)
    with pytest.raises(DomainError, match="还有没完的事") as refused:
        services.answer(request=row, done=True, words="都删了，账号也退了", by=people.viewer("registrar"), now=MONDAY)
    people.driver.refresh_from_db()
    row.refresh_from_db()
    assert (refused.value.field, row.state, people.driver.phone) == ("done", DataRequest.State.OPEN, "13800000001")
    assert Driver.objects.get(person=people.driver).state == "active"
    services.answer(request=row, done=False, words="您还是工会会员，先退会", by=people.viewer("registrar"), now=MONDAY)
    assert own.own_requests(of(people.driver)).get().state == DataRequest.State.REFUSED


def test_a_consent_is_taken_back_on_the_page_with_the_next_reading(people):
    consents.give(person=people.driver, purpose="zone", now=MONDAY)
    keeper = people.viewer("registrar")
    assert agreed(keeper, [people.driver.pk], "zone")
    assert signed_in(people.driver).post("/members/data", {"withdraw": "zone"}).status_code == 302
    assert not agreed(keeper, [people.driver.pk], "zone")


def test_what_was_typed_stays_on_the_page_when_it_is_too_short(people):
    answer = signed_in(people.driver).post("/members/data", {"kind": "correct", "words": "错"})
    assert answer.status_code == 422 and "错</textarea>" in answer.content.decode()


def test_after_a_long_silence_the_next_owner_of_the_number_learns_nothing(people):
    from dataclasses import replace

    from members.selectors.claims import own_claim, own_membership
    from members.services import claims

    said = claims.Said(name="张师傅", kind="full", relation="本区")
    claims.open_claim(person=people.driver, said=said, by=of(people.driver), now=MONDAY)
    services.ask(kind="delete", words="", by=of(people.driver), now=MONDAY)
    heir = replace(of(people.driver), hidden_before=MONDAY.replace(year=2027))
    assert own.own_facts(heir) == [("账号", [("手机号", "13800000001")])]
    assert own_claim(heir) is None and own_membership(heir) is None and not own.own_requests(heir).exists()
