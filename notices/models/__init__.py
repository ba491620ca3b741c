"""What notices remembers."""

from notices.models.outbox import Notice, SmsDay

__all__ = ["Notice", "SmsDay"]
