"""What accounts remembers."""

from accounts.models.audit import AuditHead, AuditLine
from accounts.models.codes import SignInCode
from accounts.models.people import Person
from accounts.models.units import Place, Posting, Unit

__all__ = ["AuditHead", "AuditLine", "Person", "Place", "Posting", "SignInCode", "Unit"]
