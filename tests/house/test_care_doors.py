"""Care's part of the table of doors × every role, with a campaign, a pack given out and an application behind them."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse

from accounts.models import Unit
from care.models import Fund, Policy
from care.services import applications, funds, insurance, visits
from common import stored_files
from hongyun.care_doors import CARE_DOORS
from hongyun.doors import DRIVER, EVERYONE
from members.models import Export, UnionMember
from tests.care.goods import asked, given, make_care, signature, stocked
from tests.cast import CAST, MONDAY, make_cast
from tests.house import knocking
from tests.house.test_doors import roles_of, shut
from tests.house.walking import routes, signed_in

WALKERS = tuple(slug for slug in CAST if slug not in ("stranger", "outsider")) + ("outsider",)
ROWS = {door.name: door for door in CARE_DOORS}
# whom a door to a single row knows (`one`): the walkers that its selector lets through beside the role
OF_THE_EXIT = {"secretary", "union_officer"}  # branch three keeps it, the union keeps all
KNOWS: dict[str, set[str]] = {
    **dict.fromkeys(("care:issue-point", "admin:care_point", "admin:care_point_ledger", "admin:care_give_back"), OF_THE_EXIT),
    **dict.fromkeys(("care:asked", "care:withdraw", "care:receipt"), {"driver"}), "care:ask_for": {"union_officer"},
    **dict.fromkeys(("admin:care_application", "admin:care_paper"), {"approver"}), "admin:care_money_file": {"cashier"},
    **dict.fromkeys(("care-api:care_withdraw", "care-api:care_sign"), {"driver"}),
    **dict.fromkeys(("care-api:care_read", "care-api:care_approve", "care-api:care_refuse"), {"approver"}),
    **dict.fromkeys(("care-api:care_pay", "care-api:care_fund_put_in"), {"cashier"}),
    **dict.fromkeys(("care-api:care_policy_insure", "care-api:care_visit_record"), {"union_officer"}),
    **dict.fromkeys(("admin:care_policy", "admin:care_insured", "admin:care_visit"), {"union_officer"}),
}  # fmt: skip


@pytest.fixture
def world(db):
    with time_machine.travel(MONDAY, tick=False), knocking.a_test():
        cast = make_cast()
        yield cast, _goods(cast) | _people(cast)


def _goods(cast) -> dict[str, dict]:
    """What the addresses of campaigns, points and issues name: route -> arguments ("" for all)."""
    care = stocked(make_care(), 20, cast.viewer("union_officer"))
    row = given(care, cast.viewer("secretary"))
    own = {name: {"code": "exit"} for name in ("care:issue-point", "admin:care_point", "admin:care_point_ledger", "admin:care_point_change")}
    return own | {"admin:care_campaign": {"code": "road"}, "admin:care_give_back": {"number": row.pk}}


def _people(cast) -> dict[str, dict]:
    """What the addresses of applications, policies and visits name: route -> arguments."""
    UnionMember.objects.create(person=cast.neighbour, occupation="truck")
    fund = Fund.objects.get()
    funds.put_in(fund=fund, fen=500_000, client_key=uuid4(), by=cast.viewer("cashier"), now=MONDAY, why="拨款")
    proposed = asked(cast.driver, cast.viewer("driver"), papers=[signature()])
    approved = asked(cast.driver, cast.viewer("driver"), kind="solatium")
    applications.approve(application=approved, amount_fen=100, fund=fund, by=cast.viewer("approver"), version=0, now=MONDAY)
    policy = Policy.objects.create(number="H", starts_on=MONDAY.date(), ends_on=MONDAY.date() + timedelta(days=99), premium_fen=1, fund=fund)
    insurance.insure(policy=policy, people=[cast.neighbour], client_key=uuid4(), by=cast.viewer("union_officer"), now=MONDAY)
    visit = visits.plan(
        client_key=uuid4(), person=cast.neighbour, unit=Unit.objects.get(code="union"), planned_on=MONDAY.date(), by=cast.viewer("union_officer"), now=MONDAY
    )
    file = Export.objects.create(
        what="care_payments", columns=["at"], rows=1, state="ready", asked_by=cast.cashier, asked_at=MONDAY, expires_at=MONDAY + timedelta(hours=1),
        stored=stored_files.store_sealed(b"PK", root=settings.DATA_DIR),
    )  # fmt: skip
    one = {"key": proposed.key}
    return {
        "care:ask": {"kind": "hardship"}, "care:ask_for": {"driver": cast.neighbour.key, "kind": "hardship"}, "care:asked": one, "care:withdraw": one,
        "care:receipt": {"key": approved.key}, "admin:care_application": one, "admin:care_paper": one | {"number": 1},
        "admin:care_policy": {"pk": policy.pk}, "admin:care_insured": {"pk": policy.pk, "key": cast.neighbour.key}, "admin:care_visit": {"key": visit.key},
        "admin:care_money_file": {"key": file.key}, "care-api:care_pay": {"key": approved.key}, "care-api:care_sign": {"key": approved.key},
        **dict.fromkeys(("care-api:care_withdraw", "care-api:care_read", "care-api:care_approve", "care-api:care_refuse"), one),
        "care-api:care_fund_put_in": {"code": fund.code}, "care-api:care_policy_insure": {"number": "H"}, "care-api:care_visit_record": {"key": visit.key},
    }  # fmt: skip


def allowed(name: str, slug: str) -> bool:
    door = ROWS[name]
    if door.guard == EVERYONE:
        return True
    if door.guard == DRIVER:
        may = slug in CAST and bool(CAST[slug][1] or roles_of(slug))
    else:
        may = bool(door.guard & roles_of(slug))
    return may and (not door.one or slug in KNOWS[name])


@pytest.mark.parametrize("slug", WALKERS)
def test_each_door_of_care_is_open_to_whom_the_table_opens_it_and_shut_to_all_others(world, slug):
    cast, about = world
    client, wrong = signed_in(None if slug == "outsider" else cast.people[slug]), []
    for route in routes():
        if route.name not in ROWS:
            continue
        values = about.get("", {}) | about.get(route.name, {})
        answer = knocking.knock(client, route.name, reverse(route.name, kwargs={name: values[name] for name in route.arguments}))
        if answer.status_code >= 500 or answer.status_code == 405 or shut(answer) == allowed(route.name, slug):
            wrong.append(f"{route.name}: {answer.status_code}, the table {'opens' if allowed(route.name, slug) else 'shuts'} it")
    assert wrong == []
