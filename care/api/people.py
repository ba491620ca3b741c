"""慰问 and 困难帮扶: asked, followed and signed by the driver; decided by one of the staff and paid by another."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import paging
from accounts.api.doors import RoleDoor, SignedInDoor, checked, told
from accounts.api.parsing import idempotency_key
from accounts.api.resending import Key
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from care.api import people_shapes as shapes
from care.models import Application
from care.rules.applications import due_on
from care.selectors import applications as selectors
from care.selectors import money, people
from care.services import applications as services
from care.services import reading, receipts, signatures
from common import clock
from common.errors import DomainError, NotThere
from common.masks import mask_name
from common.selectors import calendar

TAG, MINE = "慰问和帮扶", "我的关爱"
DECIDERS = frozenset({Role.APPROVER, Role.CASHIER})
ROLES = DECIDERS | {Role.UNION, Role.SECRETARY}
NOT_THERE = "没有这一份，或者不归您看"
VIEW = OpenApiParameter("view", str, enum=["decide", "pay", "ours", "done"], description="等我审批、等我发放、我们提名的、我办过的；不写就是头一个归我的", required=False)


def row_of(row: Application, viewer: Viewer) -> dict[str, Any]:
    """One application (AskedOut), no word of why and no account."""
    decided = clock.today(row.decided_at) if row.decided_at else None
    mine = row.person_id == viewer.person_id
    return {
        "key": row.key, "kind": row.kind, "kind_word": row.get_kind_display(), "name": mask_name(row.person.name), "mine": mine, "asked_fen": row.asked_fen,
        "approved_fen": row.approved_fen, "state": row.state, "state_word": row.get_state_display(), "asked_at": row.asked_at,
        "decided_at": row.decided_at, "paid_at": row.paid_at, "due_on": due_on(row.state, clock.today(row.asked_at), decided, calendar()),
        "answer": row.answer, "signed": getattr(row, "receipt", None) is not None, "version": row.version,
    }  # fmt: skip


def _own(request: Request, key: UUID) -> Application:
    row = selectors.own(request.viewer).select_related("receipt").filter(key=key).first()
    if row is None:
        raise NotThere(_(NOT_THERE))
    return row


def _answer(row: Application, viewer: Viewer) -> Response:
    return Response(shapes.AskedOut(row_of(row, viewer)).data)


class Mine(SignedInDoor):
    query = frozenset(paging.QUERY)

    @told(
        "care_mine", MINE, "我的申请", "给自己的，和替别人提的；新的在前。", {200: (paging.envelope(shapes.AskedOut), "一页")}, parameters=paging.PARAMETERS,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """One's own, newest first."""
        rows = selectors.own(request.viewer).select_related("receipt")
        return paging.answer(request, rows, shapes.AskedOut, lambda row: row_of(row, request.viewer), newest_first=True)


class Ask(SignedInDoor):
    @told(
        "care_ask", MINE, "申请慰问或者帮扶", "原因只有审批的人看得到，账户只有出纳看得到。替别人申请的，要是自己支部的党员、工会的会员、联系的五位司机，或者去走访过的人。",
        {200: (shapes.AskedOut, "收到了")}, takes=shapes.CareAskIn, key=Key.MUST,
        example={"kind": "hardship", "amount_fen": 100000, "reason": "妻子住院，两个月没有出车", "agree": True},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """For oneself, or for one of one's own."""
        said, viewer = checked(shapes.CareAskIn, request), request.viewer
        person = people.one(viewer, said["person"]) if said["person"] else request.user
        if person is None:
            raise NotThere(_("没有这个人，或者不归您提"))
        wish = services.Ask(
            client_key=idempotency_key(request), kind=said["kind"], person=person, amount_fen=said["amount_fen"], reason=said["reason"],
            account=said["account"], agreed=said["agree"],
        )  # fmt: skip
        return _answer(services.propose(ask=wish, by=viewer, now=clock.now()), viewer)


class Withdraw(SignedInDoor):
    @told("care_withdraw", MINE, "撤回", "还没批的可以撤回。", {200: (shapes.AskedOut, "撤回了")}, takes=shapes.CareNothingIn)
    def post(self, request: Request, key: UUID) -> Response:
        """Take it back while nobody has decided."""
        row = _own(request, key)
        checked(shapes.CareNothingIn, request)
        services.withdraw(application=row, by=request.viewer, now=clock.now())
        return _answer(_own(request, key), request.viewer)


class Sign(SignedInDoor):
    @told(
        "care_sign", MINE, "签收条", "现金拿到手里再签：手写，或者打自己的姓名。两样都没有的不收。", {200: (shapes.AskedOut, "签好了")}, takes=shapes.CareSignIn,
        example={"typed": "张师傅"},
    )  # fmt: skip
    def post(self, request: Request, key: UUID) -> Response:
        """His own receipt, for him alone whom it is for."""
        row = _own(request, key)
        said = checked(shapes.CareSignIn, request)
        drawn = signatures.drawn_of(said["drawn"])
        receipts.sign(application=row, by=request.viewer, now=clock.now(), drawn=drawn, typed="" if drawn else said["typed"])
        return _answer(_own(request, key), request.viewer)


def views_of(viewer: Viewer) -> dict[str, Any]:
    """Lists by name, those alone that his roles have."""
    found: dict[str, Any] = {}
    if viewer.has_role(Role.APPROVER):
        found["decide"] = selectors.decidable(viewer)
    if viewer.has_role(Role.CASHIER):
        found["pay"] = selectors.payable(viewer)
    if viewer.has_role(Role.UNION, Role.SECRETARY):
        found["ours"] = selectors.of_units(viewer)
    if viewer.has_role(*DECIDERS):
        found["done"] = selectors.decided(viewer)
    return found


class Applications(RoleDoor):
    roles = ROLES
    query = frozenset({*paging.QUERY, "view"})

    @told(
        "care_applications", TAG, "申请", "等我办的，先来的在前。没有原因，也没有账户。", {200: (paging.envelope(shapes.AskedOut), "一页")},
        parameters=[VIEW, *paging.PARAMETERS],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """By what waits for the viewer."""
        views = views_of(request.viewer)
        view = request.query_params.get("view") or next(iter(views))
        if view not in views:
            raise serializers.ValidationError({"view": [_("可以用的有：%s") % "、".join(views)]})
        rows = views[view].select_related("person", "receipt").defer(*selectors.SEALED)
        return paging.answer(request, rows, shapes.AskedOut, lambda row: row_of(row, request.viewer), newest_first=view in ("ours", "done"))


class Read(RoleDoor):
    roles = DECIDERS

    @told(
        "care_read", TAG, "看原因或者账户", "审批的人看原因，出纳看账户，都只在等他办的时候；每看一次记一笔，所以是 POST。", {200: (shapes.ReadOut, "这一份")},
        takes=shapes.CareNothingIn, key=Key.NO,
    )  # fmt: skip
    def post(self, request: Request, key: UUID) -> Response:
        """What this viewer needs to decide or to pay, and not a word more; written down."""
        by, now = request.viewer, clock.now()
        checked(shapes.CareNothingIn, request)
        opened = reading.why(key=key, by=by, now=now)
        paying = None if opened else reading.account(key=key, by=by, now=now)
        row = opened or paying
        if row is None:
            raise NotThere(_(NOT_THERE))
        answer = {
            "key": row.key, "name": row.person.name, "reason": opened.reason if opened else "", "papers": row.evidence.count() if opened else 0,
            "account": paying.account if paying else "", "version": row.version,
        }  # fmt: skip
        return Response(shapes.ReadOut(answer).data)


def _waiting(rows, key: UUID) -> Application:
    row = rows.filter(key=key).first()
    if row is None:
        raise NotThere(_(NOT_THERE))
    return row


class Approve(RoleDoor):
    roles = frozenset({Role.APPROVER})

    @told(
        "care_approve", TAG, "批准", "不能比申请的多；经费要够。提出的人不能批。", {200: (shapes.AskedOut, "批了")}, takes=shapes.CareApproveIn,
        example={"version": 0, "amount_fen": 80000, "fund": "warm"},
    )  # fmt: skip
    def post(self, request: Request, key: UUID) -> Response:
        """Grant up to what was asked."""
        row = _waiting(selectors.decidable(request.viewer), key)
        said = checked(shapes.CareApproveIn, request)
        fund = money.funds_for(request.viewer).filter(code=said["fund"]).first()
        if fund is None:
            raise DomainError(_("没有这笔经费"), field="fund", code="required")
        done = services.approve(
            application=row, amount_fen=said["amount_fen"], fund=fund, by=request.viewer, version=said["version"], now=clock.now()
        )
        return _answer(done, request.viewer)


class Refuse(RoleDoor):
    roles = frozenset({Role.APPROVER})

    @told(
        "care_refuse", TAG, "不批", "为什么，他看得到。", {200: (shapes.AskedOut, "记下了")}, takes=shapes.CareRefuseIn,
        example={"version": 0, "answer": "请补上住院票据"},
    )  # fmt: skip
    def post(self, request: Request, key: UUID) -> Response:
        """Say no, and why."""
        row = _waiting(selectors.decidable(request.viewer), key)
        said = checked(shapes.CareRefuseIn, request)
        return _answer(services.refuse(application=row, by=request.viewer, now=clock.now(), **said), request.viewer)


class Pay(RoleDoor):
    roles = frozenset({Role.CASHIER})

    @told(
        "care_pay", TAG, "发放", "现金要签字：当面的放在 drawn，他在自己手机上签过就不用。提出的、批的人不能发。", {200: (shapes.AskedOut, "发了")},
        takes=shapes.CarePayIn, example={"version": 1, "how": "transfer"},
    )  # fmt: skip
    def post(self, request: Request, key: UUID) -> Response:
        """Hand over what was approved."""
        row = _waiting(selectors.payable(request.viewer), key)
        said = checked(shapes.CarePayIn, request)
        sheet = signatures.drawn_of(said["drawn"])
        services.pay(
            application=row, how=said["how"], client_key=uuid4(), by=request.viewer, version=said["version"], now=clock.now(), signature=sheet
        )
        return _answer(selectors.decided(request.viewer).select_related("receipt").get(key=key), request.viewer)
