"""The example of an installation's settings names every variable that the settings read, and none besides."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READERS = ("settings.py", "safety.py")
TESTS_ONLY = {"HONGYUN_TESTING", "HONGYUN_FAILPOINTS", "HONGYUN_FAILPOINTS_ON", "TEST_SQLITE"}


def _reads(call: ast.Call) -> bool:
    """env("X"), env.int("X"), _key("X") and environment.get("X")."""
    words = ast.unparse(call.func)
    return words in ("env", "_key", "environment.get") or (words.startswith("env.") and words != "env.read_env")


def names_read() -> set[str]:
    found = set()
    for name in READERS:
        for node in ast.walk(ast.parse((ROOT / "hongyun" / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and _reads(node):
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
    return found


def names_shown() -> set[str]:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return set(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", text, re.MULTILINE))


def test_the_example_names_each_variable_that_is_read():
    read = names_read()
    assert {"SECRET_KEY", "SMS_SECRET", "ALLOW_SQLITE", "SMS_STATUS_URL"} <= read  # the search itself finds what it should
    assert read - TESTS_ONLY - names_shown() == set()


def test_the_example_names_nothing_that_nobody_reads():
    assert names_shown() - names_read() == set()


def test_the_example_shows_no_switch_of_the_tests_and_no_secret():
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert names_shown() & TESTS_ONLY == set()
    for name in ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "AUDIT_KEY", "CODE_KEY", "METRICS_TOKEN", "SMS_SECRET"):
        assert re.search(rf"^{name}=$", text, re.MULTILINE), name
