"""The doors of the house, and those of this room wherever the composition puts them."""

from django.urls import include, path

from hongyun import urls as house

handler400, handler403 = house.handler400, house.handler403
handler404, handler500 = house.handler404, house.handler500
urlpatterns = [
    path("demo/", include("notices.web.urls")),
    path("api/v1/", include("notices.api.urls")),
    *house.urlpatterns,
]
