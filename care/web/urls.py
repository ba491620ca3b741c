"""Drivers' doors of care, and the page of whoever hands out."""

from __future__ import annotations

from django.urls import path

from care.web import apply, issue, issue_card, mine, receipt

app_name = "care"
urlpatterns = [
    path("", mine.page, name="mine"),
    path("ask/<slug:kind>/", apply.ask, name="ask"),
    path("ask/<uuid:driver>/<slug:kind>/", apply.ask_for, name="ask_for"),
    path("asked/<uuid:key>/", mine.asked, name="asked"),
    path("asked/<uuid:key>/withdraw/", mine.withdraw, name="withdraw"),
    path("asked/<uuid:key>/receipt/", receipt.sign, name="receipt"),
    path("card", issue_card.card, name="card"),
    path("card/qr.svg", issue_card.qr, name="card-qr"),
    path("issue/", issue.index, name="issue"),
    path("issue/worker.js", issue.worker, name="issue-worker"),
    path("issue/<slug:code>/", issue.point, name="issue-point"),
]
