"""Pictures of a house: hung by its keepers, small and clean on the road, gone with their files."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image

from accounts.models import AuditLine
from common import stored_files
from common.errors import DomainError, NotThere
from stations.models import HousePhoto
from stations.services import photos
from tests.cast import MONDAY, make_cast
from tests.common.pictures import picture, with_position
from tests.house.walking import signed_in
from tests.stations.houses import make_house

pytestmark = pytest.mark.django_db
AT = "/admin/stations/station-01/photos/"


@pytest.fixture
def house(db):
    return make_house()


@pytest.fixture
def keeper(house):
    return make_cast("station_staff", "driver")


def hang(house, keeper, raw: bytes | None = None, alt: str = "大门朝东") -> HousePhoto:
    return photos.add(station=house, file=io.BytesIO(raw or picture(size=(2000, 1500))), alt=alt, by=keeper.viewer("station_staff"), now=MONDAY)


def on_disk() -> list[Path]:
    return [path for area in (stored_files.SERVED, stored_files.SEALED) for path in (Path(settings.DATA_DIR) / area).rglob("*") if path.is_file()]


def test_a_picture_is_small_clean_and_said_in_words(house, keeper):
    row = hang(house, keeper, with_position())
    page = Client().get("/stations/station-01").content.decode()
    assert f"/stations/photo/{row.key}.jpg" in page and 'alt="大门朝东"' in page and 'loading="lazy"' in page
    answer = Client().get(f"/stations/photo/{row.key}.jpg")
    assert answer["Content-Type"] == "image/jpeg" and "immutable" in answer["Cache-Control"]
    with Image.open(io.BytesIO(answer.content)) as shown:
        assert max(shown.size) <= 720 and (shown.width, shown.height) == (row.width, row.height)
    for secret in (b"Zhang San", b"SECRETCOMMENT", b"SERIAL0123"):
        assert secret not in answer.content
    assert AuditLine.objects.filter(act="station.photo_added").count() == 1


def test_what_is_no_photo_has_no_words_or_is_one_too_many_leaves_nothing_behind(house, keeper):
    for raw, alt, field in ((b"<svg onload=x>", "大门", "photo"), (None, " ", "alt"), (None, "门" * 61, "alt")):
        with pytest.raises(DomainError) as error:
            hang(house, keeper, raw, alt)
        assert error.value.field == field
    assert not HousePhoto.objects.exists() and on_disk() == []
    for n in range(photos.MOST):
        hang(house, keeper, picture(size=(300 + n, 200)))
    with pytest.raises(DomainError) as error:
        hang(house, keeper, picture(size=(400, 200)))
    assert error.value.code == "too_many" and len(on_disk()) == 2 * photos.MOST
    HousePhoto.objects.order_by("pk").last().delete()
    with pytest.raises(DomainError) as error:
        hang(house, keeper, picture(size=(300, 200)))
    assert error.value.code == "twice" and len(on_disk()) == 2 * photos.MOST


def test_a_picture_that_is_taken_down_takes_its_files_along(house, keeper, django_capture_on_commit_callbacks):
    row = hang(house, keeper)
    assert {row.served, row.sealed} <= stored_files.names_kept()
    with django_capture_on_commit_callbacks(execute=True):
        photos.remove(photo=row, by=keeper.viewer("station_staff"), now=MONDAY)
    assert on_disk() == [] and Client().get(f"/stations/photo/{row.key}.jpg").status_code == 404


def test_only_a_keeper_of_this_house_hangs_and_takes_down(house, keeper):
    row = hang(house, keeper)
    for slug in ("driver",):
        with pytest.raises(NotThere):
            photos.add(station=house, file=io.BytesIO(picture()), alt="大门", by=keeper.viewer(slug), now=MONDAY)
        with pytest.raises(NotThere):
            photos.remove(photo=row, by=keeper.viewer(slug), now=MONDAY)
    other = make_house("station-02")
    with pytest.raises(NotThere):
        hang(other, keeper)
    assert signed_in(keeper.people["station_staff"]).get("/admin/stations/station-02/photos/").status_code == 404


def test_the_keepers_page_hangs_one_and_asks_before_it_takes_one_down(house, keeper):
    staff = signed_in(keeper.people["station_staff"])
    upload = io.BytesIO(picture())
    upload.name = "gate.jpg"
    assert staff.post(AT, {"photo": upload, "alt": "四人间"}).status_code == 302
    row = HousePhoto.objects.get()
    wrong = staff.post(AT, {"alt": "没有照片"})
    assert wrong.status_code == 422 and "没有照片" in wrong.content.decode() and 'id="bad-photo"' in wrong.content.decode()
    assert "取下这张照片" in staff.get(f"{AT}{row.pk}/").content.decode() and HousePhoto.objects.count() == 1
    assert staff.post(f"{AT}{row.pk}/").status_code == 302 and not HousePhoto.objects.exists()
    assert staff.get(f"{AT}{row.pk}/").status_code == 404
