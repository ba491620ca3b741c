"""What branches remembers."""

from branches.models.branch import Branch, Coverage, Group, Officer
from branches.models.membership import Membership, Placement, Transfer

__all__ = ["Branch", "Coverage", "Group", "Membership", "Officer", "Placement", "Transfer"]
