"""Photos on disk: both copies or none, names that tell nothing, and no orphan for long."""

import base64
import os
import stat
from datetime import UTC, datetime, timedelta

import pytest

from common import stored_files as files
from common.encryption import SealBroken
from common.uploads import check_picture
from tests.common.pictures import with_position

NOW = datetime(2026, 11, 23, 9, 50, tzinfo=UTC)


@pytest.fixture(autouse=True)
def keys(settings):
    settings.FIELD_KEYS = "a:" + base64.b64encode(bytes(32)).decode()


@pytest.fixture
def raw():
    return with_position()


@pytest.fixture
def stored(raw, tmp_path):
    return files.store_picture(check_picture(raw), raw, root=tmp_path)


def on_disk(root):
    return sorted(path for path in root.rglob("*") if path.is_file())


def age(root, hours):
    for path in on_disk(root):
        moment = (NOW - timedelta(hours=hours)).timestamp()
        os.utime(path, (moment, moment))


def test_the_served_copy_is_ours_and_the_original_is_sealed(stored, raw, tmp_path):
    assert files.open_served(stored.served, root=tmp_path) == check_picture(raw).data
    assert files.open_sealed(stored.sealed, root=tmp_path) == raw
    assert (tmp_path / "uploads" / stored.served).exists()
    assert b"Zhang San" not in (tmp_path / "sealed" / stored.sealed).read_bytes()


def test_only_this_user_may_read_them(stored, tmp_path):
    for path in on_disk(tmp_path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_names_of_one_photo_share_nothing(stored):
    assert stored.served.split("/")[1][:32] != stored.sealed.split("/")[1][:32]


def test_sealed_files_cannot_be_swapped(stored, raw, tmp_path):
    other = files.store_picture(check_picture(raw), raw, root=tmp_path)
    os.replace(tmp_path / "sealed" / other.sealed, tmp_path / "sealed" / stored.sealed)
    with pytest.raises(SealBroken):
        files.open_sealed(stored.sealed, root=tmp_path)


def test_other_bytes_than_those_checked_are_refused(raw, tmp_path):
    with pytest.raises(ValueError):
        files.store_picture(check_picture(raw), raw + b"x", root=tmp_path)
    assert not on_disk(tmp_path)


@pytest.mark.parametrize("failing", [1, 2])
def test_a_full_disk_leaves_nothing_behind(raw, tmp_path, monkeypatch, failing):
    calls = []

    def replace(old, new):
        calls.append(new)
        if len(calls) == failing:
            raise OSError(28, "no space left")
        os.rename(old, new)

    monkeypatch.setattr(files.os, "replace", replace)
    with pytest.raises(OSError, match="no space"):
        files.store_picture(check_picture(raw), raw, root=tmp_path)
    assert not on_disk(tmp_path)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "ab/../x.jpg", "", "ab/" + "0" * 32 + ".jpg", "x"]
)
def test_strange_names_lead_nowhere(name, tmp_path):
    for opening in (files.open_served, files.open_sealed):
        with pytest.raises(ValueError):
            opening(name, root=tmp_path)


def test_deleting_twice_is_no_error(stored, tmp_path):
    files.delete_stored(stored, root=tmp_path)
    files.delete_stored(stored, root=tmp_path)
    assert not on_disk(tmp_path)


def test_the_sweep_takes_old_orphans_and_half_written_files_only(stored, raw, tmp_path):
    orphan = files.store_picture(check_picture(raw), raw, root=tmp_path)
    draft = tmp_path / "uploads" / orphan.served[:2] / f".{'0' * 32}.part"
    draft.write_bytes(b"half")
    keep = tmp_path / "uploads" / orphan.served[:2] / "README"
    keep.write_bytes(b"not ours")
    known = {stored.served, stored.sealed}
    age(tmp_path, 1)
    assert files.sweep_orphans(tmp_path, known, NOW - timedelta(hours=24)) == 0
    age(tmp_path, 25)
    assert files.sweep_orphans(tmp_path, known, NOW - timedelta(hours=24)) == 3
    left = {path.name for path in on_disk(tmp_path)}
    assert left == {"README", stored.served[3:], stored.sealed[3:]}


def test_the_sweep_of_an_empty_house_is_quiet(tmp_path):
    assert files.sweep_orphans(tmp_path, set(), NOW) == 0
