"""个人信息请求: what people asked about their own data; the keeper answers with words that the person reads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import paging
from accounts.api.doors import RoleDoor, checked, told
from accounts.rules.roles import Role
from common import clock
from common.errors import NotThere
from common.masks import mask_name, mask_phone
from common.selectors import calendar
from members.api import inputs
from members.api import union_outputs as outputs
from members.models import DataRequest
from members.rules.retention import ANSWER_WORKDAYS
from members.selectors.own import requests_to_answer
from members.services import own as services

TAG = "信息库"
ROLES = frozenset({Role.REGISTRAR})
NOT_THERE = "没有这一件，或者不归您答"


def _row(each: DataRequest) -> dict[str, Any]:
    due = calendar().add_working_days(clock.today(each.asked_at), ANSWER_WORKDAYS)
    return {
        "key": each.key, "name": mask_name(each.person.name), "phone": mask_phone(each.person.phone), "kind": each.kind,
        "kind_word": each.get_kind_display(), "words": each.words, "state": each.state, "state_word": each.get_state_display(),
        "asked_at": each.asked_at, "due": due, "answer": each.answer,
    }  # fmt: skip


class DataRequests(RoleDoor):
    roles = ROLES
    query = frozenset(paging.QUERY)

    @told(
        "data_requests", TAG, "个人信息请求", "等着答的，先来的在前；到哪天为止写在 due。", {200: (paging.envelope(outputs.AskedOfMeOut), "一页")},
        parameters=paging.PARAMETERS,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Those that wait for an answer."""
        rows = requests_to_answer(request.viewer).filter(state=DataRequest.State.OPEN)
        return paging.answer(request, rows, outputs.AskedOfMeOut, _row)


class Answer(RoleDoor):
    roles = ROLES

    @told(
        "data_request_answer", TAG, "答复", "先改好，再来说一句；他在“我的信息”里看得到。答过的是 404。", {200: (outputs.AskedOfMeOut, "答了")},
        takes=inputs.AnswerIn, example={"done": True, "answer": "行业改成冷链了"},
    )  # fmt: skip
    def post(self, request: Request, key: UUID) -> Response:
        """Done, or why it cannot be."""
        row = requests_to_answer(request.viewer).filter(key=key, state=DataRequest.State.OPEN).first()
        if row is None:
            raise NotThere(_(NOT_THERE))
        said = checked(inputs.AnswerIn, request)
        answered = services.answer(request=row, done=said["done"], words=said["answer"], by=request.viewer, now=clock.now())
        return Response(outputs.AskedOfMeOut(_row(answered)).data)
