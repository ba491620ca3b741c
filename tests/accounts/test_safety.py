"""Production starts on safe settings only: one line names everything that is not."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONG = "k7Q9vT2xLm4R" * 6
SAFE = {
    "HONGYUN_MODE": "production",
    "SECRET_KEY": LONG,
    "FIELD_KEYS": "one:" + base64.b64encode(bytes(range(32))).decode(),
    "INDEX_KEY": LONG,
    "AUDIT_KEY": LONG,
    "CODE_KEY": LONG,
    "METRICS_TOKEN": LONG,
    "SMS_SECRET": LONG,
    "ALLOWED_HOSTS": "hongyun.example.cn",
    "DATABASE_URL": "postgres://u:p@127.0.0.1:5432/x",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "SITE_URL": "https://hongyun.example.cn",
    "SMS_URL": "https://sms.example.cn/send",
    "SMS_ALLOWED_HOSTS": "sms.example.cn",
}
BAD = [
    ("DEBUG", "1", "DEBUG"),
    ("SECRET_KEY", "short", "SECRET_KEY"),
    ("SECRET_KEY", "django-insecure-" + LONG, "SECRET_KEY"),
    ("SECRET_KEY", None, "SECRET_KEY"),
    ("SECRET_KEY", "a" * 60, "SECRET_KEY"),
    ("AUDIT_KEY", "ab" * 30, "AUDIT_KEY"),
    ("FIELD_KEYS", "one:" + base64.b64encode(bytes(32)).decode(), "FIELD_KEYS"),
    ("SMS_URL", "https://elsewhere.example.cn/send", "SMS_URL"),
    ("SMS_STATUS_URL", "http://sms.example.cn/status", "SMS_STATUS_URL"),
    ("CSRF_TRUSTED_ORIGINS", "http://hongyun.example.cn", "CSRF_TRUSTED_ORIGINS"),
    ("EMAIL_URL", "smtp://user:word@mail.example.cn:25", "EMAIL_URL"),
    ("ALLOWED_HOSTS", "", "ALLOWED_HOSTS"),
    ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS"),
    ("FIELD_KEYS", None, "FIELD_KEYS"),
    ("FIELD_KEYS", "one:" + "short-but-more-than-24-signs", "FIELD_KEYS"),
    ("HONGYUN_MODE", "prod", "HONGYUN_MODE"),
    ("HONGYUN_MODE", "Production", "HONGYUN_MODE"),
    ("INDEX_KEY", "short", "INDEX_KEY"),
    ("AUDIT_KEY", None, "AUDIT_KEY"),
    ("CODE_KEY", None, "CODE_KEY"),
    ("METRICS_TOKEN", None, "METRICS_TOKEN"),
    ("DATABASE_URL", None, "DATABASE_URL"),
    ("REDIS_URL", None, "REDIS_URL"),
    ("SITE_URL", "http://hongyun.example.cn", "SITE_URL"),
    ("SMS_URL", None, "SMS_URL"),
    ("SMS_SECRET", None, "SMS_SECRET"),
    ("SMS_SECRET", "short", "SMS_SECRET"),
    ("SMS_ALLOWED_HOSTS", None, "SMS_ALLOWED_HOSTS"),
    ("SMS_ALLOWED_HOSTS", "*", "SMS_ALLOWED_HOSTS"),
    ("HONGYUN_FAILPOINTS", "appeals.file", "HONGYUN_FAILPOINTS"),
]


def start(tmp_path, **changed):
    env = {"PATH": os.environ["PATH"], "HONGYUN_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "hongyun.settings", **SAFE}
    for name, value in changed.items():
        env.pop(name, None)
        if value is not None:
            env[name] = value
    program = "import django; django.setup(); print('started')"
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)


def test_safe_settings_start(tmp_path):
    done = start(tmp_path)
    assert done.returncode == 0 and done.stdout == "started\n", done.stderr[-1500:]


@pytest.mark.parametrize(("name", "value", "named"), BAD)
def test_each_unsafe_setting_is_named(tmp_path, name, value, named):
    done = start(tmp_path, **{name: value})
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode != 0 and "Refusing to start" in last and named in last


def test_a_no_is_no_leave_to_go_without_a_server(tmp_path):
    done = start(tmp_path, DATABASE_URL=None, REDIS_URL=None, ALLOW_SQLITE="0", ALLOW_FOLDER_BROKER="false")
    assert all(name in done.stderr.strip().splitlines()[-1] for name in ("ALLOW_SQLITE", "ALLOW_FOLDER_BROKER"))
    assert start(tmp_path, DATABASE_URL=None, REDIS_URL=None, ALLOW_SQLITE="1", ALLOW_FOLDER_BROKER="true").returncode == 0


def test_all_of_them_are_named_at_once(tmp_path):
    done = start(tmp_path, DEBUG="1", ALLOWED_HOSTS="*", SMS_URL=None, SMS_SECRET=None)
    last = done.stderr.strip().splitlines()[-1]
    assert all(name in last for name in ("DEBUG", "; ALLOWED_HOSTS", "SMS_URL", "SMS_SECRET"))


def test_the_words_of_a_refusal_hold_no_secret(tmp_path):
    done = start(tmp_path, SECRET_KEY="hunter2hunter2")
    assert "hunter2" not in done.stderr
