"""What the gateway tells later: late, twice, forged, in any order."""

import itertools
import json
from datetime import timedelta

import pytest

from common import clock
from notices.gateways.sms import sign
from notices.models import Notice
from notices.services import outbox, receipts, sending
from tests.cast import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.notices.urls_with_outbox")]
URL = "/api/v1/notices/receipts"


@pytest.fixture
def left(kind, server):
    """One message that the gateway accepted."""
    outbox.post(template="test.news", about=(kind, 1), now=MONDAY, address="13900000001")
    sending.sweep(MONDAY)
    return Notice.objects.get()


def state():
    row = Notice.objects.get(template="test.news")
    return row.state, row.delivered_at is not None


def tell(client, content, *, age=0, signature=None):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    stamp = str(int(clock.now().timestamp()) - age)
    headers = {"X-Timestamp": stamp, "X-Signature": signature or sign(stamp, body)}
    return client.post(URL, body, content_type="application/json", headers=headers)


ORDERS = sorted(set(itertools.permutations(["delivered", "failed", "failed", "delivered"])))


@pytest.mark.parametrize("order", ORDERS)
def test_whatever_the_order_the_end_is_the_same(left, order):
    for n, result in enumerate(order):
        receipts.take(out_id=left.out_id, result=result, now=MONDAY + timedelta(minutes=n))
    assert state() == ("sent", True)


def test_one_that_says_it_never_arrived_is_listed_and_counted_once(left):
    from notices.models import Bounced

    for _ in range(3):
        receipts.take(out_id=left.out_id, result="failed", why="关机", now=MONDAY)
    assert state() == ("failed", False) and Bounced.objects.get().refused == 1


def test_an_unknown_one_that_arrived_is_known_and_is_not_sent_again(kind, server):
    server.mode = "stall"
    outbox.post(template="test.news", about=(kind, 1), now=MONDAY, address="13900000001")
    sending.sweep(MONDAY)
    receipts.take(out_id=Notice.objects.get().out_id, result="delivered", now=MONDAY + timedelta(seconds=30))
    sending.sweep(MONDAY + timedelta(hours=1))
    assert state() == ("sent", True) and len(server.got) == 1


def test_what_was_cancelled_stays_cancelled(left):
    Notice.objects.update(state="cancelled")
    receipts.take(out_id=left.out_id, result="delivered", now=MONDAY)
    assert state() == ("cancelled", True)


def test_the_door_takes_a_signed_one(client, left):
    assert tell(client, {"out_id": left.out_id, "result": "delivered"}).status_code == 200
    assert state() == ("sent", True)
    assert tell(client, {"out_id": "not ours", "result": "failed"}).status_code == 200


def test_an_empty_out_id_touches_nothing(client, kind, server):
    outbox.post(template="test.news", about=(kind, 1), now=MONDAY, address="13900000001")
    tell(client, {"out_id": "", "result": "failed"})
    assert state() == ("queued", False)


@pytest.mark.parametrize("how", [{"age": 600}, {"age": -600}, {"signature": "0" * 64}, {"signature": "é"}])
def test_a_forged_or_old_one_finds_no_door(client, left, how):
    assert tell(client, {"out_id": left.out_id, "result": "failed"}, **how).status_code == 404
    assert state() == ("sent", False)


@pytest.mark.parametrize("stamp", ["", "x", "²", "9" * 40, "-1"])
def test_a_strange_timestamp_finds_no_door(client, left, stamp):
    body = b"{}"
    headers = {"X-Timestamp": stamp, "X-Signature": sign(stamp, body)}
    assert client.post(URL, body, content_type="application/json", headers=headers).status_code == 404


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"out_id": "x"}', b'{"out_id": "x", "result": "eaten"}'])
def test_a_signed_one_that_makes_no_sense_is_told_so(client, left, body):
    assert tell(client, body).status_code == 400
    assert state() == ("sent", False)


def test_a_get_changes_nothing(client, left):
    assert client.get(URL).status_code in (404, 405)
