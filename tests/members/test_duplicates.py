"""Duplicates by phone and name, by plate and name: proposed, merged by a person, reversible."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import AuditLine
from accounts.rules.viewer import NOBODY
from accounts.services import consents
from branches.models import Branch, Membership
from branches.services import membership as memberships
from common.errors import DomainError, NotThere, Stale
from members.models import (
    Claim,
    Driver,
    DriverVehicle,
    Duplicate,
    FieldChange,
    JoinRequest,
    Match,
    NoContact,
    Refusal,
    SearchKey,
    Seat,
    UnionMember,
    Vehicle,
    Waiting,
)
from members.selectors import duplicates as selectors
from members.selectors.register import as_of, drivers_for, found
from members.services import claims, drivers
from members.services import duplicates as services
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.members.makers import make_driver

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=1)


@pytest.fixture
def people(db):
    return make_cast(
        "neighbour", "secretary", "committee_secretary", "registrar", "second_registrar", "union_officer", "leader", "squad_three", "stranger"
    )


def drive(driver: Driver, plate: str) -> DriverVehicle:
    vehicle, _made = Vehicle.objects.get_or_create(plate=plate)
    return DriverVehicle.objects.create(driver=driver, vehicle=vehicle, since=MONDAY.date())


def pair(people) -> tuple[Driver, Driver, Duplicate]:
    one, other = make_driver("李大路", phone="13900000001"), make_driver("李大路", phone="13900000001")
    assert services.propose(by=people.viewer("registrar"), now=MONDAY) == 1
    return one, other, Duplicate.objects.get()


def test_same_phone_and_name_and_same_plate_and_name_are_proposed_once_and_nothing_else_is(people):
    one, other, _row = pair(people)
    make_driver("李小路", phone="13900000001")  # the family's phone, another name
    first, second = make_driver("王长途", phone="13900000002"), make_driver("王长途", phone="13900000003")
    drive(first, "苏C11111"), drive(second, "苏C11111")
    drive(make_driver("赵同车", phone="13900000004"), "苏C11111")  # several drivers on one truck are no duplicates
    make_driver("李大路", phone="13900000009")  # only the name is the same
    assert services.propose(by=people.viewer("registrar"), now=MONDAY) == 1
    assert services.propose(by=people.viewer("registrar"), now=LATER) == 0
    assert set(Duplicate.objects.values_list("one", "other", "why")) == {
        (one.pk, other.pk, "phone_name"), (first.pk, second.pk, "plate"),
    }  # fmt: skip
    assert selectors.last_looked(people.viewer("registrar")) == LATER
    assert selectors.last_looked(people.viewer("union_officer")) is None


def test_looking_through_asks_the_same_few_questions_however_many_drivers(people, django_assert_max_num_queries):
    for at in range(30):
        make_driver("周同名", phone=f"1390000{at // 2:04}")
    with django_assert_max_num_queries(10):
        assert services.propose(by=people.viewer("registrar"), now=MONDAY) == 15


def test_only_the_keeper_of_the_register_finds_them_and_never_his_own(people):
    _one, other, row = pair(people)
    assert list(selectors.open_duplicates(people.viewer("registrar"))) == [row]
    for slug in ("secretary", "committee_secretary", "union_officer", "leader", "squad_three", "neighbour", "stranger"):
        viewer = people.viewer(slug)
        assert not selectors.duplicates_for(viewer).exists(), slug
        assert list(selectors.alike(viewer)) == []
        for act in (lambda v=viewer: services.merge(duplicate=row, keep=other, by=v, now=MONDAY), lambda v=viewer: services.propose(by=v, now=MONDAY)):
            with pytest.raises(NotThere):
                act()
    assert not selectors.duplicates_for(NOBODY).exists()
    Driver.objects.filter(pk=other.pk).update(person=people.registrar)
    assert not selectors.duplicates_for(people.viewer("registrar")).exists()
    with pytest.raises(NotThere):
        services.keep_apart(duplicate=row, by=people.viewer("registrar"), now=MONDAY)
    assert selectors.open_duplicates(people.viewer("second_registrar")).exists()


def test_a_merge_moves_what_is_free_writes_down_everything_and_is_taken_back(people):
    stays, goes, row = pair(people)
    shared, own = drive(goes, "苏C11111"), drive(goes, "苏C22222")
    drive(stays, "苏C11111")
    claim = Claim.objects.create(person=goes.person, source="census", at=MONDAY)
    seat = Seat.objects.create(contact=people.neighbour, driver=goes, seat=1, since=MONDAY)
    waits = Waiting.objects.create(driver=stays, since=MONDAY, why="new")
    member = UnionMember.objects.create(person=goes.person, occupation="truck")
    match = Match.objects.create(contact=people.neighbour, driver=goes, at=MONDAY)
    by = people.viewer("registrar")
    services.merge(duplicate=row, keep=stays, by=by, now=MONDAY)

    for each in (shared, own, claim, seat, waits, member, match, goes, row):
        each.refresh_from_db()
    assert list(drivers_for(by)) == [stays] and goes.merged_into == stays
    assert (shared.driver, shared.until, own.driver, own.until) == (goes, MONDAY.date(), stays, None)
    assert (claim.person, seat.driver, member.person) == (stays.person, stays, stays.person)
    assert waits.until == MONDAY and match.state == "lapsed"
    assert row.moved == {
        "kept": stays.pk, "drives": [own.pk], "drives_ended": [shared.pk], "claims": [claim.pk], "seats": [seat.pk],
        "seats_ended": [], "waits_ended": [waits.pk], "union": [member.pk],
    }  # fmt: skip
    assert list(found(by, drivers_for(by), "苏C22222")) == [stays]
    assert FieldChange.objects.get(driver=goes, field="merged_into").new == str(stays.pk)
    with pytest.raises(Stale):
        services.merge(duplicate=row, keep=stays, by=people.viewer("second_registrar"), now=MONDAY)

    services.undo(duplicate=row, by=by, now=LATER)
    for each in (shared, own, claim, seat, waits, member, goes, row):
        each.refresh_from_db()
    assert goes.merged_into is None and row.undone_at == LATER
    assert (shared.driver, shared.until, own.driver) == (goes, None, goes)
    assert (claim.person, seat.driver, seat.until, member.person, waits.until) == (goes.person, goes, None, goes.person, None)
    assert list(found(by, drivers_for(by), "苏C22222")) == [goes]
    assert SearchKey.objects.filter(driver=stays, key="v:苏C22222").count() == 0
    acts = list(AuditLine.objects.filter(act__startswith="duplicate").order_by("pk").values_list("act", flat=True))
    assert acts == ["duplicate.looked", "duplicate.merged", "duplicate.undone"]
    services.merge(duplicate=row, keep=goes, by=by, now=LATER)  # a merge taken back may be made again, the other way
    assert Driver.objects.get(pk=stays.pk).merged_into == goes


@pytest.mark.parametrize("why", ["has one", "refused him", "wants none", "is himself the contact"])
def test_a_seat_moves_only_where_it_is_free(people, why):
    stays, goes, row = pair(people)
    contact = stays.person if why == "is himself the contact" else people.neighbour
    memberships.admit(person=contact, kind="full", how="telephone", by=people.viewer("secretary"), now=MONDAY)
    seat = Seat.objects.create(contact=contact, driver=goes, seat=1, since=MONDAY)
    if why == "has one":
        Seat.objects.create(contact=people.stranger, driver=stays, seat=1, since=MONDAY)
    elif why == "refused him":
        Refusal.objects.create(contact=contact, driver=stays, by="driver", at=MONDAY)
    elif why == "wants none":
        NoContact.objects.create(driver=stays, since=MONDAY)
    services.merge(duplicate=row, keep=stays, by=people.viewer("registrar"), now=MONDAY)
    seat.refresh_from_db()
    assert (seat.driver, seat.until, seat.ended_why) == (goes, MONDAY, "merged")
    services.undo(duplicate=row, by=people.viewer("registrar"), now=LATER)
    seat.refresh_from_db()
    assert (seat.until, seat.ended_why) == (None, "")


def test_a_merge_taken_back_gives_nobody_back_to_a_contact_who_left_meanwhile(people):
    stays, goes, row = pair(people)
    by, now = people.viewer("registrar"), LATER + timedelta(days=1)
    left = memberships.admit(person=people.neighbour, kind="full", how="telephone", by=people.viewer("secretary"), now=MONDAY)
    seat = Seat.objects.create(contact=people.neighbour, driver=goes, seat=1, since=MONDAY)
    NoContact.objects.create(driver=stays, since=MONDAY)
    services.merge(duplicate=row, keep=stays, by=by, now=MONDAY)
    memberships.end(membership=left, by=people.viewer("committee_secretary"), reason="关系转走了", now=LATER)
    services.undo(duplicate=row, by=by, now=now)
    seat.refresh_from_db()
    assert (seat.until, seat.ended_why) == (MONDAY, "merged")
    waits = Waiting.objects.get(until=None)
    assert (waits.driver, waits.why, waits.since) == (goes, "member_left", now)


def test_a_count_of_a_past_day_is_the_same_after_a_merge(people):
    stays, _goes, row = pair(people)
    by = people.viewer("registrar")
    assert as_of(by, MONDAY) == 2
    services.merge(duplicate=row, keep=stays, by=by, now=LATER)
    assert (as_of(by, MONDAY), as_of(by, LATER)) == (2, 1)
    services.undo(duplicate=row, by=by, now=LATER + timedelta(days=1))
    assert (as_of(by, MONDAY), as_of(by, LATER), as_of(by, LATER + timedelta(days=2))) == (2, 1, 2)


def test_the_row_with_a_membership_or_an_account_is_the_one_that_stays_and_the_words_tell_not_which(people):
    one, other, row = pair(people)
    by = people.viewer("registrar")
    memberships.admit(person=other.person, kind="full", how="telephone", by=people.viewer("secretary"), now=MONDAY)
    with pytest.raises(DomainError) as member:
        services.merge(duplicate=row, keep=one, by=by, now=MONDAY)
    type(one.person).objects.filter(pk=one.person_id).update(signin_index="x")  # less than a membership
    services.merge(duplicate=row, keep=other, by=by, now=MONDAY)
    services.undo(duplicate=row, by=by, now=MONDAY)
    memberships.admit(person=one.person, kind="full", how="telephone", by=people.viewer("secretary"), now=MONDAY)
    with pytest.raises(DomainError):
        services.merge(duplicate=row, keep=other, by=by, now=MONDAY)
    third = make_driver("李大路", phone="13900000001")
    services.propose(by=by, now=LATER)
    account = Duplicate.objects.get(one=one, other=third)
    type(one.person).objects.filter(pk=third.person_id).update(signin_index="y")
    one.person.memberships.all().delete()
    type(one.person).objects.filter(pk=one.person_id).update(signin_index=None)
    with pytest.raises(DomainError) as signed_in:
        services.merge(duplicate=account, keep=one, by=by, now=LATER)
    assert member.value.message == signed_in.value.message and "党" not in member.value.message


def test_no_refusal_of_a_merge_tells_what_hangs_on_the_rows(people):
    """"The two refusals tell the keeper that both rows have a membership." One code, one sentence for all of them."""
    one, other, row = pair(people)
    by, refused = people.viewer("registrar"), []
    memberships.admit(person=other.person, kind="full", how="telephone", by=people.viewer("secretary"), now=MONDAY)
    with pytest.raises(DomainError) as wrong_way:
        services.merge(duplicate=row, keep=one, by=by, now=MONDAY)
    memberships.admit(person=one.person, kind="full", how="telephone", by=people.viewer("secretary"), now=MONDAY)
    for keep in (one, other):
        with pytest.raises(DomainError) as full:
            services.merge(duplicate=row, keep=keep, by=by, now=MONDAY)
        refused.append((full.value.code, full.value.message))
    assert set(refused) == {(wrong_way.value.code, wrong_way.value.message)}
    assert not any(word in wrong_way.value.message for word in ("党", "两条上都", "支部"))


def test_two_memberships_of_one_human_never_come_under_one_person_and_the_merge_goes_on_when_a_secretary_has_ended_one(people):
    one, other, row = pair(people)
    by, secretary = people.viewer("registrar"), people.viewer("committee_secretary")
    kept, ended = (memberships.admit(person=each.person, kind="full", how="telephone", by=secretary, now=MONDAY) for each in (one, other))
    for keep in (one, other):
        with pytest.raises(DomainError):
            services.merge(duplicate=row, keep=keep, by=by, now=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():  # nor past the services
        Membership.objects.filter(pk=ended.pk).update(person=one.person)
    memberships.end(membership=ended, by=secretary, now=LATER, reason="两处登记是同一个人")
    services.merge(duplicate=row, keep=one, by=by, now=LATER)
    assert list(Membership.objects.filter(ended_on=None)) == [kept]
    assert AuditLine.objects.get(act="membership.end").actor == people.committee_secretary


def gone(people, row: Driver, state: str) -> None:
    """Written down after the pair was proposed."""
    drivers.set_state(driver=row, state=state, on=MONDAY.date(), by=people.viewer("registrar"), reason="家里人说的", now=LATER)


@pytest.mark.parametrize("state", ["left", "moved", "died", "other_trade"])
def test_the_row_of_a_driver_who_has_gone_since_is_not_the_one_that_stays(people, state):
    one, other, row = pair(people)
    gone(people, one, state)
    for keep in (one, other) if state == "died" else (one,):
        with pytest.raises(DomainError) as refused:
            services.merge(duplicate=row, keep=keep, by=people.viewer("registrar"), now=LATER)
        assert refused.value.code == "gone" and Driver.objects.get(pk=one.pk).get_state_display() in refused.value.message
    assert not Driver.objects.exclude(merged_into=None).exists() and Duplicate.objects.get().merged is None
    if state != "died":
        services.merge(duplicate=row, keep=other, by=people.viewer("registrar"), now=LATER)
        assert Driver.objects.get(pk=one.pk).merged_into == other


def test_two_rows_that_have_both_gone_are_merged_no_more_and_the_page_shows_the_state(people):
    one, other, row = pair(people)
    gone(people, one, "left"), gone(people, other, "moved")
    client = signed_in(people.registrar)
    answer = client.post(reverse("admin:members_duplicates"), {"act": "one", "about": row.pk})
    page = answer.content.decode()
    assert answer.status_code == 422 and "两条都不在册了" in page and "不开货车了" in page and "迁出" in page


def test_a_claim_verified_since_stays_with_its_membership_when_the_merge_is_taken_back(people):
    """"Undo of a merge tears a claim from its membership": then nobody could place it."""
    stays, goes, row = pair(people)
    branch = Branch.objects.order_by("pk").first()
    claim = Claim.objects.create(person=goes.person, source="census", at=MONDAY, branch=branch, kind="full")
    by = people.viewer("registrar")
    services.merge(duplicate=row, keep=stays, by=by, now=MONDAY)
    claims.verify(claim=claim, by=people.viewer("committee_secretary"), how="telephone", kind="full", now=MONDAY)
    services.undo(duplicate=row, by=by, now=LATER)
    claim.refresh_from_db()
    assert claim.person_id == stays.person_id == Membership.objects.get(ended_on=None, person__in=[stays.person_id, goes.person_id]).person_id
    assert claim.state == "verified"


@pytest.mark.parametrize("meanwhile", ["a claim", "a membership"])
def test_a_claim_does_not_go_back_to_who_has_one_or_is_a_member_by_now(people, meanwhile):
    """If b opened a new claim meanwhile, "one_claim_running raises an uncaught IntegrityError" no more."""
    stays, goes, row = pair(people)
    claim = Claim.objects.create(person=goes.person, source="census", at=MONDAY)
    by = people.viewer("registrar")
    services.merge(duplicate=row, keep=stays, by=by, now=MONDAY)
    if meanwhile == "a claim":
        Claim.objects.create(person=goes.person, source="phone", at=MONDAY)
    else:
        memberships.admit(person=goes.person, kind="full", how="telephone", by=people.viewer("secretary"), now=MONDAY)
    services.undo(duplicate=row, by=by, now=LATER)
    claim.refresh_from_db()
    assert (claim.person, claim.state) == (stays.person, "open")


@pytest.mark.parametrize("meanwhile", ["joined himself", "the other was taken in"])
def test_the_row_of_the_union_does_not_go_back_where_it_has_no_room(people, meanwhile):
    stays, goes, row = pair(people)
    member = UnionMember.objects.create(person=goes.person, occupation="truck")
    by = people.viewer("registrar")
    services.merge(duplicate=row, keep=stays, by=by, now=MONDAY)
    if meanwhile == "joined himself":
        UnionMember.objects.create(person=goes.person, occupation="truck")
    else:
        consent = consents.give(person=stays.person, purpose="join_union", now=MONDAY)
        JoinRequest.objects.create(person=stays.person, consent=consent, occupation="truck", state="accepted", asked_at=MONDAY, decided_at=LATER)
    services.undo(duplicate=row, by=by, now=LATER)
    member.refresh_from_db()
    assert member.person == stays.person


def test_a_keeper_decides_nothing_about_rows_his_own_went_into(people):
    """"A registrar must not merge or undo rows of his own person" - not through the row that holds his own either."""
    one, other, row = pair(people)
    make_driver("李大路", person=people.registrar, merged_into=other)
    for act in (services.keep_apart, lambda **more: services.merge(keep=one, **more)):
        with pytest.raises(DomainError) as refused:
            act(duplicate=row, by=people.viewer("registrar"), now=MONDAY)
        assert refused.value.code == "oneself"
    services.merge(duplicate=row, keep=other, by=people.viewer("second_registrar"), now=MONDAY)
    with pytest.raises(DomainError) as refused:
        services.undo(duplicate=row, by=people.viewer("registrar"), now=LATER)
    assert refused.value.code == "oneself"


def test_kept_apart_is_not_asked_again_and_a_chain_is_taken_back_from_its_end(people):
    one, other, row = pair(people)
    by = people.viewer("registrar")
    services.keep_apart(duplicate=row, by=by, now=MONDAY)
    assert services.propose(by=by, now=LATER) == 0
    assert list(selectors.apart_duplicates(by)) == [row] and not selectors.open_duplicates(by).exists()
    services.merge(duplicate=row, keep=other, by=by, now=LATER)  # he was wrong: now they are one
    third = make_driver("李大路", phone="13900000001")
    assert services.propose(by=by, now=LATER) == 1
    last = Duplicate.objects.get(one=other, other=third)
    services.merge(duplicate=last, keep=third, by=by, now=LATER)
    with pytest.raises(DomainError):
        services.undo(duplicate=row, by=by, now=LATER)
    services.undo(duplicate=last, by=by, now=LATER)
    services.undo(duplicate=row, by=by, now=LATER)
    assert not Driver.objects.exclude(merged_into=None).exists() and one.pk


def test_the_page_looks_through_merges_keeps_apart_and_takes_back_masked(people):
    one, other = make_driver("李大路", phone="13900000001"), make_driver("李大路", phone="13900000001")
    drive(other, "苏C22222")
    client, page = signed_in(people.registrar), reverse("admin:members_duplicates")
    assert "还没有找过" in client.get(page).content.decode()
    client.post(page, {"act": "look"})
    row = Duplicate.objects.get()
    shown = client.get(page).content.decode()
    assert "李*" in shown and "139****0001" in shown and "苏C***22" in shown
    assert "李大路" not in shown and "13900000001" not in shown
    assert client.post(page, {"act": "one", "about": row.pk}).status_code == 302
    other.refresh_from_db()
    assert other.merged_into == one
    shown = client.get(page + "?view=merged").content.decode()
    assert "留下的" in shown and "车 1 辆" in shown
    assert client.post(page, {"act": "one", "about": row.pk}).status_code == 422
    assert client.post(page, {"act": "undo", "about": row.pk}).status_code == 302
    other.refresh_from_db()
    assert other.merged_into is None
    assert "合并，留第一条" in client.get(page + "?view=apart").content.decode()
    for typed in ({"act": "one", "about": "99"}, {"act": "burn", "about": row.pk}, {"act": "one", "about": "²"}):
        assert client.post(page, typed).status_code == 404
    assert client.get(page + "?view=all").status_code == 400


def test_two_values_under_one_mask_are_shown_to_differ(people):
    one, other = make_driver("李大路", phone="13900010001"), make_driver("李小路", phone="13900020001")
    Duplicate.objects.create(one=one, other=other, why="plate", found_at=MONDAY)
    shown = signed_in(people.registrar).get(reverse("admin:members_duplicates")).content.decode()
    assert shown.count("139****0001") == 2 and shown.count("不一样") == 2  # name and phone, though both masks are alike
