"""Drivers' doors of care."""

from __future__ import annotations

from django.urls import path

from care.web import apply, mine, receipt

app_name = "care"
urlpatterns = [
    path("", mine.page, name="mine"),
    path("ask/<slug:kind>/", apply.ask, name="ask"),
    path("ask/<uuid:driver>/<slug:kind>/", apply.ask_for, name="ask_for"),
    path("asked/<uuid:key>/", mine.asked, name="asked"),
    path("asked/<uuid:key>/withdraw/", mine.withdraw, name="withdraw"),
    path("asked/<uuid:key>/receipt/", receipt.sign, name="receipt"),
]
