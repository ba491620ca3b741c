"""Keeps the processes of the embedded default together: starts them, waits for the first answer, ends all with one.

`serve` becomes this once everything is set up. It is run as a script and knows the standard library alone, so that the
process that only waits takes a tenth of the memory of one with Django in it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request

Plan = dict  # commands, port, began (time.monotonic), words


class NotUp(Exception):
    """It did not come up; the message says why."""


def main(plan: Plan) -> int:
    stop = {"asked": False}

    def ask(signum, frame):
        stop["asked"] = True

    signal.signal(signal.SIGINT, ask)
    signal.signal(signal.SIGTERM, ask)
    children = [subprocess.Popen(command, start_new_session=True) for command in plan["commands"]]  # noqa: S603
    try:
        _wait_until_up(plan["port"], children, stop)
        if not stop["asked"]:
            _say(sys.stdout, plan["words"].replace("{seconds}", f"{time.monotonic() - plan['began']:.0f}"))
        while not stop["asked"] and all(child.poll() is None for child in children):
            time.sleep(0.3)
        if not stop["asked"]:
            _say(sys.stderr, "一个进程停了，全部收起来。\n")
    except NotUp as error:
        _say(sys.stderr, f"{error}\n")
        return 1
    finally:
        _end(children)
    return 0


def _wait_until_up(port: int, children: list[subprocess.Popen], stop: dict) -> None:
    for _ in range(200):
        if stop["asked"]:
            return
        if any(child.poll() is not None for child in children):
            raise NotUp(f"没有起来：端口 {port} 是不是被占了？换一个：make run PORT=8001")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):  # noqa: S310  # nosec B310
                return
        except OSError:
            time.sleep(0.1)
    raise NotUp("等了 20 秒还没有起来")


def _end(children: list[subprocess.Popen]) -> None:
    """Stop our own children, by pid; those that do not listen within ten seconds are killed."""
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    for child in children:
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)


def _say(where, words: str) -> None:
    where.write(words)
    where.flush()


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
