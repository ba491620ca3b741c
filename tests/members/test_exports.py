"""Exports: closed columns, masked as on screen, a second person above 200 rows, one download, then gone."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditLine, Person, Place
from common.errors import DomainError, NotThere
from members.models import Driver, Export
from members.rules.exports import safe_cell
from members.selectors import register
from members.services import exports as services
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.members.makers import make_driver, make_enterprise

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return make_cast("registrar", "second_registrar", "secretary", "secretary_five", "committee_secretary", "stranger", "leader")


def drivers(count: int) -> None:
    """Rows without search keys, quickly."""
    place = Place.objects.get(code="320312111")
    people = Person.objects.bulk_create(Person(name=f"李{n}", phone=None, joined_at=MONDAY, password="!") for n in range(count))
    Driver.objects.bulk_create(Driver(person=one, place=place, registered_at=MONDAY, checked_at=MONDAY) for one in people)


def ask(people, slug="registrar", **more) -> Export:
    values = {"what": "drivers", "columns": [], "filters": {}, "reason": "给镇里核对", "by": people.viewer(slug), "now": MONDAY}
    return services.ask(**values | more)


def test_two_hundred_rows_go_and_two_hundred_and_one_wait_for_a_second_person(people):
    drivers(200)
    assert ask(people).state == Export.State.QUEUED
    drivers(1)
    row = ask(people)
    assert row.state == Export.State.ASKED and not services.make(export_id=row.pk, now=MONDAY)
    with pytest.raises(NotThere):
        services.decide(export=row, agree=True, by=people.viewer("registrar"), now=MONDAY)
    with pytest.raises(NotThere):
        services.decide(export=row, agree=True, by=people.viewer("committee_secretary"), now=MONDAY)
    services.decide(export=row, agree=True, by=people.viewer("second_registrar"), now=MONDAY)
    assert services.make(export_id=row.pk, now=MONDAY)
    row.refresh_from_db()
    assert (row.state, row.rows, row.decided_by) == (Export.State.READY, 201, people.second_registrar)


def test_many_small_ones_within_a_day_are_one_large_one(people):
    drivers(120)
    assert ask(people).state == Export.State.QUEUED
    second = ask(people, now=MONDAY + timedelta(hours=1))
    assert (second.state, second.rows) == (Export.State.ASKED, 120)
    assert ask(people, slug="second_registrar", now=MONDAY).state == Export.State.QUEUED, "another person has his own"
    services.decide(export=second, agree=True, by=people.viewer("second_registrar"), now=MONDAY + timedelta(hours=2))
    assert services.make(export_id=second.pk, now=MONDAY + timedelta(hours=2))
    assert ask(people, now=MONDAY + timedelta(hours=25)).state == Export.State.QUEUED


def test_two_small_ones_that_grow_while_they_wait_do_not_slip_past_together(people):
    drivers(100)
    first, second = ask(people), ask(people)
    assert (first.state, second.state) == (Export.State.QUEUED, Export.State.QUEUED)
    drivers(1)
    assert not services.make(export_id=first.pk, now=MONDAY)
    first.refresh_from_db()
    assert first.state == Export.State.ASKED and services.make(export_id=second.pk, now=MONDAY)


def test_the_database_refuses_201_rows_without_a_second_person(people):
    drivers(201)
    row = ask(people)
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.filter(pk=row.pk).update(state=Export.State.QUEUED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.filter(pk=row.pk).update(state=Export.State.QUEUED, decided_by=people.registrar)


def test_one_that_grew_past_the_limit_while_it_waited_goes_back_to_be_agreed_to(people):
    drivers(200)
    row = ask(people)
    drivers(1)
    assert not services.make(export_id=row.pk, now=MONDAY)
    row.refresh_from_db()
    assert (row.state, row.rows) == (Export.State.ASKED, 201)


def test_more_rows_than_a_file_holds_are_refused_with_their_number_and_one_that_grew_past_it_fails(people, monkeypatch):
    monkeypatch.setattr(services, "MOST_ROWS", 3)
    drivers(4)
    with pytest.raises(DomainError, match="有 4 行，一次最多 3 行") as refused:
        ask(people)
    assert refused.value.field == "filters" and not Export.objects.exists()
    Driver.objects.filter(pk=Driver.objects.first().pk).delete()
    row = ask(people)
    drivers(1)
    assert not services.make(export_id=row.pk, now=MONDAY)
    row.refresh_from_db()
    assert (row.state, row.stored) == (Export.State.FAILED, "")


def test_what_leaves_is_masked_as_on_screen_and_no_cell_is_a_formula(people):
    enterprise = make_enterprise("=cmd|'/c calc'!A1")
    make_driver("李大路", phone="13900000001", enterprise=enterprise, trade="+煤炭")
    row = ask(people)
    services.make(export_id=row.pk, now=MONDAY)
    data = services.take(export=row, by=people.viewer("registrar"), now=MONDAY)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    head, line = ([cell.value for cell in each] for each in list(sheet.iter_rows())[:2])
    shown = dict(zip(head, line, strict=True))
    assert (shown["姓名"], shown["手机号"], shown["企业"], shown["运输行业"]) == ("李*", "139****0001", "'=cmd|'/c calc'!A1", "'+煤炭")
    assert all(cell.data_type != "f" for each in sheet.iter_rows() for cell in each)
    assert "13900000001" not in str([[cell.value for cell in each] for each in sheet.iter_rows()])


def test_it_is_taken_once_by_whoever_asked_and_is_gone_after_a_day(people):
    make_driver()
    row = ask(people)
    services.make(export_id=row.pk, now=MONDAY)
    with pytest.raises(NotThere):
        services.take(export=row, by=people.viewer("second_registrar"), now=MONDAY)
    services.take(export=row, by=people.viewer("registrar"), now=MONDAY)
    with pytest.raises(NotThere):
        services.take(export=row, by=people.viewer("registrar"), now=MONDAY)
    late = ask(people)
    services.make(export_id=late.pk, now=MONDAY)
    with pytest.raises(NotThere):
        services.take(export=late, by=people.viewer("registrar"), now=MONDAY + timedelta(hours=25))
    assert services.sweep(now=MONDAY + timedelta(hours=25)) == 1
    late.refresh_from_db()
    assert (late.state, late.stored) == (Export.State.EXPIRED, "")
    assert {"export.ask", "export.made", "export.taken"} <= set(AuditLine.objects.values_list("act", flat=True))


def test_a_killed_workers_job_is_found_again_by_the_sweep_and_done_once(people):
    make_driver()
    row = ask(people)
    Export.objects.filter(pk=row.pk).update(claimed_at=MONDAY)  # claimed, then killed
    assert not services.make(export_id=row.pk, now=MONDAY + timedelta(minutes=1))
    assert services.sweep(now=MONDAY + timedelta(minutes=6)) == 1
    assert services.sweep(now=MONDAY + timedelta(minutes=7)) == 0


def test_rights_are_asked_again_when_it_is_made(people):
    make_driver()
    row = ask(people)
    people.registrar.postings.update(ends_at=MONDAY)
    assert not services.make(export_id=row.pk, now=MONDAY + timedelta(seconds=1))
    row.refresh_from_db()
    assert row.state == Export.State.FAILED


@pytest.mark.parametrize(("slug", "what"), [("secretary", "drivers"), ("registrar", "members"), ("leader", "drivers"), ("stranger", "members")])
def test_nobody_asks_for_what_his_screens_do_not_show(people, slug, what):
    make_driver()
    with pytest.raises(NotThere):
        ask(people, slug, what=what)


def test_a_reason_is_needed_and_an_empty_one_is_not_made(people):
    with pytest.raises(DomainError) as refused:
        ask(people, reason="")
    assert refused.value.field == "reason"
    with pytest.raises(DomainError):
        ask(people)
    assert not Export.objects.exists()


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t1", "＝1", "－1"])
def test_what_begins_a_formula_gets_an_apostrophe(text):
    assert safe_cell(text) == f"'{text}"
    assert safe_cell("苏C731W5") == "苏C731W5"


@pytest.mark.parametrize("filters", [{"enterprise": "abc"}, {"id_number": "3203"}])
def test_a_condition_that_is_none_is_told_at_the_form(people, filters):
    make_driver()
    with pytest.raises(DomainError) as refused:
        ask(people, filters=filters)
    assert refused.value.field == "filters"


def test_a_column_that_is_none_is_refused_and_never_means_all_of_them(people):
    make_driver()
    with pytest.raises(DomainError) as refused:
        ask(people, columns=["name", "id_number"])
    assert refused.value.field == "columns" and not Export.objects.exists()


def test_members_are_narrowed_down_by_nothing_and_that_is_said(people):
    """The audit would tell of one town, the workbook hold the whole branch."""
    with pytest.raises(DomainError) as refused:
        ask(people, "secretary", what="members", filters={"place": "320312111"})
    assert refused.value.field == "filters"


def test_the_second_person_and_the_audit_are_told_which_rows(people):
    drivers(201)
    ask(people, filters={"place": "320312111"}, columns=["name"])
    line = AuditLine.objects.get(act="export.ask")
    assert (line.new["filters"], line.new["columns"]) == ("place=320312111", "name")
    page = signed_in(people.second_registrar).get("/admin/exports/").content.decode()
    assert "棠张镇" in page


def test_one_home_of_filters_narrows_the_list_the_export_and_the_api(people):
    make_driver("李大路", phone="13900000001", trade="煤炭")
    make_driver("王大路", phone="13900000002", trade="钢材")
    seen = {name: register.narrowed(people.viewer("registrar"), {"trade": name}).count() for name in ("煤炭", "钢材", "冷链")}
    assert seen == {"煤炭": 1, "钢材": 1, "冷链": 0}
    assert ask(people, filters={"trade": "钢材"}).rows == 1
    page = signed_in(people.registrar).get("/admin/exports/?what=drivers").content.decode()
    assert all(f'<option value="{word}"' in page for word in register.TRADES) and "钢材" not in page.split('name="trade"')[1].split("</select>")[0]


@pytest.mark.parametrize("filters", [{"trade": "没有的行业"}, {"place": "999"}, {"engagement": "king"}, {"state": "gone"}])
def test_an_export_by_a_choice_that_is_none_is_refused(people, filters):
    make_driver(trade="煤炭")
    with pytest.raises(DomainError) as refused:
        ask(people, filters=filters)
    assert refused.value.field == "filters" and "没有这个条件" in refused.value.message
