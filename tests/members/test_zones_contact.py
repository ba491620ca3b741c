"""On the phone: a member's five, a driver's contact; nobody reads what he did not agree to, and nobody else finds anything."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from accounts.models import AuditLine, Consent
from accounts.rules.viewer import NOBODY, Viewer
from accounts.services import consents
from branches.services import membership
from common.clock import SHANGHAI
from common.errors import DomainError, NotThere
from members.models import ContactNote, NoContact, Refusal, Seat, Waiting
from members.rules.contacts import next_due
from members.selectors import zones as selectors
from members.services import contacts, zones
from notices import registry as notices
from notices.models import Notice
from notices.selectors.inbox import notices_for
from tests.appeals.api import Caller
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.members.makers import make_driver
from tests.members.zone_world import TONGSHAN, looking, member, seated

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(hours=1)
FIVE, CONTACT, CHANGE = "/members/five", "/members/contact", "/members/contact/change"


@pytest.fixture
def cast(db):
    with time_machine.travel(MONDAY, tick=False):
        yield make_cast()


@pytest.fixture
def two(cast):
    """王建国 keeps touch with 李1号, who has an account: both on their phones."""
    one = member(cast)
    seat = seated(cast, one, 1)[0]
    type(seat.driver.person).objects.filter(pk=seat.driver.person_id).update(phone_proved_at=MONDAY)
    type(one.person).objects.filter(pk=one.person_id).update(phone="13700000001")
    return Seat.objects.select_related("contact", "driver__person").get(pk=seat.pk)


def page(person, path, *, status=200, **data) -> str:
    client = signed_in(person)
    answer = client.post(path, data) if data else client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def one_of(seat) -> str:
    return reverse("members:one_of_five", args=[seat.driver.person.key])


# --- the contact's page ------------------------------------------------------------------------


def test_name_and_phone_are_whole_only_while_the_driver_agrees(two):
    hidden = page(two.contact, FIVE) + page(two.contact, one_of(two))
    assert "李*" in hidden and "李1号" not in hidden and two.driver.person.phone not in hidden
    assert "他还没同意让您看姓名和手机号" in hidden and "tel:139" not in hidden
    consents.give(person=two.driver.person, purpose="zone", now=MONDAY)
    shown = page(two.contact, FIVE)
    assert "李1号" in shown and f"tel:{two.driver.person.phone}" in shown
    consents.withdraw(person=two.driver.person, purpose="zone", now=LATER)
    assert "李1号" not in page(two.contact, FIVE)


def test_a_talk_is_noted_sealed_and_the_next_is_due_in_a_month(two):
    page(two.contact, one_of(two), status=302, act="note", how="call", words="运费拖了三个月")
    note = ContactNote.objects.get()
    assert (note.seat, note.how, note.words, note.at) == (two, "call", "运费拖了三个月", MONDAY)
    with connection.cursor() as cursor:
        cursor.execute("select words from members_contactnote")
        assert "运费" not in str(cursor.fetchone()[0]), "what was heard lies sealed in the table"
    two.refresh_from_db()
    assert two.due_at == next_due(MONDAY) and f"{two.due_at.astimezone(SHANGHAI):%m-%d}" == "12-23"
    text = page(two.contact, one_of(two))
    assert "运费拖了三个月" in text and "上次联系 11月23日" in text and "下次最晚 12月23日" in text
    assert "运费" not in AuditLine.objects.get(act="zone.note").new.values()


def test_a_second_tap_is_no_second_talk_and_a_wrong_form_says_what_is_missing(two):
    for _tap in range(2):
        page(two.contact, one_of(two), status=302, act="note", how="visit", words="见了面")
    assert ContactNote.objects.count() == 1
    text = page(two.contact, one_of(two), status=422, act="note", how="", words="没选")
    assert "选一样：打电话、见面还是微信" in text and "没选" in text
    with pytest.raises(DomainError):
        contacts.note(seat=two, how="call", words="长" * 1001, by=looking(two.contact), now=LATER)


def test_a_note_is_read_by_nobody_but_the_contact(two, cast):
    contacts.note(seat=two, how="call", words="家里老人病了", by=looking(two.contact), now=MONDAY)
    assert "家里老人病了" not in page(two.driver.person, CONTACT)
    with pytest.raises(NotThere):
        contacts.note(seat=two, how="call", words="冒充", by=looking(two.driver.person), now=LATER)


def test_the_contact_speaks_for_him_only_with_his_consent(two):
    link = f'href="{reverse("appeals:for", args=[two.driver.person.key])}"'
    before = page(two.contact, one_of(two))
    assert link not in before and "请他在自己的手机上点" in before
    page(two.driver.person, CONTACT, status=302, act="agree", purpose="speak_for_me")
    assert link in page(two.contact, one_of(two))
    page(two.driver.person, CONTACT, status=302, act="take_back", purpose="speak_for_me")
    assert link not in page(two.contact, one_of(two))


def test_for_who_has_no_account_the_contact_writes_down_that_he_agreed_and_he_is_told(two):
    person = two.driver.person
    with pytest.raises(DomainError):
        contacts.write_down(seat=two, purpose="speak_for_me", by=looking(two.contact), now=LATER)
    type(person).objects.filter(pk=person.pk).update(phone_proved_at=None)
    page(two.contact, one_of(two), status=302, act="agreed")
    given = Consent.objects.get(person=person)
    assert (given.purpose, given.how) == ("speak_for_me", "staff")
    assert AuditLine.objects.get(act="consent.give").actor_id == two.contact_id
    told = Notice.objects.filter(template="zone.written", recipient=person)
    assert set(told.values_list("channel", flat=True)) == {"inapp", "sms"}


def test_a_contact_writes_down_no_consent_to_his_phone_and_a_secretary_only_in_his_branch(two, cast):
    type(two.driver.person).objects.filter(pk=two.driver.person_id).update(phone_proved_at=None)
    for viewer in (looking(two.contact), cast.viewer("secretary_five"), cast.viewer("registrar"), NOBODY):
        with pytest.raises(NotThere):
            contacts.write_down(seat=two, purpose="zone", by=viewer, now=LATER)
    with pytest.raises(NotThere):
        contacts.write_down(seat=two, purpose="show_identity", by=cast.viewer("secretary"), now=LATER)
    contacts.write_down(seat=two, purpose="zone", by=cast.viewer("secretary"), now=LATER)
    assert Consent.objects.get().purpose == "zone"


def test_a_member_may_decline_and_says_why(two):
    path = reverse("members:let_go", args=[two.driver.person.key])
    assert "为什么要换" in page(two.contact, path)
    assert "写一句为什么" in page(two.contact, path, status=422, why=" ")
    page(two.contact, path, status=302, why="跑的线路对不上")
    two.refresh_from_db()
    assert (two.until, two.ended_why) == (MONDAY, "member_declined")
    assert Waiting.objects.get(until=None).driver == two.driver
    assert (Refusal.objects.get().by, Refusal.objects.get().why) == ("member", "跑的线路对不上")
    page(two.contact, one_of(two), status=404)


# --- the driver's page -------------------------------------------------------------------------


def test_the_driver_sees_who_his_contact_is_and_the_badge_only_with_consent(two):
    text = page(two.driver.person, CONTACT)
    assert "王师傅" in text and "tel:13700000001" in text and "王建国" not in text
    assert '<span class="small muted">联系人</span>' in text and '<span class="tag">' not in text
    consents.give(person=two.contact, purpose="show_identity", now=MONDAY)
    assert '<span class="tag">党员</span>' in page(two.driver.person, CONTACT)
    consents.withdraw(person=two.contact, purpose="show_identity", now=LATER)
    assert '<span class="tag">' not in page(two.driver.person, CONTACT)


def test_a_member_shows_his_badge_on_his_own_page_and_it_is_hidden_at_once_when_he_takes_it_back(two):
    assert "亮身份" in page(two.contact, FIVE)
    page(two.contact, FIVE, status=302, show="on")
    assert '<span class="tag">党员</span>' in page(two.driver.person, CONTACT) and "不亮了" in page(two.contact, FIVE)
    page(two.contact, FIVE, status=302, show="off")
    assert '<span class="tag">' not in page(two.driver.person, CONTACT) and "不亮了" not in page(two.contact, FIVE)
    assert Consent.objects.get(person=two.contact, purpose="show_identity").withdrawn_at is not None
    page(two.driver.person, FIVE, status=404, show="on")
    with pytest.raises(NotThere):
        contacts.show_identity(show=True, by=looking(two.driver.person), now=MONDAY)


def test_a_member_shows_his_badge_through_the_api_and_nobody_else_has_that_door(two):
    own = Caller(two.contact)
    assert own.post("me/identity/", {"show": True}).json() == {"shown": True}
    assert '<span class="tag">党员</span>' in page(two.driver.person, CONTACT)
    assert own.post("me/identity/", {"show": False}).json() == {"shown": False}
    assert '<span class="tag">' not in page(two.driver.person, CONTACT)
    assert Caller(two.driver.person).post("me/identity/", {"show": True}).status_code == 404


def test_a_driver_may_ask_for_another_and_waits_from_the_same_moment(two, cast):
    assert "换一个联系人？" in page(two.driver.person, CHANGE)
    page(two.driver.person, CHANGE, status=302, why="没空接电话")
    two.refresh_from_db()
    assert (two.until, two.ended_why) == (MONDAY, "driver_refused")
    assert (Waiting.objects.get().since, Waiting.objects.get().until) == (MONDAY, None)
    assert zones.propose(by=cast.viewer("secretary"), now=LATER).made == 0, "these two are not put together again"
    assert "正在给您安排" in page(two.driver.person, CONTACT)


def test_a_driver_may_want_none_and_later_one_after_all(two, cast):
    other = member(cast, "赵立")
    page(two.driver.person, f"{CHANGE}?none=1", status=302, sure="1")
    assert NoContact.objects.get().until is None and not Waiting.objects.exists()
    assert zones.propose(by=cast.viewer("secretary"), now=LATER).made == 0
    text = page(two.driver.person, CONTACT)
    assert "您说过不要联系人" in text
    page(two.driver.person, CONTACT, status=302, act="want")
    page(two.driver.person, CONTACT, status=302, act="want")
    assert NoContact.objects.get().until == MONDAY and Waiting.objects.count() == 1
    zones.propose(by=cast.viewer("secretary"), now=LATER, only_waiting=True)
    zones.accept_many(matches=None, by=cast.viewer("secretary"), now=LATER)
    assert Seat.objects.get(until=None).contact == other.person


def test_a_driver_without_a_contact_may_ask_for_one(cast):
    alone = make_driver("孙路", phone="13900000777", place=TONGSHAN)
    assert "给我安排一位联系人" in page(alone.person, CONTACT)
    page(alone.person, CONTACT, status=302, act="want")
    assert Waiting.objects.get(until=None).why == "driver_asked"


# --- nobody else -------------------------------------------------------------------------------


def test_the_neighbour_a_stranger_and_another_member_find_nothing(two, cast):
    other = member(cast, "赵立")
    theirs = seated(cast, other, 1)[0]
    let_go = reverse("members:let_go", args=[two.driver.person.key])
    for who in (cast.neighbour, cast.stranger, cast.secretary, theirs.driver.person, None):
        for path in (FIVE, one_of(two), let_go):
            page(who, path, status=404)
    for path in (one_of(two), let_go):
        page(other.person, path, status=404)
        page(other.person, path, status=404, act="note", how="call", why="不是我的")
    for who in (cast.neighbour, cast.stranger, cast.secretary, two.contact, None):
        for path in (CONTACT, CHANGE, f"{CHANGE}?none=1"):
            page(who, path, status=404)
    assert not ContactNote.objects.exists() and Seat.objects.filter(until=None).count() == 2


def test_a_page_of_five_is_gone_in_the_moment_the_membership_ends(two, cast):
    one = two.contact.memberships.get()
    membership.end(membership=one, by=cast.viewer("committee_secretary"), now=LATER, reason="关系转走了")
    page(two.contact, FIVE, status=404)
    page(two.contact, one_of(two), status=404)
    assert "王师傅" not in page(two.driver.person, CONTACT)


def test_after_a_long_silence_the_new_holder_of_the_phone_sees_nothing_of_before(two):
    later = MONDAY + timedelta(days=400)
    for person in (two.contact, two.driver.person):
        viewer = Viewer(person_id=person.pk, hidden_before=later)
        assert not selectors.own_seats(viewer).exists() and selectors.own_contact(viewer) is None
        assert not selectors.is_contact(viewer), "not even that the holder of before is a member"
        assert selectors.own_driver(viewer) is None


def test_a_seat_that_came_after_the_silence_is_not_told_to_the_new_holder_either(two):
    """The seat is the member's, and nothing proves that he holds the phone still."""
    viewer = Viewer(person_id=two.contact_id, hidden_before=MONDAY - timedelta(days=1))
    assert not selectors.own_seats(viewer).exists() and not selectors.is_contact(viewer)
    with pytest.raises(NotThere):
        contacts.note(seat=two, how="call", words="", by=viewer, now=LATER)


def test_home_and_mine_show_the_contact_and_the_five_to_those_two_alone(two, cast):
    for path in ("/", "/me/"):
        drivers_own, members_own = page(two.driver.person, path), page(two.contact, path)
        assert "王师傅" in drivers_own and "我的五位司机" not in drivers_own
        assert "我的五位司机" in members_own and "联系着 1 位" in members_own
        for who in (cast.neighbour, None):
            text = page(who, path)
            assert "王师傅" not in text and "我的五位司机" not in text and "找到您的支部" in text


# --- reminders ---------------------------------------------------------------------------------


def sweep_at(moment) -> int:
    return contacts.remind(moment)


def told(person, moment) -> list[str]:
    rows = Notice.objects.filter(template="zone.due", recipient=person, made_at__lte=moment)
    return sorted(rows.values_list("channel", flat=True))


def test_a_contact_is_due_monthly_and_reminded_once_however_often_the_sweep_runs(cast):
    one = member(cast)
    type(one.person).objects.filter(pk=one.person_id).update(phone="13700000001")
    seats = seated(cast, one, 3)
    assert {each.due_at for each in seats} == {next_due(MONDAY)}
    assert sweep_at(next_due(MONDAY) - timedelta(seconds=1)) == 0
    assert sweep_at(next_due(MONDAY)) == 3
    assert sweep_at(next_due(MONDAY) + timedelta(hours=1)) == 0
    assert told(one.person, next_due(MONDAY)) == ["inapp", "sms"], "one message for the three of a day, not three"
    assert set(Seat.objects.values_list("reminded_for", flat=True)) == {next_due(MONDAY)}
    contacts.note(seat=seats[0], how="call", words="", by=looking(one.person), now=next_due(MONDAY) + timedelta(days=2))
    again = next_due(next_due(MONDAY) + timedelta(days=2))
    assert sweep_at(again) == 1
    assert len(told(one.person, again)) == 4


def test_a_reminder_gives_nothing_away_and_is_not_sent_once_they_have_spoken(cast):
    one = member(cast)
    seat = seated(cast, one, 1)[0]
    due = next_due(MONDAY)
    sweep_at(due)
    words = str(notices.template("zone.due").words)
    assert not any(word in words for word in ("党", "支部", "司机", "李"))
    pk = str(one.person_id)
    assert notices.may_receive("members.five", one.person_id, [pk], now=due) == {pk}
    assert notices.may_receive("members.five", cast.neighbour.pk, [pk], now=due) == set()
    contacts.note(seat=seat, how="call", words="", by=looking(one.person), now=due)
    assert notices.may_receive("members.five", one.person_id, [pk], now=due) == set()


def test_the_reminder_stands_on_his_phone_and_leads_to_his_five(cast):
    one = member(cast)
    seated(cast, one, 1)
    due = next_due(MONDAY)
    sweep_at(due)
    row = Notice.objects.get(template="zone.due", channel="inapp")
    Notice.objects.filter(pk=row.pk).update(state="sent", settled_at=due)
    [news] = notices_for(looking(one.person), now=due, audience="driver")
    assert news.url == FIVE


def test_a_seat_that_ended_is_not_reminded_of(cast):
    one = member(cast)
    seat = seated(cast, one, 1)[0]
    contacts.let_go(seat=seat, by=looking(one.person), why="线路对不上", now=LATER)
    assert sweep_at(next_due(MONDAY)) == 0
