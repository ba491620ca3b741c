"""What care remembers."""

from care.models.applications import Application, Evidence, Receipt
from care.models.campaigns import Campaign, Good, Offer, Point
from care.models.insurance import Helped, Insured, Policy
from care.models.ledger import Issue, Line, Stock
from care.models.money import Fund, Payment
from care.models.visits import Need, Visit, Visitor

__all__ = [
    "Application", "Campaign", "Evidence", "Fund", "Good", "Helped", "Insured", "Issue", "Line", "Need", "Offer", "Payment",
    "Point", "Policy", "Receipt", "Stock", "Visit", "Visitor",
]  # fmt: skip
