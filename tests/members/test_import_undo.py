"""Within seven days an import is taken back, as far as nobody has built on it since."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command

from accounts.services import consents
from common.errors import DomainError, NotThere, Stale
from members.models import (
    Claim,
    Conflict,
    Declaration,
    Driver,
    DriverVehicle,
    EmployerChoice,
    Enterprise,
    FieldChange,
    JoinRequest,
    SearchKey,
    UnionMember,
    Upload,
)
from members.selectors.register import as_of
from members.services import drivers, undo
from tests.cast import make_cast
from tests.members.books import book, person
from tests.members.test_import_census import DATA, bring
from tests.members.test_import_union import enter, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast("registrar", "second_registrar", "secretary", "union_officer")


def last() -> Upload:
    return Upload.objects.latest("pk")


def take_back(cast, upload=None, *, by="registrar", days=1, reason="这份表传错了"):
    upload = upload or last()
    now = upload.applied_at + timedelta(days=days)
    return undo.undo(upload=upload, by=cast.viewer(by, now), reason=reason, now=now)


def test_drivers_it_made_are_withdrawn_and_the_count_of_that_day_stays(tmp_path, cast):
    bring(tmp_path, book(person(1, 政治面貌="中共党员"), person(2), total=2), "--apply")
    applied = last().applied_at
    done = take_back(cast)
    assert (done["withdrawn"], done["kept"], done["restored"]) == (2, 0, 0)
    assert set(Driver.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert Claim.objects.get().state == "withdrawn" and not Declaration.objects.exists()
    registrar = cast.viewer("registrar", applied)
    assert as_of(registrar, applied) == 2 and as_of(registrar, applied + timedelta(days=2)) == 0
    assert last().state == "undone" and last().counts["undone"]["withdrawn"] == 2


def test_the_same_file_after_it_was_taken_back_brings_them_back(tmp_path, cast):
    bring(tmp_path, book(person(1)), "--apply")
    take_back(cast)
    assert bring(tmp_path, book(person(1)), "--apply")["updated"] == 1
    assert Driver.objects.get().state == "active"


def test_who_is_back_after_an_import_was_taken_back_is_on_the_work_list_again(tmp_path, cast):
    """The finding was: Import, undo, import again: declared Party members have no work list any more."""
    content = book(person(1, 政治面貌="中共党员"), person(2, 政治面貌="预备党员"), person(3))
    for again in (1, 2, 3):
        bring(tmp_path, content, "--apply")
        running = Claim.objects.filter(state="open")
        assert sorted(running.values_list("kind", flat=True)) == ["full", "probationary"], again
        assert set(Driver.objects.values_list("state", flat=True)) == {"active"}
        done = take_back(cast)
        assert done["claims"] == 2 and not Claim.objects.filter(state="open").exists(), "a withdrawn driver is no work"
    bring(tmp_path, book(*(person(n, 政治面貌="") for n in (1, 2, 3))), "--apply", name="silent.xlsx")
    assert sorted(Claim.objects.filter(state="open").values_list("kind", flat=True)) == ["full", "probationary"]


def test_who_took_his_claim_back_himself_is_not_asked_again_for_being_back(tmp_path, cast):
    content = book(person(1, 政治面貌="中共党员"))
    bring(tmp_path, content, "--apply")
    take_back(cast)
    Claim.objects.create(person=Driver.objects.get().person, source="phone", state="withdrawn", at=last().applied_at)
    bring(tmp_path, content, "--apply")
    assert Driver.objects.get().state == "active" and not Claim.objects.filter(state="open").exists()


def test_who_was_touched_since_stays(tmp_path, cast):
    bring(tmp_path, book(person(1), person(2), person(3)), "--apply")
    upload = last()
    one, two, three = Driver.objects.order_by("pk")
    drivers.correct(driver=one, by=cast.viewer("registrar"), now=upload.applied_at, reason="核对过", trade="冷链")
    bring(tmp_path, book(person(2)), "--apply", name="again.xlsx")  # a later census carries him
    done = take_back(cast, upload)
    assert (done["withdrawn"], done["kept"]) == (1, 2)
    assert list(Driver.objects.filter(state="withdrawn")) == [three]


def test_changed_fields_get_their_old_value_back_where_the_new_one_still_stands(tmp_path, cast):
    bring(tmp_path, book(person(1, 从业资格证号="320300001111")), "--apply")
    bring(tmp_path, book(person(1, 联系电话="13700000009", 运输行业="冷链", 从业资格证号="320300002222", 备注="新备注", 车牌号="苏C8888挂", 所属企业="徐州甲运输有限公司")), "--apply")
    upload, driver = last(), Driver.objects.get()
    drivers.correct(driver=driver, by=cast.viewer("registrar"), now=upload.applied_at, reason="问过本人", note="后来写的")
    done = take_back(cast, upload)
    driver = Driver.objects.get()
    assert (driver.trade, driver.certificate_number, driver.person.phone) == ("煤炭", "320300001111", "13900000001")
    assert driver.note == "后来写的" and (driver.enterprise, driver.engagement) == (None, "self_employed")
    assert set(DriverVehicle.objects.filter(until=None).values_list("vehicle__plate", flat=True)) == {"苏C00001"}
    keys = set(SearchKey.objects.values_list("key", flat=True))
    assert "p:0001" in keys and "p:0009" not in keys and "v:苏C8888挂" not in keys
    assert (done["restored"], done["stayed"], done["withdrawn"]) == (6, 1, 0)
    assert FieldChange.objects.filter(field="trade").order_by("-pk").first().new == "煤炭", "taking back is history, too"


def test_open_conflicts_of_the_file_go_with_it(tmp_path, cast):
    bring(tmp_path, book(person(1)), "--apply")
    bring(tmp_path, book(person(1, **{"镇(街道)": "房村镇"})), "--apply")
    assert Conflict.objects.count() == 1
    assert take_back(cast)["conflicts"] == 1 and not Conflict.objects.exists()


def test_it_takes_a_registrar_a_reason_and_happens_once_within_seven_days(tmp_path, cast):
    bring(tmp_path, book(person(1)), "--apply")
    with pytest.raises(NotThere):
        take_back(cast, by="secretary")
    with pytest.raises(DomainError):
        take_back(cast, reason=" ")
    with pytest.raises(DomainError) as late:
        take_back(cast, days=8)
    assert late.value.code == "too_late" and Driver.objects.get().state == "active"
    take_back(cast, days=7)
    with pytest.raises(Stale):
        take_back(cast)


def test_the_union_keeps_what_people_did_on_top_of_its_register(tmp_path, cast):
    """The finding was: Undo of the union's register ignores later work by people."""
    enter(tmp_path, member(1), member(2), member(3))
    enter(tmp_path, *(member(n, occupation="快递员") for n in (1, 2, 3)), *(member(n) for n in (4, 5, 6, 7)))
    upload, later = last(), last().applied_at + timedelta(hours=1)
    one, two, three, four, five, six, seven = UnionMember.objects.order_by("pk")
    other = Enterprise.objects.create(name="徐州乙运输有限公司")
    officer = cast.union_officer
    for each in (two, four):  # a person chose between two employers
        EmployerChoice.objects.create(person=each.person, census=other, union=each.enterprise, taken="union", at=later, by=officer)
    UnionMember.objects.filter(pk=three.pk).update(enterprise=other)  # not as the import left it
    consent = consents.give(person=five.person, purpose="join_union", now=later)
    JoinRequest.objects.create(person=five.person, consent=consent, occupation="truck", state="accepted", asked_at=later, decided_at=later)
    UnionMember.objects.filter(pk=six.pk).update(ended_on=later.date())
    done = take_back(cast, upload, by="union_officer")
    assert (done["restored"], done["stayed"], done["members"], done["kept"]) == (1, 2, 1, 3)
    assert list(UnionMember.objects.order_by("pk").values_list("pk", "occupation")) == [
        (one.pk, "truck"), (two.pk, "courier"), (three.pk, "courier"), (four.pk, "truck"), (five.pk, "truck"), (six.pk, "truck"),
    ]  # fmt: skip
    assert UnionMember.objects.get(pk=three.pk).enterprise == other and not UnionMember.objects.filter(pk=seven.pk).exists()


def test_a_choice_that_was_taken_back_does_not_keep_a_member(tmp_path, cast):
    enter(tmp_path, member(1))
    later, row = last().applied_at + timedelta(hours=1), UnionMember.objects.get()
    other = Enterprise.objects.create(name="徐州乙运输有限公司")
    EmployerChoice.objects.create(
        person=row.person, census=other, union=row.enterprise, taken="union", at=later, by=cast.union_officer, undone_at=later
    )
    assert take_back(cast, by="union_officer")["members"] == 1


def test_an_enterprise_of_the_union_is_as_before_unless_somebody_wrote_on_it_since(cast):
    call_command("import_union", str(DATA / "union-23687.xlsx"), "--apply", stdout=__import__("io").StringIO())
    touched = Enterprise.objects.filter(in_union=True).order_by("pk").first()
    Enterprise.objects.filter(pk=touched.pk).update(union_chair="后来选的")
    assert take_back(cast, by="union_officer")["stayed"] == 1
    assert list(Enterprise.objects.filter(in_union=True)) == [touched]


def test_the_unions_register_is_taken_back_too(cast):
    call_command("import_union", str(DATA / "union-23687.xlsx"), "--apply", stdout=__import__("io").StringIO())
    done = take_back(cast, by="union_officer")
    assert done["members"] == 23_687 and not UnionMember.objects.exists()
