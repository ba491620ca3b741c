"""What care remembers."""

from care.models.applications import Application, Evidence, Receipt
from care.models.campaigns import Campaign, Good, Offer, Point
from care.models.insurance import Helped, Insured, Policy
from care.models.ledger import Card, Issue, Line, Stock, Tally
from care.models.money import Fund, Payment
from care.models.visits import Need, Visit, Visitor

__all__ = [
    "Application", "Campaign", "Card", "Evidence", "Fund", "Good", "Helped", "Insured", "Issue", "Line", "Need", "Offer", "Payment",
    "Point", "Policy", "Receipt", "Stock", "Tally", "Visit", "Visitor",
]  # fmt: skip
