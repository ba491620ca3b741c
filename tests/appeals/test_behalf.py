"""A contact writes for one of his five, with his consent: the driver's matter from the first second, never the contact's."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import AuditLine, Person, Posting, Unit
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.selectors.viewer import viewer_for
from accounts.services import consents
from appeals.models import Accused, Appeal, Draft, Event
from appeals.rules.life import FiledBy, State
from appeals.rules.moves import Move
from appeals.selectors.behalf import written_for
from appeals.selectors.facts import offers_for
from appeals.selectors.scope import appeals_for, own_appeals
from appeals.services import behalf, drafts, filing, handling, receipts, routing
from appeals.web import browser
from members.models import Seat
from members.selectors.zones import own_seats, spoken_for
from members.services import contacts
from notices.models import Notice
from tests.appeals import journey
from tests.appeals.api import Caller
from tests.cast import LONG_AGO, MONDAY, make_cast
from tests.house.test_twin_world import CONFLICTED, compare
from tests.house.walking import signed_in
from tests.members.zone_world import looking, member, seated

pytestmark = pytest.mark.django_db
STORY = "他说昨晚在大许路口，执法三中队的人拦下他就骂，证件也没亮。"
FORM = "what where who photos phone check"


@pytest.fixture
def cast(db):
    with time_machine.travel(MONDAY, tick=False):
        yield make_cast()


@pytest.fixture
def two(cast):
    """王建国, of the branch that squad three hosts, keeps touch with 李1号, who agrees that he speaks for him."""
    seat = seated(cast, member(cast), 1)[0]
    Person.objects.filter(pk=seat.driver.person_id).update(phone_proved_at=LONG_AGO)
    consents.give(person=seat.driver.person, purpose="speak_for_me", now=MONDAY)
    return Seat.objects.select_related("contact", "driver__person").get(pk=seat.pk)


class Phone:
    """The contact's phone, on which he writes for the driver of `seat`."""

    def __init__(self, seat: Seat):
        self.client, self.driver = signed_in(seat.contact), seat.driver.person
        self.key = re.search(r'name="client_key" value="([^"]+)"', self.text("what"))[1]

    def url(self, name: str = "") -> str:
        return f"/appeals/for/{self.driver.key}/{name}"

    def text(self, name: str = "", status: int = 200) -> str:
        answer = self.client.get(self.url(name))
        assert answer.status_code == status, (name, answer.status_code)
        return answer.content.decode()

    def post(self, name: str, **typed):
        return self.client.post(self.url(name), {"client_key": self.key, "go": "next", **typed})

    def fill(self, text: str = STORY, **who) -> None:
        self.post("what", text=text)
        self.post("where", place="320312118", spot="大许路口")
        self.post("who", **(who or {"about": "squad", "squad": "squad-03"}))
        self.post("photos")
        self.post("phone", phone="")

    def send(self):
        return self.post("check")


def filed(seat: Seat, **more) -> Appeal:
    """As the contact files it."""
    return journey.file(by=looking(seat.contact), now=MONDAY, phone="", on_behalf_of=seat.driver.person.key, **more)


def take_back(seat: Seat) -> None:
    consents.withdraw(person=seat.driver.person, purpose="speak_for_me", now=MONDAY)


# --- the way of it -----------------------------------------------------------------------------


def test_from_the_page_of_the_driver_over_the_same_six_pages_to_a_number_to_hand_on(two):
    link = reverse("appeals:for", args=[two.driver.person.key])
    assert f'href="{link}"' in signed_in(two.contact).get(f"/members/five/{two.driver.person.key}").content.decode()
    phone = Phone(two)
    for words in ("替李*反映", "挂着您支部的中队也一样", "写了什么，您自己知道", "评价只有他能评", "开始写"):
        assert words in phone.text()
    phone.fill()
    page = phone.text("check")
    assert "替李*写" in page and "他的手机号" in page and "他们看不到" in page and 'name="consent"' not in page
    answer = phone.send()
    appeal = Appeal.objects.get()
    assert answer.status_code == 302 and answer["Location"] == phone.url(f"receipt/{appeal.key}")
    assert (appeal.person, appeal.filed_by, appeal.channel) == (two.driver.person, two.contact, FiledBy.CONTACT)
    assert list(appeal.accused.values_list("unit__code", flat=True)) == ["squad-03"] and not appeal.tell_unit
    receipt = phone.text(f"receipt/{appeal.key}")
    code = receipts.receipt_of(appeal).code
    assert appeal.number[:4] in receipt and "查询码不给您" in receipt and code not in receipt and f"{code[:3]} {code[3:]}" not in receipt


def test_each_page_has_one_heading_one_main_button_and_leads_nowhere_but_to_its_own(two):
    phone = Phone(two)
    phone.fill()
    for name in ("", *FORM.split()):
        page = phone.text(name)
        assert page.count("<h1") == 1 and page.count('class="button"') == 1, name
        assert "/appeals/new" not in page.replace("/appeals/new/leave", ""), name
    assert Draft.objects.get().holder != drafts.holder_of(phone.client.cookies[browser.TOKEN].value)


def test_both_stand_in_the_log_and_the_driver_is_told(two):
    appeal = filed(two)
    line = AuditLine.objects.get(act="appeal.file")
    assert (line.actor_id, line.actor_word, line.about_pk) == (two.contact_id, "contact", str(appeal.pk))
    assert line.new == {"channel": "contact", "for": two.driver.person_id}
    told = Notice.objects.filter(about_kind="appeals.appeal", about_pk=str(appeal.pk))
    assert set(told.values_list("template", "recipient")) == {("appeal.spoken", two.driver.person_id)}
    assert set(told.values_list("channel", flat=True)) == {"inapp", "sms"}


def test_the_driver_has_it_as_his_own_and_may_do_all_with_it(two, cast):
    appeal = filed(two)
    driver = signed_in(two.driver.person)
    assert "由您的联系人王师傅代您写下" in driver.get("/appeals/mine").content.decode()
    page = driver.get(f"/appeals/track/{appeal.key}").content.decode()
    assert "由您的联系人王师傅代您写下" in page and "不是您的意思，就撤回" in page and "王建国" not in page
    mine = looking(two.driver.person)
    assert Move.WITHDRAW in {offer.move for offer in offers_for(appeal, mine, now=MONDAY)}
    assert driver.post(f"/appeals/track/{appeal.key}/withdraw", {"sure": "1"}).status_code == 302
    appeal.refresh_from_db()
    assert appeal.state == State.WITHDRAWN


def test_by_number_and_code_no_name_is_told(two, cast):
    appeal = filed(two)
    for client in (signed_in(None), signed_in(cast.neighbour)):
        client.post("/appeals/track", {"number": appeal.number, "code": receipts.receipt_of(appeal).code})
        page = client.get(f"/appeals/track/{appeal.key}").content.decode()
        assert "由联系人代写" in page and "王师傅" not in page


def test_after_a_long_silence_the_new_holder_of_the_phone_does_not_read_it(two):
    filed(two)
    assert not own_appeals(Viewer(person_id=two.driver.person_id, hidden_before=MONDAY - timedelta(days=1))).exists()


# --- what the contact may, afterwards ----------------------------------------------------------


def test_the_contact_rates_nothing_reads_nothing_and_sees_only_how_far_it_is(two, cast):
    phone = Phone(two)
    phone.fill(text=journey.FREIGHT, about="nobody")
    phone.send()
    appeal = Appeal.objects.get()
    routing.route(appeal_id=appeal.pk, now=MONDAY)
    appeal.refresh_from_db()
    handling.accept(appeal=appeal, by=cast.viewer("handler"), version=None, now=MONDAY)
    journey.answer(cast, Appeal.objects.get(), now=MONDAY)
    page = phone.text()
    assert "有答复了" in page and appeal.number[:4] in page
    assert "石子" not in page and "约谈" not in page and "运输科" not in page
    for path in ("", "/nudge", "/rate", "/add", "/who", "/withdraw", "/again"):
        assert phone.client.get(f"/appeals/track/{appeal.key}{path}").status_code in (404, 405), path
        assert phone.client.post(f"/appeals/track/{appeal.key}{path}", {"score": "5"}).status_code in (404, 405), path
    for name in ("", "/qr.svg", "/receipt.png"):
        assert phone.client.get(f"/appeals/receipt/{appeal.key}{name}").status_code == 404
    assert appeal.number not in phone.client.get("/appeals/mine").content.decode().replace(" ", "")
    assert not own_appeals(looking(two.contact)).exists() and not appeal.ratings.exists()


def test_with_the_consent_goes_the_sight_and_the_matter_goes_on(two):
    appeal, viewer, key = filed(two), looking(two.contact), two.driver.person.key
    assert written_for(viewer, key).get() == appeal
    take_back(two)
    assert not written_for(viewer, key).exists()
    assert signed_in(two.contact).get(f"/appeals/for/{key}/").status_code == 404
    appeal.refresh_from_db()
    assert appeal.state == State.SUBMITTED and own_appeals(looking(two.driver.person)).get() == appeal


def test_a_contact_who_works_at_the_unit_complained_of_hears_no_more_of_it(two):
    appeal, key = filed(two), two.driver.person.key
    squad = Unit.objects.get(code="squad-05")
    Posting.objects.create(person=two.contact, unit=squad, role=Role.SQUAD_HANDLER, starts_at=LONG_AGO)
    viewer = viewer_for(two.contact, now=MONDAY)
    assert written_for(viewer, key).exists()
    Accused.objects.create(appeal=appeal, unit=squad, source="driver", since=MONDAY)
    assert not written_for(viewer, key).exists()


def test_whoever_wrote_it_down_is_no_staff_in_it(two, cast):
    appeal = filed(two)
    routing.route(appeal_id=appeal.pk, now=MONDAY)
    assert appeals_for(cast.viewer("desk")).filter(pk=appeal.pk).exists()
    Posting.objects.create(person=two.contact, unit=Unit.objects.get(code="desk"), role=Role.DESK, starts_at=LONG_AGO)
    viewer = viewer_for(two.contact, now=MONDAY, second_factor=True)
    assert viewer.has_role(Role.DESK) and not appeals_for(viewer).filter(pk=appeal.pk).exists()


def test_the_handler_reads_that_a_contact_wrote_it_and_not_which(two, cast):
    appeal = filed(two)
    routing.route(appeal_id=appeal.pk, now=MONDAY)
    page = signed_in(cast.handler).get(f"/admin/appeals/appeal/{appeal.key}/").content.decode()
    assert "联系人代填" in page and "联系人 提交" in page
    for secret in ("王建国", "王师傅", "第三党支部", Unit.objects.get(code="branch-03").name):
        assert secret not in page, secret
    sheet = Caller(cast.handler, staff=True).get(f"handle/{appeal.number}/")
    assert "王建国" not in sheet.content.decode() and sheet.json()["events"][0]["who"] in ("contact", "system")


@pytest.mark.parametrize("slug", CONFLICTED)
def test_the_squad_that_hosts_his_branch_learns_nothing_of_it(two, cast, slug):
    secret = filed(two, text=STORY, accused=("squad-03",))
    routing.route(appeal_id=secret.pk, now=MONDAY)
    secret.refresh_from_db()
    assert secret.lead_unit.code == "legal"
    assert compare(slug, cast, secret) == []


# --- nobody else, and not without a word --------------------------------------------------------


def test_for_anybody_else_there_is_no_such_form(two, cast):
    other = member(cast, "赵立")
    theirs = seated(cast, other, 1)[0]
    for who in (cast.neighbour, cast.secretary, cast.desk, other.person, theirs.driver.person, two.driver.person, None):
        for name in ("", *FORM.split(), "discard"):
            assert signed_in(who).get(f"/appeals/for/{two.driver.person.key}/{name}").status_code == 404, (who, name)
        assert signed_in(who).post(f"/appeals/for/{two.driver.person.key}/check", {"text": STORY}).status_code == 404
        with pytest.raises(behalf.NotAgreed):
            journey.file(by=looking(who) if who else Viewer(), now=MONDAY, on_behalf_of=two.driver.person.key)
    assert signed_in(two.contact).get(f"/appeals/for/{uuid4()}/").status_code == 404
    assert signed_in(two.contact).get(f"/appeals/for/{theirs.driver.person.key}/").status_code == 404, "he has not agreed"
    silent = Viewer(person_id=two.contact_id, hidden_before=MONDAY)
    with pytest.raises(behalf.NotAgreed):
        journey.file(by=silent, now=MONDAY, on_behalf_of=two.driver.person.key)
    assert not Appeal.objects.exists()


def test_a_consent_taken_back_between_form_and_post_files_nothing_and_loses_no_word(two):
    phone = Phone(two)
    phone.fill()
    take_back(two)
    answer = phone.post("check", text=f"{STORY}他还说录了像。")
    page = answer.content.decode()
    assert answer.status_code == 409 and "现在不能替他交" in page and "他还说录了像" in page
    assert "李" not in page.replace(STORY, ""), "nothing of him is told any more"
    assert not Appeal.objects.exists() and "他还说录了像" in phone.text("what", status=409)
    consents.give(person=two.driver.person, purpose="speak_for_me", now=MONDAY)
    assert "他还说录了像" in phone.text("what")
    assert phone.send().status_code == 302 and Appeal.objects.get().text.endswith("他还说录了像。")


def test_a_consent_taken_back_in_the_very_moment_of_sending_counts(two, monkeypatch):
    phone = Phone(two)
    phone.fill()
    real = filing.file

    def late(**more):
        take_back(two)
        return real(**more)

    monkeypatch.setattr(filing, "file", late)
    answer = phone.send()
    assert answer.status_code == 409 and STORY in answer.content.decode() and not Appeal.objects.exists()


def test_the_consent_is_asked_once_more_when_its_row_is_held(two, monkeypatch):
    """Another's withdrawal is committed between the look at the seat and the lock on the consent."""
    take_back(two)
    monkeypatch.setattr(behalf.zones, "spoken_for", own_seats)
    with pytest.raises(behalf.NotAgreed):
        filed(two)
    assert not Appeal.objects.exists()


def test_the_seat_that_ended_ends_it_too(two):
    phone = Phone(two)
    phone.fill()
    contacts.ask_another(by=looking(two.driver.person), now=MONDAY)
    assert phone.send().status_code == 409 and not Appeal.objects.exists()
    assert phone.post("what", text="又写了一句，看看还在不在。").status_code == 409
    assert phone.client.post(phone.url("discard")).status_code == 302
    phone.text("what", status=404)


def test_a_draft_for_the_driver_is_not_the_drivers_nor_another_members(two, cast):
    phone = Phone(two)
    phone.fill()
    assert STORY not in phone.client.get("/appeals/new").content.decode()
    contacts.let_go(seat=two, by=looking(two.contact), why="线路对不上", now=MONDAY)
    other = member(cast, "赵立")
    Seat.objects.create(contact=other.person, driver=two.driver, seat=1, since=MONDAY)
    borrowed = signed_in(other.person)
    borrowed.cookies[browser.TOKEN] = phone.client.cookies[browser.TOKEN].value
    assert STORY not in borrowed.get(phone.url("what")).content.decode()


# --- once, and to the letter --------------------------------------------------------------------


def test_one_form_is_one_appeal_however_often_it_is_sent(two):
    phone = Phone(two)
    phone.fill()
    first, again = phone.send(), phone.send()
    assert first["Location"] == again["Location"] and Appeal.objects.count() == 1
    assert Event.objects.filter(move=Move.FILE).count() == 1


def test_the_api_takes_it_under_the_same_check_and_gives_no_code(two, cast):
    caller, key = Caller(two.contact), uuid4()
    first = caller.file(key=key, on_behalf_of=str(two.driver.person.key), tell_unit=True)
    again = caller.file(key=key, on_behalf_of=str(two.driver.person.key), tell_unit=True)
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()
    appeal = Appeal.objects.get()
    assert first.json()["number"] == appeal.number and first.json()["code"] == ""
    assert (appeal.person, appeal.filed_by, appeal.channel, appeal.tell_unit) == (two.driver.person, two.contact, "contact", False)
    assert caller.file(key=key).status_code == 409, "as his own it is another filing"
    take_back(two)
    assert caller.file(key=key, on_behalf_of=str(two.driver.person.key)).status_code == 200, "it was filed: a resend hears its number"
    for who in (two.contact, cast.neighbour, None):
        answer = Caller(who).file(on_behalf_of=str(two.driver.person.key))
        unknown = Caller(who).file(on_behalf_of=str(uuid4()))
        assert answer.status_code == unknown.status_code == 404 and answer.json() == unknown.json()


def test_a_driver_without_an_account_finds_it_when_he_signs_in(two):
    Person.objects.filter(pk=two.driver.person_id).update(phone_proved_at=None)
    appeal = filed(two)
    told = Notice.objects.filter(template="appeal.spoken", recipient=two.driver.person)
    assert "sms" in set(told.values_list("channel", flat=True))
    assert own_appeals(looking(two.driver.person)).get() == appeal


def test_the_database_takes_no_such_row_without_both(two):
    appeal = filed(two)
    columns = [each.column for each in Appeal._meta.concrete_fields if not each.primary_key]
    changed = {"number": "'1' || substr(number, 2)", "key": "'x' || substr(key, 2)", "client_key": "'x' || substr(client_key, 2)"}
    if connection.vendor == "postgresql":
        changed |= dict.fromkeys(("key", "client_key"), "gen_random_uuid()")
    for missing in ("person_id", "filed_by_id"):
        values = ", ".join("NULL" if name == missing else changed.get(name, f'"{name}"') for name in columns)
        names = ", ".join(f'"{name}"' for name in columns)
        with pytest.raises(IntegrityError, match="names him and his driver"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO appeals_appeal ({names}) SELECT {values} FROM appeals_appeal WHERE id = %s", [appeal.pk])  # noqa: S608 - fixed names


def test_zones_know_for_whom_a_member_may_speak(two, cast):
    assert [seat.pk for seat in spoken_for(looking(two.contact))] == [two.pk]
    assert not spoken_for(looking(two.driver.person)).exists() and not spoken_for(Viewer()).exists()
    take_back(two)
    assert not spoken_for(looking(two.contact)).exists()
