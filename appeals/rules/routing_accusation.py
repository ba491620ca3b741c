"""Who is accused? Naming is not accusing.

A body (squad, station, section, branch) is accused when the words near its name say that it did wrong. As a
landmark ("三中队门口"), praised, or asked to let a car go, it is barred from nothing. A squad named by its number,
a station by its place or a secretary, in a text that neither thanks nor asks anything, is taken as accused: to bar
wrongly costs a detour, to tell wrongly cannot be undone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from appeals.rules.routing_names import SQUAD, SQUADS, STATION
from appeals.rules.routing_text import Plain
from appeals.rules.routing_words import Hit

BEFORE, AFTER = 18, 45  # how far from its name a deed is still the body's own
ENOUGH = 1.0

_DIGITS = {digit: number for number, digit in enumerate("一二三四五六七八九十", start=1)}
_NUMBER = r"(?<![\d一二三四五六七八九十百])(10|[1-9]|[一二三四五六七八九十])"
_SQUAD = re.compile(
    rf"(?:执法)?(?:大队)?(?:执法)?第?{_NUMBER}(?:执法)?(?:中队|分队|大队(?=的人)|号中队|队(?![伍列员人车]))"
)
_NOT_A_SQUAD = re.compile(r"(?:排|站|成|分|有|[车船]|[\d一二三四五六七八九十]个?)$")
_LANDMARK = re.compile(
    r"[,，]?(?:的|那|那个|这|办公|驻地|院子|院|大)?(?:门口|门前|门外|门|旁|边上|边儿|对面|对过|附近|隔壁|路口|跟前|"
    r"院墙|院外|墙外|[东南西北]边|[东南西北]面|往[东南西北前后]|后面|后头|后身|前面|前头|斜对|辖区|[一二三四五六七八九十百两几\d]+(?:百|多)?米|出来|过去)"
)
_AT = re.compile(r"(?:在|停|到|离|从|往|去|过)(?:[^，。?]{0,5})$")
_PLACED_CENTRE = re.compile(r"(?:镇|街道|党群|红运)?服务(?:中心|站|点)")


@dataclass(frozen=True, slots=True)
class Mention:
    """A body named in the text. `name` is the scheme's name for it."""

    name: str
    start: int
    end: int
    head: bool = False  # a person in charge, not the body


@dataclass(frozen=True, slots=True)
class Accusation:
    """What the text says about bodies: accused ones with the words for it, and praised ones."""

    accused: frozenset[str] = frozenset()
    mentions: tuple[Mention, ...] = ()  # of accused bodies
    deeds: tuple[Hit, ...] = ()
    praised: tuple[Mention, ...] = ()
    praise: tuple[Hit, ...] = ()
    landmarks: tuple[Mention, ...] = ()

    @property
    def categories(self) -> frozenset[str]:
        """Categories that the deeds point to (A3 manners and procedure, A4 money)."""
        return frozenset(hit.rule.category for hit in self.deeds if hit.rule.category)


def accuse(text: Plain, hits: Sequence[Hit], *, place: str = "") -> Accusation:
    """Find the bodies in a text and tell accused from praised from merely named."""
    by_label: dict[str, list[Hit]] = {}
    for hit in hits:
        by_label.setdefault(hit.rule.label, []).append(hit)
    deeds = [*by_label.get("conduct", ()), *by_label.get("soft", ())]
    praise, actors = by_label.get("praise", []), by_label.get("actor", [])
    accused: dict[Mention, list[Hit]] = {}
    praised: list[Mention] = []
    landmarks: list[Mention] = []
    for mention in _mentions(text, by_label, place):
        near = [hit for hit in _near(mention, deeds) if _can_do(mention.name, hit)]
        if _is_landmark(text.chars, mention) and not _near(mention, actors):
            landmarks.append(mention)
        elif sum(hit.weight for hit in _near(mention, praise)) >= ENOUGH and _weigh(near) < ENOUGH:
            praised.append(mention)
        elif _weigh(near) >= ENOUGH or _silently_accused(text.chars, mention, by_label):
            accused[mention] = near
    mentions = _most_exact(accused)
    used = {id(hit): hit for mention in mentions for hit in accused[mention]}
    return Accusation(
        accused=frozenset(mention.name for mention in mentions),
        mentions=tuple(mentions),
        deeds=tuple(used.values()),
        praised=tuple(_most_exact(praised)),
        praise=tuple(praise),
        landmarks=tuple(landmarks),
    )


def _silently_accused(chars: str, mention: Mention, by_label: dict[str, list[Hit]]) -> bool:
    """Named exactly, neither thanked nor asked for anything: no list of deeds is ever complete."""
    if _near(mention, by_label.get("plea", ())):
        return False
    if mention.name in SQUADS or mention.head:
        return True
    exact_station = mention.name.endswith("驿站") and mention.name != STATION
    return (
        exact_station
        and not _near(mention, by_label.get("facility", ()))
        and not _AT.search(chars, 0, mention.start)
    )


def _can_do(name: str, deed: Hit) -> bool:
    """Whether this deed is told of such bodies at all; a mere grudge needs a squad that is named exactly."""
    if deed.rule.label == "soft" and name == SQUAD:
        return False
    sort = SQUAD if name in SQUADS else STATION if name.endswith("驿站") else name
    return not deed.rule.unit or sort in deed.rule.unit.split(";")


def _weigh(deeds: Iterable[Hit]) -> float:
    """Each row once: two words for one deed are one deed."""
    best: dict[str, float] = {}
    for hit in deeds:
        best[hit.rule.code] = max(best.get(hit.rule.code, 0.0), hit.weight)
    return sum(best.values())


def _near(mention: Mention, hits: Iterable[Hit]) -> list[Hit]:
    return [hit for hit in hits if hit.end > mention.start - BEFORE and hit.start < mention.end + AFTER]


def _is_landmark(chars: str, mention: Mention) -> bool:
    return _LANDMARK.match(chars, mention.end) is not None


def _most_exact(mentions: Iterable[Mention]) -> list[Mention]:
    """A numbered squad or a placed station makes the general name beside it superfluous."""
    some = list(mentions)
    exact = {m.name for m in some}
    general = set()
    if exact & set(SQUADS):
        general.add(SQUAD)
    if any(name.endswith("驿站") and name != STATION for name in exact):
        general.add(STATION)
    return [m for m in some if m.name not in general]


def _mentions(text: Plain, by_label: dict[str, list[Hit]], place: str) -> list[Mention]:
    chars = text.chars
    found: list[Mention] = []
    for match in _SQUAD.finditer(chars):
        bare = match.group(0)[-2:] not in ("中队", "分队")
        if bare and _NOT_A_SQUAD.search(chars[: match.start()]):
            continue
        number = match.group(1)
        index = int(number) if number.isdigit() else _DIGITS[number]
        police = "交警" in chars[max(0, match.start() - 5) : match.start()]
        found.append(Mention("公安交警" if police else SQUADS[index - 1], match.start(), match.end()))
    places = sorted((hit.start, hit.end) for hit in by_label.get("place", ()))
    bodies = [(hit.rule.unit, hit.start, hit.end) for hit in by_label.get("body", ())]
    for _, end in places:
        centre = _PLACED_CENTRE.match(chars, end)
        if centre:
            bodies.append((STATION, centre.start(), centre.end()))
    for name, start, end in bodies:
        if any(m.start < end and start < m.end for m in found if m.name != STATION):
            continue
        if name == STATION:
            name = _station_name(chars, places, start, place)
        found.append(Mention(name, start, end))
    heads = by_label.get("head", ())
    return found + [Mention(hit.rule.unit, hit.start, hit.end, head=True) for hit in heads]


def _station_name(chars: str, places: Sequence[tuple[int, int]], start: int, place: str) -> str:
    """‹place›驿站 by the place written nearest before the station, else anywhere, else given; else in general."""
    before = [chars[a:b] for a, b in places if b <= start]
    after = [chars[a:b] for a, b in places if a > start]
    named = before[-1] if before else after[0] if after else place.removesuffix("街道").removesuffix("镇")
    return f"{named}驿站" if named else STATION
