"""Every door × every role: nobody passes whom the table does not name, and no route stands outside it."""

from __future__ import annotations

import pytest
import time_machine
from django.core.management import get_commands
from django.urls import NoReverseMatch, reverse

from accounts.rules.roles import Role
from hongyun.doors import COMMANDS, DOORS, DRIVER, EVERYONE, HOLDER, INSIDER, STAFF
from tests.appeals import journey
from tests.cast import CAST, MONDAY, make_cast
from tests.house import source
from tests.house.walking import routes, signed_in

LATER = MONDAY.replace(hour=16)
WALKERS = (
    "outsider", "driver", "neighbour", "handler", "head", "legal_handler", "desk", "duty", "supervisor", "call_back",
    "clerk", "squad_three", "squad_five", "secretary", "cashier", "approver", "discipline", "leader", "admin",
    "security", "auditor",
)  # fmt: skip
# Who may know of the sample appeal, which lies at the transport section and accuses squad three.
KNOWS = {"handler", "head", "desk", "duty", "supervisor", "discipline"}


def roles_of(slug: str) -> set[str]:
    return {str(role) for _, role, ended in CAST[slug][2] if ended is None}


def test_every_route_is_in_the_table_and_every_row_is_a_route():
    known = {door.name for door in DOORS}
    answered = {route.name for route in routes()}
    assert answered - known == set(), "routes that no row of hongyun/doors.py names"
    assert known - answered == set(), "rows that lead nowhere"


def test_every_command_is_in_the_table():
    ours = {name for name, app in get_commands().items() if app in source.ROOMS}
    assert ours == COMMANDS


def allowed(door, slug: str) -> bool:
    """What the table says, for this person and the sample appeal."""
    roles = roles_of(slug)
    if door.guard in (EVERYONE, INSIDER, "demo", "signature"):
        return True  # the test client is on loopback, and the suite runs as the demo
    if door.guard == DRIVER:
        return bool(CAST[slug][1]) or bool(roles)
    if door.guard == HOLDER:
        return slug == "driver" and door.one
    if door.guard == STAFF:
        return bool(roles)
    if not door.guard & roles:
        return False
    return not door.one or slug in KNOWS or door.name.endswith("_change")


def path_of(route, appeal) -> str | None:
    """An address of this route that names the sample appeal; None where none can be made."""
    values = {
        "key": appeal.key, "photo": appeal.key, "number": appeal.number, "code": "U-idiom", "object_id": "0", "url": "nothing",
    }  # fmt: skip
    try:
        return reverse(route.name, kwargs={name: values[name] for name in route.arguments})
    except NoReverseMatch:
        return None


def shut(response) -> bool:
    """The answers that tell nothing: not there, or "sign in first"."""
    if response.status_code in (401, 403, 404):  # 403: no CSRF token, asked for before anything is looked up
        return True
    return response.status_code == 302 and response["Location"].startswith(("/accounts/", "/admin/login/"))


UNSURE = {
    # a door whose 404 for the allowed says nothing about the guard: there is no such photo, row or draft here
    "admin:appeals_photo", "admin:appeals_act", "admin:appeals_draft", "api:handle_photo", "admin:accounts_person_change", "admin:accounts_posting_change", "admin:accounts_unit_change",
    "admin:accounts_auditline_change", "admin:appeals_clockrule_change", "admin:appeals_replytemplate_change",
    "admin:", "admin:autocomplete", "admin:appeals_rule", "appeals:draft-photo", "appeals:added-photo",
    "accounts:driver_code", "accounts:staff_code", "accounts:staff_factor", "accounts:staff_factor_picture",
    "accounts:staff_recovery_noted", "accounts:staff_password", "accounts:staff_again", "accounts:sessions",
    "admin:login", "admin:logout", "admin:signed_out", "accounts:sign_out",
    # only the browser that filed holds the receipt; a person signed in elsewhere has the tracking page
    "appeals:receipt", "appeals:receipt-qr", "appeals:receipt-picture",
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("slug", WALKERS)
def test_nobody_passes_a_door_that_the_table_shuts(slug):
    cast = make_cast()
    appeal = journey.in_hand(
        cast, now=MONDAY, accused=("squad-03",), by=cast.viewer("driver"), phone="13800000001"
    )
    rows = {door.name: door for door in DOORS}
    person = None if slug == "outsider" else cast.people[slug]
    wrong = []
    with time_machine.travel(LATER, tick=False):
        client = signed_in(person)
        for route in routes():
            path, door = path_of(route, appeal), rows[route.name]
            if path is None:
                continue
            may = allowed(door, slug)
            response = client.get(path)
            if response.status_code == 405 and not may:
                response = client.post(path)  # a door for posts only: knock as it wants to be knocked at
            if door.guard == HOLDER and response.status_code in (400, 415):
                continue  # "number and code, please": asked of everybody, before any row is looked for
            if response.status_code >= 500 or (shut(response) and may and door.name not in UNSURE):
                wrong.append(f"{door.name}: shut ({response.status_code}), the table opens it")
            if not may and not shut(response):
                wrong.append(f"{door.name}: open ({response.status_code}), the table shuts it")
    assert wrong == []


@pytest.mark.django_db
def test_a_password_alone_opens_no_staff_door():
    cast = make_cast("desk", "handler")
    client = signed_in(cast.desk, second_factor=False)
    for path in ("/admin/", "/admin/appeals/appeal/", "/dashboards/"):
        assert shut(client.get(path)), path


@pytest.mark.django_db
def test_every_answer_forbids_frames_foreign_hosts_and_keeps_nothing():
    cast = make_cast("handler")
    client = signed_in(cast.handler)
    for path in ("/", "/appeals/new", "/appeals/track", "/admin/", "/admin/appeals/appeal/", "/nowhere", "/api/v1/track/"):
        response = client.get(path)
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy, path
        assert response["X-Frame-Options"] == "DENY" and response["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in response["Cache-Control"], path


def test_every_role_of_the_house_is_walked_or_has_no_door_yet():
    walked = set().union(*(roles_of(slug) for slug in WALKERS))
    no_door_yet = {Role.ZONE_CONTACT, Role.LIAISON, Role.STATION, Role.UNION}
    assert walked | no_door_yet >= set(Role)
