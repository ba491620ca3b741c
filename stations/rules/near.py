"""How far, by the great circle. Degrees in, kilometres out."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

EARTH_KM, KM_A_DEGREE = 6371.0, 111.195
RINGS_KM = (1, 4, 15, 60, 250, 800, 2_500)  # looked at one after the other, until enough is found
CHINA = (3.0, 54.0, 73.0, 136.0)  # south, north, west, east


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Kilometres between two points (haversine)."""
    a, b = radians(lat1), radians(lat2)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


def box(lat: float, lon: float, km: float) -> tuple[float, float, float, float]:
    """South, north, west, east of everything within `km`."""
    high = km / KM_A_DEGREE
    wide = high / max(0.01, cos(radians(min(89.0, abs(lat) + high))))
    return lat - high, lat + high, lon - wide, lon + wide


def in_china(lat: float, lon: float) -> bool:
    """Whether the position is one that a driver of ours can have."""
    south, north, west, east = CHINA
    return south <= lat <= north and west <= lon <= east
