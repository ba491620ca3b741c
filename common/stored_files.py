"""Photos on disk: a served copy under uploads/, the sealed original under sealed/.

Names are random and tell nothing. Save the row after the files: a crash in between leaves files
without a row, which `sweep_orphans` finds, never a row without its file.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from common.encryption import SealBroken
from common.sealed_files import open_bytes, rotate_bytes, seal_bytes

if TYPE_CHECKING:
    from common.uploads import Picture

SERVED, SEALED = "uploads", "sealed"
_NAME = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{30}\.(jpg|sealed)")
_keepers: list[Callable[[], Iterable[str]]] = []
_DRAFT = re.compile(r"\.[0-9a-f]{32}\.part")


@dataclass(frozen=True)
class StoredNames:
    """Names to keep on the row: `served` below uploads/, `sealed` below sealed/."""

    served: str
    sealed: str


def store_picture(picture: Picture, original_bytes: bytes, *, root: Path) -> StoredNames:
    """Write both copies below `root` (settings.DATA_DIR), durably, readable by this user only.

    Raises ValueError when `original_bytes` are not those that were checked; OSError when the
    disk refuses. Nothing stays behind then."""
    if hashlib.sha256(original_bytes).hexdigest() != picture.sha256:
        raise ValueError("these are not the bytes that were checked")
    names = StoredNames(served=_new_name("jpg"), sealed=_new_name("sealed"))
    try:
        _write(root / SEALED / names.sealed, seal_bytes(original_bytes, names.sealed))
        _write(root / SERVED / names.served, picture.data)
    except OSError:
        delete_stored(names, root=root)
        raise
    return names


def open_served(name: str, *, root: Path) -> bytes:
    """The JPEG that may be served. Raises ValueError for a strange name, FileNotFoundError."""
    return _place(root / SERVED, name).read_bytes()


def open_sealed(name: str, *, root: Path) -> bytes:
    """The original, opened. Raises SealBroken, ValueError for a strange name, FileNotFoundError."""
    return open_bytes(_place(root / SEALED, name).read_bytes(), name)


def store_sealed(data: bytes, *, root: Path) -> str:
    """Write `data` sealed and durably; returns its name. Register whose rows name it (`names_kept_by`).

    Raises ValueError over 12 MB, OSError when the disk refuses."""
    name = _new_name("sealed")
    _write(root / SEALED / name, seal_bytes(data, name))
    return name


def delete_sealed(name: str, *, root: Path) -> None:
    """Delete a sealed file; one already gone is no error."""
    _place(root / SEALED, name).unlink(missing_ok=True)


def names_kept_by(rows: Callable[[], Iterable[str]]) -> None:
    """A room tells which stored files its rows name, so that nobody's sweep takes them for orphans."""
    _keepers.append(rows)


def names_kept() -> set[str]:
    """All names that rows of the registered rooms hold."""
    return {name for rows in _keepers for name in rows() if name}


def delete_stored(names: StoredNames, *, root: Path) -> None:
    """Delete both copies; those already gone are no error."""
    _place(root / SERVED, names.served).unlink(missing_ok=True)
    _place(root / SEALED, names.sealed).unlink(missing_ok=True)


def sweep_orphans(root: Path, known_names: Collection[str], older_than: datetime) -> int:
    """Delete the files that no row names and that were written before `older_than` (aware).

    `known_names` are all names on rows, served and sealed, read after `older_than`; leave at
    least an hour for a filing that is just being saved. Returns how many were deleted."""
    deleted = 0
    for path, name in _files(root):
        orphan = bool(_DRAFT.fullmatch(path.name)) or (
            bool(_NAME.fullmatch(name)) and name not in known_names
        )
        if orphan and path.lstat().st_mtime < older_than.timestamp():
            path.unlink(missing_ok=True)
            deleted += 1
    return deleted


def rotate_stored(*, root: Path) -> tuple[int, int]:
    """Move every sealed original to the current key; returns (moved, did not open)."""
    moved = broken = 0
    for path, name in _files(root):
        if not name.endswith(".sealed"):
            continue
        try:
            old = path.read_bytes()
            new = rotate_bytes(old, name)
        except SealBroken:
            broken += 1
            continue
        except FileNotFoundError:
            continue  # deleted meanwhile
        if new is not old:
            _write(path, new)
            moved += 1
    return moved, broken


def _files(root: Path) -> Iterator[tuple[Path, str]]:
    for area in (root / SERVED, root / SEALED):
        for path in area.glob("[0-9a-f][0-9a-f]/*"):
            if path.is_file() and not path.is_symlink():
                yield path, path.relative_to(area).as_posix()


def _new_name(suffix: str) -> str:
    key = secrets.token_hex(16)
    return f"{key[:2]}/{key}.{suffix}"


def _place(area: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise ValueError(f"not the name of a stored file: {name!r}")
    return area / name


def _write(path: Path, data: bytes) -> None:
    """All of it under its name, or nothing: written aside, flushed, then renamed."""
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.parent / f".{secrets.token_hex(16)}.part"
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
