"""Doors of care, under /api/v1/care/."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "care-api"
urlpatterns: list[URLPattern] = []
