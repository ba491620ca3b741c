"""The register's half of the table of doors × every role, with a driver, a claim and a branch behind them."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import override_settings
from django.urls import reverse

from accounts.api import paging
from accounts.models import Place
from accounts.rules.viewer import Viewer
from accounts.services import consents
from appeals.models import Appeal, DraftPhoto
from appeals.web import browser, forms
from branches.models import Branch
from branches.services import membership as memberships
from branches.services import placement, transfers
from hongyun.doors import DRIVER, EVERYONE
from hongyun.register_doors import (
    BEHALF,
    CLAIM_ACTS,
    COMMITTEE_ACTS,
    MEMBER_ACTS,
    REGISTER_DOORS,
    SEAT_ACTS,
    UPLOAD_ACTS,
)
from members.models import Export, Match, Seat, UnionMember, Upload
from members.services import claims, exports, joining
from members.services import own as own_services
from members.services import uploads as imports
from tests.appeals import journey
from tests.cast import CAST, MONDAY, make_cast
from tests.house import knocking
from tests.house.test_doors import roles_of, shut
from tests.house.walking import routes, signed_in
from tests.members.books import book, person
from tests.members.makers import make_driver, make_enterprise

WALKERS = tuple(slug for slug in CAST if slug not in ("stranger", "outsider")) + ("outsider",)
ROWS = {door.name: door for door in REGISTER_DOORS}
# who may know of the samples below: the secretary of branch three, the committee, the keepers
KNOWS = {
    "admin:members_claim": {"secretary", "committee_secretary"},
    "admin:members_claim_proof": {"secretary", "committee_secretary"},
    "admin:members_driver": {"registrar", "second_registrar"},
    "admin:members_export_file": {"registrar"},
    "admin:members_upload": {"registrar", "second_registrar"},
    "admin:members_upload_remarks": {"registrar"},
    "admin:members_missing_one": {"union_officer"},  # not handed to the keeper yet
    **dict.fromkeys(
        ("admin:branches_one", "admin:branches_member", "admin:branches_act", "admin:branches_reveal", "admin:members_zone"),
        {"secretary", "committee_secretary"},
    ),
}
SECRETARIES = {"secretary", "committee_secretary"}
LONG_AGO = MONDAY - timedelta(days=300)
KNOWS |= {
    **dict.fromkeys(("members-api:driver", "members-api:driver_state", "members-api:driver_correct"), {"registrar", "second_registrar"}),
    **dict.fromkeys((f"members-api:claim{act}" for act in ("", *(f"_{act}" for act in CLAIM_ACTS))), SECRETARIES),
    **dict.fromkeys(("members-api:zone_accept", "members-api:zone_decline", "branches-api:branch_members"), SECRETARIES),
    "members-api:upload": {"registrar", "second_registrar"},
    **dict.fromkeys(("members-api:export", "members-api:export_file"), {"registrar"}),  # who asked
    "members-api:export_decide": {"registrar"},  # the second person of the other sample
    "branches-api:transfer_give": SECRETARIES,  # of the branch that he leaves
    "branches-api:transfer_take": {"secretary_five", "committee_secretary"},
    "branches-api:transfer_refuse": {*SECRETARIES, "secretary_five"},
}
KNOWS |= {
    **dict.fromkeys((f"members-api:upload_{act}" for act in UPLOAD_ACTS), {"registrar", "second_registrar"}),
    **dict.fromkeys((f"members-api:upload_{what}" for what in ("rows", "confirmers", "ask")), {"registrar", "second_registrar"}),
    "members-api:upload_remarks": {"registrar"},
    "members-api:union_missing_note": {"union_officer"},  # not handed to the keeper yet
    **dict.fromkeys((f"branches-api:branch_{act}" for act in COMMITTEE_ACTS), {"committee_secretary"}),
    **dict.fromkeys(("branches-api:member", *(f"branches-api:member_{act}" for act in MEMBER_ACTS)), SECRETARIES),
    **dict.fromkeys(("admin:members_twice", "members-api:members_twice"), {"committee_secretary"}),
    **dict.fromkeys(("members-api:zone", *(f"members-api:zone_{act}" for act in SEAT_ACTS)), SECRETARIES),
}
OWN = "driver"  # whose claim it is; the neighbour is his contact
FIVE = ("members:five", "members:one_of_five", "members:let_go", *(f"members-api:five{act}" for act in ("", "_one", "_note", "_let_go", "_agreed")), "members-api:identity", "members-api:identity_shown")
FOR = tuple(f"appeals:for{page}" for page in BEHALF)  # for one of them who lets him speak


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """One district for the whole file, taken back afterwards."""
    from django.db import transaction

    folder = tmp_path_factory.mktemp("register")
    with (
        django_db_blocker.unblock(), override_settings(DATA_DIR=folder), time_machine.travel(MONDAY, tick=False), knocking.a_test(),
    ):  # fmt: skip
        yield (*build(folder), folder)
        transaction.set_rollback(True)


def build(folder):
    from common import stored_files, uploads

    cast = make_cast()
    photo = stored_files.store_sealed(uploads.check_picture(knocking.picture()).data, root=folder)
    said = claims.Said(name="张师傅", kind="full", relation="本区", place=Place.objects.get(code="320312009"), proof=photo)
    claim = claims.open_claim(person=cast.driver, said=said, by=Viewer(person_id=cast.driver.pk), now=MONDAY)
    driver = make_driver("李大路")
    export = exports.ask(what="drivers", columns=[], filters={}, reason="核对名单", by=cast.viewer("registrar"), now=MONDAY)
    exports.make(export_id=export.pk, now=MONDAY)
    member = memberships.admit(person=cast.neighbour, kind="full", how="proof", by=cast.viewer("committee_secretary"), now=MONDAY)
    placement.place(
        membership=member, branch=Branch.objects.get(unit__code="branch-03"), by=cast.viewer("secretary"), now=MONDAY
    )
    seat = Seat.objects.create(contact=cast.neighbour, driver=make_driver("张师傅", person=cast.driver), seat=1, since=MONDAY)
    upload = imports.take(content=book(person(1)), name="x.xlsx", kind="census", by=cast.viewer("registrar"), now=MONDAY)
    older, _newer = (Upload.objects.create(kind="union", name="x.xlsx", state="applied", at=at, applied_at=at, whole=True) for at in (LONG_AGO, MONDAY))
    lacking = UnionMember.objects.create(person=cast.stranger, occupation="truck", last_upload=older)  # and the newer one leaves him out
    asked = joining.ask(person=cast.driver, asked=joining.Asked("张师傅", "truck"), by=Viewer(person_id=cast.driver.pk), now=MONDAY)
    about = {"pk": make_enterprise().pk, "person": cast.neighbour.key, "branch": "branch-03", "act": "contact"}
    keys = {"admin:members_claim": claim.key, "admin:members_claim_proof": claim.key, "admin:members_driver": driver.person.key, "admin:members_export_file": export.key,
            "admin:members_upload": upload.key, "admin:members_upload_remarks": upload.key}  # fmt: skip
    keys |= dict.fromkeys(FIVE, seat.driver.person.key) | {"admin:members_zone": cast.neighbour.key}
    keys |= dict.fromkeys(("admin:members_union_one", "members-api:union_leave", "members-api:union_stays"), lacking.person.key)
    keys |= {"admin:members_missing_one": lacking.person.key, "admin:members_join": asked.key}
    keys |= {"members-api:union_missing_note": lacking.person.key, **dict.fromkeys(("members-api:join_accept", "members-api:join_refuse"), asked.key)}
    keys["members-api:data_request_answer"] = own_services.ask(
        kind="delete", words="", by=Viewer(person_id=cast.driver.pk), now=MONDAY
    ).key
    about["enterprise"] = paging.sealed(about["pk"], "members.enterprise")
    keys |= api_samples(cast, driver, member) | behalf_samples(seat)
    about |= {"contact": cast.neighbour.key, "driver": driver.person.key, "code": "branch-03"}
    for name in ROWS:
        space, _colon, short = name.partition(":")
        if space == "members-api" and short.split("_")[0] in ("driver", "claim", "upload"):
            keys[name] = keys[f"admin:members_{short.split('_')[0]}"]
    return cast, keys, about


def api_samples(cast, driver, member) -> dict:
    """Rows that the API alone is walked with: a proposal, a transfer, an export of somebody else."""
    Match.objects.create(contact=cast.neighbour, driver=driver, at=MONDAY)
    transfers.ask(
        membership=member, to_branch=Branch.objects.get(unit__code="branch-05"), by=cast.viewer("secretary"), now=MONDAY, reason="搬家了"
    )
    own = exports.ask(what="drivers", columns=[], filters={}, reason="再核对名单", by=cast.viewer("registrar"), now=MONDAY)
    exports.make(export_id=own.pk, now=MONDAY)
    other = Export.objects.create(
        what="drivers", columns=["name"], rows=201, reason="报市里", state="asked", asked_by=cast.second_registrar, asked_at=MONDAY
    )
    seat = Seat.objects.get(contact=cast.neighbour)
    return {
        **dict.fromkeys(("members-api:export", "members-api:export_file"), own.key), "members-api:export_decide": other.key,
        "members-api:five_note": seat.driver.person.key,
        **dict.fromkeys((f"members-api:zone_{act}" for act in SEAT_ACTS), {"driver": seat.driver.person.key}),
        **dict.fromkeys((f"branches-api:transfer_{act}" for act in ("give", "take", "refuse")), cast.neighbour.key),
        **dict.fromkeys((name for name in ROWS if name.startswith("branches-api:member")), cast.neighbour.key),
    }  # fmt: skip


def behalf_samples(seat) -> dict:
    """The contact's browser, in which he has written for his driver, and begun once more with a photo."""
    consents.give(person=seat.driver.person, purpose="speak_for_me", now=MONDAY)
    client, key = signed_in(seat.contact), str(uuid4())
    for page in (*forms.PAGES[:4], "check"):
        path = reverse(f"appeals:for-{page}", args=[seat.driver.person.key])
        client.post(path, {"client_key": key, "text": journey.FREIGHT, "about": "nobody"})
    again = reverse("appeals:for-photos", args=[seat.driver.person.key])
    client.post(again, {"client_key": str(uuid4()), "photos": knocking.picture()})
    found = dict.fromkeys(FOR, {"driver": seat.driver.person.key})
    found["appeals:for-photo"] = found["appeals:for"] | {"key": DraftPhoto.objects.get().key}
    found["appeals:for-receipt"] = found["appeals:for"] | {"key": Appeal.objects.get().key}
    return found | {"token": client.cookies[browser.TOKEN].value}


def allowed(name: str, slug: str) -> bool:
    door = ROWS[name]
    if door.guard == EVERYONE:
        return True
    if door.guard == DRIVER and not door.one:
        return slug != "outsider"  # whoever is signed in, about himself
    if name in (*FIVE, *FOR):
        return slug == "neighbour"
    if door.guard == DRIVER:
        return slug == OWN or (name == "members:claim" and slug == "neighbour")  # a member sees his branch there
    return bool(door.guard & roles_of(slug)) and (not door.one or slug in KNOWS.get(name, {slug}))


@pytest.mark.parametrize("slug", WALKERS)
def test_each_door_of_the_register_is_open_to_whom_the_table_opens_it_and_shut_to_all_others(world, db, settings, slug):
    cast, keys, about, settings.DATA_DIR = world
    client, wrong = signed_in(None if slug == "outsider" else cast.people[slug]), []
    client.cookies[browser.TOKEN] = keys["token"]  # even in the browser in which it was written, nobody but him
    for route in routes():
        if route.name not in ROWS:
            continue
        own = keys.get(route.name)
        values = about | own if isinstance(own, dict) else about
        path = reverse(route.name, kwargs={name: values.get(name) or own for name in route.arguments})
        answer = knocking.knock(client, route.name, path)
        led_away = answer.status_code == 302 and answer["Location"] == reverse("members:find")
        closed = shut(answer) or (led_away and route.name != "members:find")
        if answer.status_code >= 500 or answer.status_code == 405 or closed == allowed(route.name, slug):
            # an open claim cannot be looked at again: that page is shut to its owner, too
            if route.name == "members:again" and slug == OWN:
                continue
            wrong.append(f"{route.name}: {answer.status_code}, the table {'opens' if allowed(route.name, slug) else 'shuts'} it")
    assert wrong == []


def test_every_row_of_the_register_is_a_route():
    assert set(ROWS) - {route.name for route in routes()} == set()
