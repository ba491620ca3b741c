"""What members registers downward."""

from __future__ import annotations


def connect() -> None:
    """Called once, when the apps are ready."""
