"""Errors a person can act on. Doors turn them into a message at the field, or problem details."""

from __future__ import annotations


class DomainError(Exception):
    """Something the caller can mend.

    `code` is stable English for programs, `message` is Chinese and says what to do,
    `field` names the form field it belongs to (None: the whole form).
    """

    code = "invalid"
    status = 422

    def __init__(self, message: str = "", *, field: str | None = None, code: str | None = None):
        self.message = str(message)
        self.field = field
        if code:
            self.code = code
        super().__init__(self.message)


class NotThere(DomainError):
    """Missing, or not for this viewer: the two look the same."""

    code = "not_found"
    status = 404


class Stale(DomainError):
    """Somebody else changed it first; nothing was written."""

    code = "stale"
    status = 409


class TooOften(DomainError):
    """A limit kept in the database was reached. `retry_after` is in seconds."""

    code = "too_often"
    status = 429

    def __init__(self, message: str = "", *, retry_after: int = 60, field: str | None = None):
        super().__init__(message, field=field)
        self.retry_after = retry_after
