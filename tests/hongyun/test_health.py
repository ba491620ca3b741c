"""What a monitor hears: which part is missing, never that something broke."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import Client

from hongyun.web import health

pytestmark = pytest.mark.django_db


def test_all_there_is_ready():
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "missing": []})


@pytest.mark.parametrize("part", ["database", "migrations"])
def test_what_is_missing_is_named(monkeypatch, part):
    class Executor(health.MigrationExecutor):
        def migration_plan(self, targets):
            if part == "database":
                raise OperationalError("connection refused")
            return [("appeals", "0001_initial")]

    monkeypatch.setattr(health, "MigrationExecutor", Executor)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "missing": [part]})


def test_a_broker_that_is_gone_is_named_and_the_portal_serves_on(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "missing": ["broker"]})


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded"])
def test_what_a_local_proxy_hands_on_is_no_loopback(header):
    assert Client().get("/readyz", headers={header: "203.0.113.7"}).status_code == 404
