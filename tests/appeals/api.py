"""Callers of the API: an app without cookies, a signed-in driver, an officer with both steps done."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.test import Client

from accounts.models import Person

BASE = "/api/v1/"
TEXT = "给柳新一个料场拉了半个月石子，说好月底结，现在电话不接微信拉黑，八千六运费咋要"


class Clock:
    """The clock of the doors, set by hand."""

    def __init__(self, monkeypatch, moment: datetime):
        self.now = moment
        monkeypatch.setattr("common.clock.now", lambda: self.now)


class Caller:
    """Sends JSON and reads JSON. `person` None: nobody is signed in. CSRF is checked as in earnest."""

    def __init__(self, person: Person | None = None, *, staff: bool = False, raise_errors: bool = True):
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=raise_errors)
        if person is not None:
            self.client.force_login(person, backend="accounts.backends.StaffBackend")
            if staff:
                session = self.client.session
                session["account_authentication_methods"] = [{"method": "password"}, {"method": "mfa"}]
                session.save()
            self.take_token()

    def take_token(self) -> None:
        """What a page of ours would have set: the CSRF cookie."""
        self.client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32

    @property
    def token(self) -> str:
        cookie = self.client.cookies.get(settings.CSRF_COOKIE_NAME)
        return cookie.value if cookie else ""

    def post(self, path: str, body: Any = None, *, key: Any = None, method: str = "post", token: str | None = None, **headers):
        """POST (or `method`) `body` as JSON to /api/v1/`path`; text goes as it is."""
        raw = body if isinstance(body, str | bytes) else json.dumps(body if body is not None else {})
        sent = {"X-CSRFToken": self.token if token is None else token} | headers
        if key is not None:
            sent["Idempotency-Key"] = str(key)
        return getattr(self.client, method)(BASE + path, raw, content_type="application/json", headers=sent)

    def get(self, path: str, **query):
        return self.client.get(BASE + path, query)

    def file(self, *, key: Any = None, **more):
        return self.post("appeals/", {"text": TEXT, "place": "320312103"} | more, key=key or uuid4())


def fields(response) -> dict[str, str]:
    """Field -> message of a problem."""
    assert response["Content-Type"] == "application/problem+json", response.content[:300]
    return {error["field"]: error["message"] for error in response.json().get("errors", [])}


def staff(cast, slug: str) -> Caller:
    """An officer of the cast, both steps done."""
    return Caller(getattr(cast, slug), staff=True)
