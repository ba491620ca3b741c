"""What the list of threats asks of stations: links that change nothing, one answer for what is not there, nothing kept, words that give nobody away."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client

from accounts.models import AuditLine
from notices import registry
from notices.models import Notice
from stations.models import Arrival, Booking, StandBy, VisitRating
from stations.services import waiting
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.stations.houses import NIGHT, book, make_house, make_service, wish

pytestmark = pytest.mark.django_db
BANNED = ("投诉", "举报", "大队", "中队", "诉求")
ROWS = (Booking, StandBy, Arrival, VisitRating, Notice, AuditLine)
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')


@pytest.fixture
def cast(db):
    with time_machine.travel(MONDAY, tick=False):
        yield make_cast("driver", "neighbour", "station_staff")


@pytest.fixture
def service(cast):
    return make_service(make_house(), beds=1)


@pytest.fixture
def held(cast, service) -> tuple[Booking, StandBy]:
    """A bed of somebody without an account, and a place in its line."""
    row = book(service, now=MONDAY, plate="苏C12345")
    return row, waiting.join(wish=wish(service, phone="13912345678"), by=cast.viewer("neighbour"), caller="x", now=MONDAY)


def kept() -> list:
    return [list(model.objects.order_by("pk").values()) for model in ROWS]


def links(row: Booking) -> list[str]:
    at = f"/stations/ticket/{row.key}"
    return [at, f"{at}/qr.svg", f"{at}/cancel", f"/api/v1/stations/tickets/{row.key}/"]


def test_a_robot_that_opens_every_link_of_a_message_changes_nothing(held):
    """T50."""
    before, robot = kept(), Client(headers={"user-agent": "MicroMessenger"})
    for path in links(held[0]) * 3:
        assert robot.get(path).status_code == 200, path
    assert kept() == before


@pytest.mark.parametrize("of", ["account", "nobody"])
def test_a_ticket_of_somebody_elses_account_answers_as_one_that_never_was(cast, service, of):
    """T6, T14: the same status, the same bytes, the same number of questions."""
    row = book(service, now=MONDAY, by=cast.viewer("driver"), phone="")
    client = signed_in(cast.neighbour) if of == "account" else Client()
    for there, never in zip(links(row), links(Booking(key=uuid4())), strict=True):
        answers = []
        for path in (there, never):
            client.get(path)
            with CaptureQueries() as asked:
                answer = client.get(path)
            answers.append((answer.status_code, TOKEN.sub(b"", answer.content.replace(path.encode(), b"")), len(asked)))
        assert answers[0] == answers[1] and answers[0][0] == 404, there


class CaptureQueries:
    """The questions asked of the database meanwhile."""

    def __enter__(self) -> list:
        from django.test.utils import CaptureQueriesContext

        self.inner = CaptureQueriesContext(connection)
        return self.inner.__enter__()

    def __exit__(self, *error) -> None:
        self.inner.__exit__(*error)


def test_a_phone_that_has_booked_is_answered_like_one_that_has_not(held):
    """T43: whoever types another's number learns nothing of it."""
    answers = []
    for phone in ("13812345678", "13712345678"):
        body = {"service": "lodging", "starts_at": NIGHT.isoformat(), "phone": phone}
        client = Client(headers={"Idempotency-Key": str(uuid4())})
        answer = client.post("/api/v1/stations/station-01/book/", body, content_type="application/json")
        answers.append((answer.status_code, answer.content))
    assert answers[0] == answers[1] and answers[0][0] == 409


def test_the_shared_machine_of_a_station_keeps_no_page(held, cast):
    """T49."""
    clients = {"desk": signed_in(cast.station_staff), "driver": Client()}
    with time_machine.travel(MONDAY, tick=False):
        for who, path in (("desk", "/admin/stations/station-01/"), ("desk", "/api/v1/stations/station-01/desk/"), *(("driver", path) for path in links(held[0]))):
            answer = clients[who].get(path)
            assert answer.status_code == 200 and "no-store" in answer["Cache-Control"], path
        code = re.search(r'<input[^>]*name="code"[^>]*>', clients["desk"].get("/admin/stations/station-01/").content.decode())[0]
    assert 'autocomplete="off"' in code


def test_the_pages_with_drivers_say_who_looks(held, cast):
    """T58: name and moment at the foot."""
    with time_machine.travel(MONDAY, tick=False):
        page = signed_in(cast.station_staff).get("/admin/stations/station-01/").content.decode()
    assert "驿站值班 · 2026-11-23 14:36" in re.sub(r"\s+", " ", page)


def test_messages_and_titles_can_be_read_over_his_shoulder(held):
    """T55, T4: closed words, no name, no plate, no number; no heading that tells of a complaint."""
    for name in ("station.booked", "station.reminder", "station.taken_away", "station.missed", "station.moved_up"):
        words = str(registry.template(name).words)
        assert not [word for word in BANNED if word in words], name
    said = " ".join(str(notice) for notice in Notice.objects.values_list("template", "about_pk", "unique_key", "error"))
    assert "苏C12345" not in said and "13812345678" not in said
    for path in (*links(held[0])[:1], links(held[0])[2], "/stations/", "/stations/mine", f"/stations/line/{held[1].key}"):
        title = re.search(r"<title>(.*?)</title>", Client().get(path).content.decode(), re.S)
        assert title and not [word for word in BANNED if word in title[1]], path


def test_no_number_of_a_row_stands_in_an_address(held, cast):
    """T5."""
    row = held[0]
    page = Client().get(f"/stations/ticket/{row.key}").content.decode() + Client().get(f"/api/v1/stations/tickets/{row.key}/").content.decode()
    assert not re.findall(r'(?:href|action|next)="[^"]*/\d+(?:/|")', page)


@pytest.mark.parametrize("query", ["?page_size=1000000", "?page_size=0", "?ordering=phone", "?person__phone__startswith=13", "?cursor=1"])
def test_no_page_without_end_and_no_filter_of_his_own_making(held, query):
    """T33, T48."""
    assert Client().get(f"/api/v1/stations/{query}").status_code == 400
