"""serve: everything of the embedded default in the foreground: database, demo data, web, workers and beat.

`make run` calls it. Ctrl-C ends all of it; nothing is left behind.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from accounts.models import Person
from common import clock

SUPERVISE = Path(__file__).resolve().parents[1] / "supervise.py"


class Command(BaseCommand):
    help = "Set up and serve web, workers and beat in the foreground."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--no-demo", action="store_true", help="serve without demo data")

    def handle(self, port, no_demo=False, **options):
        began = time.monotonic()
        if not settings.DEMO:
            raise CommandError("serve is the embedded demo; in production start gunicorn and celery yourself (README)")
        _must_be_free(port)
        _in_a_child(lambda: self._set_up(with_demo=not no_demo))
        self._serve(port, began)

    def _set_up(self, *, with_demo: bool) -> None:
        self._say("数据库")
        with _one_at_a_time():
            call_command("migrate", verbosity=0, interactive=False)
            call_command("createcachetable", verbosity=0)
        if with_demo and not Person.objects.filter(demo_slug="desk").exists():
            self._say("演示数据（只有第一次，一两分钟）")
            call_command("load_demo")
        self._say("页面文件")
        call_command("collectstatic", verbosity=0, interactive=False)

    def _say(self, what: str) -> None:
        self.stdout.write(f"· {what}", ending="\n")
        self.stdout.flush()

    def _serve(self, port: int, began: float) -> None:
        """Become the small process that keeps web, worker and messages together; it stays under this pid."""
        plan = {"commands": _commands(port), "port": port, "began": began, "words": self._words(port)}
        os.environ.update(PORT=str(port), DJANGO_SETTINGS_MODULE="hongyun.settings")
        os.chdir(settings.BASE_DIR)
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, "-P", str(SUPERVISE), json.dumps(plan)])  # noqa: S606

    def _words(self, port: int) -> str:
        """What is said once it is up; the supervisor fills in how long it took."""
        base = f"http://127.0.0.1:{port}"
        return (
            f"\n红运之家（演示）起来了，用了 {{seconds}} 秒 · {clock.local(clock.now()):%H:%M}\n"
            f"  司机的页面   {base}/\n"
            f"  我要反映     {base}/appeals/new\n"
            f"  查进度       {base}/appeals/track\n"
            f"  工作台       {base}/admin/\n"
            f"  看板         {base}/dashboards/\n"
            f"  演示发件箱   {base}/demo/outbox/   （验证码在这里看）\n"
            f"  接口         {base}/api/v1/docs/\n"
            "登录页上点一下就能以任何一个演示身份进去。Ctrl-C 全部停下。\n"
        )


def _must_be_free(port: int) -> None:
    """Somebody else's page at this port would answer for ours. Raises CommandError."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn: what only lingers is free
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise CommandError(f"端口 {port} 用不了，多半有别的程序占着。换一个：make run PORT={port + 1}") from None


def _commands(port: int) -> list[list[str]]:
    web = [
        sys.executable, "-m", "gunicorn", "hongyun.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1",
        "--threads", "8", "--worker-class", "gthread", "--no-control-socket", "--log-level", "warning",
        "--timeout", "60", "--preload",
    ]  # fmt: skip
    worker = [*_worker("work", threads=3), "--beat", "--schedule", str(settings.DATA_DIR / "beat-schedule")]
    messages = _worker("messages", threads=2)  # their own: a gateway that hangs holds up no routing
    return [web, worker, messages]


def _worker(queue: str, *, threads: int) -> list[str]:
    return [
        sys.executable, "-W", "ignore", "-m", "celery", "-A", "hongyun", "--quiet", "worker", "--queues", queue,
        "--hostname", f"{queue}@%h", "--pool", "threads", "--concurrency", str(threads),
        "--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat",
    ]  # fmt: skip


def _in_a_child(work: Callable[[], None]) -> None:
    """Do it in a process of its own: what it took of memory goes back to the machine. Raises CommandError when it failed.

    Whoever stops us meanwhile stops it, too."""
    connections.close_all()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except KeyboardInterrupt:
            pass
        except Exception:  # noqa: BLE001 - whatever it was is shown, and the parent ends
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)

    def stop(signum, frame):
        os.kill(child, signal.SIGTERM)
        sys.exit(1)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        _pid, status = os.waitpid(child, 0)
    finally:
        signal.signal(signal.SIGTERM, before)
    if status:
        raise CommandError("准备没有做完，看上面的说明")


class _one_at_a_time:
    """Two first starts at once: the second waits for the first (file lock; PostgreSQL locks by itself)."""

    def __enter__(self):
        import fcntl

        self.handle = Path(settings.DATA_DIR / "start.lock").open("w")
        fcntl.flock(self.handle, fcntl.LOCK_EX)

    def __exit__(self, *error):
        self.handle.close()
