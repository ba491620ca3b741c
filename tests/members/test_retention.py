"""What is kept goes when its time is over, as the page says: once, on the day and not before, with figures as they were."""

from __future__ import annotations

import json
import re
from datetime import date, datetime

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import AuditLine, Person, Posting, Unit
from accounts.registry import registry
from accounts.rules.viewer import Viewer
from accounts.services import audit
from accounts.services.people import find_by_phone
from accounts.services.register import id_index, known_by_id
from appeals.models import Appeal
from branches.services import membership
from common.clock import SHANGHAI
from members.models import (
    Claim,
    DataRequest,
    Driver,
    Duplicate,
    Enterprise,
    FieldChange,
    Postponed,
    SearchKey,
    UnionMember,
)
from members.rules.retention import KEPT, PERIOD, TABLE, Period, What
from members.selectors.register import as_of
from members.services import (
    contacts,
    drivers,
    duplicates,
    retention,
)
from tests.cast import MONDAY
from tests.house.walking import signed_in
from tests.members.makers import make_driver
from tests.members.retention_world import (
    DAY,
    HOUR,
    LEFT,
    NUMBER,
    PHONE,
    cast_of_keepers,
    gone_driver,
    has_login,
    has_session,
    refused,
    sweep,
)
from tests.members.zone_world import member, seated

pytestmark = pytest.mark.django_db
BEFORE = datetime(2026, 11, 22, 23, 59, tzinfo=SHANGHAI)

@pytest.fixture
def cast(db):
    return cast_of_keepers()


def test_the_words_of_the_page_and_the_deed_are_one_table(cast):
    numbers = {"两": 2, "三": 3, "六": 6}
    for each in TABLE:
        amount, unit = re.fullmatch(r"(半|两|三|六|\d+) ?(个月|年|天|小时)", each.period.said).groups()
        length = Period("", days=183) if each.period.said in ("半年", "六个月") else Period(
            "", **{{"年": "years", "天": "days", "小时": "hours"}[unit]: numbers.get(amount) or int(amount)}
        )  # fmt: skip
        assert each.period.over(MONDAY) == length.over(MONDAY), each.what
    page = signed_in(cast.driver).get("/members/data").content.decode()
    assert all(name in page and words in page for name, words in KEPT)
    assert ("各镇、工会交来的表", "办完以后 30 天") in KEPT
    assert registry.sweeps["retention"] is retention.sweep


def test_years_go_by_the_calendar():
    three = PERIOD[What.REGISTER]
    assert three.over(datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)) == datetime(2023, 11, 23, 9, tzinfo=SHANGHAI)
    assert three.over(datetime(2028, 2, 29, tzinfo=SHANGHAI)) == datetime(2025, 2, 28, tzinfo=SHANGHAI)


def test_three_years_after_he_left_phone_and_id_are_gone_wherever_they_stood(cast):
    driver = gone_driver()
    assert sweep(BEFORE) == 0 and Person.objects.get(pk=driver.person_id).phone == PHONE
    assert sweep(MONDAY) == 1
    one = Person.objects.get(pk=driver.person_id)
    assert (one.phone, one.phone_index, one.id_number, one.id_index) == (None, None, None, None)
    assert one.name == "李77号" and known_by_id([id_index(NUMBER)]) == {}
    driver.refresh_from_db()
    assert driver.certificate_number is None and driver.erased_at == MONDAY and driver.state == "left"
    assert FieldChange.objects.filter(driver=driver, field="phone").values_list("old", "new", "sealed_old").get() == ("", "", None)
    keys = set(SearchKey.objects.filter(driver=driver).values_list("key", flat=True))
    assert keys and not any(key.startswith("p:") for key in keys)
    page = signed_in(cast.registrar).get(reverse("admin:members_driver", args=[one.key]))
    assert page.status_code == 200 and "李" in page.content.decode()
    assert sweep(MONDAY) == sweep(MONDAY + DAY) == 0, "the second time there is nothing to do"
    assert AuditLine.objects.filter(act__in=["driver.forgotten", "person.forgotten"]).count() == 2


def test_numbers_in_the_notes_about_him_go_too(cast):
    driver = gone_driver(note=f"换号 {PHONE}")
    FieldChange.objects.create(driver=driver, at=MONDAY, field="note", old="", new=f"换号 {PHONE}")
    assert sweep() == 1
    driver.refresh_from_db()
    written = [driver.note, *FieldChange.objects.filter(driver=driver).values_list("new", flat=True)]
    assert PHONE not in str(written) and "换号" in driver.note


def test_a_value_whose_key_is_lost_goes_as_well(cast):
    driver = gone_driver()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_person SET phone = 'v1:lost:AAAA', id_number = 'v1:lost:AAAA' WHERE id = %s", [driver.person_id])
        cursor.execute("UPDATE members_driver SET certificate_number = 'v1:lost:AAAA' WHERE id = %s", [driver.pk])
    assert sweep() == 1 and Person.objects.get(pk=driver.person_id).phone is None


def test_who_is_registered_stays_and_who_is_back_has_his_time_again(cast):
    staying = make_driver("王在册", phone="13900000050")
    driver = gone_driver()
    assert sweep() == 1
    staying.person.refresh_from_db()
    assert staying.person.phone == "13900000050"
    keeper = cast.viewer("registrar")
    drivers.set_state(driver=driver, state="active", on=MONDAY.date(), by=keeper, reason="他又回来了", now=MONDAY)
    Person.objects.filter(pk=driver.person_id).update(phone=PHONE, phone_index="again")
    driver.refresh_from_db()
    drivers.set_state(driver=driver, state="moved", on=MONDAY.date(), by=keeper, reason="又迁走了", now=MONDAY)
    later = MONDAY.replace(year=2029)
    assert sweep(later - DAY) == 0 and sweep(later) == 1
    assert Person.objects.get(pk=driver.person_id).phone is None


def _posting(cast, one):
    Posting.objects.create(person=one, unit=Unit.objects.get(code="transport"), role="handler", starts_at=MONDAY)


def _membership(cast, one):
    membership.admit(person=one, kind="full", how="telephone", by=cast.viewer("committee_secretary"), now=MONDAY, joined_on=date(2010, 7, 1))


def _appeal(cast, one):
    from uuid import uuid4

    Appeal.objects.create(
        number="26112300001", code_hash="x", client_key=uuid4(), content_hash="x", text="在路上被扣了车", person=one, received_at=MONDAY,
        entered_at=MONDAY,
    )  # fmt: skip


def _union(cast, one):
    UnionMember.objects.create(person=one, occupation="truck", enterprise=Enterprise.objects.create(name="甲公司"))


def _claim(cast, one):
    Claim.objects.create(person=one, source="phone", at=MONDAY)


def _request(cast, one):
    DataRequest.objects.create(person=one, kind="correct", asked_at=MONDAY)


def _account(cast, one):
    Person.objects.filter(pk=one.pk).update(signin_index=one.phone_index, phone_proved_at=MONDAY - DAY)


@pytest.mark.parametrize("somebody", [_posting, _membership, _appeal, _union, _claim, _request, _account, has_session, has_login])
def test_who_is_somebody_else_too_keeps_his_numbers_and_is_asked_about_a_day_later(cast, somebody):
    driver, other = gone_driver(), gone_driver(78)
    somebody(cast, driver.person)
    assert sweep() == 1, "the other one goes"
    assert Person.objects.get(pk=driver.person_id).phone == PHONE and Person.objects.get(pk=other.person_id).phone is None
    waits = Postponed.objects.get()
    assert (waits.row, waits.why, waits.until) == (driver.pk, "needed", MONDAY + DAY)
    driver.refresh_from_db()
    assert driver.erased_at is None and not AuditLine.objects.filter(act="driver.forgotten", about_pk=str(driver.pk)).exists()


def test_when_nobody_needs_him_any_more_he_goes(cast):
    driver = gone_driver()
    _union(cast, driver.person)
    assert sweep() == 0
    UnionMember.objects.update(ended_on=MONDAY.date())
    assert sweep(MONDAY + HOUR) == 0, "it is not asked every quarter of a minute"
    assert sweep(MONDAY + DAY) == 1 and not Postponed.objects.exists()


def test_an_account_unused_for_as_long_goes_with_the_numbers(cast):
    driver = gone_driver()
    Person.objects.filter(pk=driver.person_id).update(signin_index=driver.person.phone_index, phone_proved_at=MONDAY.replace(year=2023))
    assert find_by_phone(PHONE) == driver.person
    assert sweep() == 1 and find_by_phone(PHONE) is None


def test_the_row_that_was_merged_into_his_goes_with_it_and_a_row_merged_into_a_living_one_stays(cast):
    kept, merged = gone_driver(state="active", state_since=None), gone_driver(78, state="active", state_since=None)
    pair = Duplicate.objects.create(one=kept, other=merged, why="phone_name", found_at=MONDAY)
    duplicates.merge(duplicate=pair, keep=kept, by=cast.viewer("registrar"), now=MONDAY)
    assert sweep() == 0
    Driver.objects.filter(pk=kept.pk).update(state="died", state_since=LEFT)
    assert sweep() == 2 and not Person.objects.filter(pk__in=[kept.person_id, merged.person_id]).exclude(phone=None).exists()


def test_the_count_of_a_past_day_is_what_it_was(cast):
    keeper, moments = cast.viewer("registrar"), [datetime(year, 6, 1, tzinfo=SHANGHAI) for year in (2022, 2023, 2024, 2026)]
    driver = gone_driver(state="active", state_since=None)
    make_driver("王在册", phone="13900000050", now=moments[1])
    drivers.set_state(driver=driver, state="left", on=LEFT, by=keeper, reason="不干了", now=datetime(2023, 11, 23, 9, tzinfo=SHANGHAI))
    before = [as_of(keeper, moment) for moment in moments]
    assert sweep() == 1
    assert [as_of(keeper, moment) for moment in moments] == before == [1, 2, 1, 1]


def test_no_clear_value_gets_into_the_audit_and_the_chain_holds(cast):
    gone_driver()
    seat = seated(cast, member(cast), 1)[0]
    contacts.note(seat=seat, how="call", words="他的电话 13811112222", by=Viewer(person_id=seat.contact_id), now=MONDAY)
    refused(cast, proof=True)
    audit.seal(now=MONDAY)
    assert sweep(MONDAY.replace(year=2029)) >= 3
    lines = AuditLine.objects.filter(act__contains="forgotten")
    assert {"driver.forgotten", "person.forgotten", "claim.forgotten", "zone.note_forgotten"} <= set(lines.values_list("act", flat=True))
    told = json.dumps([[line.old, line.new, line.reason] for line in lines], ensure_ascii=False)
    assert not re.search(rf"\d{{11}}|{NUMBER}|李\d|棠张|老家", told)
    audit.seal(now=MONDAY)
    assert audit.first_broken() == ""
