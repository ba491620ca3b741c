"""The doors of the house and, wherever the composition puts it, the outbox page."""

from django.urls import include, path

from hongyun import urls as house

handler404 = house.handler404
urlpatterns = [*house.urlpatterns, path("demo/", include("notices.web.urls"))]
