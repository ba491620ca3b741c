"""A sealed file opens whole, under its own name, or not at all."""

import base64
import os

import pytest

from common.encryption import SealBroken
from common.sealed_files import MAX_BYTES, open_bytes, rotate_bytes, seal_bytes

KEY_A, KEY_B = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))


@pytest.fixture(autouse=True)
def keys(settings):
    settings.FIELD_KEYS = f"a:{KEY_A}"


def test_a_file_comes_back_as_it_was():
    data = os.urandom(100_000)
    blob = seal_bytes(data, "ab/x")
    assert data[:64] not in blob
    assert open_bytes(blob, "ab/x") == data


def test_files_cannot_be_swapped():
    with pytest.raises(SealBroken):
        open_bytes(seal_bytes(b"one", "a"), "b")


def test_every_changed_or_missing_byte_is_noticed():
    blob = seal_bytes(b"evidence", "a")
    for at in range(len(blob)):
        with pytest.raises(SealBroken):
            open_bytes(blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :], "a")
        with pytest.raises(SealBroken):
            open_bytes(blob[:at], "a")


def test_more_than_twelve_megabytes_are_refused():
    seal_bytes(bytes(MAX_BYTES), "a")
    with pytest.raises(ValueError):
        seal_bytes(bytes(MAX_BYTES + 1), "a")


def test_a_file_moves_to_the_new_key(settings):
    old = seal_bytes(b"evidence", "a")
    assert rotate_bytes(old, "a") is old
    settings.FIELD_KEYS = f"b:{KEY_B},a:{KEY_A}"
    new = rotate_bytes(old, "a")
    settings.FIELD_KEYS = f"b:{KEY_B}"
    assert open_bytes(new, "a") == b"evidence"
