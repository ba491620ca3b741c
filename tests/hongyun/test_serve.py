"""The embedded default: one small process keeps the others together, and the set-up gives its memory back."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from hongyun.management.commands import serve

SUPERVISE = Path(serve.SUPERVISE)
WEB = """
import http.server, sys
class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *args): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answers).serve_forever()
"""
SLEEPER = "import os, pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(600)"


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def start(commands, port) -> subprocess.Popen:
    plan = {"commands": commands, "port": port, "began": time.monotonic(), "words": "up after {seconds}\n"}
    return subprocess.Popen(
        [sys.executable, "-P", str(SUPERVISE), json.dumps(plan)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_says_when_all_is_up_and_whoever_stops_it_stops_all(tmp_path, port):
    mark = tmp_path / "pid"
    process = start([[sys.executable, "-c", WEB, str(port)], [sys.executable, "-c", SLEEPER, str(mark)]], port)
    assert process.stdout.readline().startswith("up after ")
    while not mark.exists() or not mark.read_text():
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    process.wait()
    assert process.returncode == 0 and not alive(int(mark.read_text()))


def test_when_one_of_them_ends_at_once_it_says_why_and_leaves_nothing_behind(tmp_path, port):
    mark = tmp_path / "pid"
    process = start([[sys.executable, "-c", SLEEPER, str(mark)], [sys.executable, "-c", "raise SystemExit(1)"]], port)
    _out, said = process.communicate()
    assert process.returncode == 1 and f"端口 {port}" in said
    assert not mark.exists() or not mark.read_text() or not alive(int(mark.read_text()))


def test_the_process_that_waits_knows_the_standard_library_alone():
    words = SUPERVISE.read_text(encoding="utf-8")
    imported = {line.split()[1].split(".")[0] for line in words.splitlines() if line.startswith(("import ", "from "))}
    assert imported <= sys.stdlib_module_names


def test_the_set_up_is_done_in_a_process_of_its_own(tmp_path):
    mark = tmp_path / "pid"
    serve._in_a_child(lambda: mark.write_text(str(os.getpid())) and None)
    assert int(mark.read_text()) != os.getpid()


def test_a_set_up_that_fails_ends_the_start_in_words(capfd):
    def fails():
        raise RuntimeError("no room on the disk")

    with pytest.raises(CommandError, match="准备没有做完"):
        serve._in_a_child(fails)
    assert "no room on the disk" in capfd.readouterr().err


def test_a_port_that_another_holds_is_said_before_anything_is_set_up(port, monkeypatch):
    monkeypatch.setattr(serve, "_in_a_child", lambda work: pytest.fail("set up all the same"))
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(CommandError, match=f"PORT={port + 1}"):
            call_command("serve", port=port)
