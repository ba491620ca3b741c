"""责任片区 from the phone: a member lets one of his five go or writes down what he agreed to; a driver asks and agrees."""

from __future__ import annotations

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.doors import SignedInDoor, checked, told
from accounts.models import Consent
from common import clock
from members.api import inputs, outputs
from members.api.own import ZONE_TAG, DriverDoor, contact_told, fives_told, seat_of
from members.services import contacts as services
from members.web.contact import one_of_five


class OneOfFive(SignedInDoor):
    @told("five_one", ZONE_TAG, "五位里的一位", "车牌遮着；听到了什么，最近 12 次。", {200: (outputs.OneOfFiveOut, "这一位")})
    def get(self, request: Request, key: UUID) -> Response:
        """One of his five, and what he wrote down."""
        return Response(outputs.OneOfFiveOut(one_of_five(request.viewer, seat_of(request, key), now=clock.now())).data)


class LetGo(SignedInDoor):
    @told(
        "five_let_go", ZONE_TAG, "换下这一位", "他去等另一位联系人，你们两个以后不再提在一起。", {200: (outputs.FivesOut, "换下来了")},
        takes=inputs.LetGoIn, example={"why": "他跑长途，总也联系不上"},
    )  # fmt: skip
    def post(self, request: Request, key: UUID) -> Response:
        """The member declines him."""
        seat = seat_of(request, key)
        services.let_go(seat=seat, by=request.viewer, now=clock.now(), **checked(inputs.LetGoIn, request))
        return fives_told(request)


class Agreed(SignedInDoor):
    @told(
        "five_agreed", ZONE_TAG, "记他同意您替他说", "只给自己不能登录的；他会收到一条，能收回。", {200: (outputs.FivesOut, "记下了")}, takes=inputs.NothingIn,
    )  # fmt: skip
    def post(self, request: Request, key: UUID) -> Response:
        """What he agreed to when they spoke."""
        seat = seat_of(request, key)
        checked(inputs.NothingIn, request)
        services.write_down(seat=seat, purpose=Consent.Purpose.SPEAK_FOR_ME, by=request.viewer, now=clock.now())
        return fives_told(request)


class Want(DriverDoor):
    @told("contact_want", ZONE_TAG, "想要一个联系人", "排进等着的人里；已经有的不变。", {200: (outputs.ContactOut, "记下了")}, takes=inputs.NothingIn)
    def post(self, request: Request) -> Response:
        """He would like one (again)."""
        checked(inputs.NothingIn, request)
        services.want_one(by=request.viewer, now=clock.now())
        return contact_told(request)


class Agree(DriverDoor):
    @told(
        "consent_give", ZONE_TAG, "同意", "让联系人看到您的姓名和手机号，或者替您说诉求；在 me/consents/withdraw/ 随时收回。", {200: (outputs.ContactOut, "记下了")},
        takes=inputs.GiveConsentIn, example={"purpose": "zone"},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """He agrees himself."""
        services.agree(by=request.viewer, now=clock.now(), **checked(inputs.GiveConsentIn, request))
        return contact_told(request)
