"""Sealing of whole files up to 12 MB, such as the original of a photo, for keeping on disk.

Layout: ``HYSF1`` · one byte, length of the key id · key id · nonce · ciphertext and tag.
"""

from __future__ import annotations

from common.encryption import SealBroken, ring

MAGIC = b"HYSF1"
MAX_BYTES = 12 * 1024 * 1024


def seal_bytes(data: bytes, aad: str) -> bytes:
    """Seal `data` for the place `aad` (the file's own name, so that files cannot be swapped).

    Raises ValueError over MAX_BYTES."""
    if len(data) > MAX_BYTES:
        raise ValueError(f"{len(data)} bytes are more than {MAX_BYTES}")
    key_id, sealed = ring().encrypt(data, _bind(aad))
    return MAGIC + bytes([len(key_id)]) + key_id.encode() + sealed


def open_bytes(blob: bytes, aad: str) -> bytes:
    """The data that `seal_bytes` sealed for `aad`. Raises SealBroken."""
    key_id, sealed = _split(blob)
    return ring().decrypt(key_id, sealed, _bind(aad))


def rotate_bytes(blob: bytes, aad: str) -> bytes:
    """The same data under the current key; the very same blob when it is under it already.

    Raises SealBroken."""
    key_id, _sealed = _split(blob)
    return blob if key_id == ring().current else seal_bytes(open_bytes(blob, aad), aad)


def _bind(aad: str) -> bytes:
    return b"file:" + aad.encode()


def _split(blob: bytes) -> tuple[str, bytes]:
    start = len(MAGIC) + 1
    if not blob.startswith(MAGIC) or len(blob) <= start:
        raise SealBroken("not a sealed file")
    end = start + blob[len(MAGIC)]
    return blob[start:end].decode("ascii", "replace"), blob[end:]
