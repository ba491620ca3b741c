"""Sealing of text columns, and keyed hashes by which a sealed value can still be found.

A sealed text reads ``v1.<key id>.<base64url(nonce + ciphertext + tag)>``: AES-256-GCM with a
random 96-bit nonce. The `aad` names the column, so a value cut out of one column does not open
in another. The keys live in the environment, never in the database.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION = "v1"
KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


class SealBroken(Exception):
    """A sealed value was changed, cut, moved to another column, or its key is gone."""


class BadKeys(Exception):
    """FIELD_KEYS or INDEX_KEY cannot be used. The message never contains a key."""


@dataclass(frozen=True)
class KeyRing:
    """Named AES-256 keys, the first one current, the others only for opening."""

    current: str
    ciphers: dict[str, AESGCM]

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """Read ``id1:base64,id0:base64``; standard or URL-safe base64 of 32 bytes each.

        Raises BadKeys."""
        ciphers: dict[str, AESGCM] = {}
        for part in filter(None, (piece.strip() for piece in text.split(","))):
            key_id, _, encoded = part.partition(":")
            if not _KEY_ID.fullmatch(key_id):
                raise BadKeys("FIELD_KEYS: a key id is 1 to 32 letters, digits, - or _")
            if key_id in ciphers:
                raise BadKeys(f"FIELD_KEYS: key id {key_id} stands twice")
            ciphers[key_id] = AESGCM(_decode_key(key_id, encoded))
        if not ciphers:
            raise BadKeys("FIELD_KEYS is empty")
        return cls(current=next(iter(ciphers)), ciphers=ciphers)

    def encrypt(self, data: bytes, aad: bytes) -> tuple[str, bytes]:
        """Return (key id, nonce + ciphertext + tag)."""
        nonce = os.urandom(NONCE_BYTES)
        return self.current, nonce + self.ciphers[self.current].encrypt(nonce, data, aad)

    def decrypt(self, key_id: str, sealed: bytes, aad: bytes) -> bytes:
        """The opposite of `encrypt`. Raises SealBroken."""
        cipher = self.ciphers.get(key_id)
        if cipher is None:
            raise SealBroken(f"no key with id {key_id!r} in the ring")
        if len(sealed) < NONCE_BYTES + TAG_BYTES:
            raise SealBroken("sealed value is cut short")
        try:
            return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], aad)
        except InvalidTag:
            raise SealBroken("sealed value was changed, or belongs elsewhere") from None


def _decode_key(key_id: str, encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded.strip().translate(str.maketrans("-_", "+/")), validate=True)
    except (binascii.Error, ValueError):
        raise BadKeys(f"FIELD_KEYS: key {key_id} is not base64") from None
    if len(key) != KEY_BYTES:
        raise BadKeys(f"FIELD_KEYS: key {key_id} has {len(key)} bytes, not {KEY_BYTES}")
    return key


def new_key() -> str:
    """A fresh key as it stands in FIELD_KEYS after the colon."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()


@lru_cache(maxsize=8)
def _parsed(text: str) -> KeyRing:
    return KeyRing.parse(text)


def ring() -> KeyRing:
    """The key ring of settings.FIELD_KEYS, parsed once. Raises BadKeys."""
    return _parsed(settings.FIELD_KEYS)


def seal(text: str, aad: str) -> str:
    """Seal `text` with the current key for the column `aad`, e.g. ``accounts.Person.phone``."""
    key_id, sealed = ring().encrypt(text.encode(), _bind(aad))
    return f"{VERSION}.{key_id}.{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"


def open_(value: str, aad: str) -> str:
    """The clear text of a sealed value of the column `aad`. Raises SealBroken."""
    key_id, sealed = _split(value)
    return ring().decrypt(key_id, sealed, _bind(aad)).decode()


def is_sealed(value: str) -> bool:
    """True when `value` has the form of a sealed text; says nothing about whether it opens."""
    try:
        _split(value)
    except SealBroken:
        return False
    return True


def rotate(value: str, aad: str) -> str:
    """The same text under the current key; the very same value when it is under it already.

    Raises SealBroken."""
    key_id, _sealed = _split(value)
    if key_id == ring().current:
        return value
    return seal(open_(value, aad), aad)


def blind_index(value: str, purpose: str) -> str:
    """64 hex characters by which equal values of one purpose are found, useless without the key.

    Normalise first: `13812345678` and `138 1234 5678` have different indexes."""
    return _hmac("index", value, purpose)


def keyed_hmac(value: str, purpose: str) -> str:
    """64 hex characters of HMAC-SHA256, for codes and rate limits; compare with `same`."""
    return _hmac("hmac", value, purpose)


def same(one: str, other: str) -> bool:
    """Compare two hashes in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def _hmac(use: str, value: str, purpose: str) -> str:
    if not settings.INDEX_KEY:
        raise BadKeys("INDEX_KEY is empty")
    message = "\0".join((use, purpose, value)).encode()
    return hmac.new(settings.INDEX_KEY.encode(), message, hashlib.sha256).hexdigest()


def _bind(aad: str) -> bytes:
    return f"{VERSION}:{aad}".encode()


def _split(value: str) -> tuple[str, bytes]:
    parts = value.split(".")
    if len(parts) != 3 or parts[0] != VERSION or not _KEY_ID.fullmatch(parts[1]):
        raise SealBroken("not a sealed value")
    try:
        padded = parts[2] + "=" * (-len(parts[2]) % 4)
        # The strict alphabet: b64decode alone would drop strange characters in silence.
        return parts[1], base64.b64decode(padded, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise SealBroken("sealed value is not base64") from None
