"""The word table: rows of data compiled once, then matched against a text in one pass.

A row is a flat mapping; only `code`, `kind_of_rule` and `words` must be there:

    code          "D1-strong"; with `version` it names the row in the trace
    kind_of_rule  urgency | nothing | accusation | category | unit | kind | spelling
    label         what the words mean inside that step (see below)
    words         list of patterns; an empty list speaks by place, road or channel alone
    weight        how much one match adds (negative: speaks against)
    category      the category it speaks for; for a unit row "A2;E1" limits it to these
    unit          the unit it speaks for, or the body it names
    place, road, channel   the row counts only there (road: see `road_class`)
    urgency       特急 or 紧急, for urgency rows
    note, version, valid_from   for people; `valid_from` is an ISO date

Patterns: "(扣|押)我?"-like alternatives are written "(扣|押)(我|)"; "…" is a gap of at most 6 characters inside
a sentence, "……" of at most 16; "&" means both, anywhere. A stretch of three or more Chinese characters also
matches what sounds alike (for urgency from four); "~" before a word asks for that with two, "=" forbids it.

Labels: `idiom` hides the overlapping matches of its own step ("死机" is not death).
urgency: a danger's name ("+" before it: counts only beside another), or `past`, `now`.
nothing: 广告 辱骂 招呼 测试 误触 受害. kind: 咨询 投诉 建议 求助 两件. spelling: the right form of the row's words.
accusation: conduct, soft, praise, plea, facility, actor, body, head, place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from appeals.rules.routing_text import Plain, Words, is_hanzi, plain, sounds_of

NEAR, FAR = 6, 16
SOUNDS_ALIKE_FROM = 3
BY_SOUND = 0.85  # a match by sound alone is worth a little less

_GROUP = re.compile(r"\(([^()]*)\)")
_LAST_STOP = re.compile(r"[。?]")
_STEP = re.compile(r"(……|…|&)")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table, without its words."""

    code: str
    step: str
    label: str = ""
    weight: float = 1.0
    category: str = ""
    unit: str = ""
    place: str = ""
    road: str = ""
    channel: str = ""
    urgency: str = ""
    version: int = 1

    def holds(self, place: str, road: str, channel: str) -> bool:
        """Whether the row counts at this place, on this class of road, through this channel."""
        return (
            (not self.place or self.place in place)
            and (not self.road or self.road == road)
            and (not self.channel or self.channel == channel)
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule's pattern found in a text: `parts` are stretches of the plain text, in order."""

    rule: Rule
    parts: tuple[tuple[int, int], ...]
    weight: float

    @property
    def start(self) -> int:
        return min(start for start, _ in self.parts)

    @property
    def end(self) -> int:
        return max(end for _, end in self.parts)

    def overlaps(self, other: Hit) -> bool:
        return any(a < d and c < b for a, b in self.parts for c, d in other.parts)


@dataclass(frozen=True, slots=True)
class _Pattern:
    rule: Rule
    gaps: tuple[int, ...]  # before each part after the first; -1 = anywhere
    parts: tuple[frozenset[str], ...]


def _spell_out(part: str) -> list[str]:
    """Every literal that "(扣|押)(我|)车" stands for."""
    pieces = _GROUP.split(part)
    choices = [piece.split("|") if at % 2 else [piece] for at, piece in enumerate(pieces)]
    return ["".join(chosen) for chosen in product(*choices)]


def _parse(word: str, rule: Rule) -> tuple[_Pattern, bool | None]:
    by_sound = {"~": True, "=": False}.get(word[:1])
    word = word.lstrip("~=").lower()
    pieces = _STEP.split(word)
    parts = tuple(frozenset(filter(None, _spell_out(piece))) for piece in pieces[::2])
    gaps = tuple({"…": NEAR, "……": FAR, "&": -1}[sign] for sign in pieces[1::2])
    if not all(parts):
        raise ValueError(f"{rule.code}: empty pattern in {word!r}")
    return _Pattern(rule, gaps, parts), by_sound


class RuleSet:
    """The compiled table. Build it once (`from_rows`) and keep it; matching never changes it."""

    def __init__(
        self, patterns: list[tuple[_Pattern, bool | None]], bare: list[Rule], spelling: dict[str, str]
    ) -> None:
        self.bare = tuple(bare)
        self._right = spelling
        self._spelling = Words(spelling)
        self._starting: dict[str, list[_Pattern]] = {}
        literals: set[str] = set()
        self._by_sound: dict[str, list[str]] = {}
        for pattern, by_sound in patterns:
            for literal in pattern.parts[0]:
                self._starting.setdefault(literal, []).append(pattern)
            for literal in frozenset().union(*pattern.parts):
                literals.add(literal)
                least = SOUNDS_ALIKE_FROM + (pattern.rule.step == "urgency")
                long = len(literal) >= least and all(map(is_hanzi, literal))
                if long if by_sound is None else by_sound:
                    known = self._by_sound.setdefault(sounds_of(literal), [])
                    if literal not in known:
                        known.append(literal)
        self._words = Words(literals)
        self._sounds = Words(self._by_sound)
        self.version = ""

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]], *, on: date | None = None) -> RuleSet:
        """Compile rows of the shape above; `on` leaves out rows that are not yet valid.

        Raises ValueError when a pattern is empty, KeyError when a row lacks code, kind_of_rule or words."""
        patterns: list[tuple[_Pattern, bool | None]] = []
        bare: list[Rule] = []
        spelling: dict[str, str] = {}
        for row in rows:
            if on and row.get("valid_from") and date.fromisoformat(str(row["valid_from"])) > on:
                continue
            rule = _rule(row)
            if rule.step == "spelling":
                spelling.update(dict.fromkeys(row["words"], rule.label))
                continue
            if not row["words"]:
                bare.append(rule)
            patterns.extend(_parse(word, rule) for word in row["words"])
        return cls(patterns, bare, spelling)

    def read(self, text: str) -> Plain:
        """The text levelled, with this table's spelling rows applied."""
        return plain(text, self._spelling, self._right)

    def match(
        self, text: Plain, *, place: str = "", road: str = "", channel: str = ""
    ) -> dict[str, list[Hit]]:
        """step -> hits, idioms applied, each pattern counted once."""
        found = self._occurrences(text)
        hits: dict[str, list[Hit]] = {}
        for literal in found:
            for pattern in self._starting.get(literal, ()):
                if not pattern.rule.holds(place, road, channel):
                    continue
                for start, exact in found[literal]:
                    parts = _follow(pattern, found, (start, start + len(literal)), text.chars)
                    if parts:
                        weight = pattern.rule.weight * (1.0 if exact else BY_SOUND)
                        hits.setdefault(pattern.rule.step, []).append(Hit(pattern.rule, parts, weight))
        return {step: _without_idioms(some) for step, some in hits.items()}

    def _occurrences(self, text: Plain) -> dict[str, list[tuple[int, bool]]]:
        """literal -> [(start, written exactly)]."""
        found: dict[str, list[tuple[int, bool]]] = {}
        for start, word in self._words.find(text.chars):
            found.setdefault(word, []).append((start, True))
        for start, sound in self._sounds.find(text.sounds):
            for literal in self._by_sound[sound]:
                places = found.setdefault(literal, [])
                if (start, True) not in places:
                    places.append((start, False))
        return found


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(
        code=row["code"],
        step=row["kind_of_rule"],
        label=row.get("label", ""),
        weight=float(row.get("weight", 1)),
        category=row.get("category", ""),
        unit=row.get("unit", ""),
        place=row.get("place", ""),
        road=row.get("road", ""),
        channel=row.get("channel", ""),
        urgency=row.get("urgency", ""),
        version=int(row.get("version", 1)),
    )


def _follow(
    pattern: _Pattern, found: Mapping[str, Sequence[tuple[int, bool]]], first: tuple[int, int], chars: str
) -> tuple[tuple[int, int], ...] | None:
    """The parts of a pattern from its first one on, each as near as it can be; None when one is missing."""
    parts = [first]
    for gap, literals in zip(pattern.gaps, pattern.parts[1:], strict=True):
        best: tuple[int, int] | None = None
        here = parts[-1][1]
        for literal in literals:
            for start, _ in found.get(literal, ()):
                span = (start, start + len(literal))
                if gap < 0:
                    fits = all(span[1] <= a or span[0] >= b for a, b in parts)
                else:
                    fits = here <= start <= here + gap and not _LAST_STOP.search(chars, here, start)
                if fits and (best is None or (start, -span[1]) < (best[0], -best[1])):
                    best = span
        if best is None:
            return None
        parts.append(best)
    return tuple(parts)


def _without_idioms(hits: list[Hit]) -> list[Hit]:
    idioms = [hit for hit in hits if hit.rule.label == "idiom"]
    if not idioms:
        return hits
    return [
        hit for hit in hits if hit.rule.label != "idiom" and not any(hit.overlaps(idiom) for idiom in idioms)
    ]


_ROADS = (
    ("expressway", re.compile(r"(?<![a-z0-9])[gs]\d{1,2}(?!\d)|高速|连霍|京台|京沪|匝道|收费站")),
    ("highway", re.compile(r"(?<![a-z0-9])[gsx]\d{3}(?!\d)|国道|省道|县道")),
    ("village", re.compile(r"(?<![a-z0-9])[yc]\d{3}(?!\d)|乡道|村道|村路|村口|庄上|生产路")),
)


def road_class(road: str) -> str:
    """expressway | highway (national, provincial, county) | village | "" for a free text such as "G3 K712"."""
    lowered = road.lower()
    for name, pattern in _ROADS:
        if pattern.search(lowered):
            return name
    return ""
