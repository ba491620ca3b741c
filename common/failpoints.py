"""Places where a test may make the program die, sleep or fail; nothing at all in production.

``HONGYUN_FAILPOINTS="after_commit:appeal_submit=kill,before_settle=sleep:2,route=raise"``, read
only while settings.FAILPOINTS_ON.
"""

from __future__ import annotations

import os
import signal
import time

from django.conf import settings

VARIABLE = "HONGYUN_FAILPOINTS"


class FailpointHit(RuntimeError):
    """Raised by a fail point armed with `raise`."""


def failpoint(name: str) -> None:
    """Do what HONGYUN_FAILPOINTS says for `name`: ``kill`` (SIGKILL to this process),
    ``sleep:<seconds>`` or ``raise``.

    Raises FailpointHit when armed to; ValueError for an action it does not know."""
    if not settings.FAILPOINTS_ON:
        return
    action = _armed().get(name)
    if action is None:
        return
    verb, _, amount = action.partition(":")
    if verb == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif verb == "sleep":
        time.sleep(float(amount))
    elif verb == "raise":
        raise FailpointHit(name)
    else:
        raise ValueError(f"{VARIABLE}: unknown action {action!r}")


def _armed() -> dict[str, str]:
    parts = (part.strip().rpartition("=") for part in os.environ.get(VARIABLE, "").split(","))
    return {name: action for name, sign, action in parts if sign}
