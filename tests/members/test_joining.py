"""The joining page for drivers, with consent; the work list of the union's truck drivers whom the register lacks."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import AuditLine, Consent
from accounts.rules.consents import WORDS
from accounts.rules.viewer import NOBODY, Viewer
from accounts.services import consents
from common.errors import DomainError, NotThere, Stale
from members.models import Driver, HandOver, JoinRequest, PhoneTail, UnionMember
from members.selectors import union as selectors
from members.services import joining as services
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.members.makers import make_driver, make_enterprise

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=1)
OTHERS = ("registrar", "secretary", "committee_secretary", "leader", "squad_three", "neighbour", "stranger")


@pytest.fixture
def people(db):
    return make_cast("driver", "union_officer", *OTHERS)


def me(people) -> Viewer:
    return Viewer(person_id=people.driver.pk)


def asked(people, **more) -> JoinRequest:
    words = services.Asked(**({"name": "张大路", "occupation": "truck", "employer_words": "甲运输公司"} | more))
    return services.ask(person=people.driver, asked=words, by=me(people), now=MONDAY)


def test_a_request_with_its_consent_becomes_a_union_member_and_no_driver(people):
    row = asked(people)
    assert asked(people) == row  # a second tap
    consent = Consent.objects.get()
    assert (consent.purpose, consent.version, row.consent) == ("join_union", WORDS["join_union"].version, consent)
    by, enterprise = people.viewer("union_officer"), make_enterprise()
    assert list(selectors.join_requests_for(by)) == [row]
    member = services.accept(request=row, by=by, enterprise=enterprise, now=LATER)
    assert (member.person, member.enterprise, member.occupation, member.joined_on) == (people.driver, enterprise, "truck", LATER.date())
    assert not Driver.objects.exists()
    assert PhoneTail.objects.get().tail == "0001"
    assert list(AuditLine.objects.filter(act__startswith="union.join").order_by("pk").values_list("act", flat=True)) == [
        "union.join_asked", "union.joined",
    ]  # fmt: skip
    with pytest.raises(Stale):
        services.accept(request=row, by=by, now=LATER)
    with pytest.raises(DomainError):
        asked(people)  # he is a member already


def test_who_left_the_union_joins_again_as_the_same_row(people):
    member = UnionMember.objects.create(person=people.driver, occupation="courier", ended_on=MONDAY.date())
    services.accept(request=asked(people), by=people.viewer("union_officer"), now=LATER)
    member.refresh_from_db()
    assert (member.ended_on, member.occupation) == (None, "truck")


def test_a_refusal_says_why_and_he_may_ask_again(people):
    row, by = asked(people), people.viewer("union_officer")
    with pytest.raises(DomainError):
        services.refuse(request=row, why="不", by=by, now=MONDAY)
    services.refuse(request=row, why="单位还没有建会", by=by, now=MONDAY)
    own = selectors.own_join(me(people))
    assert (own.state, own.why) == ("refused", "单位还没有建会")
    assert asked(people) != row
    with pytest.raises(IntegrityError), transaction.atomic():
        JoinRequest.objects.filter(pk=row.pk).update(why="")


@pytest.mark.parametrize("where", ["on this page", "with all my consents"])
def test_withdrawing_works_at_once_wherever_it_is_done(people, where):
    row = asked(people)
    if where == "on this page":
        assert services.withdraw(by=me(people), now=LATER)
    else:
        consents.withdraw(person=people.driver, purpose="join_union", now=LATER)
    by = people.viewer("union_officer")
    assert not selectors.join_requests_for(by).exists()
    assert selectors.own_join(me(people)).state == "withdrawn"
    with pytest.raises(Stale):
        services.accept(request=row, by=by, now=LATER)
    assert not UnionMember.objects.exists()
    assert asked(people) != row  # and later he may ask anew


def test_what_stood_there_before_a_long_silence_of_the_phone_is_not_shown_to_its_next_owner(people):
    row = asked(people)
    UnionMember.objects.create(person=people.driver, occupation="truck", joined_on=MONDAY.date())
    stranger = Viewer(person_id=people.driver.pk, hidden_before=LATER)
    assert selectors.own_join(stranger) is None and selectors.own_union_member(stranger) is None
    words = services.Asked("王新来", "truck")
    fresh = services.ask(person=people.driver, asked=words, by=stranger, now=LATER)
    row.refresh_from_db()
    assert (row.state, fresh.state, selectors.own_join(stranger)) == ("withdrawn", "open", fresh)
    with pytest.raises(Stale):  # the officer sees that the register has somebody under this number, and asks
        services.accept(request=fresh, by=people.viewer("union_officer"), now=LATER)


def test_only_the_officer_of_the_union_finds_requests_and_nobody_decides_his_own(people):
    row = asked(people)
    for slug in OTHERS:
        viewer = people.viewer(slug)
        assert not selectors.join_requests_for(viewer).exists(), slug
        assert selectors.own_join(viewer) is None
        with pytest.raises(NotThere):
            services.accept(request=row, by=viewer, now=MONDAY)
        with pytest.raises(NotThere):
            services.ask(person=people.driver, asked=services.Asked("张大路", "truck"), by=viewer, now=MONDAY)
    assert not selectors.join_requests_for(NOBODY).exists()
    JoinRequest.objects.filter(pk=row.pk).update(person=people.union_officer)
    assert not selectors.join_requests_for(people.viewer("union_officer")).exists()
    row.refresh_from_db()
    with pytest.raises(NotThere):
        services.accept(request=row, by=people.viewer("union_officer"), now=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        JoinRequest.objects.filter(pk=row.pk).update(decided_by=people.union_officer)


# --- the work list -------------------------------------------------------------------------------


def union_member(name: str, phone: str, occupation: str = "truck", **more) -> UnionMember:
    from accounts.services.people import make_person

    person = more.pop("person", None) or make_person(now=MONDAY, name=name, phone=phone)
    return UnionMember.objects.create(person=person, occupation=occupation, **more)


def test_the_work_list_is_the_truck_drivers_of_the_union_without_a_driver_in_the_register(people):
    lacking = union_member("钱不在", "13700000001")
    known = make_driver("孙在册", phone="13700000002")
    union_member("", "", person=known.person)
    left = make_driver("李走了", phone="13700000003", state="left")
    gone = union_member("", "", person=left.person)
    merged = make_driver("周并入", phone="13700000004", merged_into=known)
    union_member("", "", person=merged.person)  # his human stands in the register
    union_member("吴骑手", "13700000005", "courier")
    union_member("郑网约", "13700000006", "ride")
    union_member("王退会", "13700000007", ended_on=MONDAY.date())
    by = people.viewer("union_officer")
    assert set(selectors.missing_for(by)) == {lacking, gone}
    figures = selectors.figures(by)
    assert (figures.members, figures.trucks, figures.missing) == (6, 4, 2)
    assert figures.by_occupation == {"truck": 4, "courier": 1, "ride": 1, "other": 0}
    assert Driver.objects.count() == 3  # reading and counting makes nobody a driver


def test_handed_over_means_the_keeper_finds_him_dated_and_he_is_still_no_driver(people):
    lacking, other = union_member("钱不在", "13700000001"), union_member("孙也是", "13700000002", enterprise=make_enterprise())
    officer, keeper = people.viewer("union_officer"), people.viewer("registrar")
    assert not selectors.missing_for(keeper).exists()
    with pytest.raises(NotThere):
        services.hand_over(member=lacking, what="asked", note="问了", by=keeper, now=MONDAY)
    services.hand_over(member=lacking, what="handed", note="跑长途", by=officer, now=MONDAY)
    assert list(selectors.missing_for(keeper)) == [lacking]
    with pytest.raises(DomainError):
        services.hand_over(member=lacking, what="handed", note="", by=keeper, now=MONDAY)
    services.hand_over(member=lacking, what="asked", note="说下周来登记", by=keeper, now=LATER)
    (row,) = selectors.with_last_word(officer, selectors.missing_for(officer).filter(pk=lacking.pk))
    assert (row.what, row.told, row.told_at) == ("asked", "说下周来登记", LATER)
    assert services.hand_over_all(by=officer, now=LATER, enterprise=other.enterprise) == 1
    assert services.hand_over_all(by=officer, now=LATER) == 0
    assert selectors.missing_for(keeper).count() == 2
    assert not Driver.objects.exists() and HandOver.objects.count() == 3


def test_the_work_list_and_the_register_of_the_union_are_shut_to_everybody_else(people):
    member = union_member("钱不在", "13700000001")
    for slug in OTHERS:
        viewer = people.viewer(slug)
        assert not selectors.missing_for(viewer).exists(), slug
        assert not selectors.union_members_for(viewer).exists(), slug
        assert not selectors.found_members(viewer, "钱不").exists()
        assert selectors.figures(viewer).members == selectors.figures(viewer).missing == 0
        with pytest.raises(NotThere):
            services.hand_over(member=member, what="handed", note="", by=viewer, now=MONDAY)
        with pytest.raises(NotThere):
            services.hand_over_all(by=viewer, now=MONDAY)


def test_the_last_four_digits_follow_the_phone(people):
    member = union_member("钱不在", "13700001234")
    by = people.viewer("union_officer")
    assert services.keep_tails(now=MONDAY) == 1
    assert services.keep_tails(now=MONDAY) == 0
    assert list(selectors.found_members(by, "1234")) == [member]
    from accounts.services.people import set_phone

    set_phone(person=member.person, phone="13700005678", by=None, now=MONDAY)
    assert services.keep_tails(now=MONDAY) == 1
    assert not selectors.found_members(by, "1234").exists()
    assert list(selectors.found_members(by, "5678")) == list(selectors.found_members(by, "钱不")) == [member]
    assert not selectors.found_members(by, "钱").exists()


# --- the pages of the driver ---------------------------------------------------------------------


def test_a_driver_asks_on_his_phone_reads_the_refusal_and_takes_it_back(people):
    page, client = reverse("members:union"), signed_in(None)
    assert "登录" in client.get(page).content.decode()
    client = signed_in(people.driver)
    shown = client.get(page).content.decode()
    assert WORDS["join_union"].body in shown
    typed = {"name": "张大路", "occupation": "truck", "employer": "甲运输公司"}
    wrong = client.post(page, typed)
    assert wrong.status_code == 422 and "甲运输公司" in wrong.content.decode() and not JoinRequest.objects.exists()
    enterprise = make_enterprise("甲运输公司")
    assert client.post(page, typed | {"agree": "1"}).status_code == 302
    row = JoinRequest.objects.get()
    assert row.enterprise == enterprise and not UnionMember.objects.exists()
    services.refuse(request=row, why="单位还没有建会", by=people.viewer("union_officer"), now=MONDAY)
    assert "单位还没有建会" in client.get(page).content.decode()
    assert client.get(page + "?again=1").content.decode().count('name="agree"') == 1
    client.post(page, typed | {"agree": "1"})
    out = reverse("members:union_withdraw")
    assert client.get(out).status_code == 200
    assert client.post(out).status_code == 302
    assert selectors.own_join(me(people)).state == "withdrawn" and not Consent.objects.filter(withdrawn_at=None).exists()
    assert client.get(out).status_code == 404


def test_the_answer_is_one_word_to_him_alone_that_names_neither_the_union_nor_the_answer(people):
    from notices import registry
    from notices.models import Notice

    row = asked(people)
    services.refuse(request=row, why="单位还没有建会", by=people.viewer("union_officer"), now=MONDAY)
    assert {each.recipient for each in Notice.objects.all()} == {people.driver} and Notice.objects.exists()
    words = str(registry.template(services.ANSWERED).words)
    assert "工会" not in words and "没" not in words
    may = registry.kind(services.KIND).may_receive
    assert may(people.driver.pk, str(row.pk), now=MONDAY) and not may(people.neighbour.pk, str(row.pk), now=MONDAY)


def test_his_own_data_and_his_page_tell_him_of_the_request(people):
    asked(people)
    client = signed_in(people.driver)
    assert "入会申请" in client.get(reverse("members:data")).content.decode()
    assert reverse("members:union") in client.get("/me/").content.decode()


def test_the_title_of_the_page_tells_nothing(people):
    shown = signed_in(people.driver).get(reverse("members:union")).content.decode()
    title = shown.split("<title>")[1].split("</title>")[0]
    assert "工会" not in title


def test_a_member_reads_since_when_he_is_one(people):
    union_member("", "", person=people.driver, joined_on=MONDAY.date(), enterprise=make_enterprise())
    shown = signed_in(people.driver).get(reverse("members:union")).content.decode()
    assert "徐州甲运输有限公司" in shown and 'name="agree"' not in shown
