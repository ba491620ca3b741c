"""Ringing the bell for a worker. The row is the truth; the sweep finds what no bell announced."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from celery import current_app
from django.db import transaction

BREAK_SECONDS = 10.0

log = logging.getLogger(__name__)
_quiet_until = 0.0
_hushed: ContextVar[bool] = ContextVar("hushed", default=False)


@contextmanager
def quiet() -> Iterator[None]:
    """No bells inside: for loading what already happened. The sweep finds whatever still waits."""
    token = _hushed.set(True)
    try:
        yield
    finally:
        _hushed.reset(token)


def is_quiet() -> bool:
    """Whether `quiet` holds here: a bell put off until the commit must not ring afterwards either."""
    return _hushed.get()


def kick(task_name: str, *args: int) -> None:
    """Publish the task after the present transaction commits, at once where there is none.

    A broker that is down never harms the caller: the failure is logged, and for ten seconds
    nothing more is tried, so that each request does not wait for the same dead socket.

    Raises TypeError for anything but row ids: a message must not carry personal data."""
    if not all(type(arg) is int for arg in args):
        raise TypeError(f"kick({task_name!r}) takes row ids only")
    if is_quiet():
        return

    def ring() -> None:
        _publish(task_name, args)

    transaction.on_commit(ring)


def _publish(task_name: str, args: tuple[int, ...]) -> None:
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        current_app.send_task(task_name, args=args, retry=False, ignore_result=True)
    except Exception as error:  # noqa: BLE001 - the row is saved; whatever the transport throws is not the caller's
        _quiet_until = time.monotonic() + BREAK_SECONDS
        log.warning("broker out of reach, quiet for %d s: %s", BREAK_SECONDS, type(error).__name__)


def reset_breaker() -> None:
    """Forget an earlier failure (tests, and a worker that just saw the broker come back)."""
    global _quiet_until
    _quiet_until = 0.0
