"""Doors of care, under /api/v1/care/."""

from __future__ import annotations

from django.urls import path

from care.api import goods

app_name = "care-api"
urlpatterns = [
    path("care/campaigns/", goods.Campaigns.as_view(), name="care_campaigns"),
    path("care/points/", goods.Points.as_view(), name="care_points"),
    path("care/stock/", goods.Stocks.as_view(), name="care_stock"),
    path("care/issue/", goods.Give.as_view(), name="care_issue"),
    path("care/replay/", goods.Replay.as_view(), name="care_replay"),
]
