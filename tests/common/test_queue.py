"""A bell is rung after the commit, and a broker that is down harms nobody."""

from __future__ import annotations

import logging
import socket
import threading
import time

import pytest
from celery import Celery
from django.db import transaction

from common import queue


@pytest.fixture(autouse=True)
def fresh():
    queue.reset_breaker()
    yield
    queue.reset_breaker()


class FakeApp:
    def __init__(self, error=None):
        self.sent, self.error = [], error

    def send_task(self, name, args, **options):
        self.sent.append((name, args, options))
        if self.error:
            raise self.error


@pytest.fixture
def broker(monkeypatch):
    app = FakeApp()
    monkeypatch.setattr(queue, "current_app", app)
    return app


@pytest.mark.django_db
def test_the_bell_rings_after_the_commit_only(broker, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            queue.kick("appeals.route", 7)
        assert broker.sent == []
    assert broker.sent == [("appeals.route", (7,), {"retry": False, "ignore_result": True})]


@pytest.mark.django_db
def test_a_rollback_rings_nothing(broker, django_capture_on_commit_callbacks):
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(ZeroDivisionError),
        transaction.atomic(),
    ):
        queue.kick("appeals.route", 7)
        raise ZeroDivisionError
    assert broker.sent == []


@pytest.mark.django_db
@pytest.mark.parametrize("arg", ["13812345678", 1.0, None, True, object()])
def test_only_row_ids_travel(broker, arg):
    with pytest.raises(TypeError):
        queue.kick("appeals.route", arg)


@pytest.mark.parametrize("error", [OSError("down"), ConnectionError(), RuntimeError("x"), KeyError("x")])
def test_after_a_failure_it_is_quiet_for_ten_seconds(broker, monkeypatch, caplog, error):
    clock = [1000.0]
    monkeypatch.setattr(queue.time, "monotonic", lambda: clock[0])
    broker.error = error
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            queue._publish("appeals.route", (7,))
    assert len(broker.sent) == 1 and len(caplog.records) == 1
    broker.error = None
    clock[0] += queue.BREAK_SECONDS + 0.1
    queue._publish("appeals.route", (7,))
    assert len(broker.sent) == 2


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_fails_after_the_commit_gives_no_error(broker):
    broker.error = OSError("down")
    with transaction.atomic():
        queue.kick("appeals.route", 7)
    assert len(broker.sent) == 1


def silent_server():
    """A port that accepts and never answers."""
    server = socket.create_server(("127.0.0.1", 0))
    held = []

    def serve():
        while True:
            try:
                held.append(server.accept()[0])
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    return server, held


def test_a_redis_that_accepts_and_never_answers_holds_nobody_for_long(monkeypatch):
    server, held = silent_server()
    app = Celery("black-hole", broker=f"redis://127.0.0.1:{server.getsockname()[1]}/0", set_as_current=False)
    app.conf.broker_transport_options = {
        "socket_timeout": 0.3,
        "socket_connect_timeout": 0.3,
        "max_retries": 0,
    }
    monkeypatch.setattr(queue, "current_app", app)
    begun = time.monotonic()
    for _ in range(20):
        queue._publish("appeals.route", (7,))
    spent = time.monotonic() - begun
    server.close()
    assert held and spent < 1.5


def answering(broker, seen):
    """A server's way with an application that kicks twice and once again the same: what was rung when."""

    def application(environ, start_response):
        for row in (7, 8, 7):
            queue.kick("appeals.route", row)
        seen.append(("answered", len(broker.sent)))
        return [b"ok"]

    body = queue.AnswerFirst(application)({}, None)
    seen.append((b"".join(body), len(broker.sent)))
    return body


@pytest.mark.django_db(transaction=True)
def test_bells_of_a_request_ring_once_each_when_the_answer_has_left(broker):
    seen = []
    body = answering(broker, seen)
    assert seen == [("answered", 0), (b"ok", 0)]
    body.close()
    assert [args for _name, args, _options in broker.sent] == [(7,), (8,)]
    body.close()
    assert len(broker.sent) == 2


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_rings_nothing_is_handed_on_as_it_is_and_a_body_that_fails_to_close_rings_all_the_same(broker):
    class Body(list):
        def close(self):
            raise OSError("the line is gone")

    silent = Body([b"x"])
    assert queue.AnswerFirst(lambda environ, start_response: silent)({}, None) is silent

    def application(environ, start_response):
        queue.kick("appeals.route", 9)
        return silent

    with pytest.raises(OSError):
        queue.AnswerFirst(application)({}, None).close()
    assert [args for _name, args, _options in broker.sent] == [(9,)]
    queue.kick("appeals.route", 10)  # outside a request nothing is kept back
    assert broker.sent[-1][1] == (10,)


@pytest.mark.django_db(transaction=True)
def test_an_application_that_breaks_after_its_commit_has_rung(broker):
    def application(environ, start_response):
        queue.kick("appeals.route", 11)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        queue.AnswerFirst(application)({}, None)
    assert [args for _name, args, _options in broker.sent] == [(11,)]
