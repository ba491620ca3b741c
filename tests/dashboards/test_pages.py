"""The pages: who enters, what each number carries, what a leader never reads."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appeals.models import Accused, Appeal
from dashboards.selectors.figures import Filters, board_for, rows
from tests.dashboards.conftest import NOW
from tests.house.walking import signed_in

PAGES = ("/dashboards/", "/dashboards/?period=month", "/dashboards/?period=year")
INSIDE = ("desk", "duty", "supervisor", "discipline", "leader", "handler", "head", "squad_three", "squad_three_head", "posted_head")
OUTSIDE = ("driver", "secretary", "cashier", "approver", "admin", "security", "auditor", "clerk", "call_back")


def get(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


@pytest.mark.parametrize("slug", INSIDE)
def test_bureau_staff_see_the_page(district, wall, slug):
    client = signed_in(getattr(district.cast, slug))
    for path in PAGES:
        assert "诉求看板" in get(client, path)


def test_for_everybody_else_it_is_not_there(district, wall, client):
    assert client.get("/dashboards/").status_code == client.get("/dashboards/rows/?figure=open").status_code == 404
    for slug in OUTSIDE:
        other = signed_in(getattr(district.cast, slug))
        assert other.get("/dashboards/").status_code == other.get("/dashboards/rows/?figure=open").status_code == 404
    assert signed_in(district.cast.desk, second_factor=False).get("/dashboards/").status_code == 404


@pytest.mark.parametrize("slug", ["desk", "leader", "handler"])
def test_every_link_of_the_page_opens_as_many_rows_as_it_says(district, wall, slug):
    """What stands in the page, not what the selector says: the number in the link and the rows behind its address."""
    client, viewer = signed_in(getattr(district.cast, slug)), district.cast.viewer(slug)
    page = get(client, "/dashboards/?period=year")
    links = re.findall(r'<a href="/dashboards/rows/\?([^"]+)">([^<]+)</a>', page)
    assert len(links) > 40
    checked = 0
    for query, words in links:
        asked = dict(part.split("=") for part in query.replace("&amp;", "&").split("&"))
        key = asked.pop("figure")
        number = re.fullmatch(r"([\d,]+)( (件|条|个|件次))?", words)
        if number and not key.endswith("_legal"):
            assert rows(viewer, key, Filters(**asked), now=NOW).count() == int(number[1].replace(",", "")), (query, words)
            checked += 1
    assert checked > 40
    for query, _words in links[:: max(1, len(links) // 12)]:
        assert client.get(f"/dashboards/rows/?{query.replace('&amp;', '&')}").status_code == 200


def test_every_tile_has_unit_denominator_period_and_as_of(district, wall):
    page = get(signed_in(district.cast.leader), "/dashboards/")
    tiles = re.findall(r'<div class="fig" data-figure="(\w+)">(.*?)</div>', page, re.S)
    assert len(tiles) == 11
    for key, body in tiles:
        assert "data-denominator" in body and "data-period" in body and "截至 14:36" in body, key
        assert re.search(r"件|条|个|人次|件次", body), key


def test_charts_have_a_sentence_and_the_same_numbers_in_a_table(district, wall):
    page = get(signed_in(district.cast.desk), "/dashboards/")
    board = board_for(district.cast.viewer("desk"), "12w", now=NOW)
    due = [board.value("due", Filters(week=monday.isoformat())) for monday in sorted(board.tally.weeks)]
    table = re.search(r'<table class="twin">.*?</table>', page, re.S)[0]
    line = re.search(r'<th scope="row">应答复</th>(.*?)</tr>', table, re.S)[1]
    assert [int(number) for number in re.findall(r">(\d+)<", line)] == due
    assert f"12 周 {sum(due)} 件应答复" in page


def test_no_inline_style_script_or_other_host(district, wall):
    client = signed_in(district.cast.leader)
    for path in (*PAGES, "/dashboards/rows/?figure=open"):
        page = get(client, path)
        assert "style=" not in page and "<script>" not in page and "http:" not in page.replace("http://testserver", "")


def test_a_leader_reads_neither_name_nor_words_nor_number(district, wall):
    client = signed_in(district.cast.leader)
    page = get(client, "/dashboards/rows/?figure=received&period=year")
    assert page.count("<tr>") > 20
    for appeal in Appeal.objects.all()[:400]:
        assert appeal.title not in page and appeal.number not in page and str(appeal.key) not in page
    assert "测师傅" not in page and "苏C" not in page and "/admin/appeals/appeal/" not in page.split("<main")[1]


def test_a_cell_under_five_tells_the_leader_nothing(district, wall):
    viewer, client = district.cast.viewer("leader"), signed_in(district.cast.leader)
    board = board_for(viewer, "12w", now=NOW)
    small = [(key, by, of) for key in ("open", "overdue", "received", "late") for by in ("unit", "category", "place")
             for of, value in board.groups(key, by).items() if 0 < value < 5]  # fmt: skip
    assert small
    page = get(client, "/dashboards/")
    assert "少于 5" in page
    for key, by, of in small[:12]:
        answer = get(client, f"/dashboards/rows/?figure={key}&period=12w&{by}={of}").split("<main")[1]
        assert "件数少，不逐件列" in answer and "<tbody" not in answer
    for _key, by, of in small[:1]:
        assert "少于 5" not in get(signed_in(district.cast.desk), f"/dashboards/rows/?figure=received&period=12w&{by}={of}").split("<main")[1]


def test_in_a_leaders_list_no_name_stands_beside_fewer_than_five_rows(district, wall):
    client = signed_in(district.cast.leader)
    cells: dict[str, int] = {}
    for number in range(1, 20):
        page = get(client, f"/dashboards/rows/?figure=open&p={number}").split("<main")[1]
        lines = re.findall(r'<tr><th scope="row" class="half">\d{4}</th>(.*?)</tr>', page, re.S)
        for line in lines:
            for name in re.findall(r'<td class="half">(.*?)</td>', line, re.S)[1:3]:
                cells[name] = cells.get(name, 0) + 1
        if len(lines) < 25:
            break
    assert cells and all(count >= 5 for name, count in cells.items() if "不单列" not in name)


def test_unknown_filters_are_a_page_that_says_so(district, wall):
    client = signed_in(district.cast.desk)
    for query in (
        "", "figure=nothing", "figure=open&period=decade", "figure=open&x=1", "figure=open&p=0", "figure=open&p=99999999",
        "figure=open&unit=squad-03", "figure=open&unit=nobody", "figure=open&unit=transport&category=D1", "figure=due&week=2026-99-01",
        "figure=closed&quarter=2026Q9&unit=squad-03", "figure=open&figure=due", "figure=open&p=²",
        "figure=accused_closed&unit=squad-03&quarter=2026Q3",
    ):  # fmt: skip
        answer = client.get(f"/dashboards/rows/?{query}")
        assert answer.status_code == 400 and "没有这个数" in answer.content.decode(), query
    assert client.get("/dashboards/?period=decade").status_code == client.get("/dashboards/?x=1").status_code == 400
    assert client.post("/dashboards/").status_code == 405


def test_a_page_asks_at_most_twenty_times(district, wall):
    for slug in ("desk", "leader", "handler", "discipline"):
        client = signed_in(getattr(district.cast, slug))
        client.get("/dashboards/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/dashboards/")
        assert len(queries) <= 20, [each["sql"][:90] for each in queries]


def test_an_empty_district_says_no_data_and_not_nought(db, wall):
    from tests.cast import make_cast

    cast = make_cast("leader", "handler", "desk")
    page = get(signed_in(cast.leader), "/dashboards/").split("<main")[1]
    assert "没有数据" in page and "还没有收到过诉求" in page and "还没到期" in page  # the quarter is not over
    assert "100%" not in page


def test_a_reader_of_every_case_gets_titles_and_ways_on(district, wall):
    page = get(signed_in(district.cast.desk), "/dashboards/rows/?figure=open")
    first = Appeal.objects.filter(state="routed", accused=None).first()
    assert "/admin/appeals/appeal/" in page and first is not None
    assert Accused.objects.exists()
