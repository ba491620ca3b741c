"""Doors of the API, under /api/v1/. The doors of the staff's moves are made from the table."""

from django.urls import path, re_path

from appeals.api import driver, schema, staff

app_name = "api"
NUMBER = r"(?P<number>[0-9]{16})"
KEY = r"(?P<key>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"

urlpatterns = [
    path("schema/", schema.Schema.as_view(), name="schema"),
    path("docs/", schema.docs, name="docs"),
    path("choices/", driver.Choices.as_view(), name="choices"),
    path("appeals/", driver.Appeals.as_view(), name="file"),
    path("track/", driver.Track.as_view(), name="track"),
    path("mine/", driver.Mine.as_view(), name="mine"),
    re_path(rf"^appeals/{NUMBER}/photos/$", driver.Photos.as_view(), name="photos"),
    path("handle/", staff.Handle.as_view(), name="handle"),
    path("handle/choices/", staff.HandleChoices.as_view(), name="handle_choices"),
    re_path(rf"^handle/{NUMBER}/$", staff.Sheet.as_view(), name="handle_one"),
    re_path(rf"^handle/{NUMBER}/photos/{KEY}/$", staff.PhotoOfAppeal.as_view(), name="handle_photo"),
    re_path(rf"^handle/{NUMBER}/draft/$", staff.Draft.as_view(), name="handle_draft"),
    *(re_path(rf"^appeals/{NUMBER}/{name}/$", door.as_view(), name=name) for name, door in driver.ACT_DOORS.items()),
    *(
        re_path(rf"^handle/{NUMBER}/{move.value}/$", door.as_view(), name=f"handle_{move.value}")
        for move, door in staff.MOVE_DOORS.items()
    ),
]
