"""Staff sign in: password, second factor, delay after wrong tries, first password, end of a session."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.models import AuditLine, SignedIn
from accounts.services import people, postings, second_factor
from common import clock as wall
from tests.accounts.conftest import PASSWORD, sign_in_staff, with_factor
from tests.cast import MONDAY

STAFF, CODE = reverse("accounts:staff"), reverse("accounts:staff_code")
FACTOR, NEW = reverse("accounts:staff_factor"), reverse("accounts:staff_password")
pytestmark = pytest.mark.django_db


def password_step(client, person, password=PASSWORD):
    return client.post(STAFF, {"login": person.login, "password": password, "next": "/admin/"})


def test_both_steps_open_the_admin(client, cast, clock):
    assert sign_in_staff(client, cast.handler).url == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert SignedIn.objects.get().staff and AuditLine.objects.filter(act="person.sign_in").count() == 1


def test_the_password_alone_opens_nothing(client, cast, clock):
    with_factor(cast.handler)
    assert password_step(client, cast.handler).url == CODE
    assert "_auth_user_id" not in client.session
    assert client.get("/admin/").status_code == 302 and client.get("/admin/login/").url.startswith(STAFF)
    assert client.post("/admin/login/", {"username": "handler", "password": PASSWORD}).url.startswith(STAFF)
    assert "_auth_user_id" not in client.session


def test_the_session_key_changes_at_each_step(client, cast, clock):
    secret = with_factor(cast.handler)
    client.get(STAFF)
    password_step(client, cast.handler)
    first = client.session.session_key
    client.post(CODE, {"code": second_factor.code_at(secret, MONDAY)})
    assert client.session.session_key != first and not Session.objects.filter(session_key=first).exists()


def test_a_code_by_sms_never_opens_the_admin(client, cast, sent, clock):
    people.set_phone(person=cast.handler, phone="13800007777", by=None, now=MONDAY, proved=True)
    client.post(reverse("accounts:driver"), {"phone": "13800007777"})
    client.post(reverse("accounts:driver_code"), {"code": sent[0]["code"]})
    assert int(client.session["_auth_user_id"]) == cast.handler.pk
    assert client.get("/admin/").status_code == 302


def test_without_a_factor_one_is_set_up_before_anything_else(client, cast, clock):
    cast.handler.set_password(PASSWORD)
    cast.handler.save()
    assert password_step(client, cast.handler).url == FACTOR
    assert client.get("/admin/").status_code == 302 and client.get("/accounts/staff/factor.svg").status_code == 404
    assert "装好了" in client.get(FACTOR).content.decode()
    client.post(FACTOR)
    page = client.get(FACTOR).content.decode()
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    picture = client.get("/accounts/staff/factor.svg")
    assert picture["Content-Type"] == "image/svg+xml" and b"<svg" in picture.content and b"style" not in picture.content
    assert client.post(FACTOR, {"code": "000000"}).status_code == 422
    done = client.post(FACTOR, {"code": second_factor.code_at(secret, MONDAY)})
    codes = re.findall(r"<code>(\d{4} \d{4})</code>", done.content.decode())
    assert len(codes) == 10 and client.get("/admin/").status_code == 302
    assert client.post(reverse("accounts:staff_recovery_noted")).url == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert secret not in str(list(Session.objects.values()))


def test_a_recovery_code_opens_once(client, cast, clock):
    from allauth.mfa.models import Authenticator

    with_factor(cast.handler)
    codes = Authenticator.objects.get(user=cast.handler, type="recovery_codes").wrap().get_unused_codes()
    password_step(client, cast.handler)
    assert client.post(CODE, {"code": f"{codes[0][:4]} {codes[0][4:]}"}).url == "/admin/"
    other = Client()
    password_step(other, cast.handler)
    assert other.post(CODE, {"code": codes[0]}).status_code == 422
    assert second_factor.left(cast.handler) == 9


def test_a_code_seen_over_the_shoulder_is_worth_nothing(cast, clock):
    secret = with_factor(cast.handler)
    code = second_factor.code_at(secret, MONDAY)
    one, two = Client(), Client()
    for client in (one, two):
        password_step(client, cast.handler)
    assert one.post(CODE, {"code": code}).status_code == 302
    assert two.post(CODE, {"code": code}).status_code == 422


def test_ten_wrong_passwords_mean_a_wait_and_then_the_right_one_works_from_elsewhere(cast, clock):
    with_factor(cast.handler)
    burglar, owner = Client(REMOTE_ADDR="10.0.0.9"), Client(REMOTE_ADDR="10.0.0.1")
    for _n in range(5):
        assert password_step(burglar, cast.handler, "wrong").status_code == 422
    assert password_step(owner, cast.handler).status_code == 429
    line = AuditLine.objects.get(act="sign_in.delayed")
    assert line.about_pk == str(cast.handler.pk) and line.new == {"wrong": 5} and line.actor is None
    clock.shift(timedelta(seconds=31))
    assert password_step(owner, cast.handler).url == CODE
    for _n in range(5):
        password_step(burglar, cast.handler, "wrong")
    assert password_step(burglar, cast.handler, "wrong").status_code == 429


def test_the_wait_grows_to_a_quarter_of_an_hour_and_no_further(cast, clock):
    with_factor(cast.handler)
    waits = []
    for _n in range(12):
        answer = password_step(Client(), cast.handler, "wrong")
        if answer.status_code == 429:
            waits.append(int(answer["Retry-After"]))
            clock.shift(timedelta(seconds=waits[-1] + 1))
            password_step(Client(), cast.handler, "wrong")
    assert waits[:5] == [30, 60, 120, 240, 480] and max(waits) == 900


def test_the_second_factor_has_its_own_wait(client, cast, clock):
    secret = with_factor(cast.handler)
    password_step(client, cast.handler)
    for _n in range(5):
        assert client.post(CODE, {"code": "000000"}).status_code == 422
    assert client.post(CODE, {"code": second_factor.code_at(secret, MONDAY)}).status_code == 429
    clock.shift(timedelta(seconds=31))
    assert client.post(CODE, {"code": second_factor.code_at(secret, MONDAY + timedelta(seconds=31))}).status_code == 302


def test_known_and_unknown_logins_look_the_same(cast, clock):
    with_factor(cast.handler)
    pages, locked = [], []
    for login in ("handler", "nobody0"):
        client = Client()
        tried = [client.post(STAFF, {"login": login, "password": "wrong"}) for _n in range(6)]
        pages.append(re.sub(r'value="[A-Za-z0-9]{64}"', "", tried[0].content.decode()).replace(login, "X"))
        locked.append((tried[5].status_code, tried[5].content))
    assert pages[0] == pages[1] and locked[0] == locked[1] and locked[0][0] == 429


def test_a_first_password_must_go(client, cast, clock):
    person, first = people.make_staff(login="newone", name="新来的", by=None, now=MONDAY)
    from accounts.models import Unit

    postings.grant(person=person, unit=Unit.objects.get(code="transport"), role="handler", by=None, now=MONDAY - timedelta(days=1))
    secret = second_factor.new_secret()
    second_factor.activate(person=person, secret=secret, code=second_factor.code_at(secret, MONDAY - timedelta(hours=1)), now=MONDAY - timedelta(hours=1))
    client.post(STAFF, {"login": "newone", "password": first, "next": "/admin/"})
    assert client.post(CODE, {"code": second_factor.code_at(secret, MONDAY)}).url == NEW
    assert client.get("/admin/").status_code == 302
    for bad in ({"password": first, "again": first}, {"password": "short", "again": "short"}, {"password": PASSWORD, "again": "other"}):
        assert client.post(NEW, bad).status_code == 422
    assert client.post(NEW, {"password": PASSWORD, "again": PASSWORD}).url == "/admin/"
    assert client.get("/admin/").status_code == 200
    person.refresh_from_db()
    assert not person.must_change_password and person.check_password(PASSWORD)


def test_without_a_posting_nobody_comes_in(client, cast, clock):
    cast.stranger.login = "stranger"
    cast.stranger.save()
    answer = sign_in_staff(client, cast.stranger)
    assert answer.status_code == 403 and "没有任职" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_when_a_posting_ends_the_next_request_is_out(client, cast, clock):
    sign_in_staff(client, cast.handler)
    postings.end(posting=cast.handler.postings.get(), by=cast.viewer("security"), now=MONDAY)
    assert client.get("/admin/").status_code == 302
    assert not SignedIn.objects.exists()


def test_an_idle_half_hour_and_a_long_day_end_a_staff_session(client, cast, clock):
    sign_in_staff(client, cast.handler)
    client.get("/admin/")
    for _n in range(26):
        clock.shift(timedelta(minutes=28))
        if client.get("/admin/").status_code == 302:
            break
    assert 25 <= _n <= 26  # twelve hours
    other = Client()
    sign_in_staff(other, cast.head, now=MONDAY + timedelta(minutes=28 * (_n + 1)))
    other.get("/admin/")
    clock.shift(timedelta(minutes=31))
    assert other.get("/admin/").status_code == 302


def test_signing_out_leaves_nothing_on_a_shared_machine(client, cast, clock):
    sign_in_staff(client, cast.handler)
    key = client.session.session_key
    answer = client.post(reverse("accounts:sign_out"))
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not Session.objects.filter(session_key=key).exists() and not SignedIn.objects.exists()
    assert client.get(reverse("accounts:sign_out")).status_code == 405


def test_own_sessions_can_be_ended_and_only_own(cast, clock):
    one, two, other = Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0)"), Client(), Client()
    secret = with_factor(cast.handler)
    for client in (one, two):
        password_step(client, cast.handler)
        assert client.post(CODE, {"code": second_factor.code_at(secret, wall.now())}).status_code == 302
        clock.shift(timedelta(seconds=30))
    sign_in_staff(other, cast.head, now=wall.now())
    page = one.get(reverse("accounts:sessions")).content.decode()
    assert "Windows 电脑" in page and "就是这台" in page
    theirs = SignedIn.objects.get(person=cast.head).pk
    assert one.post(reverse("accounts:sessions"), {"pk": theirs}).status_code == 404
    mine = SignedIn.objects.filter(person=cast.handler).exclude(session_key=one.session.session_key).get().pk
    one.post(reverse("accounts:sessions"), {"pk": mine})
    assert two.get("/admin/").status_code == 302 and other.get("/admin/").status_code == 200


def test_next_of_the_staff_never_leads_outside(client, cast, clock):
    assert sign_in_staff(client, cast.handler, next_="//evil.cn").url == "/admin/"


def test_look_cookies_are_switched_by_post(client, db):
    answer = client.post(reverse("accounts:care"), {"next": "/accounts/driver/"})
    assert answer.url == "/accounts/driver/" and client.cookies["care"].value == "1"
    assert 'class="care"' in client.get("/accounts/driver/").content.decode()
    assert client.post(reverse("accounts:care"), {"next": "//evil.cn"}).url == "/" and client.cookies["care"].value == "0"
    client.post(reverse("accounts:theme"), {"theme": "dark"})
    assert client.cookies["theme"].value == "dark"
    assert client.get(reverse("accounts:care")).status_code == 405


@pytest.mark.parametrize("name", ["driver", "driver_code", "staff", "staff_code", "staff_factor", "staff_recovery_noted", "staff_password", "staff_again", "sign_out", "sessions", "care", "theme", "demo"])
def test_no_post_without_a_token(name):
    assert Client(enforce_csrf_checks=True).post(reverse(f"accounts:{name}")).status_code == 403
