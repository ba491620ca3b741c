"""How each door wants to be knocked at, and a district in which there is something behind each of them.

The walk of test_doors.py takes back every knock, so that each person finds the same district.
"""

from __future__ import annotations

import copy
import io
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import AuditLine, Person, Posting
from accounts.services import second_factor
from accounts.web.driver import ASKED
from accounts.web.staff import ON_THE_WAY
from appeals.models import Appeal, ClockRule, ReplyTemplate
from appeals.services import drafts, photos, receipts, routing
from appeals.web import browser
from branches.api import urls as branch_urls
from care.api import urls as care_urls
from common import clock
from common.encryption import seal
from members.api import urls as register_urls
from stations.api import urls as station_urls
from tests.appeals import journey
from tests.cast import MONDAY, Cast, make_cast
from tests.house.walking import Route, signed_in

# Who may know of an appeal at the transport section against squad three, and of one that legal answered.
OF_TRANSPORT = frozenset({"handler", "head", "desk", "duty", "supervisor", "discipline"})
OF_LEGAL = frozenset({"legal_handler", "desk", "duty", "supervisor", "discipline", "call_back"})
WORK_ON = {"transport": frozenset({"handler", "head"}), "legal": frozenset({"legal_handler"})}
FILER = "the browser that filed"  # nobody's account


def picture(shade: int = 90) -> io.BytesIO:
    """A photo as a phone sends it."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 120, 60)).save(out, "JPEG")
    out.seek(0)
    out.name = f"{shade}.jpg"
    return out


@dataclass(frozen=True)
class Sample:
    """An appeal: who of the staff may know of it, whose it is, and what its addresses are made of."""

    appeal: Appeal
    knows: frozenset[str]
    owner: str
    photo: UUID = field(default_factory=uuid4)
    waiting: UUID = field(default_factory=uuid4)  # a photo that waits to be added, or that a draft holds

    @property
    def leads(self) -> frozenset[str]:
        """Who of the walkers works in the unit that has it."""
        return WORK_ON[self.appeal.lead_unit.code]

    @property
    def values(self) -> dict[str, Any]:
        return {"key": self.appeal.key, "number": self.appeal.number, "photo": self.photo}


@dataclass(frozen=True)
class World:
    """The district, the browser that filed one of its appeals, and the rows behind the pages of the admin."""

    cast: Cast
    samples: tuple[Sample, ...]
    filer: Client
    draft_photo: UUID
    rows: dict[str, dict[str, Any]]

    def path(self, route: Route, sample: Sample) -> str:
        """The address of this route about this sample."""
        if route.name == "admin:":
            return "/admin/nothing"
        values = sample.values | self.rows.get(route.name, {"object_id": "0"})
        if route.name == "appeals:draft-photo":
            values["key"] = self.draft_photo
        if route.name == "appeals:added-photo":
            values["photo"] = sample.waiting
        if route.name == "api:handle_photo":
            values["key"] = sample.photo
        unknown = set(route.arguments) - set(values)
        assert not unknown, f"{route.name}: `_rows` must say which row the address names ({', '.join(unknown)})"
        return reverse(route.name, kwargs={name: values[name] for name in route.arguments})


def build() -> World:
    """Everybody of the cast; an appeal in hand, an answered one, and one filed a moment ago in a browser."""
    cast = make_cast()
    own = {"by": cast.viewer("driver"), "phone": "13800000001", "accused": ("squad-03",)}
    in_hand = journey.in_hand(cast, now=MONDAY, **own)
    answered = journey.answered(
        cast, now=MONDAY, text=journey.RUDE, handler="legal_handler", head="legal_head", **own
    )
    filer, filed, draft_photo, waiting = _file()
    samples = (
        Sample(in_hand, OF_TRANSPORT, "driver", _photo_of(in_hand)),
        Sample(answered, OF_LEGAL, "driver", _photo_of(answered)),
        Sample(filed, OF_TRANSPORT, FILER, _photo_of(filed), waiting),
    )
    for slug in ("driver", "handler"):
        Person.objects.filter(pk=cast.people[slug].pk).update(demo_slug=slug)
    return World(cast, samples, filer, draft_photo, _rows(cast))


def _photo_of(appeal: Appeal) -> UUID:
    photos.add(appeal=appeal, files=[picture(appeal.pk % 200)], by=journey.driver_of(appeal), now=MONDAY)
    return appeal.photos.get().key


def _file() -> tuple[Client, Appeal, UUID, UUID]:
    """A browser files, follows it by number and code, and has photos waiting in two drafts."""
    client = Client(headers={"user-agent": "walk"})
    key = str(uuid4())
    place = str(journey.place().code)
    client.post("/appeals/new", {"client_key": key, "text": journey.FREIGHT})
    client.post("/appeals/new/where", {"client_key": key, "place": place, "spot": "料场门口"})
    client.post("/appeals/new/who", {"client_key": key, "about": "nobody"})
    client.post("/appeals/new/check", {"client_key": key})
    token = client.cookies[browser.TOKEN].value
    appeal = drafts.already_sent(holder=drafts.holder_of(token), now=MONDAY)[0].appeal
    routing.route(appeal_id=appeal.pk, now=MONDAY)
    appeal.refresh_from_db()
    client.post("/appeals/track", {"number": appeal.number, "code": receipts.receipt_of(appeal).code})
    waiting = []
    for purpose, shade in (("form", 10), (f"add:{appeal.key}", 20)):
        draft = drafts.of_form(holder=drafts.holder_of(token, purpose), client_key=uuid4(), now=MONDAY)
        waiting.append(drafts.add_photo(draft=draft, upload=picture(shade), now=MONDAY).key)
    return client, appeal, waiting[0], waiting[1]


def _rows(cast: Cast) -> dict[str, dict[str, Any]]:
    """Which row the address of a page names: route -> arguments. A new page with an argument gets its line here."""
    template = ReplyTemplate.objects.create(name="约谈后答复", category="D1", measure="约谈了货主。", result="说好了。")
    return {
        "admin:accounts_person_change": {"object_id": cast.second_handler.key},
        "admin:accounts_unit_change": {"object_id": "transport"},
        "admin:accounts_posting_change": {"object_id": Posting.objects.first().pk},
        "admin:accounts_auditline_change": {"object_id": AuditLine.objects.first().pk},
        "admin:appeals_clockrule_change": {"object_id": ClockRule.objects.first().pk},
        "admin:appeals_replytemplate_change": {"object_id": template.pk},
        "admin:appeals_rule": {"code": "A1-2"},
    }


# --- how to knock --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Knock:
    """Method, what is sent, and whether as JSON."""

    method: str = "get"
    data: Any = None
    as_json: bool = False


CODE_PAIR = {"number": "7304198255602417", "code": "482907"}
KNOCKS: dict[str, Knock] = {
    **dict.fromkeys(("appeals:upload", "appeals:for-upload", "appeals:leave", "accounts:sign_out", "accounts:care", "accounts:theme"), Knock("post", {})),
    **dict.fromkeys(("stations:book", "stations:rate"), Knock("post", {})),
    "accounts:demo": Knock("post", {"demo": "driver"}),
    "accounts:staff_recovery_noted": Knock("post", {}),
    "admin:find": Knock("post", {"q": "石子"}),
    "admin:appeals_act": Knock("get", {"move": "note"}),
    "admin:appeals_draft": Knock("post", {"measure": "约谈了货主。"}),
    "admin:appeals_bulk": Knock("post", {}),
    "admin:members_export_file": Knock("post", {}),
    "admin:care_money_file": Knock("post", {}),
    "dashboards:rows": Knock("get", {"figure": "open"}),
    "api:file": Knock("post", {}, True),
    "api:track": Knock("post", CODE_PAIR, True),
    "api:rate": Knock("post", {"value": 4}, True),
    "api:accuse": Knock("post", {"unit": "squad-05"}, True),
    "api:material": Knock("post", {"words": "有过磅单"}, True),
    "api:reply": Knock("post", {"words": "有过磅单"}, True),
    "api:reopen": Knock("post", {"reason": "没有给钱"}, True),
    "api:handle_draft": Knock("put", {"measure": "约谈了货主。", "draft_version": 0}, True),
    "notices-api:receipts": Knock("post", {"out_id": "x", "result": "delivered"}, True),
}
OTHER_API = ("members-api:", "branches-api:", "care-api:", "stations-api:")
POSTS = {
    f"{space}:{each.name}"
    for space, urls in (("members-api", register_urls), ("branches-api", branch_urls), ("care-api", care_urls), ("stations-api", station_urls))
    for each in urls.urlpatterns
    if hasattr(each.callback.view_class, "post")
}
READS = {"api:schema", "api:docs", "api:choices", "api:mine", "api:handle", "api:handle_choices", "api:handle_one", "api:handle_photo"}


def knock_of(name: str) -> Knock:
    """How the door `name` is opened: a GET, but for those that only take something in."""
    if name.startswith(OTHER_API):
        return Knock("post", {}, True) if name in POSTS else Knock()
    if name in KNOCKS or not name.startswith("api:") or name in READS:
        return KNOCKS.get(name, Knock())
    return Knock("post", {}, True)


def a_test() -> transaction.Atomic:
    """A block that lets durable ones begin inside it, as that of a TestCase."""
    block = transaction.atomic()
    block._from_testcase = True
    return block


def knock(client: Client, name: str, path: str):
    """One knock, taken back afterwards: rows and cookies are as before."""
    how, cookies = knock_of(name), copy.deepcopy(client.cookies)
    sent: dict[str, Any] = {"data": how.data}
    if name == "api:photos":
        sent = {"data": {"photos": picture(33)}}
    elif how.as_json:
        sent = {"data": json.dumps(how.data), "content_type": "application/json"}
    try:
        with a_test():
            response = getattr(client, how.method)(path, headers={"X-CSRFToken": "a" * 32}, **sent)
            transaction.set_rollback(True)
            return response
    finally:
        client.cookies = cookies


# --- on the way in -------------------------------------------------------------------------------


def midway(cast: Cast, name: str) -> Client:
    """A browser in which the step before `name` has just been passed."""
    client, way = signed_in(None), {"pk": cast.handler.pk, "at": clock.now().timestamp(), "next": "/admin/"}
    session = client.session
    if name == "accounts:driver_code":
        session[ASKED] = {"index": "x", "shown": "138****0001", "token": "t", "next": "", "until": 0}
    elif name == "accounts:staff_code":
        before, secret = MONDAY - timedelta(hours=1), second_factor.new_secret()
        code = second_factor.code_at(secret, before)
        second_factor.activate(person=cast.handler, secret=secret, code=code, now=before)
    elif name == "accounts:staff_factor_picture":
        way["secret"] = seal(second_factor.new_secret(), "session.totp")
    elif name in ("accounts:staff_password", "accounts:staff_recovery_noted"):
        way["passed"] = {"id": None, "kind": "totp"}
    if name != "accounts:driver_code":
        session[ON_THE_WAY] = way
    session.save()
    return client
