"""Every door, joined. The table of who may pass stands in hongyun/doors.py."""

from django.contrib import admin
from django.urls import include, path

from hongyun.web import health, home, me

handler400 = "hongyun.web.errors.bad_request"
handler403 = "hongyun.web.errors.forbidden"
handler404 = "hongyun.web.errors.not_found"
handler500 = "hongyun.web.errors.server_error"

urlpatterns = [
    path("", home.home, name="home"),
    path("me/", me.me, name="me"),
    path("weather/", home.weather, name="weather"),
    path("appeals/", include("appeals.web.urls")),
    path("members/", include("members.web.urls")),
    path("accounts/", include("accounts.web.urls")),
    path("admin/", admin.site.urls),
    path("stations/", include("stations.web.urls")),
    path("care/", include("care.web.urls")),
    path("dashboards/", include("dashboards.web.urls")),
    path("api/v1/", include("appeals.api.urls")),
    path("api/v1/", include("members.api.urls")),
    path("api/v1/", include("branches.api.urls")),
    path("api/v1/", include("care.api.urls")),
    path("api/v1/", include("stations.api.urls")),
    path("api/v1/", include("notices.api.urls")),
    path("demo/", include("notices.web.urls")),  # empty outside the demo
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
