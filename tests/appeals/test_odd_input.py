"""What no form of ours sends: a clear no, never an error of the machine."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from appeals.models import Appeal
from appeals.services.filing import BadFiling
from tests.appeals import journey
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in

pytestmark = pytest.mark.django_db


def at_the_hall(**more):
    client = signed_in(make_cast("clerk").clerk)
    fields = {"client_key": str(uuid4()), "text": journey.FREIGHT, "channel": "hall"} | more
    return client.post(reverse("admin:appeals_register"), fields)


@pytest.mark.parametrize(
    "more",
    [
        {"persons": "²"}, {"persons": "9" * 5000}, {"persons": "0"}, {"persons": "70000"},
        {"received_at": "0001-01-01T00:00"}, {"received_at": "1900-01-01T00:00"}, {"fine_on": "0001-01-01"},
    ],
)  # fmt: skip
def test_the_hall_is_told_at_the_field(more):
    answer = at_the_hall(**more)
    assert answer.status_code == 422 and not Appeal.objects.exists()


def test_the_hall_may_enter_a_letter_of_last_year():
    journey.file(now=MONDAY, received_at=MONDAY - timedelta(days=400))
    with pytest.raises(BadFiling):
        journey.file(now=MONDAY, received_at=MONDAY - timedelta(days=4000))


@pytest.mark.parametrize("query", ["p=²", "p=" + "9" * 5000, "q=%00", "q=a%00b"])
def test_an_odd_address_is_a_bad_request(query):
    client = signed_in(make_cast("handler").handler)
    assert client.get(f"{reverse('admin:appeals_list')}?{query}").status_code == 400


def test_a_nul_in_a_form_or_an_api_address_is_a_bad_request(client):
    browser = Client(enforce_csrf_checks=True)
    browser.get(reverse("appeals:new"))
    form = {"number": "1\x00", "code": "2", "csrfmiddlewaretoken": browser.cookies[settings.CSRF_COOKIE_NAME].value}
    assert browser.post(reverse("appeals:track"), form).status_code == 400
    assert browser.post(reverse("appeals:track"), form | {"number": "1"}).status_code == 422
    answer = client.get("/api/v1/choices?x=%00")
    assert answer.status_code == 400 and answer["Content-Type"].startswith("application/problem+json")


def test_an_odd_version_is_no_error_of_the_machine():
    cast = make_cast("handler")
    appeal = journey.routed(now=MONDAY)
    url = reverse("admin:appeals_act", args=[appeal.key])
    answer = signed_in(cast.handler).post(url, {"move": "accept", "version": "²", "answer_version": "²"})
    assert answer.status_code in (302, 409, 422)
