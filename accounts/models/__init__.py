"""What accounts remembers."""

from accounts.models.audit import AuditHead, AuditLine
from accounts.models.codes import SignInCode, WrongTries
from accounts.models.consents import Consent
from accounts.models.people import Person
from accounts.models.sessions import HiddenHistory, SignedIn
from accounts.models.units import Place, Posting, Unit

__all__ = [
    "AuditHead",
    "AuditLine",
    "Consent",
    "HiddenHistory",
    "Person",
    "Place",
    "Posting",
    "SignInCode",
    "SignedIn",
    "Unit",
    "WrongTries",
]
