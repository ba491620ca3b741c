"""Every door × every role: open where the table opens it, shut where it does not, and no route outside it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from common import clock
from hongyun.care_doors import CARE_DOORS
from hongyun.doors import BROWSER, DEMO, DOORS, DRIVER, EVERYONE, HOLDER, INSIDER, MIDWAY, SIGNATURE, STAFF
from hongyun.register_doors import REGISTER_DOORS
from hongyun.station_doors import STATION_DOORS
from notices.gateways.sms import sign
from tests.cast import CAST, MONDAY
from tests.house import knocking
from tests.house.knocking import FILER
from tests.house.walking import routes, signed_in

LATER = MONDAY + timedelta(minutes=5)  # the receipt still shows its code
WALKERS = (
    "outsider", FILER, "driver", "neighbour", "handler", "head", "legal_handler", "desk", "duty", "supervisor",
    "call_back", "clerk", "squad_three", "squad_five", "secretary", "cashier", "approver", "discipline", "leader", "admin",
    "security", "auditor", "liaison", "station_staff", "union_officer", "registrar", "committee_secretary",
)  # fmt: skip
ROWS = {door.name: door for door in DOORS}
NEVER_OPEN = {name for name, door in ROWS.items() if door.guard in (MIDWAY, SIGNATURE) or door.guard == frozenset()}


def roles_of(slug: str) -> set[str]:
    return {str(role) for _, role, ended in CAST[slug][2] if ended is None} if slug in CAST else set()


def test_every_route_is_in_the_table_and_every_row_is_a_route():
    table = (*DOORS, *REGISTER_DOORS, *STATION_DOORS, *CARE_DOORS)
    known = {door.name for door in table}
    answered = {route.name for route in routes()}
    assert answered - known == set(), "routes that no row of hongyun/doors.py, register_doors.py, station_doors.py or care_doors.py names"
    assert known - answered == set(), "rows that lead nowhere"
    assert len(known) == len(table), "a door stands in two rows"


def allowed(door, slug: str, sample) -> bool:
    """What the table says, for this person and this sample."""
    roles = roles_of(slug)
    if door.name in NEVER_OPEN:
        return False  # each has a test of its own below
    if door.guard in (EVERYONE, INSIDER, DEMO):
        return True  # the test client is on loopback, and the suite runs as the demo
    if door.guard == BROWSER:
        return slug == sample.owner == FILER
    if door.guard == HOLDER:
        return slug == sample.owner
    if door.guard == DRIVER:
        return slug in CAST and bool(CAST[slug][1] or roles)
    if door.guard == STAFF:
        return bool(roles)
    knows = sample.leads if door.lead else sample.knows
    return bool(door.guard & roles) and (not door.one or slug in knows)


def shut(response) -> bool:
    """The answers that tell nothing: not there, or "sign in first"."""
    if response.status_code in (401, 403, 404):
        return True
    return response.status_code == 302 and response["Location"].startswith(("/accounts/", "/admin/login/"))


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """One district for the whole file, taken back afterwards."""
    folder = tmp_path_factory.mktemp("doors")
    with (
        django_db_blocker.unblock(),
        override_settings(DATA_DIR=folder),
        time_machine.travel(MONDAY, tick=False),
        knocking.a_test(),
    ):
        yield knocking.build(), folder
        transaction.set_rollback(True)


@pytest.fixture
def district(world, db, settings):
    """The district a little later."""
    settings.DATA_DIR = world[1]
    with time_machine.travel(LATER, tick=False):
        yield world[0]


def strict(response, name: str) -> bool:
    """One policy everywhere: nothing from elsewhere, nothing inline. The API's page alone has styles of its own."""
    policy = response.get("Content-Security-Policy", "")
    if name == "api:docs" and response.status_code == 200:
        policy = policy.replace("style-src 'self' 'unsafe-inline'", "style-src 'self'")
    sources = {word for part in policy.split(";") for word in part.split()[1:]}
    return "default-src 'none'" in policy and "script-src 'self'" in policy and sources <= {"'self'", "'none'", "data:", "blob:"}


def samples_for(route, world):
    """What this route is walked with: one sample where all are alike, each where the answer depends on it."""
    door = ROWS[route.name]
    if door.guard == BROWSER:
        return [each for each in world.samples if each.owner == FILER]
    if door.guard == HOLDER:
        return world.samples
    return world.samples[:2] if door.one and route.arguments else world.samples[:1]


def client_of(world, slug: str) -> Client:
    if slug == FILER:
        return world.filer
    return signed_in(None if slug == "outsider" else world.cast.people[slug])


def faults(world, slug: str) -> list[str]:
    """Doors that do for this person what the table does not say."""
    wrong, client = [], client_of(world, slug)
    for route in routes():
        if route.name not in ROWS:
            continue  # in the other half, or in none: told above
        door = ROWS[route.name]
        for n, sample in enumerate(samples_for(route, world)):
            may, response = allowed(door, slug, sample), knocking.knock(client, route.name, world.path(route, sample))
            if response.status_code >= 500 or response.status_code == 405 or shut(response) == may:
                wrong.append(f"{door.name} (sample {n}): {response.status_code}, the table {'opens' if may else 'shuts'} it")
            if not strict(response, door.name):
                wrong.append(f"{door.name} (sample {n}): {response.get('Content-Security-Policy')}")
    return wrong


@pytest.mark.parametrize("slug", WALKERS)
def test_each_door_is_open_to_whom_the_table_opens_it_and_shut_to_all_others(district, slug):
    assert faults(district, slug) == []


def test_every_door_is_opened_by_somebody(district):
    """A row that no walker passes would be walked one way only."""
    opened = {
        route.name
        for route in routes()
        if route.name in ROWS
        for sample in samples_for(route, district)
        for slug in WALKERS
        if allowed(ROWS[route.name], slug, sample)
    }
    assert set(ROWS) - opened == NEVER_OPEN


@pytest.mark.parametrize("name", sorted(name for name, door in ROWS.items() if door.guard == MIDWAY))
def test_a_step_of_the_sign_in_is_open_to_who_passed_the_one_before(district, name):
    answer = knocking.knock(knocking.midway(district.cast, name), name, reverse(name))
    to = answer.headers.get("Location", "")
    assert answer.status_code == 200 or (name, to) == ("accounts:staff_recovery_noted", "/admin/"), (answer.status_code, to)


def test_the_gateways_door_opens_to_its_signature_alone(district):
    body, stamp = json.dumps({"out_id": "x", "result": "delivered"}).encode(), str(int(clock.now().timestamp()))
    for signature, status in ((sign(stamp, body), 200), (sign(stamp, b"{}"), 404), ("", 404)):
        headers = {"X-Timestamp": stamp, "X-Signature": signature}
        answer = Client().post(reverse("notices-api:receipts"), body, content_type="application/json", headers=headers)
        assert answer.status_code == status


@pytest.mark.parametrize("name", [name for name, door in ROWS.items() if door.guard == INSIDER])
def test_from_elsewhere_a_token_opens_what_loopback_opens(db, settings, name):
    settings.METRICS_TOKEN = "t" * 40
    path = reverse(name)
    assert Client().get(path, REMOTE_ADDR="10.1.2.3").status_code == 404
    assert Client().get(path, headers={"X-Forwarded-For": "10.1.2.3"}).status_code == 404
    assert Client().get(path, REMOTE_ADDR="10.1.2.3", headers={"Authorization": "Bearer " + "t" * 40}).status_code == 200


def test_the_walk_finds_a_door_that_is_narrower_than_its_row(district, monkeypatch):
    from appeals.selectors import scope

    monkeypatch.setattr(scope, "not_conflicted", lambda viewer, rows: rows.none())
    assert any(each.startswith("admin:appeals_one") and "the table opens it" in each for each in faults(district, "handler"))


def test_the_walk_finds_a_door_that_is_wider_than_its_row(district, monkeypatch):
    """The page of the desk opened to all of the staff; an appeal known to whoever is posted anywhere."""
    from accounts.admin import pages
    from appeals.admin import appeal_page
    from appeals.models import Appeal

    desk, roles = pages._pages["appeals_desk"], pages._pages["appeals_desk"].roles
    monkeypatch.setattr(appeal_page, "appeals_for", lambda viewer: Appeal.objects.all())
    object.__setattr__(desk, "roles", frozenset())
    try:
        found = faults(district, "squad_five")
    finally:
        object.__setattr__(desk, "roles", roles)
    assert any(each.startswith("admin:appeals_desk") and "the table shuts it" in each for each in found)
    assert any(each.startswith("admin:appeals_one") and "the table shuts it" in each for each in found)


def test_a_password_alone_opens_no_staff_door(district):
    client = signed_in(district.cast.desk, second_factor=False)
    for path in ("/admin/", "/admin/appeals/appeal/", "/dashboards/"):
        assert shut(client.get(path)), path


def test_every_answer_forbids_frames_foreign_hosts_and_keeps_nothing(district):
    client = signed_in(district.cast.handler)
    for path in ("/", "/appeals/new", "/appeals/track", "/admin/", "/admin/appeals/appeal/", "/nowhere", "/api/v1/track/"):
        response = client.get(path)
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy, path
        assert response["X-Frame-Options"] == "DENY" and response["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in response["Cache-Control"], path


def test_every_role_that_the_table_names_is_walked():
    walked = set().union(*(roles_of(slug) for slug in WALKERS))
    named = {str(role) for door in DOORS if isinstance(door.guard, frozenset) for role in door.guard}
    assert named - walked == set()
