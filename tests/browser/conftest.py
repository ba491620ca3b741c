"""Pages in Chromium against the whole installation: gunicorn, worker and beat on a data folder of their own."""

from __future__ import annotations

import json
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
        for _ in range(1800):
            if self.process.poll() is not None:
                raise RuntimeError("the site did not start")
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=1):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the site is not up after three minutes")

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
        return _watched(context.new_page(), site)

    yield open_
    for context in opened:
        context.close()


def _watched(page, site):
    """The page with `faults`: what the console says and what is asked of other hosts."""
    page.faults = []
    page.on("console", lambda told: page.faults.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("request", lambda asked: page.faults.append(asked.url) if not asked.url.startswith((site.url, "blob:", "data:")) else None)
    return page


SESSIONS = """
import json
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from accounts.models import Person

made = {"cookie": settings.SESSION_COOKIE_NAME}
for person in Person.objects.exclude(login=None):
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.pk), "accounts.backends.StaffBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session["account_authentication_methods"] = [{"method": "password"}, {"method": "mfa", "type": "totp"}]
    session.save()
    made[person.login] = session.session_key
print(json.dumps(made))
"""


@pytest.fixture(scope="session")
def sessions(site):
    """A session with both steps passed for everybody of the staff, and the name of its cookie."""
    return json.loads(site.run(SESSIONS).splitlines()[-1])


@pytest.fixture
def sit_down(browser, site, sessions):
    """Open the pages as somebody of the staff."""
    opened = []

    def open_(slug: str, *, width: int = 1440, height: int = 900, theme: str = "light", care: bool = False, script: bool = True):
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", base_url=site.url, java_script_enabled=script
        )
        cookies = {"theme": theme, "care": "1" if care else "0", sessions["cookie"]: sessions.get(slug, "")}
        context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in cookies.items() if value])
        opened.append(context)
        return _watched(context.new_page(), site)

    yield open_
    for context in opened:
        context.close()
