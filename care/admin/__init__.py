"""The staff's side of care: campaigns and their goods; people and their money."""

from care.admin import people

__all__ = ["people"]
