"""Pictures for tests, made on the spot: good ones, and ones that an attacker would send."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (640, 480), mode: str = "RGB", **save: object
) -> bytes:
    """A picture with a gradient, so that it is not one flat colour."""
    image = Image.linear_gradient("L").resize(size).convert(mode)
    out = io.BytesIO()
    image.save(out, kind, **save)
    return out.getvalue()


def with_position() -> bytes:
    """A JPEG as a phone takes it: turned, with GPS, owner, serial number, XMP, comment, thumbnail."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "PhoneMaker"
    exif[0x013B] = "Zhang San"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (34.0, 12.0, 30.0)
    gps[3], gps[4] = "E", (117.0, 11.0, 20.0)
    exif.get_ifd(0x8769)[0xA431] = "SERIAL0123"
    return picture(
        exif=exif.tobytes(),
        comment=b"SECRETCOMMENT",
        xmp=b"<x:xmpmeta>GPSLatitude SECRETXMP</x:xmpmeta>",
        icc_profile=b"SECRETICC" * 20,
    )


def png_header(width: int, height: int) -> bytes:
    """A tiny PNG that claims to be huge: one deflated row, valid checksums."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    body = zlib.compress(bytes(width + 1))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def jpeg_header(width: int, height: int) -> bytes:
    """A real small JPEG whose frame header claims another size."""
    raw = bytearray(picture(size=(16, 16)))
    at = raw.index(b"\xff\xc0")
    raw[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(raw)


def webp_header(width: int, height: int) -> bytes:
    """An extended WebP whose canvas claims a size."""
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + bytes(4) + canvas
    return b"RIFF" + struct.pack("<I", len(body)) + body
