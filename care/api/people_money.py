"""Funds, the ledger, the mutual insurance and visits: in fen, masked, each within what the viewer's pages show."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import paging
from accounts.api.doors import RoleDoor, checked, told
from accounts.api.parsing import idempotency_key
from accounts.api.resending import Key
from accounts.models import Unit
from accounts.rules.roles import Role
from accounts.selectors.units import nameable_units, posted_to
from care.api import people_shapes as shapes
from care.models import Fund, Payment, Policy, Visit
from care.selectors import insurance as insurance_selectors
from care.selectors import money, people
from care.selectors import visits as visit_selectors
from care.services import funds, insurance, policies, visits
from common import clock
from common.errors import DomainError, NotThere
from common.masks import mask_name

TAG, COVER, VISITS = "关爱资金", "互助保险", "走访"
READERS = frozenset({Role.CASHIER, Role.UNION, Role.APPROVER})
PAYERS = frozenset({Role.CASHIER, Role.UNION})
OFFICER = frozenset({Role.UNION})
GOERS = frozenset({Role.UNION, Role.SECRETARY})
WRONG = {"unreadable": "看不懂", "unknown": "名册里没有", "several": "对上了不止一人"}


def fund_row(row: Fund) -> dict[str, Any]:
    return {"code": row.code, "name": row.name, "left_fen": row.left_fen, "budget_fen": row.budget_fen}


def _fund(request: Request, code: str) -> Fund:
    row = money.funds_for(request.viewer).filter(code=code).first()
    if row is None:
        raise DomainError(_("没有这笔经费"), field="fund", code="required")
    return row


class Funds(RoleDoor):
    roles = READERS

    @told("care_funds", TAG, "经费", "每笔还有多少，预算多少。", {200: (shapes.FundOut(many=True), "按代号排")})
    def get(self, request: Request) -> Response:
        """All of them: a handful."""
        return Response(shapes.FundOut([fund_row(row) for row in money.funds_for(request.viewer)[:500]], many=True).data)


class SetUp(RoleDoor):
    roles = OFFICER

    @told(
        "care_fund_set_up", TAG, "设一笔经费", "拨入的合计不能超过预算。", {200: (shapes.FundOut, "设好了")}, takes=shapes.FundIn,
        example={"name": "春节慰问", "budget_fen": 3000000},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """A fund with its budget."""
        said = checked(shapes.FundIn, request)
        row = funds.set_up(name=said["name"], budget_fen=said["budget_fen"], by=request.viewer, now=clock.now())
        return Response(shapes.FundOut(fund_row(row)).data)


class PutIn(RoleDoor):
    roles = frozenset({Role.CASHIER})

    @told(
        "care_fund_put_in", TAG, "拨入", "同一个 Idempotency-Key 只记一笔。", {200: (shapes.FundOut, "记下了")}, takes=shapes.PutInIn, key=Key.MUST,
        example={"amount_fen": 1000000, "why": "区总工会拨款"},
    )  # fmt: skip
    def post(self, request: Request, code: str) -> Response:
        """Money that came for this fund."""
        row = money.funds_for(request.viewer).filter(code=code).first()
        if row is None:
            raise NotThere(_("没有这笔经费"))
        said = checked(shapes.PutInIn, request)
        key = idempotency_key(request)
        funds.put_in(fund=row, fen=said["amount_fen"], client_key=key, by=request.viewer, now=clock.now(), why=said["why"])
        row.refresh_from_db()
        return Response(shapes.FundOut(fund_row(row)).data)


def payment_row(row: Payment) -> dict[str, Any]:
    """One line of the ledger (CarePaymentOut), the name behind its mask."""
    what = row.why
    if row.application is not None:
        what = f"{row.application.get_kind_display()}：{mask_name(row.application.person.name)}"
    elif row.policy is not None or row.campaign is not None:
        what = row.policy.name if row.policy else row.campaign.name
    return {
        "at": row.at, "entry": row.entry, "entry_word": row.get_entry_display(), "change_fen": row.change_fen, "fund": row.fund.code, "what": what,
        "how": row.how, "signed": row.signed_word, "by": row.by.name,
    }  # fmt: skip


class Payments(RoleDoor):
    roles = PAYERS
    query = frozenset(paging.QUERY)

    @told(
        "care_payments", TAG, "资金台账", "新的在前。没有原因，也没有账户。", {200: (paging.envelope(shapes.CarePaymentOut), "一页")}, parameters=paging.PARAMETERS,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Every line."""
        rows = money.payments_for(request.viewer).select_related("application__receipt")
        return paging.answer(request, rows, shapes.CarePaymentOut, payment_row, newest_first=True)


def policy_row(row: Policy) -> dict[str, Any]:
    return {
        "number": row.number, "name": row.name, "starts_on": row.starts_on, "ends_on": row.ends_on, "premium_fen": row.premium_fen,
        "fund": row.fund.code, "people": getattr(row, "people", 0),
    }  # fmt: skip


class Policies(RoleDoor):
    roles = OFFICER
    query = frozenset(paging.QUERY)

    @told(
        "care_policies", COVER, "名单", "一份管一个保险期。", {200: (paging.envelope(shapes.PolicyOut), "一页")}, parameters=paging.PARAMETERS,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """All lists with how many stand on each."""
        return paging.answer(request, insurance_selectors.policies_for(request.viewer), shapes.PolicyOut, policy_row, newest_first=True)


class FoundPolicy(RoleDoor):
    roles = OFFICER

    @told(
        "care_policy_found", COVER, "开一份名单", "同一个单号只有一份。", {200: (shapes.PolicyOut, "开好了")}, takes=shapes.PolicyIn,
        example={"name": "互助险", "number": "H-1", "starts_on": "2026-12-01", "ends_on": "2027-11-30", "premium_fen": 5000, "fund": "warm"},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """A new list for one period."""
        said = checked(shapes.PolicyIn, request)
        row = policies.found(**said | {"fund": _fund(request, said["fund"])}, by=request.viewer, now=clock.now())
        return Response(shapes.PolicyOut(policy_row(insurance_selectors.policies_for(request.viewer).get(pk=row.pk))).data)


class Insure(RoleDoor):
    roles = OFFICER

    @told(
        "care_policy_insure", COVER, "加人", "手机号或者身份证号；没有对上的行说为什么，别的照加。在名单上的不再交保费。", {200: (shapes.InsuredOut, "加了")},
        takes=shapes.InsureIn, key=Key.MUST, example={"people": ["13800000001", "13800000002"]},
    )  # fmt: skip
    def post(self, request: Request, number: str) -> Response:
        """People of the union onto this list, their premiums in one line."""
        row = insurance_selectors.policies_for(request.viewer).filter(number=number).first()
        if row is None:
            raise NotThere(_("没有这份名单"))
        roster = people.roster(request.viewer, "\n".join(checked(shapes.InsureIn, request)["people"]))
        wrong = [_("第 %(line)d 行：%(why)s") % {"line": each.line, "why": WRONG[each.code]} for each in roster.wrong]
        if not roster.people:
            raise DomainError(_("一个人也没对上：%(first)s") % {"first": wrong[0]}, field="people", code="nobody")
        key = idempotency_key(request)
        done = insurance.insure(policy=row, people=roster.people, client_key=key, by=request.viewer, now=clock.now())
        return Response(shapes.InsuredOut({"added": done.added, "known": done.known, "wrong": wrong}).data)


def visit_row(row: Visit) -> dict[str, Any]:
    return {
        "key": row.key, "unit": row.unit.name, "name": mask_name(row.person.name), "planned_on": row.planned_on, "why": row.why, "went_at": row.went_at,
        "gave": row.gave, "follow_up_on": row.follow_up_on,
    }  # fmt: skip


class Visits(RoleDoor):
    roles = GOERS
    query = frozenset(paging.QUERY)

    @told(
        "care_visits", VISITS, "走访", "本单位的，新的在前。", {200: (paging.envelope(shapes.VisitOut), "一页")}, parameters=paging.PARAMETERS,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Of the viewer's own unit."""
        return paging.answer(request, visit_selectors.visits_for(request.viewer).defer("heard"), shapes.VisitOut, visit_row, newest_first=True)


class PlanVisit(RoleDoor):
    roles = GOERS

    @told(
        "care_visit_plan", VISITS, "计划一次", "看望支部的党员、工会的会员，或者去走访过的人。", {200: (shapes.VisitOut, "记下了")}, takes=shapes.VisitPlanIn, key=Key.MUST,
        example={"person": "6f9619ff-8b86-4011-b42d-00c04fc964ff", "unit": "union", "planned_on": "2026-11-25", "why": "住院回来"},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Whom, when and why."""
        said = checked(shapes.VisitPlanIn, request)
        person, unit = people.one(request.viewer, said["person"]), Unit.objects.filter(code=said["unit"]).first()
        if person is None or unit is None:
            raise NotThere(_("没有这个人，或者不归您去看"))
        key = idempotency_key(request)
        row = visits.plan(client_key=key, person=person, unit=unit, planned_on=said["planned_on"], by=request.viewer, now=clock.now(), why=said["why"])
        return Response(shapes.VisitOut(visit_row(row)).data)


class TellVisit(RoleDoor):
    roles = GOERS

    @told(
        "care_visit_record", VISITS, "记下来", "听到的每一件诉求都交上去，各有编号；内容不再给出。", {200: (shapes.VisitToldOut, "记下了")}, takes=shapes.VisitTellIn,
        example={"went_at": "2026-11-25T10:00:00+08:00", "heard": "腿伤还没好", "gave": "米面油"},
    )  # fmt: skip
    def post(self, request: Request, key: UUID) -> Response:
        """Who went, what was heard and given."""
        row = visit_selectors.visits_for(request.viewer).filter(key=key).first()
        if row is None:
            raise NotThere(_("没有这次走访"))
        said = checked(shapes.VisitTellIn, request)
        now, units = clock.now(), {unit.code: unit.pk for unit in nameable_units()}
        team = posted_to(row.unit_id, *Role, now=now)
        went = [one for one in team if one.key in said["went"]] if said["went"] else [one for one in team if one.pk == request.viewer.person_id]
        needs = [visits.Heard(each["key"], each["text"], (units[each["unit"]],) if each["unit"] in units else ()) for each in said["needs"]]
        told_ = visits.Told(
            went_at=said["went_at"], went=went, heard=said["heard"], gave=said["gave"], follow_up_on=said["follow_up_on"], needs=needs
        )
        visits.record(visit=row, told=told_, by=request.viewer, now=now)
        return Response(shapes.VisitToldOut({"numbers": visit_selectors.numbers_of(request.viewer, row)}).data)
