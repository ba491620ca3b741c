"""The map of the siting page as numbers for SVG attributes: places as dots, houses as squares, rings of 15 km. No tiles, no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt

from dashboards.rules.siting import WITHIN
from dashboards.selectors.siting import PlaceLine, Siting, Spot
from stations.rules.near import KM_A_DEGREE

WIDTH, EDGE, RING = 640, 34, WITHIN / 1000
LETTER, HOUSE, LEAST_R, MOST_R = 12, 11, 3.0, 13.0
SUFFIXES = ("街道", "镇")


@dataclass(frozen=True)
class Dot:
    """A place: area by its drivers. `label` is "" where there is no room."""

    x: float
    y: float
    r: float
    near: bool
    label: str = ""
    label_x: float = 0
    label_y: float = 0


@dataclass(frozen=True)
class Mark:
    """A house: its role, its number (of proposals) and its ring of 15 km."""

    role: str
    x: float
    y: float
    number: int
    label: str
    label_x: float
    label_y: float


@dataclass(frozen=True)
class Map:
    """Everything that is drawn, in px of a picture `width` × `height`; `ring`: the radius of 15 km."""

    width: int
    height: int
    ring: float
    dots: list[Dot]
    marks: list[Mark]


class _Sheet:
    """Degrees to px: a plain projection, true enough over a hundred kilometres."""

    def __init__(self, points: Sequence[tuple[float, float]]):
        south, north = min(lat for lat, _lon in points), max(lat for lat, _lon in points)
        west, east = min(lon for _lat, lon in points), max(lon for _lat, lon in points)
        self.west, self.north = west, north
        self.wide = KM_A_DEGREE * cos(radians((south + north) / 2))
        self.px = (WIDTH - 2 * EDGE) / max((east - west) * self.wide, 1.0)  # px a kilometre
        self.height = round((north - south) * KM_A_DEGREE * self.px) + 2 * EDGE

    def at(self, latitude: float, longitude: float) -> tuple[float, float]:
        x = EDGE + (longitude - self.west) * self.wide * self.px
        return round(x, 1), round(EDGE + (self.north - latitude) * KM_A_DEGREE * self.px, 1)


def drawn(found: Siting) -> Map | None:
    """The map of one answer; None where no place is known."""
    spots = [*found.standing, *(each.spot for each in found.proposals)]
    points = [(each.latitude, each.longitude) for each in (*found.places, *spots)]
    if not points:
        return None
    sheet = _Sheet(points)
    room = _Room(sheet.height)
    for each in spots:
        room.take(*sheet.at(each.latitude, each.longitude), HOUSE)
    most = max((each.drivers for each in found.places), default=0)
    order = [(each, _radius(each, most)) for each in sorted(found.places, key=lambda each: -each.drivers)]
    for each, r in order:
        room.take(*sheet.at(each.latitude, each.longitude), 0.8 * r)
    marks = [_mark(sheet, each, number, room) for number, each in _numbered(found)]
    dots = [_dot(sheet, each, r, room) for each, r in order]
    return Map(WIDTH, sheet.height, round(RING * sheet.px, 1), dots, marks)


def _numbered(found: Siting) -> list[tuple[int, Spot]]:
    """Houses that stand have no number; the others have that of their line in the table."""
    return [*((0, each) for each in found.standing), *((number, each.spot) for number, each in enumerate(found.proposals, 1))]


class _Room:
    """Where something is drawn already: a label goes where there is room, or nowhere."""

    def __init__(self, height: int):
        self.height, self.taken = height, list[tuple[float, float, float, float]]()

    def take(self, x: float, y: float, half: float) -> None:
        self.taken.append((x - half, y - half, x + half, y + half))

    def place(self, label: str, x: float, y: float, r: float) -> tuple[float, float] | None:
        """Where the text of a mark of radius `r` begins: right, left, above or below it; None: nowhere."""
        length = len(label) * LETTER
        for dx, dy in ((r + 4, 4), (-r - 4 - length, 4), (-length / 2, -r - 5), (-length / 2, r + 14)):
            box = (x + dx, y + dy - LETTER, x + dx + length, y + dy + 2)
            inside = box[0] >= 0 and box[2] <= WIDTH and box[1] >= 0 and box[3] <= self.height
            if inside and not any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in self.taken):
                self.taken.append(box)
                return round(x + dx, 1), round(y + dy, 1)
        return None


def _mark(sheet: _Sheet, spot: Spot, number: int, room: _Room) -> Mark:
    x, y = sheet.at(spot.latitude, spot.longitude)
    label = spot.name.split("（")[0][:12]
    where = room.place(label, x, y, HOUSE)
    return Mark(spot.role, x, y, number, label if where else "", *(where or (x, y)))


def _radius(line: PlaceLine, most: int) -> float:
    """So that the area tells the drivers."""
    return round(max(LEAST_R, MOST_R * sqrt(line.drivers / most)), 1) if most else LEAST_R


def _dot(sheet: _Sheet, line: PlaceLine, r: float, room: _Room) -> Dot:
    x, y = sheet.at(line.latitude, line.longitude)
    name = next((line.name.removesuffix(end) for end in SUFFIXES if line.name.endswith(end)), line.name[:6])
    where = room.place(name, x, y, r)
    return Dot(x, y, r, line.near_after, name if where else "", *(where or (x, y)))
