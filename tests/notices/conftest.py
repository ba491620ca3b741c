"""A kind of thing to send notices about, registered for one test, with templates of every sort."""

from __future__ import annotations

import pytest

from notices import registry
from notices.rules.states import Hours


class Allowed:
    """Who may receive what of the test's kind: everybody, until a test says otherwise."""

    def __init__(self):
        self.barred: set[tuple[int, str]] = set()
        self.broken: set[str] = set()
        self.asked: list[tuple[int, str]] = []

    def __call__(self, person_id, pk, *, now):
        self.asked.append((person_id, pk))
        if pk in self.broken:
            raise ZeroDivisionError(pk)
        return (person_id, pk) not in self.barred


@pytest.fixture
def allowed():
    return Allowed()


@pytest.fixture
def kind(monkeypatch, allowed):
    """The name of the kind. Nothing of it is left when the test is over."""
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))
    monkeypatch.setattr(registry, "_templates", dict(registry._templates))
    registry.register_kind("test.thing", allowed, link=lambda pk: f"/things/{pk}/")
    registry.register_template("test.task", words="您有 1 件待办，请登录查看", hours=Hours.OFFICE, audience="staff")
    registry.register_template("test.other", words="您有 1 件待批，请登录查看", hours=Hours.OFFICE, audience="staff")
    registry.register_template("test.news", words="您的事项有新进展，请凭编号查看", hours=Hours.ANY, audience="driver")
    registry.register_template("test.dated", words="{n} 件，{day}，{due}", hours=Hours.ANY, audience="driver")
    return "test.thing"


@pytest.fixture
def server(settings, monkeypatch):
    """The SMS gateway of the settings is a real server on this machine."""
    from notices.gateways import http
    from tests.notices.gateway_server import GatewayServer

    settings.SMS_SECRET = "a secret of this test alone"
    gateway = GatewayServer(settings.SMS_SECRET)
    settings.SMS_URL, settings.SMS_STATUS_URL, settings.SMS_PER_SECOND = gateway.url, "", 0
    settings.SMS_ALLOWED_HOSTS = ["127.0.0.1"]
    monkeypatch.setattr(http.post, "__kwdefaults__", {**http.post.__kwdefaults__, "answer_seconds": 0.4})
    yield gateway
    gateway.close()
