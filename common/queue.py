"""Ringing the bell for a worker. The row is the truth; the sweep finds what no bell announced."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from celery import current_app
from django.db import transaction

BREAK_SECONDS = 10.0

log = logging.getLogger(__name__)
_quiet_until = 0.0
_hushed: ContextVar[bool] = ContextVar("hushed", default=False)
Bell = tuple[str, tuple[int, ...]]
_kept: ContextVar[list[Bell] | None] = ContextVar("kept", default=None)


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
    """Publish the task after the present transaction commits, at once where there is none; inside `AnswerFirst`
    once the answer has left.

    A broker that is down never harms the caller: the failure is logged, and for ten seconds
    nothing more is tried, so that each request does not wait for the same dead socket.

    Raises TypeError for anything but row ids: a message must not carry personal data."""
    if not all(type(arg) is int for arg in args):
        raise TypeError(f"kick({task_name!r}) takes row ids only")
    if is_quiet():
        return

    def ring() -> None:
        kept = _kept.get()
        if kept is None:
            _publish(task_name, args)
        elif (task_name, args) not in kept:
            kept.append((task_name, args))

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


class AnswerFirst:
    """A WSGI application whose bells ring when the answer has been sent: nobody waits for the broker, not even
    for one that is out of reach. Killed in between, the row is found by the sweep, as ever."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        bells: list[Bell] = []
        token = _kept.set(bells)
        try:
            body = self.application(environ, start_response)
        except BaseException:
            _Ringing((), bells).close()  # what is committed rings, whatever became of the answer
            raise
        finally:
            _kept.reset(token)
        return _Ringing(body, bells) if bells else body  # what rings nothing stays as it is: a file may be sent as one


class _Ringing:
    """The body of an answer, and bells for when the server is done with it."""

    def __init__(self, body: Iterable[bytes], bells: list[Bell]) -> None:
        self.body, self.bells = body, bells

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.body)

    def close(self) -> None:
        try:
            if close := getattr(self.body, "close", None):
                close()
        finally:
            while self.bells:
                _publish(*self.bells.pop(0))
