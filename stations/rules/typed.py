"""What a desk types or scans into its one field: four digits, or the address of a ticket. Pure."""

from __future__ import annotations

import re
import unicodedata
from uuid import UUID

LONGEST = 300
_KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def code_or_key(text: str) -> str | UUID | None:
    """The code, or the key of the scanned ticket; None when it is neither. Full-width digits and blanks are forgiven."""
    plain = "".join(unicodedata.normalize("NFKC", text[:LONGEST]).lower().split())
    if len(plain) == 4 and plain.isascii() and plain.isdigit():
        return plain
    found = _KEY.search(plain)
    return UUID(found[0]) if found else None
