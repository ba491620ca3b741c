"""A photo is looked at before it is decoded, and what is served was drawn by us."""

from __future__ import annotations

import hashlib
import io
import random
import time
import tracemalloc

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image

from common.errors import DomainError
from common.uploads import LONG_SIDE, MAX_BYTES, check_picture
from tests.common.pictures import jpeg_header, picture, png_header, webp_header, with_position


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_the_three_kinds_become_our_jpeg(kind, mode):
    raw = picture(kind, mode=mode)
    found = check_picture(SimpleUploadedFile("a.jpg", raw))
    assert (found.width, found.height) == (640, 480)
    assert found.sha256 == hashlib.sha256(raw).hexdigest()
    assert (found.mime, found.suffix, found.original_mime) == ("image/jpeg", ".jpg", f"image/{kind.lower()}")
    assert decoded(found.data).format == "JPEG"


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "I;16", "CMYK"])
def test_unusual_colours_are_drawn_on_white(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    if mode == "I;16":
        out = io.BytesIO()
        Image.new("I;16", (40, 30), 65535).save(out, "PNG")
        raw = out.getvalue()
        assert decoded(check_picture(raw).data).getpixel((5, 5)) == (255, 255, 255)
    else:
        raw = picture(kind, mode=mode)
    assert decoded(check_picture(raw).data).mode == "RGB"


def test_what_is_see_through_becomes_white_not_black():
    out = io.BytesIO()
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(out, "PNG")
    assert decoded(check_picture(out.getvalue()).data).getpixel((5, 5)) == (255, 255, 255)


def test_the_long_side_is_at_most_1600():
    found = check_picture(picture(size=(4000, 3000)))
    assert (found.width, found.height) == (LONG_SIDE, 1200)
    assert check_picture(picture(size=(3000, 4000))).height == LONG_SIDE
    assert check_picture(picture(size=(2, 4000))).width == 1
    assert check_picture(picture(size=(1, 1))).width == 1


def test_nothing_of_where_and_who_is_left():
    raw = with_position()
    assert b"Zhang San" in raw and b"SECRETXMP" in raw  # the test's own twin
    found = check_picture(raw)
    for trace in (
        b"Exif",
        b"GPS",
        b"Zhang",
        b"SERIAL",
        b"SECRET",
        b"xmp",
        b"ICC_PROFILE",
        b"Photoshop",
        b"PhoneMaker",
    ):
        assert trace not in found.data
    image = decoded(found.data)
    assert not image.getexif() and not {"exif", "icc_profile", "comment", "xmp"} & set(image.info)


def test_a_turned_photo_stands_upright():
    found = check_picture(with_position())
    assert (found.width, found.height) == (480, 640)


@pytest.mark.parametrize("turned", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_way_of_being_turned_is_put_right(turned, kind):
    upright = Image.new("RGB", (60, 40), "white")
    upright.paste((200, 0, 0), (0, 0, 30, 20))  # red in the upper left corner
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    laid = upright.transpose(Image.Transpose(undo[turned])) if turned > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = turned
    out = io.BytesIO()
    laid.save(out, kind, exif=exif.tobytes(), quality=95)
    image = decoded(check_picture(out.getvalue()).data)
    assert image.size == (60, 40)
    assert image.getpixel((8, 8))[1] < 90 and image.getpixel((50, 30))[1] > 200


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_a_moving_picture_the_first_frame_is_kept(kind):
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue", "green")]
    out = io.BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], lossless=True)
    red, green, _blue = decoded(check_picture(out.getvalue()).data).getpixel((20, 15))
    assert red > 200 and green < 60


HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (HTML, "照片要 JPEG、PNG 或 WebP，这张是网页文件"),
        (b"\xef\xbb\xbf  \n" + HTML, "网页文件"),
        (SVG, "矢量图"),
        (b"#!/bin/sh\nrm -rf /\n", "程序文件"),
        (b"<?php system($_GET[0]);", "程序文件"),
        (picture("GIF", mode="P"), "GIF"),
        (picture("BMP"), "BMP"),
        (picture("TIFF"), "TIFF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64), "HEIC"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(64), "视频"),
        (b"%PDF-1.7\n" + bytes(64), "PDF"),
        (b"PK\x03\x04" + bytes(64), "不是照片"),
        (b"MZ" + bytes(300), "不是照片"),
        (b"hello", "不是照片"),
        (b"", "空的"),
    ],
)
def test_what_is_no_photo_is_called_by_its_name(raw, words):
    with pytest.raises(DomainError) as caught:
        check_picture(SimpleUploadedFile("photo.jpg", raw, content_type="image/jpeg"), field="photos")
    assert words in caught.value.message
    assert caught.value.field == "photos"


@pytest.mark.parametrize("make", [png_header, jpeg_header])
def test_a_bomb_of_50000_by_50000_is_refused_in_no_time(make):
    raw = make(50_000, 50_000)
    tracemalloc.start()
    begun = time.perf_counter()
    with pytest.raises(DomainError) as caught:
        check_picture(raw)
    assert time.perf_counter() - begun < 1
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
    assert "尺寸太大" in caught.value.message and caught.value.code == "too_many_pixels"


@pytest.mark.parametrize("make", [png_header, jpeg_header, webp_header])
def test_one_row_over_forty_megapixels_is_refused(make):
    with pytest.raises(DomainError) as caught:
        check_picture(make(8000, 5001))
    assert caught.value.code == "too_many_pixels"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_cut_short_is_refused_wherever_it_was_cut(kind):
    raw = picture(kind, size=(300, 200))
    for part in (0.1, 0.5, 0.8, 0.9):
        with pytest.raises(DomainError):
            check_picture(raw[: int(len(raw) * part)])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_damaged_bytes_give_a_photo_or_a_message_and_never_a_crash(kind):
    dice = random.Random(7)
    raw = picture(kind, size=(120, 90))
    for _ in range(200):
        hurt = bytearray(raw)
        for _ in range(dice.randint(1, 12)):
            hurt[dice.randrange(len(hurt))] = dice.randrange(256)
        try:
            assert decoded(check_picture(bytes(hurt)).data)
        except DomainError as error:
            assert error.message


@pytest.mark.parametrize(
    "tail", [HTML, b"PK\x03\x04 an archive", b"<?php system($_GET[0]); ?>", b"\nalert(document.cookie)//"]
)
def test_what_hides_behind_or_inside_a_photo_is_not_served(tail):
    behind = picture() + tail
    inside = picture(comment=tail)
    for raw in (behind, inside):
        assert tail in raw
        assert tail not in check_picture(raw).data


def test_a_header_with_a_script_behind_it_is_refused():
    with pytest.raises(DomainError, match="打不开"):
        check_picture(b"\xff\xd8\xff\xe0" + HTML * 50)


def test_ten_megabytes_pass_and_one_byte_more_does_not():
    raw = picture()
    assert check_picture(raw + bytes(MAX_BYTES - len(raw)))
    for more in (raw + bytes(MAX_BYTES + 1 - len(raw)), SimpleUploadedFile("a.jpg", raw + bytes(MAX_BYTES))):
        with pytest.raises(DomainError, match="10 MB") as caught:
            check_picture(more)
        assert caught.value.code == "too_large"


def test_a_file_that_lies_about_its_size_is_not_read_to_its_end():
    class Endless(io.BytesIO):
        size = 10

        def read(self, amount=-1):
            assert 0 < amount <= MAX_BYTES + 1
            return bytes(amount)

    with pytest.raises(DomainError, match="10 MB"):
        check_picture(Endless())


def test_the_file_can_be_read_again_afterwards():
    file = SimpleUploadedFile("a.jpg", picture())
    check_picture(file)
    assert len(file.read()) == file.size
