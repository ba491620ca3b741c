"""Pages in Chromium against the whole installation: gunicorn, worker and beat on a data folder of their own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {"executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"), "args": FLAGS}


class Site:
    """A running installation. `run` executes Python inside it, as a clerk at the machine would."""

    def __init__(self, folder: Path):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        kept = {k: v for k, v in os.environ.items() if k not in ("HONGYUN_TESTING", "DATABASE_URL", "REDIS_URL")}
        self.env = kept | {
            "HONGYUN_DATA_DIR": str(folder), "PORT": str(self.port), "DJANGO_SETTINGS_MODULE": "hongyun.settings",
        }  # fmt: skip

    def start(self) -> None:
        command = [sys.executable, "manage.py", "serve", "--no-demo", "--port", str(self.port)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.env)
        for _ in range(600):
            if self.process.poll() is not None:
                raise RuntimeError("the site did not start")
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=1):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the site is not up after a minute")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def run(self, code: str) -> str:
        """Python inside the installation; what it prints."""
        head = "import django; django.setup()\nfrom common import clock; now = clock.now()\n"
        done = subprocess.run(
            [sys.executable, "-c", head + textwrap.dedent(code)],
            cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The installation, with the cast in it."""
    running = Site(tmp_path_factory.mktemp("site"))
    running.start()
    try:
        running.run("from tests.cast import make_cast; make_cast()")
        yield running
    finally:
        running.stop()


@pytest.fixture
def phone(browser, site):
    """Open a page as a phone of 360 × 800; `phone(dark=True)`, `phone(script=False)`, …"""
    opened = []

    def open_(*, script: bool = True, dark: bool = False, care: bool = False, width: int = 360, agent: str | None = None):
        context = browser.new_context(
            viewport={"width": width, "height": 800}, device_scale_factor=2, has_touch=True, locale="zh-CN",
            java_script_enabled=script, color_scheme="dark" if dark else "light", user_agent=agent, base_url=site.url,
        )  # fmt: skip
        if care:
            context.add_cookies([{"name": "care", "value": "1", "url": site.url}])
        opened.append(context)
        return context.new_page()

    yield open_
    for context in opened:
        context.close()
