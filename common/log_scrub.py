"""Log lines carry ids and numbers, never people: closed keys, and masks for what slips through."""

from __future__ import annotations

import logging
from collections.abc import Iterable, MutableMapping
from typing import Any

from common.masks import scrub

# fmt: off
KEYS = frozenset({
    "event", "level", "logger", "timestamp", "request_id", "error", "exception",
    "task", "task_id", "attempt", "batch", "broker", "count", "seconds", "ms", "retry_after",
    "room", "kind", "pk", "appeal_id", "notice_id", "person_id", "unit_id",
    "state", "move", "rung", "due", "at", "status", "method", "route", "code",
})
# fmt: on

_formatter = logging.Formatter()


class ScrubFilter(logging.Filter):
    """Masks the finished message, the exception and the stack of each record.

    Put it on handlers, not on loggers: a logger's filter does not see its children's records.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if not isinstance(record.msg, dict):  # structlog's own events went through ClosedKeys
            record.msg = scrub(_message(record))
            record.args = None
        if record.exc_info and record.exc_info[0] is not None:
            # Formatters use exc_text when it is there, so the traceback is written once, masked.
            record.exc_text = scrub(record.exc_text or _formatter.formatException(record.exc_info))
        if record.stack_info:
            record.stack_info = scrub(record.stack_info)
        return True


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        # Arguments that do not fit their format must not throw in the middle of a request.
        return f"{record.msg!s} (arguments did not fit)"


class ClosedKeys:
    """A structlog processor: keys outside the list are dropped and only named in `dropped`.

    Strings are masked; containers and objects shrink to their type's name."""

    def __init__(self, extra: Iterable[str] = ()):
        self.keys = KEYS | frozenset(extra)

    def __call__(
        self, logger: Any, method: str, event_dict: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        kept = {key: _plain(value) for key, value in event_dict.items() if self._known(key)}
        if dropped := sorted(key for key in event_dict if not self._known(key)):
            kept["dropped"] = ",".join(scrub(str(key)) for key in dropped)
        return kept

    def _known(self, key: str) -> bool:
        # structlog's own keys (_record, _from_structlog) pass through to its formatter.
        return key in self.keys or key.startswith("_") or key in ("exc_info", "stack_info")


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, int) and scrub(str(value)) != str(value):
        return scrub(str(value))  # a phone that was passed as a number
    if value is None or isinstance(value, (bool, int, float, logging.LogRecord)):
        return value
    if isinstance(value, BaseException):
        return scrub(f"{type(value).__name__}: {value}")
    if isinstance(value, tuple) and len(value) == 3 and isinstance(value[1], BaseException):
        return value
    return f"<{type(value).__name__}>"
