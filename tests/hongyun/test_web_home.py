"""Home, 我的 and the page one leaves to: useful without an account, silent about what others must not know."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.test import Client

from accounts.models import Person
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _wall():
    with time_machine.travel(MONDAY, tick=False):
        yield


def test_home_has_one_red_thing_the_limits_of_today_and_whom_to_call(client):
    page = client.get("/").content.decode()
    assert page.count("<h1") == 1 and page.count('class="hero"') == 1
    for words in ("不用注册", "2 小时内", "2 个工作日内", "5 个工作日内", "12328", "0516-5550 1232"):
        assert words in page
    assert "草稿" not in page


def test_home_offers_to_go_on_where_he_stopped(client):
    key = re.search(r'name="client_key" value="([^"]+)"', client.get("/appeals/new").content.decode())[1]
    client.post("/appeals/new", {"client_key": key, "text": "写到一半", "go": "save"})
    page = client.get("/").content.decode()
    assert "草稿 14:36 存好了" in page and "接着写" in page and "写到一半" not in page


def test_home_asks_the_database_little(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        client.get("/")


def test_me_leads_in_without_an_account_and_shows_masks_with_one(client):
    assert "不登录也能反映、能查。" in client.get("/me/").content.decode()
    cast = make_cast("driver")
    signed_in = Client()
    signed_in.force_login(Person.objects.get(pk=cast.driver.pk))
    page = signed_in.get("/me/").content.decode()
    assert "138****0001" in page and "13800000001" not in page and "退出登录" in page


def test_the_page_one_leaves_to_names_nothing_of_ours(client):
    page = client.get("/weather/").content.decode()
    assert "11月23日 周一" in page
    for word in ("红运", "诉求", "交通局", "12328", "/appeals"):
        assert word not in page


@pytest.mark.parametrize("path", ["/none", "/appeals/track/00000000-0000-4000-8000-000000000000"])
def test_a_missing_page_is_kind(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "12328" in answer.content.decode() and "0516-5550 1232" in answer.content.decode()


@pytest.mark.parametrize("path", ["/", "/me/"])
def test_staff_find_the_way_to_their_work_and_a_driver_does_not(path):
    cast = make_cast("driver", "leader", "handler")

    def seen(slug: str, *, second: bool = True) -> str:
        browser = Client()
        browser.force_login(Person.objects.get(pk=cast.people[slug].pk))
        if second:
            session = browser.session
            session["account_authentication_methods"] = [{"method": "password"}, {"method": "mfa", "type": "totp"}]
            session.save()
        return browser.get(path).content.decode()

    assert all(url in seen("leader") for url in ('href="/admin/"', 'href="/dashboards/"', 'href="/dashboards/register/"'))
    handler = seen("handler")
    assert 'href="/dashboards/"' in handler and 'href="/dashboards/register/"' not in handler
    assert "您的工作" not in seen("driver") and "您的工作" not in seen("leader", second=False)
