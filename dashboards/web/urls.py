"""Doors of the dashboards: for the bureau's staff only."""

from django.urls import path

from dashboards.web import overview, register, rows, siting

app_name = "dashboards"
urlpatterns = [
    path("", overview.overview, name="index"),
    path("rows/", rows.rows_page, name="rows"),
    path("register/", register.register, name="register"),
    path("siting/", siting.siting, name="siting"),
    path("register/rows/", register.rows_page, name="register_rows"),
]
