"""Start gunicorn on a free port of this machine, ask it things, and read what its workers burnt."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Server:
    """gunicorn with two workers, as the yardstick has them; `threads`: how many each has, where many ask at once."""

    app: str
    threads: int = 1
    port: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None

    def __enter__(self) -> Server:
        command = [
            sys.executable, "-m", "gunicorn", self.app, "--bind", f"127.0.0.1:{self.port}", "--workers", "2",
            "--no-control-socket", "--log-level", "error", "--timeout", "120",
        ]  # fmt: skip
        if self.threads > 1:
            command += ["--worker-class", "gthread", "--threads", str(self.threads), "--backlog", "2048"]
        self.process = subprocess.Popen(command, cwd=settings.BASE_DIR, start_new_session=True)  # noqa: S603
        for _ in range(300):
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=0.2):
                    return self
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"{self.app} did not come up")

    def __exit__(self, *error) -> None:
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(timeout=15)

    def workers(self) -> list[int]:
        return children(self.process.pid)

    def cpu(self) -> float:
        """CPU seconds of the workers so far."""
        return sum(cpu_seconds(pid) for pid in self.workers())

    def ask(self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None):
        """One request on a connection of its own: (status, headers, body)."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            link.request(method, path, body or None, headers or {})
            answer = link.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            link.close()


def children(pid: int) -> list[int]:
    """Direct children of a process."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(part) for part in text.split()]


def family(pid: int) -> list[int]:
    """A process and everything below it."""
    found = [pid]
    for child in children(pid):
        found += family(child)
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time of one process, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def pss_mb(pid: int) -> float:
    """Proportional set size of one process, in MB."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0
