"""What is kept goes when its time is over, as the page says: once, on the day and not before, with figures as they were."""

from __future__ import annotations

import json
import re
import signal
from datetime import date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse

from accounts.models import AuditLine, Person, Posting, SignedIn, Unit
from accounts.registry import registry
from accounts.rules.viewer import Viewer
from accounts.services import audit
from accounts.services.people import find_by_phone, make_person
from accounts.services.register import id_index, known_by_id
from appeals.models import Appeal
from appeals.services import drafts
from branches.models import Branch, Membership
from branches.services import membership
from common import clock, stored_files
from common.clock import SHANGHAI
from common.errors import DomainError
from common.stored_files import SEALED, store_sealed
from members.models import (
    Claim,
    ContactNote,
    DataRequest,
    Driver,
    Duplicate,
    Enterprise,
    FieldChange,
    Outreach,
    Postponed,
    SearchKey,
    Seat,
    StagedRow,
    UnionMember,
    Upload,
)
from members.rules.retention import KEPT, PERIOD, TABLE, Period, What
from members.selectors.claims import reach
from members.selectors.register import as_of
from members.services import (
    claims,
    contacts,
    drivers,
    duplicates,
    own,
    remarks,
    retention,
    staging,
    undo,
    uploads,
)
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.members.books import book, person, resident_id
from tests.members.makers import make_driver
from tests.members.test_claims import said
from tests.members.test_import_census import bring
from tests.members.zone_world import member, seated

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LEFT = date(2023, 11, 23)  # three years before MONDAY
BEFORE = datetime(2026, 11, 22, 23, 59, tzinfo=SHANGHAI)
PHONE, NUMBER = "13900000077", resident_id(77)


@pytest.fixture
def cast(db):
    return make_cast(
        "driver", "registrar", "second_registrar", "secretary", "committee_secretary", "secretary_five", "handler", "union_officer"
    )


def gone_driver(n: int = 77, *, left: date = LEFT, **more) -> Driver:
    """Somebody who left the register, with phone, ID and a certificate under the ID's number."""
    at = datetime(2022, 1, 5, tzinfo=SHANGHAI)
    one = make_person(now=at, name=f"李{n}号", phone=f"139{n:08d}", id_number=resident_id(n))
    values = {"state": "left", "state_since": left, "certificate_number": resident_id(n)} | more
    driver = make_driver(f"李{n}号", phone=one.phone, person=one, now=at, **values)
    change = {"driver": driver, "at": at, "old": "mask", "new": "mask"}
    FieldChange.objects.create(field="phone", sealed_old="13800009999", **change)
    return driver


def sweep(now: datetime = MONDAY) -> int:
    return retention.sweep(now=now)


def on_disk(name: str) -> bool:
    return (settings.DATA_DIR / SEALED / name).exists()


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


def _session(cast, one):
    SignedIn.objects.create(person=one, session_key="k", made_at=MONDAY)


def _login(cast, one):
    Person.objects.filter(pk=one.pk).update(login="gone-once")


@pytest.mark.parametrize("somebody", [_posting, _membership, _appeal, _union, _claim, _request, _account, _session, _login])
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


def refused(cast, *, proof: bool = False, why: str = "他说的李四不认识") -> Claim:
    """A claim of the driver, refused on MONDAY by his secretary."""
    name = store_sealed(b"photo", root=settings.DATA_DIR) if proof else ""
    claim = claims.open_claim(
        person=cast.driver, said=said(relation="老家村里", home_branch="老家村", home_phone="051683312345", proof=name),
        by=Viewer(person_id=cast.driver.pk), now=MONDAY,
    )  # fmt: skip
    by = cast.viewer("secretary")
    claims.reach_out(claim=claim, by=by, how="call", reached=True, note="他老婆接的", now=MONDAY)
    return claims.refuse(claim=claim, by=by, why=why, now=MONDAY)


def test_half_a_year_after_its_end_a_claim_tells_only_how_it_ended(cast, django_capture_on_commit_callbacks):
    claim = refused(cast, proof=True)
    photo, over = claim.proof, MONDAY + timedelta(days=183)
    committee = cast.viewer("committee_secretary")
    Claim.objects.filter(pk=claim.pk).update(source="town_list")
    figure = reach(committee)
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep(over - timedelta(minutes=1)) == 0 and on_disk(photo)
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep(over) == 1
    assert not on_disk(photo)
    row = Claim.objects.get(pk=claim.pk)
    assert (row.kind, row.relation_place, row.home_branch, row.home_phone, row.proof, row.contest_words) == ("", "", "", None, "", "")
    assert row.state == "refused" and row.refused_at == MONDAY and row.branch_id and row.refused_why == "满半年，细节已经删了"
    assert Outreach.objects.get().note == "" and reach(committee) == figure and figure.reached == 1
    assert sweep(over) == sweep(over + DAY) == 0


def test_a_reason_from_the_list_stays_and_of_what_is_gone_no_second_look_is_asked(cast):
    claim = refused(cast, why="原支部查不到这个人")
    assert sweep(MONDAY + timedelta(days=183)) == 1
    claim.refresh_from_db()
    assert claim.refused_why == "原支部查不到这个人"
    with pytest.raises(DomainError):
        claims.contest(claim=claim, by=Viewer(person_id=cast.driver.pk), words="请再看一次吧", now=MONDAY)
    page = signed_in(cast.driver).get(reverse("members:claim")).content.decode()
    assert "请人再看一次" not in page and "重新找支部" in page
    again = claims.open_claim(person=cast.driver, said=said(), by=Viewer(person_id=cast.driver.pk), now=MONDAY)
    assert again.pk != claim.pk


def test_a_claim_taken_back_counts_from_that_day_and_one_that_runs_stays(cast):
    mine = Viewer(person_id=cast.driver.pk)
    claim = claims.open_claim(person=cast.driver, said=said(), by=mine, now=MONDAY)
    assert sweep(MONDAY + timedelta(days=900)) == 0, "it runs"
    ended = MONDAY + timedelta(days=900)
    claims.withdraw(claim=claim, by=mine, now=ended)
    assert sweep(ended + timedelta(days=182)) == 0 and sweep(ended + timedelta(days=183)) == 1
    Claim.objects.filter(pk=claim.pk).update(withdrawn_at=None, erased_at=None)  # as an earlier version left it
    assert sweep(MONDAY + timedelta(days=182)) == 0 and sweep(MONDAY + timedelta(days=183)) == 1


def test_the_photo_of_a_placed_member_goes_after_thirty_days_and_his_membership_stays(cast, django_capture_on_commit_callbacks):
    name = store_sealed(b"photo", root=settings.DATA_DIR)
    claim = claims.open_claim(person=cast.driver, said=said(proof=name), by=Viewer(person_id=cast.driver.pk), now=MONDAY)
    claims.verify(claim=claim, by=cast.viewer("secretary"), how="proof", kind="full", now=MONDAY)
    assert sweep(MONDAY + timedelta(days=800)) == 0, "the second person still has to look at it"
    branch = Branch.objects.get(unit__code="branch-03")
    claims.place(claim=claim, branch=branch, by=cast.viewer("committee_secretary"), now=MONDAY)
    over = MONDAY + timedelta(days=30)
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep(over - timedelta(seconds=1)) == 0 and sweep(over) == 1
    assert not on_disk(name) and sweep(over) == 0
    assert Claim.objects.get().state == "placed" and Membership.objects.get().verified_how == "proof"


def test_what_a_contact_heard_goes_after_two_years(cast):
    seat = seated(cast, member(cast), 1)[0]
    by = Viewer(person_id=seat.contact_id)
    contacts.note(seat=seat, how="call", words="想找个停车的地方", by=by, now=MONDAY)
    later = contacts.note(seat=seat, how="visit", words="见了一面", by=by, now=MONDAY + DAY)
    over = MONDAY.replace(year=2028)
    assert sweep(over - timedelta(seconds=1)) == 0 and sweep(over) == 1
    assert ContactNote.objects.get() == later and Seat.objects.get().until is None


def upload_of(cast, **more) -> Upload:
    taken = uploads.take(content=book(person(1), person(2)), name="棠张镇.xlsx", kind="census", by=cast.viewer("registrar"), now=MONDAY)
    Upload.objects.filter(pk=taken.pk).update(**more)
    return Upload.objects.get(pk=taken.pk)


def test_a_workbook_goes_thirty_days_after_it_was_written_in(tmp_path, cast, django_capture_on_commit_callbacks):
    bring(tmp_path, book(person(1), person(2)), "--apply")
    bring(tmp_path, changed := book(person(1, 联系电话="13912345678"), person(2, 姓名="")), "--apply")
    first, row = Upload.objects.order_by("pk")
    Upload.objects.filter(pk=first.pk).update(applied_at=first.applied_at - HOUR)
    Upload.objects.filter(pk=row.pk).update(by=cast.registrar, unit=Unit.objects.get(code="transport"))
    assert FieldChange.objects.get(field="phone").sealed_old == "13900000001"
    counts, over = row.counts, row.applied_at + timedelta(days=30)
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep(over - timedelta(seconds=1)) == 1, "the one before it"
        assert not Upload.objects.get(pk=first.pk).stored and on_disk(row.stored)
        assert sweep(over) == 1 and sweep(over) == 0
    assert not on_disk(row.stored) and not on_disk(first.stored)
    after = Upload.objects.get(pk=row.pk)
    assert (after.stored, after.sha256, after.state, after.counts) == ("", row.sha256, "applied", counts)
    assert FieldChange.objects.get(field="phone").sealed_old is None
    kept = {each.outcome: each.values for each in StagedRow.objects.filter(upload=row)}
    assert "13912345678" not in str(kept) and "139****5678" in kept["update"] and kept["rejected"]
    keeper = cast.viewer("registrar", over)
    with pytest.raises(staging.Gone, match="满 30 天"):
        remarks.remarked(upload=after, by=keeper, now=over)
    client = signed_in(cast.registrar)
    page = client.get(f"/admin/imports/{after.key}/?show=update").content.decode()
    assert "原表按期删了" in page and "139****5678" in page
    assert "满 30 天" in client.get(f"/admin/imports/{after.key}/remarks/", follow=True).content.decode()
    assert bring(tmp_path, changed, "--apply")["updated"] == 0, "the same file is known by its hash and changes nothing"


def test_an_import_taken_back_keeps_its_workbook_for_thirty_days_more(tmp_path, cast):
    bring(tmp_path, book(person(1)), "--apply")
    row = Upload.objects.get()
    at = row.applied_at + timedelta(days=6)
    undo.undo(upload=row, by=cast.viewer("registrar", at), reason="这份表传错了", now=at)
    assert sweep(row.applied_at + timedelta(days=30)) == 0 and sweep(at + timedelta(days=30)) == 1
    assert sweep(row.applied_at + timedelta(days=31)) == 0


@pytest.mark.parametrize("state", ["dropped", "failed"])
def test_a_workbook_that_was_not_written_goes_thirty_days_after_it_came(cast, state):
    upload_of(cast, state=state)
    assert sweep(MONDAY + timedelta(days=29)) == 0 and sweep(MONDAY + timedelta(days=30)) == 1
    assert Upload.objects.get().stored == ""


@pytest.mark.parametrize("state", ["staged", "asking", "checked"])
def test_a_workbook_that_nobody_settles_is_dropped_after_ninety_days(cast, state):
    row, over = upload_of(cast, state=state), MONDAY + timedelta(days=90)
    StagedRow.objects.create(upload=row, sheet="棠张镇", row=3, outcome="create", values="{}")
    assert sweep(over - timedelta(seconds=1)) == 0
    Upload.objects.filter(pk=row.pk).update(claimed_at=over)
    assert sweep(over) == 0, "a worker is at it"
    Upload.objects.filter(pk=row.pk).update(claimed_at=None)
    assert sweep(over) == 2, "dropped, and its file with that"
    row.refresh_from_db()
    assert (row.state, row.stored) == ("dropped", "") and not StagedRow.objects.exists()
    assert sweep(over) == 0


def test_a_row_that_breaks_steps_aside_for_an_hour_and_the_others_go_on(cast, monkeypatch):
    poison, other = gone_driver(77), gone_driver(78)
    renew = retention.search_keys.renew_drivers

    def broken(pks):
        if poison.pk in pks:
            raise RuntimeError(f"{PHONE} does not open")
        return renew(pks)

    monkeypatch.setattr(retention.search_keys, "renew_drivers", broken)
    assert sweep() == 1
    assert Person.objects.get(pk=poison.person_id).phone == PHONE, "nothing of it is half done"
    assert Person.objects.get(pk=other.person_id).phone is None
    assert (Postponed.objects.get().why, Postponed.objects.get().until) == ("failed", MONDAY + HOUR)
    monkeypatch.undo()
    assert sweep(MONDAY + timedelta(minutes=59)) == 0 and sweep(MONDAY + HOUR) == 1 and not Postponed.objects.exists()


def test_a_batch_is_bounded_and_rows_aside_do_not_stand_at_its_head(cast, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    needed = [gone_driver(n) for n in (1, 2)]
    rest = [gone_driver(n) for n in (3, 4, 5)]
    _login(cast, needed[0].person)
    _session(cast, needed[1].person)
    assert [sweep(MONDAY + timedelta(seconds=15 * n)) for n in range(4)] == [0, 2, 1, 0]
    assert Driver.objects.filter(pk__in=[each.pk for each in rest], erased_at=None).count() == 0


def test_a_file_whose_deletion_failed_is_an_orphan_that_the_tidy_takes(cast, settings, monkeypatch, django_capture_on_commit_callbacks):
    row = upload_of(cast, state="dropped")
    settings.FAILPOINTS_ON = True
    monkeypatch.setenv("HONGYUN_FAILPOINTS", "after_commit:retention=raise")
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep(MONDAY + timedelta(days=30)) == 1
    assert on_disk(row.stored) and row.stored not in stored_files.names_kept()
    drafts.sweep_old(now=clock.now() + timedelta(days=2))
    assert not on_disk(row.stored)


def test_the_answer_to_a_wish_for_deletion_is_not_needed_for_the_time_to_run_out(cast):
    """An open wish is work under way; once answered nothing holds him."""
    driver = gone_driver()
    own.ask(kind="delete", words="", by=Viewer(person_id=driver.person_id), now=MONDAY)
    assert sweep() == 0
    own.answer(request=DataRequest.objects.get(), done=False, words="三年一到就删，已经记下", by=cast.viewer("registrar"), now=MONDAY)
    assert sweep(MONDAY + DAY) == 1


beside_others = pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")


def in_threads(count: int) -> list[int]:
    """What `count` sweeps at the same moment say they did."""
    said, start = [], Barrier(count)

    def run() -> None:
        try:
            start.wait()
            said.append(sweep())
        finally:
            connection.close()

    threads = [Thread(target=run) for _each in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return said


@beside_others
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_sweeps_at_once_take_each_row_once():
    for n in range(1, 21):
        gone_driver(n)
    assert sum(in_threads(3)) == 20
    assert AuditLine.objects.filter(act="driver.forgotten").count() == 20 and not Postponed.objects.exists()


@beside_others
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_who_is_being_worked_on_is_left_alone_without_waiting():
    driver, other = gone_driver(), gone_driver(78)
    with transaction.atomic():
        Driver.objects.select_for_update().get(pk=driver.pk)
        Person.objects.select_for_update().get(pk=other.person_id)
        assert in_threads(1) == [0]
    assert not Postponed.objects.exists() and sweep() == 2


PREPARE = """
from common import clock
from members.models import Upload
from members.services import uploads
from tests.members.books import book, person
uploads.take(content=book(person(1)), name="census.xlsx", kind="census", by=None, now=clock.now())
Upload.objects.update(state="dropped")
"""
SWEEP = """
from datetime import timedelta
from common import clock
from members.services import retention
print(retention.sweep(now=clock.now() + timedelta(days=30)))
"""
LOOK = """
from datetime import timedelta
from django.conf import settings
from accounts.models import AuditLine
from appeals.services import drafts
from common import clock
from members.models import Upload
files = lambda: len(list((settings.DATA_DIR / "sealed").glob("??/*.sealed")))
before = files()
drafts.sweep_old(now=clock.now() + timedelta(days=2))
row = Upload.objects.get()
print(row.stored == "", AuditLine.objects.filter(act="census.file_forgotten").count(), before, files())
"""


def test_killed_between_commit_and_deletion_it_lost_nothing_and_the_file_goes_later(db):
    from hongyun.bench.scratch import scratch_environment
    from tests.faults.test_import_kill import ARMED, ROOT, Scratch

    with scratch_environment() as environment:
        scratch = Scratch(environment | {"PYTHONPATH": str(ROOT)})
        assert scratch.python(PREPARE).returncode == 0
        killed = scratch.python(SWEEP, **ARMED, HONGYUN_FAILPOINTS="after_commit:retention=kill")
        assert killed.returncode == -signal.SIGKILL, "the kill did not happen: this test would prove nothing"
        assert scratch.python(SWEEP).stdout.strip() == "0", "the row is settled, it is not done twice"
        assert scratch.python(LOOK).stdout.split() == ["True", "1", "1", "0"]
