"""The branch pages: what a secretary sees, does, and what nobody else finds."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditLine, Unit
from branches import registry
from branches.models import Branch, Coverage, Membership, Officer, Placement
from branches.services import officers, placement, transfers
from common import clock
from tests.branches.members import branch, crowd, person, placed, verified
from tests.cast import CAST, MONDAY, make_cast
from tests.house.walking import signed_in

pytestmark = pytest.mark.django_db
TODAY = clock.today(MONDAY)
PLAIN = ("branches_mine", "branches_members", "branches_overview", "branches_coverage", "branches_terms", "branches_transfers")


@pytest.fixture
def cast():
    with time_machine.travel(MONDAY, tick=False):
        yield make_cast()


def get(cast, slug, page, *args, query="", status=200, follow=False):
    answer = signed_in(cast.people[slug]).get(reverse(f"admin:{page}", args=args) + query, follow=follow)
    assert answer.status_code == status, (page, answer.status_code)
    return answer.content.decode()


def post(cast, slug, page, *args, query="", **data):
    return signed_in(cast.people[slug]).post(reverse(f"admin:{page}", args=args) + query, data)


def test_my_branch_shows_members_kinds_votes_and_what_is_due(cast):
    placed(cast, name="张建国")
    placed(cast, name="孙立", kind="probationary", joined_on=date(2025, 12, 8))
    placed(cast, name="周海", kind="floating")
    silent = placed(cast, name="赵六")
    Membership.objects.filter(pk=silent.pk).update(last_contact_on=date(2026, 5, 1))
    text = get(cast, "secretary", "branches_mine")
    assert "货车司机流动党员第三党支部" in text and "依托执法三中队" in text and "管铜山街道、沿湖街道、新区街道" in text
    assert "正式 2 · 流动 1 · 预备 1；全区 4 名" in text and "过半是 2 名" in text
    for words in ("转正讨论 12-08", "关系在 河南永城城关支部", "失联 6 个月"):
        assert words in text
    for name in ("张建国", "孙立", "周海", "赵六"):
        assert name not in text, "names show one character and a star"
    assert "张*" in text


def test_a_secretary_sees_only_his_branch_a_stranger_finds_nothing(cast):
    here, there = placed(cast, name="张建国"), placed(cast, name="钱大海", number=5, by="secretary_five")
    text = get(cast, "secretary", "branches_members")
    assert "张*" in text and "钱*" not in text
    get(cast, "secretary", "branches_member", there.person.key, status=404)
    get(cast, "secretary", "branches_one", "branch-05", status=404)
    get(cast, "secretary", "branches_act", there.person.key, "leave", status=404)
    assert post(cast, "secretary", "branches_reveal", there.person.key, field="name", reason="contact").status_code == 404
    assert "钱*" in get(cast, "committee_secretary", "branches_members")
    able = {"secretary", "secretary_five", "committee_secretary"}
    for slug in (slug for slug in CAST if slug not in able):
        client = signed_in(cast.people[slug])
        for name, args in [*((each, ()) for each in PLAIN), ("branches_member", (here.person.key,)), ("branches_one", ("branch-03",))]:
            answer = client.get(reverse(f"admin:{name}", args=args))
            assert answer.status_code in (302, 404), (slug, name)
            assert answer.status_code == 404 or answer["Location"].startswith(("/accounts/", "/admin/login/"))


def test_the_committee_is_led_to_the_list_of_all_branches_with_warnings(cast):
    crowd(cast, 51)
    text = get(cast, "committee_secretary", "branches_mine", follow=True)
    assert text.count("货车司机流动党员第") >= 10 and "有 51 人，超过 50 人" in text and "不足 3 人" in text
    assert get(cast, "secretary", "branches_overview").count("执法三中队") == 1, "a secretary's list is his own branch"


def test_a_search_takes_two_characters_by_post_so_that_no_name_stands_in_an_address(cast):
    placed(cast, name="张建国")
    placed(cast, name="李大海")
    found = post(cast, "secretary", "branches_members", q="大海").content.decode()
    assert "李*" in found and "张*" not in found
    assert "至少写两个字" in post(cast, "secretary", "branches_members", q="大").content.decode()


def test_the_search_box_finds_members_of_the_own_branch_behind_their_masks(cast):
    placed(cast, name="张建国")
    placed(cast, name="张建军", number=5, by="secretary_five")
    hits = {}
    for slug in ("secretary", "committee_secretary", "registrar", "handler"):
        text = signed_in(cast.people[slug]).post(reverse("admin:find"), {"q": "张建"}, follow=True).content.decode()
        hits[slug] = (text.count("党员 · "), "第三党支部" in text and "张*" in text)
        assert "张建国" not in text and "张建军" not in text
    assert hits["committee_secretary"] == (2, True)
    assert hits["secretary"][1], "one hit leads to his page"
    assert hits["registrar"][0] == hits["handler"][0] == 0


def test_lists_by_kind_vote_and_what_is_due(cast):
    placed(cast, name="张建国")
    placed(cast, name="周海", kind="floating")
    verified(cast, name="郑等", by="committee_secretary")
    votes, none = (get(cast, "secretary", "branches_members", query=f"?view={view}") for view in ("votes", "none"))
    assert "张*" in votes and "周*" not in votes and "周*" in none and "张*" not in none
    assert "周*" in get(cast, "secretary", "branches_members", query="?kind=floating&branch=branch-03")
    waits = get(cast, "secretary", "branches_members", query="?view=unplaced")
    assert "郑*" in waits and "张*" not in waits
    assert "这里没有人" in get(cast, "secretary", "branches_members", query="?view=silent&page=999999999999")


def test_a_number_is_shown_once_with_a_reason_and_leaves_a_line(cast):
    one = placed(cast, person=person("张建国", phone="13812345678"))
    here = get(cast, "secretary", "branches_member", one.person.key)
    assert "138****5678" in here and "13812345678" not in here and "张建国" not in here
    shown = post(cast, "secretary", "branches_reveal", one.person.key, field="phone", reason="contact").content.decode()
    assert "13812345678" in shown and "张建国" not in shown
    line = AuditLine.objects.get(act="reveal")
    assert (line.about_kind, line.about_pk, line.new["field"]) == ("accounts.person", str(one.person.pk), "phone")
    assert "张建国" in post(cast, "secretary", "branches_reveal", one.person.key, field="name", reason="check").content.decode()
    for wrong in ({"field": "id_number", "reason": "contact"}, {"field": "phone", "reason": ""}, {"field": "password", "reason": "check"}):
        assert post(cast, "secretary", "branches_reveal", one.person.key, **wrong).status_code == 302
    assert AuditLine.objects.filter(act="reveal").count() == 2


def test_every_act_of_a_member_has_its_page_and_does_what_it_says(cast):
    one = placed(cast, name="张建国")
    group = placement.make_group(branch=branch(3), name="新区组", by=cast.viewer("secretary"), now=MONDAY)
    page = get(cast, "secretary", "branches_member", one.person.key)
    for word in ("记一次联系", "改类别", "换小组", "记当选职务", "转支部", "记离开"):
        assert word in page
    key = one.person.key
    for act, data in (
        ("contact", {"on": "2026-11-20", "note": "电话里聊了聊"}), ("group", {"group": group.pk}),
        ("office", {"post": "publicity", "since": "2026-11-20"}), ("transfer", {"to_branch": branch(5).pk, "reason": "搬到马坡了"}),
        ("leave", {"reason": "关系转走了"}),
    ):  # fmt: skip
        assert "留痕" in get(cast, "secretary", "branches_act", key, act) or act in ("contact", "office", "transfer")
        assert post(cast, "secretary", "branches_act", key, act, **data).status_code == 302, act
    one.refresh_from_db()
    assert (one.last_contact_on, one.ended_on) == (date(2026, 11, 20), TODAY)
    assert Officer.objects.get().ended_on == TODAY and Placement.objects.get().group == group
    get(cast, "secretary", "branches_member", key, status=404)


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(cast):
    one = placed(cast)
    answer = post(cast, "secretary", "branches_act", one.person.key, "contact", on="昨天", note="聊了聊运费")
    text = answer.content.decode()
    assert answer.status_code == 422 and "日子要写成" in text and "聊了聊运费" in text
    answer = post(cast, "secretary", "branches_act", one.person.key, "transfer", to_branch="99999", reason="搬家")
    assert answer.status_code == 422 and "请选一个支部" in answer.content.decode()
    for act in ("nothing", "prolong", "place"):
        get(cast, "secretary", "branches_act", one.person.key, act, status=404)


def test_a_verified_member_is_placed_in_the_browser_by_a_second_person_and_the_fifty_first_warns(cast):
    crowd(cast, 50)
    one = verified(cast, name="张建国", by="committee_secretary")
    key = one.person.key
    assert "编进支部" in get(cast, "secretary", "branches_member", key)
    assert reverse("admin:branches_act", args=[key, "place"]) not in get(cast, "committee_secretary", "branches_member", key), "his verifier gets no button"
    page = get(cast, "secretary", "branches_act", key, "place")
    assert "管铜山街道" in page and "加上他是第 51 人" in page
    answer = signed_in(cast.secretary).post(reverse("admin:branches_act", args=[key, "place"]), {"branch": branch(3).pk}, follow=True)
    assert "加上他是第 51 人" in answer.content.decode() and Placement.objects.get(membership=one).placed_by == cast.secretary
    refused = post(cast, "committee_secretary", "branches_act", verified(cast, name="乙", by="committee_secretary").person.key, "place", branch=branch(5).pk)
    assert refused.status_code == 422 and "要换一个人" in refused.content.decode()


def test_a_transfer_is_signed_by_two_secretaries_on_the_page(cast):
    one = placed(cast)
    row = transfers.ask(membership=one, to_branch=branch(5), by=cast.viewer("secretary"), now=MONDAY, reason="搬到马坡了")
    assert "同意转出" in get(cast, "secretary", "branches_transfers") and "同意转入" not in get(cast, "secretary", "branches_transfers")
    assert "同意转入" in get(cast, "secretary_five", "branches_transfers")
    assert post(cast, "secretary", "branches_transfers", transfer=row.pk, act="take").status_code == 404
    post(cast, "secretary", "branches_transfers", transfer=row.pk, act="give")
    post(cast, "secretary_five", "branches_transfers", transfer=row.pk, act="take")
    assert Placement.objects.get(until=None).branch == branch(5)
    for wrong in ("x", "²", "9" * 5000):
        assert post(cast, "secretary", "branches_transfers", transfer=wrong, act="give").status_code == 404


def test_the_coverage_page_draws_every_place_and_lists_what_is_wrong(cast):
    text = get(cast, "secretary", "branches_coverage")
    assert text.count("<rect") == 29 and "镇街 29 / 29" in text and "不再管" not in text
    row = Coverage.objects.get(key="320312119")
    assert post(cast, "secretary", "branches_coverage", act="uncover", row=row.pk).status_code == 404
    assert post(cast, "committee_secretary", "branches_coverage", act="uncover", row=row.pk).status_code == 302
    text = get(cast, "committee_secretary", "branches_coverage", query="?branch=branch-03&kind=place")
    assert "没有支部的 1 个，重复的 0 个" in text and text.count('class="on"') == 3 and "镇街 28 / 29" in text
    for number in ("04", "09"):
        post(cast, "committee_secretary", "branches_coverage", act="cover", kind="place", place="320312119", to=f"branch-{number}")
    assert "没有支部的 0 个，重复的 1 个" in get(cast, "secretary", "branches_coverage")


def test_no_page_carries_a_style_or_a_foreign_address(cast):
    one = placed(cast)
    for slug in ("secretary", "committee_secretary"):
        for name, args in [*((each, ()) for each in PLAIN), ("branches_member", (one.person.key,)), ("branches_act", (one.person.key, "transfer"))]:
            text = get(cast, slug, name, *args, follow=True)
            assert "style=" not in text and "<style" not in text and not re.search(r"(src|href)=\"https?://", text)


def test_an_eleventh_branch_and_another_host_on_the_page(cast):
    answer = post(cast, "committee_secretary", "branches_overview", act="found", name="货车司机流动党员第十一党支部", host="squad-01")
    assert answer.status_code == 302 and Branch.objects.count() == 11
    assert "第十一党支部" in get(cast, "committee_secretary", "branches_overview")
    post(cast, "committee_secretary", "branches_overview", act="move", branch="branch-11", host="squad-02")
    assert Unit.objects.get(code="branch-11").parent.code == "squad-02"
    for slug, data in (("secretary", {"act": "found", "name": "第十二党支部", "host": "squad-01"}), ("secretary", {"act": "found", "name": "x"}), ("secretary", {"act": "?"})):
        assert post(cast, slug, "branches_overview", **data).status_code == 404
    assert post(cast, "committee_secretary", "branches_overview", act="found", name="第十二党支部").status_code == 422


def test_terms_are_listed_and_a_posted_secretary_is_written_down_by_the_committee(cast):
    text = get(cast, "committee_secretary", "branches_terms")
    assert "第三支部</b><p>还没有记书记" in text and "三支部书记" in text
    from accounts.models import Posting

    held = Posting.objects.get(person=cast.secretary, role="secretary")
    data = {"act": "elect", "posting": held.pk, "post": "secretary", "since": "2024-03-14"}
    assert post(cast, "committee_secretary", "branches_terms", **data).status_code == 302
    row = Officer.objects.get()
    assert row.term_ends == date(2027, 3, 14)
    assert "还剩 111 天" in get(cast, "secretary", "branches_terms") and "2027-03-14 到期换届" in get(cast, "secretary", "branches_mine")
    assert "三支部书记不再当书记了" in get(cast, "committee_secretary", "branches_terms", query=f"?end={row.pk}")
    assert "不再当" not in get(cast, "secretary", "branches_terms", query=f"?end={row.pk}")
    assert post(cast, "secretary", "branches_terms", act="end", officer=row.pk, reason="换人了").status_code == 422, "not his own"
    assert post(cast, "secretary_five", "branches_terms", act="end", officer=row.pk, reason="换人了").status_code == 404
    assert post(cast, "committee_secretary", "branches_terms", act="end", officer=row.pk, reason="换人了").status_code == 302


def test_groups_are_made_and_ended_on_the_page_of_terms(cast):
    one = placed(cast, name="张建国")
    assert post(cast, "secretary", "branches_terms", act="group", branch="branch-03", name="新区组").status_code == 302
    assert post(cast, "secretary", "branches_terms", act="group", branch="branch-03", name="新区组").status_code == 422
    assert post(cast, "secretary", "branches_terms", act="group", branch="branch-05", name="别人的").status_code == 404
    group = branch(3).groups.get()
    post(cast, "secretary", "branches_act", one.person.key, "group", group=group.pk)
    post(cast, "secretary", "branches_act", one.person.key, "office", post="group_leader", group=group.pk, since="2026-11-20")
    text = get(cast, "secretary", "branches_terms")
    assert "新区组" in text and "组长 张*" in text and "1 人" in text
    assert "新区组" not in get(cast, "secretary_five", "branches_terms")
    assert post(cast, "secretary_five", "branches_terms", act="end_group", group=group.pk).status_code == 404
    assert post(cast, "secretary", "branches_terms", act="end_group", group=group.pk).status_code == 302
    assert Officer.objects.get().ended_on == TODAY and Placement.objects.get(until=None).group is None


def test_upper_rooms_add_cards_and_columns(cast, monkeypatch):
    one = placed(cast)
    for name in ("_cards", "_columns"):
        monkeypatch.setattr(registry, name, {})
    monkeypatch.setattr(registry, "_finders", [lambda viewer, text: [one.person_id] if text == "5678" else []])
    template = "site/icon.html"
    registry.card("zones", where="main", template=template, build=lambda viewer, subject, now: {"n": 1})
    registry.card("hidden", where="rail", template="no/such.html", build=lambda viewer, subject, now: None)
    registry.column("five", word="本月联系五人", template=template, build=lambda viewer, ids, now, branch: dict.fromkeys(ids, 5))
    assert "本月联系五人" in get(cast, "secretary", "branches_mine")
    assert "张*" in post(cast, "secretary", "branches_members", q="5678").content.decode()
    with pytest.raises(ValueError):
        registry.card("zones", where="top", template=template, build=lambda *a: None)


def test_no_appeal_is_shown_or_counted_on_a_branch_page(cast):
    """The branch is hosted by the squad that a driver may complain of: its pages know nothing of appeals."""
    from pathlib import Path

    for path in [*Path("branches").rglob("*.py"), *Path("templates/branches").rglob("*.html")]:
        assert "appeals" not in path.read_text(encoding="utf-8").replace("No appeal", "").replace("appeals are", ""), path


def test_a_page_asks_four_questions_of_this_room_for_many_members_as_for_few(cast, monkeypatch):
    """By itself: what cards, columns and counts of rooms above ask is theirs to bound."""
    monkeypatch.setattr(registry, "_cards", {})
    monkeypatch.setattr(registry, "_columns", {})
    crowd(cast, 5)
    client, counts = signed_in(cast.secretary), []
    for _step in range(2):
        for name in ("branches_mine", "branches_members"):
            client.get(reverse(f"admin:{name}"))
            with CaptureQueriesContext(connection) as asked:
                client.get(reverse(f"admin:{name}"))
            counts.append(sum("branches_" in each["sql"] and '"members_' not in each["sql"] for each in asked))
        crowd(cast, 40)
    assert counts[:2] == counts[2:] and max(counts) <= 4, counts


def test_days_until_the_end_of_a_probation_of_another_year(cast):
    one = placed(cast, kind="probationary", joined_on=date(2026, 6, 1))
    assert "转正讨论 2027-06-01" in get(cast, "secretary", "branches_member", one.person.key)
    officers.elect(unit=branch(3).unit, person=cast.secretary, post="secretary", since=TODAY - timedelta(days=1090), by=cast.viewer("committee_secretary"), now=MONDAY)
    assert "书记任期" in get(cast, "secretary", "branches_mine")


def test_a_list_says_in_words_how_many_are_verified_placed_and_waiting(cast):
    placed(cast, name="张建国")
    placed(cast, name="李大海")
    assert "2 名已核实，其中 2 名已入列；" in get(cast, "committee_secretary", "branches_members")
    verified(cast, name="郑等")
    for page in ("branches_members", "branches_overview"):
        assert "3 名已核实，其中 2 名已入列，1 名待安排；" in get(cast, "committee_secretary", page), page
    assert "名党员已入列" in get(cast, "secretary", "branches_mine")


def test_a_member_who_is_no_driver_is_found_by_the_last_four_within_the_own_branch(cast):
    placed(cast, person=person("钱大海", phone="13812345678"))
    for slug, seen in (("secretary", True), ("committee_secretary", True), ("secretary_five", False)):
        text = post(cast, slug, "branches_members", q="5678").content.decode()
        assert ("钱*" in text) is seen and "13812345678" not in text, slug
    assert "钱*" not in post(cast, "secretary", "branches_members", q="1234").content.decode()
    text = signed_in(cast.secretary).post(reverse("admin:find"), {"q": "5678"}, follow=True).content.decode()
    assert "钱*" in text


def test_the_page_of_a_branch_asks_twelve_questions_at_most_with_cards_and_columns_of_every_room(cast):
    crowd(cast, 12)
    client = signed_in(cast.secretary)
    client.get(reverse("admin:branches_mine"))
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("admin:branches_mine"))
    assert len(asked) <= 12, [each["sql"][:90] for each in asked]
