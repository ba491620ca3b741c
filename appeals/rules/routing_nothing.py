"""Texts that ask nothing: greetings, tests, mere abuse, advertising. No ticket goes out for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from appeals.rules.routing_text import Plain, is_hanzi
from appeals.rules.routing_words import Hit

AD_ENOUGH = 2.0
LEAST_LEFT = 3  # characters that must remain besides greetings before a text says something
STORY = 9  # from so many a rude text tells something after all: a person reads it
A_MATTER = 2.0  # category weight from which a rude text is still an appeal
A_CLEAR_MATTER = 5.0  # and from which an advertising word in it is only quoted

_CONTACT = re.compile(r"1[3-9][\d*＊]{9}|[A-Za-z]{1,6}\d{4,}|微信号|[Vv][Xx]?[:：]")


@dataclass(frozen=True, slots=True)
class Nothing:
    """Why a text is no appeal: `label` is 空白, 招呼, 测试, 辱骂, 误触 or 广告."""

    label: str
    hits: tuple[Hit, ...] = ()


def nothing_said(text: Plain, hits: Sequence[Hit], matter: float) -> Nothing | None:
    """None when the text says something. `matter` is the weight of its best category."""
    ads = [hit for hit in hits if hit.rule.label == "广告"]
    victim = any(hit.rule.label == "受害" for hit in hits)
    weight = sum(_once(ads)) + (1.0 if ads and _CONTACT.search(text.raw) else 0.0)
    if weight >= AD_ENOUGH and not victim and (matter < A_CLEAR_MATTER or weight >= 2 * AD_ENOUGH):
        return Nothing("广告", tuple(ads))
    if not any(map(is_hanzi, text.chars)) and matter < A_MATTER:
        return Nothing("测试" if text.chars.strip("。?，. ") else "空白")
    others = [hit for hit in hits if hit.rule.label not in ("广告", "受害")]
    left = _left_over(text, others)
    if left < LEAST_LEFT and matter < A_MATTER:
        return Nothing(others[0].rule.label if others else "空白", tuple(others))
    abuse = [hit for hit in others if hit.rule.label == "辱骂"]
    if abuse and matter < A_MATTER and left < STORY:
        return Nothing("辱骂", tuple(abuse))
    idle = [hit for hit in others if hit.rule.label in ("测试", "误触")]
    if idle and matter < A_MATTER and sum(_once(idle)) >= 1:
        return Nothing(idle[0].rule.label, tuple(idle))
    return None


def _once(hits: Sequence[Hit]) -> list[float]:
    """Weights, one for each matched stretch."""
    return list({hit.parts: hit.weight for hit in hits}.values())


def _left_over(text: Plain, hits: Sequence[Hit]) -> int:
    """How many different telling characters remain outside the greetings, tests and curses."""
    covered = {at for hit in hits for start, end in hit.parts for at in range(start, end)}
    rest = {char for at, char in enumerate(text.chars) if at not in covered and is_hanzi(char)}
    return len(rest)
