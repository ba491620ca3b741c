"""The serverless broker: kombu's folder of messages, with files that appear whole.

kombu 5.6 opens a message under its final name and writes it afterwards; a worker that reads it in between finds an
empty file, fails to decode it and ends. Here a message, like a table of bindings, is written aside and renamed.
"""

from __future__ import annotations

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.exceptions import ChannelError, DecodeError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.encoding import bytes_to_str, str_to_bytes
from kombu.utils.json import dumps, loads

SCHEME = "folder"


class Channel(filesystem.Channel):
    """As kombu's, but nobody ever sees half a file; one that does not decode is left behind, not died of."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        name = f"{round(monotonic() * 1000):015d}_{uuid.uuid4()}.{queue}.msg"  # padded: names are read in their order
        try:
            _write_whole(Path(self.data_folder_out), name, payload)
        except OSError as error:
            raise ChannelError(f"cannot add {name} to the folder") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        while True:  # ends with Empty once no message is left
            try:
                return super()._get(queue)
            except (ValueError, DecodeError):  # half a message of an older version, or of another hand: its row is swept
                continue

    def get_table(self, exchange: str) -> list[filesystem.exchange_queue_t]:
        return _bindings(self._exchange_file(exchange))

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        file = self._exchange_file(exchange)
        file.parent.mkdir(exist_ok=True)
        wanted = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with _locked(file.parent / ".lock"):
            held = _bindings(file)
            if wanted not in held:
                _write_whole(file.parent, file.name, [wanted, *held])


class Transport(filesystem.Transport):
    """kombu's transport with this channel."""

    Channel = Channel


def _bindings(file: Path) -> list[filesystem.exchange_queue_t]:
    try:
        return [filesystem.exchange_queue_t(*row) for row in loads(bytes_to_str(file.read_bytes()))]
    except (FileNotFoundError, ValueError):
        return []
    except OSError as error:
        raise ChannelError(f"cannot open {file}") from error


def _write_whole(folder: Path, name: str, payload: Any) -> None:
    aside = folder / f".{uuid.uuid4()}.part"  # no queue looks at a name that begins with a dot
    try:
        aside.write_bytes(str_to_bytes(dumps(payload)))
        os.replace(aside, folder / name)
    finally:
        aside.unlink(missing_ok=True)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    with file.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def register() -> None:
    """Make `folder://` known to kombu."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
