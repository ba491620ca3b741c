"""Fail points do what a test asks, and nothing at all when they are off."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from common.failpoints import VARIABLE, FailpointHit, failpoint

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def armed(settings, monkeypatch):
    settings.FAILPOINTS_ON = True

    def arm(text):
        monkeypatch.setenv(VARIABLE, text)

    return arm


def test_off_means_off_whatever_the_environment_says(settings, monkeypatch):
    settings.FAILPOINTS_ON = False
    monkeypatch.setenv(VARIABLE, "here=raise")
    failpoint("here")


def test_raise_and_sleep_at_their_own_points_only(armed):
    armed("after_commit:appeal_submit=raise, before_settle=sleep:0.05")
    failpoint("elsewhere")
    with pytest.raises(FailpointHit, match="after_commit:appeal_submit"):
        failpoint("after_commit:appeal_submit")
    begun = time.perf_counter()
    failpoint("before_settle")
    assert time.perf_counter() - begun >= 0.05


def test_an_unknown_action_is_not_passed_over(armed):
    armed("here=explode")
    with pytest.raises(ValueError, match="explode"):
        failpoint("here")


def test_kill_is_a_real_sigkill(tmp_path):
    env = {
        **os.environ,
        "HONGYUN_DATA_DIR": str(tmp_path),
        "HONGYUN_FAILPOINTS_ON": "1",
        VARIABLE: "here=kill",
    }
    env["DJANGO_SETTINGS_MODULE"] = "hongyun.settings"
    code = "from common.failpoints import failpoint; failpoint('not here'); print('alive', flush=True); failpoint('here')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.returncode) == ("alive\n", -signal.SIGKILL)
