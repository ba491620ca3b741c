"""Doors of care, under /api/v1/care/."""

from __future__ import annotations

from django.urls import path

from care.api import goods, people, people_money

app_name = "care-api"
urlpatterns = [
    path("care/campaigns/", goods.Campaigns.as_view(), name="care_campaigns"),
    path("care/points/", goods.Points.as_view(), name="care_points"),
    path("care/stock/", goods.Stocks.as_view(), name="care_stock"),
    path("care/issue/", goods.Give.as_view(), name="care_issue"),
    path("care/replay/", goods.Replay.as_view(), name="care_replay"),
    path("care/mine/", people.Mine.as_view(), name="care_mine"),
    path("care/ask/", people.Ask.as_view(), name="care_ask"),
    path("care/mine/<uuid:key>/withdraw/", people.Withdraw.as_view(), name="care_withdraw"),
    path("care/mine/<uuid:key>/sign/", people.Sign.as_view(), name="care_sign"),
    path("care/applications/", people.Applications.as_view(), name="care_applications"),
    path("care/applications/<uuid:key>/read/", people.Read.as_view(), name="care_read"),
    path("care/applications/<uuid:key>/approve/", people.Approve.as_view(), name="care_approve"),
    path("care/applications/<uuid:key>/refuse/", people.Refuse.as_view(), name="care_refuse"),
    path("care/applications/<uuid:key>/pay/", people.Pay.as_view(), name="care_pay"),
    path("care/funds/", people_money.Funds.as_view(), name="care_funds"),
    path("care/funds/set-up/", people_money.SetUp.as_view(), name="care_fund_set_up"),
    path("care/funds/<slug:code>/put-in/", people_money.PutIn.as_view(), name="care_fund_put_in"),
    path("care/payments/", people_money.Payments.as_view(), name="care_payments"),
    path("care/policies/", people_money.Policies.as_view(), name="care_policies"),
    path("care/policies/found/", people_money.FoundPolicy.as_view(), name="care_policy_found"),
    path("care/policies/<str:number>/people/", people_money.Insure.as_view(), name="care_policy_insure"),
    path("care/visits/", people_money.Visits.as_view(), name="care_visits"),
    path("care/visits/plan/", people_money.PlanVisit.as_view(), name="care_visit_plan"),
    path("care/visits/<uuid:key>/record/", people_money.TellVisit.as_view(), name="care_visit_record"),
]
