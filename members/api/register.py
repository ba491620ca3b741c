"""登记里有您吗？ Whoever came by a code proves that the register's row is he; from then on he is one person."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.doors import SignedInDoor, checked, told
from accounts.api.resending import Key
from accounts.services import adoption
from accounts.web import entry
from common import clock
from common.errors import Stale
from members.api import inputs
from members.api import union_outputs as outputs
from members.models import Driver
from members.selectors.own import may_match, own_row

TAG = "我的信息"


def _answer(row: Driver | None, *, known: bool, may: bool) -> Response:
    answer: dict[str, Any] = {
        "matched": known, "may_match": may, "driver": row is not None and row.state == Driver.State.ACTIVE,
        "place": row.place.name if row else "", "employer": row.enterprise.name if row and row.enterprise else "",
    }  # fmt: skip
    return Response(outputs.MatchedOut(answer).data)


def _known(request: Request, row: Driver | None) -> bool:
    return row is not None or bool(request.user.id_index and not request.viewer.hidden_before)


class Register(SignedInDoor):
    @told("me_register", TAG, "登记里有您吗", "镇上登记过您没有；只说您自己。", {200: (outputs.MatchedOut, "现在的样子")})
    def get(self, request: Request) -> Response:
        """Whether his account and the register are one."""
        row = own_row(request.viewer)
        return _answer(row, known=_known(request, row), may=may_match(request.viewer))


class Match(SignedInDoor):
    @told(
        "me_register_match", TAG, "对上登记里的我", "姓名和身份证后六位。对不上、没有、不止一个，说的都一样；一天最多试 5 次。", {200: (outputs.MatchedOut, "对上了")},
        takes=inputs.MatchMeIn, key=Key.NO, example={"name": "张师傅", "id_tail": "12345X"},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Prove it. A second time it is done already."""
        said = checked(inputs.MatchMeIn, request)
        row = own_row(request.viewer)
        if _known(request, row):
            return _answer(row, known=True, may=False)
        now, plain = clock.now(), request._request
        try:
            person = adoption.adopt(account=request.user, now=now, session_key=plain.session.session_key or "", **said)
        except Stale:  # a double tap: the first one has done it
            return _answer(None, known=True, may=False)
        entry.stay_in(plain, person, now=now)
        found = Driver.objects.filter(person=person, merged_into=None).select_related("place", "enterprise").first()
        return _answer(found, known=True, may=False)
