"""Photos from strangers: looked at before they are decoded, drawn anew, and kept in two copies.

What is served is a JPEG that we wrote ourselves, without position, serial number or thumbnail.
The original lies sealed beside it, for the handler who gives a reason (see common.stored_files).
"""

from __future__ import annotations

import hashlib
import io
import struct
import threading
import warnings
import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO

import filetype
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from common.errors import DomainError
from common.picture_kinds import kind_in_words
from common.stored_files import (
    StoredNames,
    delete_stored,
    open_sealed,
    open_served,
    store_picture,
    sweep_orphans,
)

__all__ = [
    "MAX_BYTES",
    "Picture",
    "StoredNames",
    "check_picture",
    "delete_stored",
    "open_sealed",
    "open_served",
    "store_picture",
    "sweep_orphans",
]

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
LONG_SIDE = 1600
QUALITY = 82
SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}
_FORMATS = ("JPEG", "PNG", "WEBP")

# Pillow warns above this and fails above twice this: both are errors here. The filter is set once,
# for the process, because catch_warnings is not safe among threads.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)

# Forty megapixels of WebP are 670 MB while they are being drawn: one at a time in each process.
_drawing = threading.Lock()

# What Pillow's decoders throw at hostile bytes.
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, ArithmeticError, LookupError, EOFError)
_BROKEN += (AttributeError, RuntimeError, struct.error, zlib.error)


@dataclass(frozen=True)
class Picture:
    """A checked photo. `data` is our own JPEG of `width` × `height`; `sha256` (hex) and the
    `original_*` fields describe the bytes that came."""

    data: bytes
    width: int
    height: int
    sha256: str
    original_mime: str
    mime: str = "image/jpeg"
    suffix: str = ".jpg"

    @property
    def original_suffix(self) -> str:
        """The suffix that fits the original's real kind, whatever its name said."""
        return SUFFIXES[self.original_mime]


def check_picture(file: BinaryIO | bytes, *, field: str | None = "photos") -> Picture:
    """Check an uploaded photo and draw it anew: JPEG, at most 1600 px on the long side.

    Takes an UploadedFile, any binary file (read from its start) or bytes.
    Raises DomainError with a Chinese message for `field`; nothing has been stored then."""
    raw = _read(file, field)
    mime = _mime(raw, field)
    with _drawing:
        drawn = _draw(raw, mime, field)
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    digest = hashlib.sha256(raw).hexdigest()
    return Picture(out.getvalue(), drawn.width, drawn.height, digest, original_mime=mime)


def _read(file: BinaryIO | bytes, field: str | None) -> bytes:
    if isinstance(file, bytes):
        raw = file
    else:
        size = getattr(file, "size", None)
        if isinstance(size, int) and size > MAX_BYTES:
            raise _too_heavy(size, field)
        file.seek(0)
        raw = file.read(MAX_BYTES + 1)
        file.seek(0)
    if len(raw) > MAX_BYTES:
        raise _too_heavy(len(raw), field)
    if not raw:
        raise DomainError(_("这张照片是空的，请重新选一张"), field=field, code="empty")
    return raw


def _too_heavy(size: int, field: str | None) -> DomainError:
    # A tenth more, so that "10.0 MB" is never said to be over 10 MB.
    megabytes = max(size / 1024 / 1024, 10.1)
    words = _("每张照片不能超过 10 MB，这张有 %(size).1f MB") % {"size": megabytes}
    return DomainError(words, field=field, code="too_large")


def _mime(raw: bytes, field: str | None) -> str:
    guess = filetype.guess(raw[:8192])
    if guess is not None and guess.mime == "image/apng":
        return "image/png"  # moving PNG: its first frame is an ordinary one
    if guess is not None and guess.mime in SUFFIXES:
        return guess.mime
    words = _("照片要 JPEG、PNG 或 WebP，%(kind)s")
    raise DomainError(
        words % {"kind": kind_in_words(raw, guess and guess.mime)}, field=field, code="not_a_photo"
    )


def _draw(raw: bytes, mime: str, field: str | None) -> Image.Image:
    try:
        if mime == "image/webp":
            # Pillow gives WebP its whole canvas while opening: look before it does.
            _check_pixels(*_webp_size(raw), field)
        with Image.open(io.BytesIO(raw), formats=_FORMATS) as image:
            _check_pixels(*image.size, field)
            image.draft("RGB", (LONG_SIDE, LONG_SIDE))  # JPEG: decode at half, a quarter, an eighth
            image.load()
            return _flat(image)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise _too_many_pixels("", field) from None
    except DomainError:
        raise
    except (*_BROKEN, MemoryError):
        words = _("这张照片打不开，可能没有传完，请重新选一张")
        raise DomainError(words, field=field, code="broken_photo") from None


def _flat(image: Image.Image) -> Image.Image:
    """The first frame, upright, small enough, RGB on white, with nothing but its pixels."""
    turned = image.getexif().get(0x0112, 1)
    if image.mode.startswith("I"):
        flat: Any = image.convert("I").point(lambda level: level / 256).convert("L")
    elif image.has_transparency_data:
        flat = image.convert("RGBA")
    else:
        flat = image.convert("RGB")
    flat.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if turned in range(2, 9):
        note = Image.Exif()
        note[0x0112] = turned
        flat.info["exif"] = note.tobytes()
        flat = ImageOps.exif_transpose(flat)
    clean = Image.new("RGB", flat.size, "white")
    clean.paste(flat, mask=flat.getchannel("A") if flat.mode == "RGBA" else None)
    return clean


def _check_pixels(width: int, height: int, field: str | None) -> None:
    if width * height > MAX_PIXELS:
        raise _too_many_pixels(f"{width}×{height}", field)
    if width < 1 or height < 1:
        raise ValueError("no pixels")


def _too_many_pixels(size: str, field: str | None) -> DomainError:
    told = _("（%(size)s）") % {"size": size} if size else ""
    words = _("照片尺寸太大%(told)s，请用手机直接拍的照片或截图") % {"told": told}
    return DomainError(words, field=field, code="too_many_pixels")


def _webp_size(raw: bytes) -> tuple[int, int]:
    """Width and height from a WebP header, without a decoder. Raises ValueError, struct.error."""
    chunk = raw[12:16]
    if chunk == b"VP8X":
        wide, high = raw[24:27], raw[27:30]
        return int.from_bytes(wide, "little") + 1, int.from_bytes(high, "little") + 1
    if chunk == b"VP8L":
        (bits,) = struct.unpack_from("<I", raw, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        wide, high = struct.unpack_from("<HH", raw, 26)
        return wide & 0x3FFF, high & 0x3FFF
    raise ValueError("not a WebP header")
