"""What the API must not tell, and what it must not take."""

from __future__ import annotations

import inspect
import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework import serializers

from appeals.api import inputs, outputs, urls
from appeals.models import Accused, Appeal, Recusal
from appeals.services.acts import ACTS, DRIVER_MOVES, STAFF_MOVES
from tests.appeals import journey
from tests.appeals.api import TEXT, Caller, Clock, fields
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db
MISSING = "9" * 16
SQUAD_THREE = ("squad_three", "squad_three_head", "former_squad_three", "posted_head")
NO_DOOR = ("secretary", "cashier", "approver", "leader", "admin", "security", "auditor", "driver", "stranger")


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    return Clock(monkeypatch, MONDAY)


def bodies(number: str) -> list[tuple[str, str, dict]]:
    """Every door of the staff for one number: method, path, body."""
    everything = {
        "version": 1, "unit": "transport", "reason": "试", "ground": "not_ours", "days": 1, "words": "试", "note": "试",
        "measure": "试", "basis": "试", "result": "试", "heard": "solved", "handler": str(uuid4()), "draft_version": 0,
    }  # fmt: skip
    found = [("get", f"handle/{number}/", {}), ("get", f"handle/{number}/photos/{uuid4()}/", {})]
    for move in STAFF_MOVES:
        shape = inputs.input_of(move)().fields
        body = {name: value for name, value in everything.items() if name in shape}
        if move.value == "ask_decline":
            body["ground"] = "court"
        found.append(("post", f"handle/{number}/{move.value}/", body))
    draft = {name: everything[name] for name in ("measure", "basis", "result", "draft_version")}
    return [*found, ("put", f"handle/{number}/draft/", draft)]


def pairs(number: str) -> list[tuple]:
    """Each door with the number that is hidden and with one that is missing."""
    hidden = bodies(number)
    return [(door, (door[0], door[1].replace(number, MISSING), door[2])) for door in hidden]


def shapes(queries) -> list[str]:
    """Statements without their values: the same questions were asked of the database."""
    return [re.sub(r"'[^']*'|\b\d+\b", "?", query["sql"]) for query in queries]


def officer(person) -> Caller:
    """A session that has been used once: the first request notes when the officer was last seen."""
    caller = Caller(person, staff=True)
    caller.get("choices/")
    return caller


def ask(caller: Caller, method: str, path: str, body: dict):
    with CaptureQueriesContext(connection) as queries:
        response = caller.get(path) if method == "get" else caller.post(path, body, method=method)
    return response.status_code, response.content, sorted(response.headers.items()), shapes(queries)


@pytest.mark.parametrize("slug", SQUAD_THREE)
def test_to_the_accused_an_appeal_is_missing_at_every_door_byte_for_byte(cast, slug):
    appeal = journey.routed(now=MONDAY, text=journey.RUDE, accused=("squad-03",))
    caller = officer(getattr(cast, slug))
    for hidden, missing in pairs(appeal.number):
        told = ask(caller, *hidden)
        assert told == ask(caller, *missing), hidden
        assert told[0] == 404, hidden
    empty = caller.get("handle/")
    assert empty.status_code == 200 and empty.json() == {"items": [], "next": ""}
    assert appeal.events.count() == 2


def test_whoever_stepped_back_is_answered_like_a_stranger(cast):
    appeal = journey.routed(now=MONDAY)
    Recusal.objects.create(appeal=appeal, person=cast.handler, since=MONDAY, by=cast.handler)
    caller = officer(cast.handler)
    for hidden, missing in pairs(appeal.number):
        assert ask(caller, *hidden) == ask(caller, *missing), hidden


@pytest.mark.parametrize("slug", NO_DOOR)
def test_for_whoever_does_not_handle_appeals_there_is_no_such_door(cast, slug):
    appeal = journey.routed(now=MONDAY)
    caller = Caller(getattr(cast, slug), staff=True)
    for door in [("get", "handle/", {}), ("get", "handle/choices/", {}), *bodies(appeal.number)]:
        assert ask(caller, *door)[0] == 404, door


def test_nor_for_staff_whose_session_has_no_second_factor(cast):
    appeal = journey.routed(now=MONDAY)
    for caller in (Caller(cast.desk), Caller()):
        for door in [("get", "handle/", {}), *bodies(appeal.number)]:
            assert ask(caller, *door)[0] == 404, door


def test_only_the_discipline_officer_reads_whom_it_is_about(cast):
    appeal = journey.routed(now=MONDAY, text=journey.RUDE, accused=("squad-03",))
    told = Caller(cast.discipline, staff=True).get(f"handle/{appeal.number}/").json()
    assert {"code": "squad-03", "name": "执法三中队"} in told["accused"]
    for slug in ("legal_handler", "legal_head", "desk", "duty", "supervisor"):
        sheet = Caller(getattr(cast, slug), staff=True).get(f"handle/{appeal.number}/").json()
        assert sheet["accused"] == [] and {event["move"] for event in sheet["events"]} == {"file", "route"}


def test_the_driver_stays_masked_and_notes_stay_inside(cast):
    appeal = journey.in_hand(cast, now=MONDAY, caller_name="张师傅", plate="苏C12345")
    from appeals.services import handling

    handling.note(appeal=appeal, note="货主第二个电话", by=cast.viewer("handler"), version=None, now=MONDAY)
    sheet = Caller(cast.handler, staff=True).get(f"handle/{appeal.number}/")
    assert sheet.json()["driver"] == {"name": "张*", "phone": "138****0009", "plate": "苏C***45"}
    assert "13800000009" not in sheet.content.decode() and "货主第二个电话" in sheet.content.decode()
    journey.answer(cast, appeal, now=MONDAY)
    heard = Caller(cast.call_back, staff=True).get(f"handle/{appeal.number}/")
    assert heard.status_code == 200
    assert "货主第二个电话" not in heard.content.decode() and heard.json()["draft"] is None


def test_photos_open_to_the_handler_and_are_missing_to_the_accused(cast):
    import io

    from PIL import Image

    from appeals.services import photos

    appeal = journey.routed(now=MONDAY, text=journey.RUDE, accused=("squad-03",))
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(out, "JPEG")
    photos.add(appeal=appeal, files=[out], by=journey.driver_of(appeal), now=MONDAY)
    handler = Caller(cast.legal_handler, staff=True)
    [photo] = handler.get(f"handle/{appeal.number}/").json()["photos"]
    shown = handler.client.get(photo["url"])
    assert (shown.status_code, shown["Content-Type"], shown["Cache-Control"]) == (200, "image/jpeg", "no-store")
    path = photo["url"].removeprefix("/api/v1/")
    accused = officer(cast.squad_three)
    told = ask(accused, "get", path, {})
    assert told[0] == 404 and told == ask(accused, "get", path.replace(appeal.number, MISSING), {})


# --- what is not taken ----------------------------------------------------------------------------


def canaries() -> dict[str, object]:
    """Every column of an appeal by every name a hopeful sender might try."""
    names = set()
    for field in Appeal._meta.get_fields():
        names |= {field.name, getattr(field, "attname", field.name)}
    return dict.fromkeys(names | {"pk", "is_staff", "is_superuser", "role", "owner", "accused_units", "number"}, 1)


def test_no_column_of_an_appeal_can_be_set_from_outside():
    taken = set(inputs.FilingIn().fields)
    for name in sorted(set(canaries()) - taken):
        response = Caller().post("appeals/", {"text": TEXT, name: 1}, key=uuid4())
        assert response.status_code == 400 and fields(response) == {name: "没有这一项，请去掉"}, name
    assert Appeal.objects.count() == 0 and Accused.objects.count() == 0


def test_what_is_taken_sets_its_own_column_and_nothing_else():
    said = {"spot": "金丝雀", "happened": "昨天", "caller_name": "张", "plate": "苏C12345", "persons": 3, "tell_unit": True}
    Caller().file(**said)
    row = Appeal.objects.get()
    assert {name: getattr(row, name) for name in said} == said
    untouched = {
        "state": "submitted", "kind": "", "category": "", "urgency": "normal", "round": 1, "version": 0, "lead_unit_id": None,
        "handler_id": None, "person_id": None, "filed_by_id": None, "rating": None, "closed_at": None, "channel": "api",
        "phone_proved": False, "final_unit": False, "at_desk": False,
    }  # fmt: skip
    assert {name: getattr(row, name) for name in untouched} == untouched


@pytest.mark.parametrize("move", STAFF_MOVES)
def test_a_move_takes_its_own_fields_only(cast, move):
    appeal = journey.in_hand(cast, now=MONDAY)
    before = Appeal.objects.filter(pk=appeal.pk).values().get()
    body = next(body for _method, path, body in bodies(appeal.number) if path.endswith(f"/{move.value}/"))
    extra = {"state": "closed", "round": 9, "handler_id": 1, "lead_unit": 1, "by": 1, "now": "2026-01-01"}
    caller = Caller(cast.desk, staff=True)
    response = caller.post(f"handle/{appeal.number}/{move.value}/", body | extra)
    assert response.status_code == 400 and set(fields(response)) == set(extra)
    assert Appeal.objects.filter(pk=appeal.pk).values().get() == before


def test_serializers_name_their_fields_and_do_one_way_only():
    for module in (inputs, outputs):
        shapes = [kind for _name, kind in inspect.getmembers(module, inspect.isclass) if kind.__module__ == module.__name__]
        assert shapes
        for kind in shapes:
            assert not issubclass(kind, serializers.ModelSerializer)
            assert issubclass(kind, inputs.Input if module is inputs else outputs.Output)
            assert "create" not in vars(kind) and "update" not in vars(kind)
    for move in STAFF_MOVES:
        nested = [f for f in inputs.input_of(move)().fields.values() if isinstance(f, serializers.BaseSerializer)]
        assert nested == []


# --- what cannot be asked -------------------------------------------------------------------------


def model_paths() -> list[str]:
    paths = []
    for field in Appeal._meta.get_fields():
        paths += [field.name, f"{field.name}__startswith", f"{field.name}__gt"]
    return [*paths, "person__phone__startswith", "handler__name", "accused__unit", "fields", "expand", "search", "q", "format"]


def test_no_column_can_be_felt_for_through_a_filter_or_an_order(cast):
    journey.routed(now=MONDAY)
    caller = Caller(cast.handler, staff=True)
    closed = {"state", "kind", "urgency", "category"}
    for path in model_paths():
        if path not in closed:
            response = caller.get("handle/", **{path: "1"})
            assert response.status_code == 400 and path in fields(response), path
        for order in {path, f"-{path}"} - {"due"}:
            response = caller.get("handle/", ordering=order)
            assert response.status_code == 400 and "ordering" in fields(response), order
    for name in closed:
        assert caller.get("handle/", **{name: "zzz"}).status_code == 400
    detail = caller.get(f"handle/{Appeal.objects.get().number}/", state="routed")
    assert detail.status_code == 400, "a detail takes no filter"


@pytest.mark.parametrize("size", ["1000000", "101", "0", "-1", "abc", "1e3", "٣", "9" * 400])
def test_a_page_is_a_hundred_at_most_and_more_is_refused_not_cut(cast, size):
    for caller, path in ((Caller(cast.handler, staff=True), "handle/"), (Caller(cast.driver), "mine/")):
        response = caller.get(path, page_size=size)
        assert response.status_code == 400 and "1 到 100" in fields(response)["page_size"]


def test_a_cursor_is_signed_and_walks_every_row_once_in_both_orders(cast, clock):
    from datetime import timedelta

    numbers = []
    for n in range(7):
        numbers.append(journey.routed(now=MONDAY + timedelta(minutes=n // 2)).number)
    caller = Caller(cast.handler, staff=True)
    for ordering in ("newest", "due"):
        answer, seen = caller.get("handle/", page_size=2, ordering=ordering).json(), []
        while True:
            seen += [row["number"] for row in answer["items"]]
            if not answer["next"]:
                break
            answer = caller.client.get(answer["next"]).json()
        assert sorted(seen) == sorted(numbers) and len(seen) == len(numbers)
    following = caller.get("handle/", page_size=2).json()["next"]
    for forged in ("abc", "W10:x", following.split("cursor=")[1][:-3]):
        response = caller.get("handle/", cursor=forged)
        assert response.status_code == 400 and "cursor" in fields(response)
    other = caller.client.get(following + "&ordering=due")
    assert other.status_code == 400, "a cursor belongs to its order"


def test_filters_and_views_choose_the_rows_they_say(cast):
    one, two = journey.routed(now=MONDAY), journey.in_hand(cast, now=MONDAY)
    caller = Caller(cast.handler, staff=True)

    def shown(**query):
        return {row["number"] for row in caller.get("handle/", **query).json()["items"]}

    assert shown() == {one.number, two.number}
    assert shown(state="routed") == {one.number}
    assert shown(view="mine") == {two.number}
    assert shown(unit="transport", view="open") == {one.number, two.number}
    assert shown(unit="legal") == shown(view="overdue") == shown(category="A1") == set()


def test_a_list_asks_the_same_few_questions_however_long_it_is(cast):
    caller, counts = officer(cast.handler), []
    for _ in range(3):
        journey.routed(now=MONDAY)
        with CaptureQueriesContext(connection) as queries:
            assert caller.get("handle/").status_code == 200
        counts.append(len(queries))
    assert len(set(counts)) == 1 and counts[0] <= 12, counts


# --- sessions -------------------------------------------------------------------------------------


def writes() -> list[str]:
    names = [pattern.name for pattern in urls.urlpatterns if hasattr(getattr(pattern.callback, "view_class", None), "post")]
    return [reverse(f"api:{name}", args=[] if name in ("file", "track") else [MISSING]).removeprefix("/api/v1/") for name in names]


def test_no_session_writes_without_its_token(cast):
    assert len(writes()) > len(STAFF_MOVES)
    for caller in (Caller(cast.handler, staff=True), Caller(cast.driver)):
        for path in writes():
            for token in ("", "b" * 32):
                response = caller.post(path, {}, token=token)
                assert response.status_code == 403 and response.json()["code"] == "csrf_failed", path
                assert re.search(r"[\u4e00-\u9fff]", response.json()["detail"])


def test_reading_writes_nothing(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    caller, own = Caller(cast.handler, staff=True), Caller(cast.driver)
    paths = ["handle/", "handle/choices/", f"handle/{appeal.number}/", "choices/", "schema/", "docs/"]
    for path in paths:
        caller.get(path)
    own.get("mine/")
    before = everything()
    for path in paths:
        assert caller.get(path).status_code == 200
    assert own.get("mine/").status_code == 200
    assert everything() == before


def everything() -> dict[str, list]:
    """Every row of every table as it lies in the database."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = sorted(map(repr, cursor.fetchall()))
    return found


def test_a_past_that_is_hidden_stays_hidden_until_he_proved_to_be_the_same(cast):
    from accounts.models import HiddenHistory
    from accounts.web.entry import HISTORY_OPEN

    caller = Caller(cast.driver)
    old = caller.file().json()
    HiddenHistory.objects.create(person=cast.driver, before=MONDAY.replace(hour=23))
    session = caller.client.session
    session[HISTORY_OPEN] = False
    session.save()
    assert caller.get("mine/").json()["items"] == []
    assert caller.post(f"appeals/{old['number']}/withdraw/").status_code == 404
    assert caller.post("track/", {"number": old["number"], "code": old["code"]}).status_code == 200
    assert [row["number"] for row in caller.get("mine/").json()["items"]] == [old["number"]]


def test_every_move_has_its_service_and_its_door():
    from appeals.api.outline import ACTS as DRIVER_ACTS
    from appeals.rules.facts import Actor
    from appeals.rules.moves import MOVES

    of_people = {move for move, legal in MOVES.items() if legal.by - {Actor.SYSTEM}}
    assert of_people - set(ACTS) - {"file"} == set()
    names = {pattern.name for pattern in urls.urlpatterns}
    assert {f"handle_{move.value}" for move in STAFF_MOVES} <= names
    assert set(DRIVER_ACTS.values()) <= names and set(DRIVER_ACTS) <= set(DRIVER_MOVES)
