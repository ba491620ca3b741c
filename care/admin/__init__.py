"""The staff's side of care: campaigns and their goods; people and their money."""

from care.admin import goods, people

__all__ = ["goods", "people"]
