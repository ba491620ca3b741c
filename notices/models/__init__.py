"""What notices remembers."""

from notices.models.gates import Bounced, Breaker, Hold
from notices.models.outbox import Notice, SmsDay

__all__ = ["Bounced", "Breaker", "Hold", "Notice", "SmsDay"]
