"""What claims said, photos, notes and workbooks go when their time is over; how it ended stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.models import Unit
from accounts.rules.viewer import Viewer
from branches.models import Branch, Membership
from common.errors import DomainError
from common.stored_files import store_sealed
from members.models import (
    Claim,
    ContactNote,
    FieldChange,
    Outreach,
    Seat,
    StagedRow,
    Upload,
)
from members.selectors.claims import reach
from members.services import (
    claims,
    contacts,
    remarks,
    staging,
    undo,
)
from tests.cast import MONDAY
from tests.house.walking import signed_in
from tests.members.books import book, person
from tests.members.retention_world import (
    DAY,
    HOUR,
    cast_of_keepers,
    on_disk,
    refused,
    sweep,
    upload_of,
)
from tests.members.test_claims import said
from tests.members.test_import_census import bring
from tests.members.zone_world import member, seated

pytestmark = pytest.mark.django_db

@pytest.fixture
def cast(db):
    return cast_of_keepers()


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
