"""The folder of messages: whole files only, and a broken one stops nobody."""

from __future__ import annotations

import json
import threading
from queue import Empty

import pytest
from kombu import Connection, Queue

from common import folder_broker


@pytest.fixture
def connection(tmp_path):
    folder_broker.register()
    for name in ("queue", "control"):
        (tmp_path / name).mkdir()
    options = {
        "data_folder_in": str(tmp_path / "queue"), "data_folder_out": str(tmp_path / "queue"), "control_folder": str(tmp_path / "control"),
    }  # fmt: skip
    with Connection("folder://", transport_options=options) as held:
        yield held


def test_a_message_comes_out_as_it_went_in(connection):
    queue = connection.SimpleQueue("work")
    queue.put({"pk": 7})
    assert queue.get(timeout=2).payload == {"pk": 7}
    with pytest.raises(Empty):
        connection.channel()._get("work")


def test_an_empty_and_a_half_message_are_left_behind_and_the_next_one_is_read(connection, tmp_path):
    for name, text in (("-a", ""), ("-b", '{"body": "e')):  # read first: names sort by the clock since boot
        (tmp_path / "queue" / f"{name}.halves.msg").write_text(text)
    queue = connection.SimpleQueue("halves")  # kombu remembers for the process which queues it has declared
    queue.put({"pk": 8})
    assert queue.get(timeout=2).payload == {"pk": 8}
    assert list((tmp_path / "queue").iterdir()) == []


def test_a_half_written_table_of_bindings_is_an_empty_one(connection, tmp_path):
    (tmp_path / "control" / "bells.exchange").write_text("[[")
    channel = connection.channel()
    assert channel.get_table("bells") == []
    channel._queue_bind("bells", "", "", "work")
    assert [row.queue for row in channel.get_table("bells")] == ["work"]


def test_readers_beside_writers_never_see_half_a_message(connection, tmp_path):
    """Two writers and a reader that lists the folder all the time: every file it opens is whole."""
    Queue("work", channel=connection.channel()).declare()
    stop, broken = threading.Event(), []

    def look():
        while not stop.is_set():
            for file in (tmp_path / "queue").glob("*.msg"):
                try:
                    json.loads(file.read_bytes())
                except FileNotFoundError:
                    continue
                except ValueError:
                    broken.append(file.name)

    def write():
        channel = connection.clone().channel()
        for number in range(300):
            channel._put("work", {"body": "x" * 2000, "n": number})

    watcher, writers = threading.Thread(target=look), [threading.Thread(target=write) for _ in range(2)]
    for each in (watcher, *writers):
        each.start()
    for each in writers:
        each.join()
    stop.set()
    watcher.join()
    assert broken == [] and len(list((tmp_path / "queue").glob("*.msg"))) == 600
