"""Who is on duty, as a driver is told: the family name and 师傅. Pure."""

from __future__ import annotations

from datetime import timedelta

LONGEST = timedelta(hours=24)  # an open shift older than this was forgotten: nobody is named any more
_TWO_SIGNS = frozenset(
    ("欧阳", "上官", "司马", "诸葛", "夏侯", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "长孙", "宇文", "端木", "南宫", "闻人", "轩辕")
)  # fmt: skip


def duty_name(name: str) -> str:
    """孙明 → 孙师傅, 欧阳春 → 欧阳师傅; "" of an empty name. The given name never leaves the house."""
    plain = name.strip()
    if not plain:
        return ""
    return f"{plain[:2] if plain[:2] in _TWO_SIGNS and len(plain) > 2 else plain[0]}师傅"
