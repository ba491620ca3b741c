"""领取码: looking writes nothing; the digits come when they are asked for, and stand until they are over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from care.models import Card
from common import clock
from tests.cast import make_cast
from tests.house.walking import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


def test_looking_writes_nothing_and_the_digits_come_when_they_are_asked_for(cast):
    client, page = signed_in(cast.driver), reverse("care:card")
    first = client.get(page)
    assert first.status_code == 200 and "扫不了，要四位数" in first.content.decode() and not Card.objects.exists()
    assert client.post(page).status_code == 302
    code = Card.objects.get(person=cast.driver).code
    again = client.get(page).content.decode()
    assert code in again and "扫不了，要四位数" not in again
    Card.objects.update(ends_at=clock.now() + timedelta(minutes=1))
    assert "扫不了，要四位数" in client.get(page).content.decode()


def test_his_own_page_of_care_leads_to_his_code(cast):
    assert f'href="{reverse("care:card")}"' in signed_in(cast.driver).get(reverse("care:mine")).content.decode()
