"""The API of branches: an eleventh and another host without code, coverage, officers and their terms."""

from __future__ import annotations

import pytest

from accounts.models import AuditLine, Unit
from branches.models import Branch, Coverage, Officer
from tests.appeals.api import Clock, fields, staff
from tests.branches.members import branch, placed
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db
NAME = "货车司机流动党员第十一党支部"


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    return Clock(monkeypatch, MONDAY)


def test_the_committee_founds_an_eleventh_branch_once_and_moves_its_host(cast):
    committee, secretary = staff(cast, "committee_secretary"), staff(cast, "secretary")
    squads = [each["code"] for each in committee.get("branches/hosts/").json()["items"]]
    count, asked = Branch.objects.count(), {"name": NAME, "host": squads[0]}
    assert secretary.get("branches/hosts/").status_code == secretary.post("branches/found/", asked).status_code == 404
    assert set(fields(committee.post("branches/found/", {"host": "nowhere"}))) == {"host", "name"}
    told = [committee.post("branches/found/", asked).json() for _time in range(2)]
    assert told[0] == told[1] and Branch.objects.count() == count + 1
    assert "name" in fields(committee.post("branches/found/", asked | {"host": squads[1]}))  # the name is another's by then
    path = f"branches/{told[0]['code']}/host/"
    assert secretary.post(path, {"host": squads[1]}).status_code == 404
    assert committee.post(path, {"host": squads[1]}).json()["host"] == Unit.objects.get(code=squads[1]).name
    assert "host" in fields(committee.post(path, {"host": squads[1]}))
    assert list(AuditLine.objects.filter(act__startswith="branch.").order_by("pk").values_list("act", flat=True)) == ["branch.found", "branch.host"]


def test_a_place_falls_to_a_branch_and_away_again(cast):
    committee, secretary = staff(cast, "committee_secretary"), staff(cast, "secretary")
    row = Coverage.objects.filter(branch=branch(3), kind="place", until=None).first()
    asked = {"kind": "place", "key": row.key}
    assert secretary.post("branches/branch-03/uncover/", asked).status_code == 404
    assert committee.post("branches/branch-03/uncover/", asked).status_code == 204
    assert committee.post("branches/branch-03/uncover/", asked).status_code == 404
    assert row.key in [each["key"] for each in secretary.get("branches/coverage/").json()["gaps"]]
    assert "key" in fields(committee.post("branches/branch-03/cover/", {"kind": "place", "key": "000000000"}))
    assert "kind" in fields(committee.post("branches/branch-03/cover/", asked | {"kind": "river"}))
    assert secretary.post("branches/branch-03/cover/", asked).status_code == 404
    assert committee.post("branches/branch-03/cover/", asked).status_code == 204
    assert "branch" in fields(committee.post("branches/branch-03/cover/", asked)) and committee.post("branches/nowhere/cover/", asked).status_code == 404
    assert Coverage.objects.filter(key=row.key, kind="place", until=None).count() == 1


def test_somebody_elected_is_written_down_once_and_leaves_with_a_reason(cast):
    one = placed(cast)
    secretary, other, before = staff(cast, "secretary"), staff(cast, "secretary_five"), Officer.objects.count()
    asked = {"unit": "branch-03", "person": str(one.person.key), "post": "publicity", "since": f"{MONDAY:%Y-%m-%d}"}
    assert other.post("branches/terms/elect/", asked).status_code == 404
    assert set(fields(secretary.post("branches/terms/elect/", {}))) == {"unit", "person", "post", "since"}
    assert "person" in fields(secretary.post("branches/terms/elect/", asked | {"person": str(cast.stranger.key)}))
    assert "group" in fields(secretary.post("branches/terms/elect/", asked | {"post": "group_leader", "group": "没有的组"}))
    told = [secretary.post("branches/terms/elect/", asked).json() for _time in range(2)]
    assert told[0]["term_ends"] == told[1]["term_ends"] == f"{MONDAY.year + 3}{MONDAY:-%m-%d}" and Officer.objects.count() == before + 1
    row = next(each for each in secretary.get("branches/terms/").json()["items"] if each["post"] == "publicity")
    assert row["name"] == "张*" and other.get("branches/terms/").json()["items"] == []
    asked = {"officer": row["officer"], "reason": "搬去外地了"}
    assert other.post("branches/terms/end/", asked).status_code == 404 and "reason" in fields(secretary.post("branches/terms/end/", {"officer": row["officer"]}))
    assert secretary.post("branches/terms/end/", asked).json()["ended_on"] == f"{MONDAY:%Y-%m-%d}"
    assert secretary.post("branches/terms/end/", asked).status_code == 404


def test_a_posted_secretary_is_offered_and_written_down_by_the_committee_never_by_himself(cast):
    committee, secretary = staff(cast, "committee_secretary"), staff(cast, "secretary")
    Officer.objects.filter(unit=branch(3).unit).delete()
    posted = {each["person"]: each["unit"] for each in committee.get("branches/terms/posted/").json()["items"]}
    assert posted[str(cast.secretary.key)] == "branch-03"
    assert str(cast.secretary.key) not in {each["person"] for each in secretary.get("branches/terms/posted/").json()["items"]}
    asked = {"unit": "branch-03", "person": str(cast.secretary.key), "post": "secretary", "since": f"{MONDAY:%Y-%m-%d}"}
    assert secretary.post("branches/terms/elect/", asked).status_code in (400, 422)
    assert committee.post("branches/terms/elect/", asked).json()["name"] == cast.secretary.name
    assert staff(cast, "registrar").get("branches/terms/").status_code == 404
