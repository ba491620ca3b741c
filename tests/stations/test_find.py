"""Where a house is: the list by distance, the map and its one other host, the links of the map apps; how it is rated."""

from __future__ import annotations

from datetime import time, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.test import Client

from accounts.rules.viewer import NOBODY
from common import clock
from stations.models import Booking, VisitRating
from stations.rules.hours import Days, Row
from stations.rules.maps import to_gcj02, ways
from stations.selectors.ratings import rated
from stations.web.words import week_words
from tests.cast import MONDAY
from tests.stations.houses import book, make_house, make_service

HERE = "34.10,117.30"


@pytest.fixture
def monday(monkeypatch, db):
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


# Pairs that were published beside the formula: WGS-84 in, GCJ-02 out.
@pytest.mark.parametrize(("wgs", "gcj"), [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
])  # fmt: skip
def test_a_position_is_moved_as_the_published_formula_moves_it(wgs, gcj):
    assert to_gcj02(*wgs) == pytest.approx(gcj, abs=1e-9)


def test_each_map_app_is_led_to_the_same_spot_in_its_own_coordinates():
    found = {way.app: way.url for way in ways(34.0983, 117.3402, name="棠张 中心&x", address="府前路 1 号")}
    north, east = (f"{part:.6f}" for part in to_gcj02(34.0983, 117.3402))
    assert urlsplit(found["amap"]).netloc == "uri.amap.com" and f"to={east},{north}," in found["amap"] and "&x" not in found["amap"]
    baidu, tencent = (parse_qs(urlsplit(found[app]).query) for app in ("baidu", "tencent"))
    assert baidu["location"] == [f"{north},{east}"] and baidu["coord_type"] == ["gcj02"] and baidu["title"] == ["棠张 中心&x"]
    assert tencent["tocoord"] == [f"{north},{east}"] and "+" not in found["tencent"]
    assert found["geo"].startswith("geo:34.098300,117.340200?q=34.098300,117.340200(") and "棠张" in unquote(found["geo"])


def test_a_page_offers_the_map_apps_as_links_and_a_house_without_a_position_none(monday):
    house = make_house(state="planned")
    assert "uri.amap.com" in Client().get("/stations/station-01").content.decode()
    house.latitude = house.longitude = None
    house.save()
    assert "uri.amap.com" not in Client().get("/stations/station-01").content.decode()


def test_the_list_is_narrowed_to_what_is_open_and_to_what_has_a_bed(monday):
    full, free = make_service(make_house(), beds=1), make_service(make_house("station-02"), beds=1)
    make_house("station-03", state="planned")
    book(full, now=MONDAY, starts=MONDAY.replace(hour=14, minute=0))
    Booking.objects.update(starts_at=MONDAY - timedelta(hours=1))

    def listed(**asked):
        page = Client().get("/stations/", asked).content.decode()
        return [slug for slug in ("station-01", "station-02") if f'href="/stations/{slug}"' in page], page

    assert listed()[0] == ["station-01", "station-02"] and free.station.slug == "station-02"
    assert 'href="/stations/station-03"' not in listed()[1]  # planned: no arrow, nothing to go to
    assert listed(only="open", at=HERE)[0] == ["station-01", "station-02"]
    assert listed(only="bed")[0] == ["station-02"] and listed(only="x")[0] == listed()[0]


def test_a_map_asks_no_other_host_unless_the_installation_names_one_and_then_that_one_alone(monday, settings):
    make_house()
    answer = Client().get("/stations/map", {"at": HERE})
    page = answer.content.decode()
    assert 'data-lat="34.100000"' in page and 'data-here="34.100000,117.300000"' in page and 'data-tiles=""' in page
    assert "http" not in answer["Content-Security-Policy"]
    settings.MAP_TILES, settings.MAP_TILES_HOST = "https://tiles.example/{z}/{x}/{y}.png", "https://tiles.example"
    settings.MAP_TILES_GCJ = True
    answer = Client().get("/stations/map", {"at": HERE})
    policy = {part.split()[0]: part.split()[1:] for part in answer["Content-Security-Policy"].split(";") if part.strip()}
    assert policy["img-src"] == ["'self'", "blob:", "https://tiles.example"] and policy["connect-src"] == policy["script-src"] == ["'self'"]
    assert f'data-lat="{to_gcj02(34.1, 117.3)[0]:.6f}"' in answer.content.decode()
    for path in ("/stations/", "/stations/station-01"):
        assert "tiles.example" not in Client().get(path)["Content-Security-Policy"]


@pytest.mark.parametrize("at", ["48.85,2.35", "x,y", "34.1", "nan,inf"])
def test_a_position_that_cannot_be_says_so_on_the_map_too(monday, at):
    make_house()
    page = Client().get("/stations/map", {"at": at}).content.decode()
    assert ("不在国内" in page or "没看懂" in page) and "棠张" in page and "data-here" not in page


def test_the_public_pages_may_be_kept_by_the_phone_and_a_ticket_never(monday):
    lodging = make_service(make_house(), beds=1)
    row = book(lodging, now=MONDAY)
    for path in ("/stations/", "/stations/map", "/stations/station-01"):
        answer = Client().get(path)
        assert "no-store" not in answer["Cache-Control"] and "private" in answer["Cache-Control"] and "Cookie" in answer["Vary"], path
        assert 'data-signal="2026-11-23' in answer.content.decode(), path
    assert "no-store" in Client().get(f"/stations/ticket/{row.key}")["Cache-Control"]


def test_a_form_that_booked_already_is_a_new_one_when_he_comes_back_to_it(monday):
    lodging = make_service(make_house(), beds=2)
    first = book(lodging, now=MONDAY)
    starts = (first.starts_at + timedelta(days=1)).isoformat()
    values = {"service": lodging.pk, "starts": starts, "phone": "13812345678", "client_key": str(first.client_key)}
    answer = Client().post("/stations/station-01/book", values)
    page = answer.content.decode()
    assert answer.status_code == 422 and "刚才那个已经订好了" in page and str(first.client_key) not in page


def rate(lodging, values, *, at=MONDAY - timedelta(days=3)) -> None:
    for n, value in enumerate(values):
        row = book(lodging, now=MONDAY, phone=f"139000{n:05d}")
        Booking.objects.filter(pk=row.pk).update(state="done", starts_at=at, ends_at=at + timedelta(hours=1))
        VisitRating.objects.create(booking=row, value=value, words="司机写的话", at=MONDAY)


def test_an_average_needs_five_voices_and_no_word_of_anybody_is_public(monday):
    lodging = make_service(make_house(), beds=9)
    page = lambda: Client().get("/stations/station-01").content.decode()  # noqa: E731
    rate(lodging, [5, 4, 4, 3])
    assert "还没有足够的评价" in page() and (rated(NOBODY, lodging.station, now=MONDAY).average, rated(NOBODY, lodging.station, now=MONDAY).count) == (None, 4)
    rate(lodging, [5])
    assert "平均 4.2 分" in page() and "5 人评过" in page() and "司机写的话" not in page()
    rate(lodging, [1], at=MONDAY - timedelta(days=400))
    assert rated(NOBODY, lodging.station, now=MONDAY).count == 5  # an old visit says nothing of today


@pytest.mark.parametrize(("rows", "said"), [
    ([("all", 6, 21)], "6:00–21:00"),
    ([("all", 0, 0)], "全天"),
    ([("all", 6, 9), ("all", 11, 13)], "6:00–9:00、11:00–13:00"),
    ([("workday", 8, 17)], "工作日 8:00–17:00"),
    ([("workday", 8, 17), ("6", 8, 12)], "工作日 8:00–17:00，周六 8:00–12:00"),
    ([*((str(day), 8, 17) for day in range(1, 7))], "周一到周六 8:00–17:00"),
    ([("6", 9, 12), ("7", 9, 12)], "周六、周日 9:00–12:00"),
    ([], ""),
])  # fmt: skip
def test_the_hours_of_a_week_are_said_as_a_person_would(rows, said):
    assert week_words([Row(Days(days), time(opens), time(closes)) for days, opens, closes in rows]) == said
