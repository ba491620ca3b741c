"""What somebody signed in by his phone may ask and do about himself: his claim, his five, his contact, his data."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.doors import AUTH, READS, SignedInDoor, answers, checked, told
from accounts.api.parsing import PicturesParser, PlainJSONParser
from accounts.models import Consent
from accounts.services.reveal import who_looked
from common import clock, stored_files, uploads
from common.errors import NotThere
from members.api import inputs, outputs
from members.api.claims import photo_of
from members.models import Claim, Driver, NoContact, Seat, Waiting
from members.rules import claims as rules
from members.rules.zones import SEATS
from members.selectors import own, zones
from members.selectors.claims import facts_of, own_claim, own_membership
from members.services import claims, contacts
from members.services import own as own_services
from members.web.contact import contact_of, five_of
from members.web.steps import steps_of

CLAIM_TAG, ZONE_TAG, DATA_TAG = "我要找组织", "片区和联系人", "我的信息"
NOT_THERE = "没有这一件，或者不是您的"


def _mine(request: Request) -> Response:
    """The claim and the branch of whoever asks (ClaimMineOut)."""
    viewer = request.viewer
    claim = own_claim(viewer)
    member = own_membership(viewer)
    placed = member.placements.filter(until=None).select_related("branch__unit").first() if member else None
    facts = facts_of(viewer, claim) if claim else None
    answer = {
        "state": claim.state if claim else "", "state_word": claim.get_state_display() if claim else "", "at": claim.at if claim else None,
        "refused_why": claim.refused_why if claim and claim.state == Claim.State.REFUSED else "",
        "steps": steps_of(claim, now=clock.now()) if claim else [],
        "may_withdraw": bool(facts and not rules.may_withdraw(facts)), "may_contest": bool(facts and not rules.may_contest(facts)),
        "branch": placed.branch.unit.name if placed else "", "since": placed.since if placed else None,
    }  # fmt: skip
    return Response(outputs.ClaimMineOut(answer).data)


def _own_claim(request: Request) -> Claim:
    claim = own_claim(request.viewer)
    if claim is None:
        raise NotThere(_(NOT_THERE))
    return claim


class ClaimMine(SignedInDoor):
    @told("claim_mine", CLAIM_TAG, "办到哪一步", "只有本人看得到。", {200: (outputs.ClaimMineOut, "现在的样子")})
    def get(self, request: Request) -> Response:
        """How far it is."""
        return _mine(request)


class ClaimProof(SignedInDoor):
    @extend_schema(
        operation_id="claim_own_proof", tags=[CLAIM_TAG], summary="我交的凭据", auth=AUTH, description="自己交的照片；没交是 404。",
        responses={(200, "image/jpeg"): OpenApiResponse(OpenApiTypes.BINARY, description="照片"), **answers({}, *READS)},
    )
    def get(self, request: Request) -> HttpResponse:
        """The photo of one's own claim."""
        return photo_of(_own_claim(request))


class ClaimOpen(SignedInDoor):
    parser_classes = [PlainJSONParser, PicturesParser]

    def may_enter(self, request: Request) -> None:
        super().may_enter(request)
        if request.viewer.hidden_before:  # as on the page: not even that there is nothing
            raise NotThere(_("这个手机号停了很久没用。先用编号和查询码证明还是您，或者带身份证到大厅来。"))

    @told(
        "claim_open", CLAIM_TAG, "我要找组织", "说一说，支部去核实。要带照片就用 multipart/form-data。发两次还是一份。",
        {200: (outputs.ClaimMineOut, "收到了")}, takes={"application/json": inputs.ClaimIn, "multipart/form-data": inputs.ClaimIn},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """One person, one claim under way; sent again it is the same one."""
        said = checked(inputs.ClaimIn, request)
        said.pop("agree")
        photo = said.pop("proof", None)
        name = stored_files.store_sealed(uploads.check_picture(photo, field="proof").data, root=settings.DATA_DIR) if photo else ""
        kept = ""
        try:
            words = claims.Said(**said, proof=name)
            kept = claims.open_claim(person=request.user, said=words, by=request.viewer, now=clock.now()).proof
        finally:
            if name and kept != name:
                stored_files.delete_sealed(name, root=settings.DATA_DIR)
        return _mine(request)


class ClaimWithdraw(SignedInDoor):
    @told("claim_withdraw", CLAIM_TAG, "收回", "入列以前随时可以；同意也一起收回。", {200: (outputs.ClaimMineOut, "收回了")}, takes=inputs.NothingIn)
    def post(self, request: Request) -> Response:
        """Take it back."""
        claim = _own_claim(request)
        checked(inputs.NothingIn, request)
        claims.withdraw(claim=claim, by=request.viewer, now=clock.now())
        return _mine(request)


class ClaimContest(SignedInDoor):
    @told(
        "claim_contest", CLAIM_TAG, "请别人再看一次", "没核实上的，换一个人看。", {200: (outputs.ClaimMineOut, "收到了")}, takes=inputs.ContestIn,
        example={"words": "我的关系 2024 年就转到大许镇了"},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Somebody else looks again."""
        claim = _own_claim(request)
        said = checked(inputs.ContestIn, request)
        claims.contest(claim=claim, by=request.viewer, now=clock.now(), **said)
        return _mine(request)


class Five(SignedInDoor):
    """A member's own five; for whoever is none there is no such door."""

    def may_enter(self, request: Request) -> None:
        super().may_enter(request)
        if not zones.is_contact(request.viewer):
            raise NotThere(_(NOT_THERE))

    @told("five", ZONE_TAG, "我的五位司机", "该联系的在前。司机同意了才有姓名和手机号。", {200: (outputs.FivesOut, "我的五位")})
    def get(self, request: Request) -> Response:
        """Who they are and who is due."""
        return fives_told(request)


def fives_told(request: Request) -> Response:
    """The five of the member who asks (FivesOut)."""
    rows = five_of(request.viewer, now=clock.now())
    return Response(outputs.FivesOut({"items": rows, "free": SEATS - len(rows)}).data)


class Identity(SignedInDoor):
    """A member's badge; for whoever is none there is no such door."""

    def may_enter(self, request: Request) -> None:
        super().may_enter(request)
        if not zones.is_contact(request.viewer):
            raise NotThere(_(NOT_THERE))

    @told(
        "identity", ZONE_TAG, "亮身份，或者不亮了", "只写姓和“党员”。收回以后马上就不显示。", {200: (outputs.IdentityOut, "现在的样子")},
        takes=inputs.IdentityIn, example={"show": True},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Show it or take it back."""
        said = checked(inputs.IdentityIn, request)
        contacts.show_identity(show=said["show"], by=request.viewer, now=clock.now())
        return Response(outputs.IdentityOut({"shown": said["show"]}).data)


class IdentityShown(Five):
    """Whether a member's badge is out; for whoever is none there is no such door."""

    @told("identity_shown", ZONE_TAG, "亮着没有", "只写姓和“党员”。", {200: (outputs.IdentityOut, "现在的样子")})
    def get(self, request: Request) -> Response:
        """Whether it is shown."""
        viewer = request.viewer
        shown = bool(zones.consents_of(viewer, [viewer.person_id], Consent.Purpose.SHOW_IDENTITY))
        return Response(outputs.IdentityOut({"shown": shown}).data)


def seat_of(request: Request, key: UUID) -> Seat:
    """The seat of one of his five. Raises NotThere."""
    seat = zones.own_seats(request.viewer).filter(driver__person__key=key).first()
    if seat is None:
        raise NotThere(_(NOT_THERE))
    return seat


class Heard(SignedInDoor):
    @told(
        "five_note", ZONE_TAG, "记一次联系", "怎么联系的、听到什么；下次到期从今天起算一个月。", {200: (outputs.FivesOut, "记下了")}, takes=inputs.HeardIn,
        example={"how": "call", "words": "孩子上学的事办好了"},
    )  # fmt: skip
    def post(self, request: Request, key: UUID) -> Response:
        """Write down that they spoke."""
        seat = seat_of(request, key)
        contacts.note(seat=seat, by=request.viewer, now=clock.now(), **checked(inputs.HeardIn, request))
        return fives_told(request)


def contact_told(request: Request) -> Response:
    """The contact of the driver who asks (ContactOut)."""
    driver = zones.own_driver(request.viewer)
    found: dict[str, Any] = contact_of(request.viewer, now=clock.now()) or {"name": "", "badge": "", "last": "", "phone": ""}
    answer = found | {
        "waiting": Waiting.objects.filter(driver=driver, until=None).exists(), "none": NoContact.objects.filter(driver=driver, until=None).exists(),
    }  # fmt: skip
    return Response(outputs.ContactOut(answer).data)


class DriverDoor(SignedInDoor):
    """For whoever stands in the register as a driver; for others there is none."""

    def may_enter(self, request: Request) -> None:
        super().may_enter(request)
        if zones.own_driver(request.viewer) is None:
            raise NotThere(_(NOT_THERE))


class Contact(DriverDoor):
    @told("contact", ZONE_TAG, "我的联系人", "谁在联系您，电话多少。", {200: (outputs.ContactOut, "我的联系人")})
    def get(self, request: Request) -> Response:
        """Who he is."""
        return contact_told(request)


class Change(DriverDoor):
    @told(
        "contact_change", ZONE_TAG, "换一个，或者不要联系人", "马上生效，两个人以后不再提在一起。", {200: (outputs.ContactOut, "换下来了")},
        takes=inputs.ChangeIn, example={"why": "说不到一块"},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Another contact, or none at all."""
        said, now = checked(inputs.ChangeIn, request), clock.now()
        if said["none"]:
            contacts.want_none(by=request.viewer, now=now)
        else:
            contacts.ask_another(by=request.viewer, why=said["why"], now=now)
        return contact_told(request)


def _data(request: Request) -> Response:
    """Everything held about whoever asks (OwnDataOut)."""
    viewer = request.viewer
    silent = bool(viewer.hidden_before)  # the number may have changed hands: nothing of before is told
    subjects = [] if silent else [request.user, *Driver.objects.filter(person_id=viewer.person_id)]
    answer = {
        "groups": [
            {"name": name, "facts": [{"word": word, "value": value} for word, value in rows]} for name, rows in own.own_facts(viewer)
        ],
        "consents": [
            {"purpose": each["purpose"], "title": each["words"].title, "after": each["words"].after, "since": each["since"]}
            for each in ([] if silent else own.own_consents(viewer))
        ],
        "requests": [
            {"key": each.key, "kind": each.kind, "kind_word": each.get_kind_display(), "state": each.state,
             "state_word": each.get_state_display(), "asked_at": each.asked_at, "answer": each.answer}
            for each in own.own_requests(viewer)[:20]
        ],
        "looked": [{"word": each.word, "times": each.times} for each in who_looked(*subjects)],
    }  # fmt: skip
    return Response(outputs.OwnDataOut(answer).data)


class OwnData(SignedInDoor):
    @told("me_data", DATA_TAG, "我的信息", "库里有您的什么、您同意过什么、谁看过。身份证号遮着。", {200: (outputs.OwnDataOut, "全部")})
    def get(self, request: Request) -> Response:
        """See all of it."""
        return _data(request)


class ConsentWithdraw(SignedInDoor):
    @told(
        "consent_withdraw", DATA_TAG, "收回同意", "马上生效。", {200: (outputs.OwnDataOut, "收回了")}, takes=inputs.ConsentIn,
        example={"purpose": "zone"},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Take a consent back."""
        said = checked(inputs.ConsentIn, request)
        own_services.withdraw_consent(by=request.viewer, now=clock.now(), **said)
        return _data(request)


class DataRequest(SignedInDoor):
    @told(
        "data_request", DATA_TAG, "要求改正或者删除", "15 个工作日内回您。同一种没办完的只有一件。", {200: (outputs.OwnDataOut, "收到了")},
        takes=inputs.DataRequestIn, example={"kind": "correct", "words": "我现在跑冷链，不跑煤炭了"},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Ask that it is corrected or deleted."""
        said = checked(inputs.DataRequestIn, request)
        own_services.ask(by=request.viewer, now=clock.now(), **said)
        return _data(request)
