"""A driver's words made plain for matching, with the way back to what was really written.

Full-width letters, traditional characters, stray blanks and misheard words are levelled here, so the word
table needs one form only. Every plain character remembers which stretch of the original it came from.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

MATCHED_LENGTH = 2000  # the form takes no more; anything longer is not read to the end

_SOUNDS_FILE = Path(__file__).resolve().parent.parent / "data" / "routing_sounds.json"
_STOPS = dict.fromkeys("。!！;；\n\r", "。") | dict.fromkeys("?？", "?")
_PAUSES = dict.fromkeys(",，、:：~～…—-·\"“”‘’'（）()《》【】[]<>|/\\", "，")
_HANZI_LOW, _HANZI_HIGH = "\u4e00", "\u9fff"


@dataclass(frozen=True, slots=True)
class Plain:
    """A text ready for matching.

    `chars` is the levelled text; `sounds` has the same length, each character replaced by the first of those
    that sound like it; `starts[i]`, `ends[i]` bound the stretch of `raw` that gave `chars[i]`."""

    raw: str
    chars: str
    sounds: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original behind `chars[start:end]` (end > start)."""
        return self.starts[start], self.ends[end - 1]


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, str], dict[str, str]]:
    """(traditional -> simplified, character -> representative of its sound)."""
    data = json.loads(_SOUNDS_FILE.read_text(encoding="utf-8"))
    simplified = dict(zip(*data["traditional"], strict=True))
    alike = {char: group[0] for group in data["alike"] for char in group}
    return simplified, alike


def sounds_of(chars: str) -> str:
    """The same text by its sounds, one representative a character."""
    alike = _tables()[1]
    return "".join([alike.get(char, char) for char in chars])


def is_hanzi(char: str) -> bool:
    return _HANZI_LOW <= char <= _HANZI_HIGH


def _level(char: str) -> str:
    """One original character as it is matched; an empty string when it says nothing."""
    if char in _STOPS:
        return _STOPS[char]
    if char in _PAUSES:
        return _PAUSES[char]
    if is_hanzi(char):
        return _tables()[0].get(char, char)
    folded = unicodedata.normalize("NFKC", char).lower()
    if len(folded) != 1:
        return "".join(filter(str.isalnum, folded))
    if folded in _STOPS or folded in _PAUSES:
        return _level(folded)
    if folded.isalnum() or is_hanzi(folded) or folded in ".@+":
        return folded
    return " " if folded.isspace() else ""


def _keep_blank(raw: str, index: int) -> bool:
    """Blanks part English words only; voice typing strews them between Chinese ones."""
    before, after = raw[index - 1 : index], raw[index + 1 : index + 2]
    return before.isascii() and before.isalnum() and after.isascii() and after.isalnum()


class Words:
    """Finds every occurrence of many words in one pass, by their first two characters."""

    def __init__(self, words: Iterable[str]) -> None:
        self._single: dict[str, str] = {}
        self._longer: dict[str, list[str]] = {}
        for word in sorted(set(words), key=len, reverse=True):
            if len(word) == 1:
                self._single[word] = word
            elif word:
                self._longer.setdefault(word[:2], []).append(word)

    def find(self, text: str) -> list[tuple[int, str]]:
        """(start, word) for every occurrence, overlapping ones too."""
        found = []
        single, longer = self._single, self._longer
        for start, char in enumerate(text):
            for word in longer.get(text[start : start + 2], ()):
                if text.startswith(word, start):
                    found.append((start, word))
            if char in single:
                found.append((start, char))
        return found


def plain(raw: str, spelling: Words | None = None, right: dict[str, str] | None = None) -> Plain:
    """Level a text. `spelling` finds wrong forms, `right` says what was meant by each."""
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for index, char in enumerate(raw[:MATCHED_LENGTH]):
        levelled = _level(char)
        if levelled == " " and not _keep_blank(raw, index):
            continue
        for one in levelled:
            chars.append(one)
            starts.append(index)
            ends.append(index + 1)
    if spelling is not None and right:
        chars, starts, ends = _spelled(chars, starts, ends, spelling, right)
    text = "".join(chars)
    return Plain(raw, text, sounds_of(text), tuple(starts), tuple(ends))


def _spelled(
    chars: list[str], starts: list[int], ends: list[int], spelling: Words, right: dict[str, str]
) -> tuple[list[str], list[int], list[int]]:
    """Put the meant word in place of the wrong one; each of its characters points at the whole wrong one."""
    done = 0
    out: tuple[list[str], list[int], list[int]] = ([], [], [])
    for start, wrong in spelling.find("".join(chars)):
        if start < done:
            continue
        end = start + len(wrong)
        meant = right[wrong]
        same = len(meant) == len(wrong)
        for part, source in zip(out, (chars, starts, ends), strict=True):
            part.extend(source[done:start])
        out[0].extend(meant)
        out[1].extend(starts[start:end] if same else [starts[start]] * len(meant))
        out[2].extend(ends[start:end] if same else [ends[end - 1]] * len(meant))
        done = end
    for part, source in zip(out, (chars, starts, ends), strict=True):
        part.extend(source[done:])
    return out
