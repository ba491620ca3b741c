"""serve: everything of the embedded default in the foreground: database, demo data, web, workers and beat.

`make run` calls it. Ctrl-C ends all of it; nothing is left behind.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import traceback
import urllib.request
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from accounts.models import Person
from common import clock


class Command(BaseCommand):
    help = "Set up and serve web, workers and beat in the foreground."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--no-demo", action="store_true", help="serve without demo data")

    def handle(self, port, no_demo=False, **options):
        began = time.monotonic()
        if not settings.DEMO:
            raise CommandError("serve is the embedded demo; in production start gunicorn and celery yourself (README)")
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
        children = _start(port)
        stop = {"asked": False}

        def ask(signum, frame):
            stop["asked"] = True

        signal.signal(signal.SIGINT, ask)
        signal.signal(signal.SIGTERM, ask)
        try:
            self._wait_until_up(port, children, stop)
            if not stop["asked"]:
                self._tell(port, time.monotonic() - began)
            while not stop["asked"] and all(child.poll() is None for child in children):
                time.sleep(0.3)
            if not stop["asked"]:
                self.stderr.write("一个进程停了，全部收起来。")
        finally:
            _end(children)

    def _wait_until_up(self, port, children, stop) -> None:
        for _ in range(200):
            if stop["asked"]:
                return
            if any(child.poll() is not None for child in children):
                raise CommandError(f"没有起来：端口 {port} 是不是被占了？换一个：make run PORT=8001")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):  # nosec B310 - our own address
                    return
            except OSError:
                time.sleep(0.1)
        raise CommandError("等了 20 秒还没有起来")

    def _tell(self, port: int, seconds: float) -> None:
        base = f"http://127.0.0.1:{port}"
        self.stdout.write(
            f"\n红运之家（演示）起来了，用了 {seconds:.0f} 秒 · {clock.local(clock.now()):%H:%M}\n"
            f"  司机的页面   {base}/\n"
            f"  我要反映     {base}/appeals/new\n"
            f"  查进度       {base}/appeals/track\n"
            f"  工作台       {base}/admin/\n"
            f"  看板         {base}/dashboards/\n"
            f"  演示发件箱   {base}/demo/outbox/   （验证码在这里看）\n"
            f"  接口         {base}/api/v1/docs/\n"
            "登录页上点一下就能以任何一个演示身份进去。Ctrl-C 全部停下。\n"
        )
        self.stdout.flush()


def _start(port: int) -> list[subprocess.Popen]:
    environment = os.environ | {"PORT": str(port), "DJANGO_SETTINGS_MODULE": "hongyun.settings"}
    web = [
        sys.executable, "-m", "gunicorn", "hongyun.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1",
        "--threads", "8", "--worker-class", "gthread", "--no-control-socket", "--log-level", "warning",
        "--timeout", "60", "--preload",
    ]  # fmt: skip
    worker = [*_worker("work", threads=3), "--beat", "--schedule", str(settings.DATA_DIR / "beat-schedule")]
    messages = _worker("messages", threads=2)  # their own: a gateway that hangs holds up no routing
    return [
        subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, start_new_session=True)  # noqa: S603
        for command in (web, worker, messages)
    ]


def _worker(queue: str, *, threads: int) -> list[str]:
    return [
        sys.executable, "-W", "ignore", "-m", "celery", "-A", "hongyun", "--quiet", "worker", "--queues", queue,
        "--hostname", f"{queue}@%h", "--pool", "threads", "--concurrency", str(threads),
        "--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat",
    ]  # fmt: skip


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
