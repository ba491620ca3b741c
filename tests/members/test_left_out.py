"""A later register of the union that no longer carries a member asks its officer: left, or forgotten?"""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.models import AuditLine
from common.errors import DomainError, NotThere
from members.models import StillMember, UnionMember, Upload
from members.rules.union_rows import stands_for_all
from members.selectors import union as selectors
from members.selectors.menu import rows_that_wait
from members.services import joining, undo
from tests.appeals.api import Caller
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.members.test_import_union import enter, member

pytestmark = pytest.mark.django_db
ALL = [member(n) for n in range(1, 5)]


@pytest.fixture
def officer(db):
    return make_cast("union_officer", "registrar", "driver", "leader", "secretary")


def asked_about(people) -> list[str]:
    return [row.person.phone[-1] for row in selectors.left_out_for(people.viewer("union_officer")).order_by("pk")]


def take_back(people, upload: Upload) -> None:
    undo.undo(upload=upload, by=people.viewer("union_officer"), reason="交错了一份", now=upload.applied_at + timedelta(hours=1))


def test_whom_the_next_register_does_not_carry_becomes_a_line_for_the_officer_alone(tmp_path, officer):
    enter(tmp_path, *ALL)
    assert asked_about(officer) == []
    enter(tmp_path, *ALL[:3])
    assert asked_about(officer) == ["4"]
    assert UnionMember.objects.filter(ended_on=None).count() == 4, "nobody leaves by a list"
    assert rows_that_wait(officer.viewer("union_officer"))["admin:members_left_out"].count() == 1
    for slug in ("registrar", "driver", "leader", "secretary"):
        assert not selectors.left_out_for(officer.viewer(slug)).exists() and selectors.last_register(officer.viewer(slug)) is None


def test_a_small_list_adds_and_asks_about_nobody_and_whom_it_names_is_named(tmp_path, officer):
    enter(tmp_path, *ALL)
    enter(tmp_path, member(9))
    assert asked_about(officer) == [] and Upload.objects.latest("pk").whole is False
    enter(tmp_path, *ALL[:3])  # the next register carries neither the fourth nor the ninth
    assert asked_about(officer) == ["4", "9"]
    enter(tmp_path, member(4))
    assert asked_about(officer) == ["9"]


def test_half_of_the_members_is_a_register_anew():
    assert stands_for_all(named=1, stood=0) and stands_for_all(named=12_000, stood=23_687)
    assert not stands_for_all(named=11_000, stood=23_687) and not stands_for_all(named=0, stood=0)


def test_the_same_file_again_asks_nothing_new_and_an_old_one_again_is_the_register_again(tmp_path, officer):
    enter(tmp_path, *ALL)
    enter(tmp_path, *ALL[:3])
    assert (enter(tmp_path, *ALL[:3])["updated"], asked_about(officer)) == (0, ["4"])
    enter(tmp_path, *ALL)  # the very file of the first time: nothing changes but who is carried
    assert asked_about(officer) == []


def test_the_undo_takes_the_lines_back_one_register_after_the_other(tmp_path, officer):
    enter(tmp_path, *ALL)
    enter(tmp_path, *ALL[:3], member(5))
    enter(tmp_path, *ALL[:2], member(4), member(5))
    assert asked_about(officer) == ["3"]
    third, second = Upload.objects.order_by("-pk")[:2]
    take_back(officer, third)
    assert asked_about(officer) == ["4"]
    take_back(officer, second)
    assert asked_about(officer) == [] and UnionMember.objects.count() == 4


def test_an_undo_takes_away_a_member_of_whom_it_was_said_that_he_stays(tmp_path, officer):
    enter(tmp_path, *ALL)
    enter(tmp_path, *ALL, member(5))
    enter(tmp_path, *ALL)
    by = officer.viewer("union_officer")
    third, second = Upload.objects.order_by("-pk")[:2]
    joining.stays(member=selectors.left_out_for(by).get(), why="单位说漏了", by=by, now=MONDAY)
    take_back(officer, third), take_back(officer, second)
    assert UnionMember.objects.count() == 4 and not StillMember.objects.exists() and asked_about(officer) == []


def test_a_line_is_answered_by_still_a_member_until_the_next_register_asks_anew(tmp_path, officer):
    enter(tmp_path, *ALL)
    enter(tmp_path, *ALL[:3])
    by = officer.viewer("union_officer")
    row = selectors.left_out_for(by).get()
    with pytest.raises(DomainError) as refused:
        joining.stays(member=row, why=" ", by=by, now=MONDAY)
    assert refused.value.field == "why"
    with pytest.raises(NotThere):
        joining.stays(member=row, why="问过单位", by=officer.viewer("registrar"), now=MONDAY)
    joining.stays(member=row, why="问过单位，漏了一行", by=by, now=MONDAY)
    assert asked_about(officer) == []
    with pytest.raises(NotThere):
        joining.stays(member=row, why="再说一次", by=by, now=MONDAY)  # nobody asks any more
    assert AuditLine.objects.filter(act="union.stays", about_pk=str(row.pk)).count() == 1
    enter(tmp_path, *ALL[:2], member(5))
    assert asked_about(officer) == ["3", "4"]


def test_a_line_is_answered_by_left_on_a_day(tmp_path, officer):
    enter(tmp_path, *ALL)
    enter(tmp_path, *ALL[:3])
    by = officer.viewer("union_officer")
    joining.leave(member=selectors.left_out_for(by).get(), on=date(2026, 11, 1), reason="本人来说的", by=by, now=MONDAY)
    assert asked_about(officer) == []
    enter(tmp_path, *ALL)  # and who is listed again is back, and asked about by the register after that
    enter(tmp_path, *ALL[1:])
    assert asked_about(officer) == ["1"]


def test_who_joined_outside_of_any_register_is_no_line(tmp_path, officer):
    enter(tmp_path, *ALL)
    UnionMember.objects.create(person=officer.driver, occupation="truck", joined_on=date(2026, 5, 1))
    enter(tmp_path, *ALL)
    enter(tmp_path, *ALL[:3])
    assert asked_about(officer) == ["4"]


def test_both_answers_stand_on_the_page_and_nothing_typed_is_lost(tmp_path, officer):
    enter(tmp_path, *ALL)
    enter(tmp_path, *ALL[:2])
    client = signed_in(officer.union_officer)
    page = client.get(reverse("admin:members_left_out")).content.decode()
    first, second = selectors.left_out_for(officer.viewer("union_officer")).order_by("pk")
    assert "一共 2 人" in page and reverse("admin:members_union_one", args=[first.person.key]) in page
    url = reverse("admin:members_union_one", args=[first.person.key])
    page = client.get(url).content.decode()
    assert "退会了，还是漏了？" in page and "还是会员" in page
    answer = client.post(url, {"act": "stays", "why": ""})
    assert answer.status_code == 422 and "写一句怎么知道他还是会员" in answer.content.decode()
    assert client.post(url, {"act": "stays", "why": "单位说漏了"}).headers["Location"] == reverse("admin:members_left_out")
    other = reverse("admin:members_union_one", args=[second.person.key])
    answer = client.post(other, {"on": "2026-13-01", "reason": "不干了"})
    assert answer.status_code == 422 and "2026-13-01" in answer.content.decode()
    client.post(other, {"on": "2026-01-05", "reason": "不干了"})
    assert not selectors.left_out_for(officer.viewer("union_officer")).exists() and StillMember.objects.count() == 1
    assert "退会了，还是漏了" not in client.get(url).content.decode()


def test_the_api_lists_them_and_takes_the_answer(tmp_path, officer):
    enter(tmp_path, *ALL)
    enter(tmp_path, *ALL[:3])
    caller, path = Caller(officer.union_officer, staff=True), reverse("members-api:union_left_out")
    (line,) = caller.client.get(path).json()["items"]
    assert line["phone"].endswith("0004") and line["named_at"] < line["not_named_at"]
    stays = f"union/members/{line['key']}/stays/"
    assert caller.post(stays, {"why": " "}).status_code in (400, 422)
    assert caller.post(stays, {"why": "单位说漏了"}).status_code == 200
    assert caller.client.get(path).json()["items"] == []
    assert caller.post(stays, {"why": "单位说漏了"}).status_code == 404


def test_a_later_register_costs_two_statements_more_for_whom_it_carries(tmp_path, officer, django_assert_max_num_queries):
    enter(tmp_path, *[member(n) for n in range(1, 60)])
    with django_assert_max_num_queries(60):
        enter(tmp_path, *[member(n) for n in range(1, 59)])
