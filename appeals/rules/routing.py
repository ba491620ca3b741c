"""Where does an appeal go? One pure decision, in the order danger, nothing said, accusation, category, unit,
second matter; every step says which of the driver's own words decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from appeals.rules import routing_names as names
from appeals.rules.routing_accusation import Accusation, Mention, accuse
from appeals.rules.routing_category import CHOSEN_LETTER, Scored, rank
from appeals.rules.routing_names import barred_units, category_name, stand_in
from appeals.rules.routing_nothing import Nothing, nothing_said
from appeals.rules.routing_text import Plain
from appeals.rules.routing_units import Choice, choose
from appeals.rules.routing_urgency import Alarm, judge
from appeals.rules.routing_words import Hit, RuleSet, road_class

__all__ = ["Decision", "Reason", "RuleSet", "decide"]

DANGER_LEADS = 6.0  # a danger's category goes before what else is complained of
DEED_LEADS = 2.5  # a named body's misdeed, before what it was about
NAMED_LEADS = 1.0
SURE_FROM = 0.5
LEAST_WEIGHT = 2.0
PRAISE_UNTIL = 8.0  # thanks at the end of a clear matter are manners
SECOND_SHARE, SECOND_LEAST = 0.75, 3.0
SECOND_SAID_SHARE, SECOND_SAID_LEAST = 0.3, 1.5  # where the driver says himself that there are two matters


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the trace. `spans` are (start, end) in the driver's own text; `words` are its slices there."""

    step: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    said: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What the table makes of a text.

    `category` and `candidates` are codes, best first; `unit`, `co_units` names of the scheme, never of an accused
    body; `hidden_from` are the bodies that must not know (single squads, stations, sections, 被反映支部);
    `proposals` are the best units with why; `confidence` is 0..1."""

    category: str = ""
    candidates: tuple[str, ...] = ()
    kind: str = ""
    urgency: str = names.ORDINARY
    unit: str = ""
    co_units: tuple[str, ...] = ()
    hidden_from: frozenset[str] = frozenset()
    second_category: str = ""
    confidence: float = 0.0
    to_desk: bool = False
    no_ticket: bool = False
    proposals: tuple[tuple[str, str], ...] = ()
    reasons: tuple[Reason, ...] = field(default=())


@dataclass(slots=True)
class _Case:
    """What is known of one text while the steps run."""

    text: Plain
    rules: RuleSet
    hits: dict[str, list[Hit]]
    place: str
    road: str
    channel: str
    hidden: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()
    reasons: list[Reason] = field(default_factory=list)

    def of(self, step: str) -> list[Hit]:
        return self.hits.get(step, [])

    def tell(self, step: str, said: str, parts: Iterable[tuple[int, int]]) -> None:
        """Add a step to the trace; `said` has {} where the driver's words come."""
        spans = sorted({self.text.span(start, end) for start, end in parts})
        spans = [
            span
            for span in spans
            if not any(o != span and o[0] <= span[0] and span[1] <= o[1] for o in spans)
        ]
        words = tuple(self.text.raw[start:end] for start, end in spans)
        quoted = "".join(f"“{word}”" for word in dict.fromkeys(words))
        self.reasons.append(Reason(step, words, tuple(spans), said.replace("{}", quoted)))


def decide(
    text: str,
    *,
    rules: RuleSet,
    place: str = "",
    road: str = "",
    channel: str = "",
    accused: frozenset[str] = frozenset(),
    kind_chosen: str = "",
    letter_chosen: str = "",
) -> Decision:
    """Route one text.

    `place` is a town's short name, `road` free text ("G3 K712"), `accused` bodies named by the driver in the form
    (scheme names), `kind_chosen` one of the four kinds, `letter_chosen` the first-level letter A–H he picked."""
    case = _open(text, rules, place, road, channel)
    alarm = judge(case.of("urgency"))
    accusation = accuse(case.text, case.of("accusation"), place=place)
    case.hidden = accused | accusation.accused
    case.barred = barred_units(case.hidden)
    ranked = _categories(case, alarm, accusation, letter_chosen)
    if alarm.level == names.DANGER:
        case.tell("urgency", "因为写到了{}，可能正有危险，马上交应急值班", _parts(alarm.hits))
    else:
        nothing = nothing_said(case.text, case.of("nothing"), _matter(case))
        if nothing:
            return _no_ticket(case, nothing)
        if alarm.level == names.PRESSING:
            case.tell("urgency", "因为写到了{}，按紧急办", _parts(alarm.hits))
        praised = _praise(case, accusation, ranked)
        if praised:
            return praised
    _tell_accusation(case, accusation, accused)
    return _ticket(case, alarm, ranked, kind_chosen)


def _open(text: str, rules: RuleSet, place: str, road: str, channel: str) -> _Case:
    read = rules.read(text)
    road = road_class(road) or road_class(read.chars)
    return _Case(
        read, rules, rules.match(read, place=place, road=road, channel=channel), place, road, channel
    )


def _parts(hits: Iterable[Hit]) -> list[tuple[int, int]]:
    return [part for hit in hits for part in hit.parts]


def _categories(case: _Case, alarm: Alarm, accusation: Accusation, letter: str) -> list[Scored]:
    extra: dict[str, float] = {}
    if alarm.level == names.DANGER and alarm.category:
        extra[alarm.category] = DANGER_LEADS
    for name in accusation.accused:
        if name == names.OWN_BRANCH:
            extra["H1"] = DEED_LEADS
        elif name.endswith("驿站"):
            extra["G2"] = DEED_LEADS
        elif name in (names.TRANSPORT, names.LEGAL):
            extra["A3"] = -DEED_LEADS  # a clerk's manners: the matter is what he was asked for
        elif name.endswith("中队"):
            for code in accusation.categories or {"A3"}:
                extra[code] = DEED_LEADS if accusation.categories else NAMED_LEADS
    hits = [hit for hit in case.of("category") if hit.rule.category]
    ranked = rank(hits, case.rules.bare, extra)
    if letter:
        hint = {one.code: CHOSEN_LETTER for one in ranked if one.code.startswith(letter)}
        for code, weight in hint.items():
            extra[code] = extra.get(code, 0.0) + weight
        ranked = rank(hits, case.rules.bare, extra)
    return ranked


def _matter(case: _Case) -> float:
    """The weight of the best category outside the curses: "骗子" in a curse is no fraud."""
    curses = [hit for hit in case.of("nothing") if hit.rule.label == "辱骂"]
    calm = [hit for hit in case.of("category") if not any(hit.overlaps(curse) for curse in curses)]
    ranked = rank([hit for hit in calm if hit.rule.category])
    return ranked[0].weight if ranked else 0.0


def _no_ticket(case: _Case, nothing: Nothing) -> Decision:
    said = {
        "广告": "因为写到了{}，是广告，不转办，留存",
        "辱骂": "只有{}这样的气话，没有说要办什么，先回问一句",
        "测试": "像是测试{}，没有内容，不转办",
        "误触": "因为写到了{}，像是误触，先回问一句",
    }.get(
        nothing.label,
        "只写了{}，没有写出要办的事，先回问一句" if nothing.hits else "没有写出要办的事，先回问一句",
    )
    case.tell("nothing", said, _parts(nothing.hits))
    return Decision(
        category="H4",
        unit=names.NOBODY,
        hidden_from=case.hidden,
        confidence=0.9,
        no_ticket=True,
        reasons=tuple(case.reasons),
    )


def _praise(case: _Case, accusation: Accusation, ranked: Sequence[Scored]) -> Decision | None:
    """A thank-you goes to whom it thanks; not when something is asked or complained of besides."""
    praise = accusation.praise
    said: dict[str, float] = {}
    for hit in praise:
        said[hit.rule.code] = max(said.get(hit.rule.code, 0.0), hit.weight)
    weight = sum(said.values()) if accusation.praised else max(said.values(), default=0.0)
    asks = any(hit.rule.label in ("咨询", "投诉", "建议") for hit in case.of("kind"))
    if (
        weight < 1
        or accusation.accused
        or asks
        or (ranked and not accusation.praised and ranked[0].weight > PRAISE_UNTIL)
    ):
        return None
    named = accusation.praised[0] if accusation.praised else None
    unit = _praised_unit(case, named)
    parts = _parts(praise) + ([(named.start, named.end)] if named else [])
    case.tell("category", "因为写到了{}，是表扬，转给被表扬的单位", parts)
    return Decision(
        category="H4",
        candidates=tuple(one.code for one in ranked[:3] if one.code != "H4"),
        kind="建议",
        unit=unit,
        hidden_from=case.hidden,
        confidence=0.85 if named else 0.5,
        to_desk=not unit,
        proposals=((unit, "被表扬"),) if unit else (),
        reasons=tuple(case.reasons),
    )


def _praised_unit(case: _Case, named: Mention | None) -> str:
    if named is None:
        choices = choose("H4", case.of("unit"), case.rules.bare, barred=case.barred, road=case.road)
        unit = choices[0].unit if choices else names.PARTY
    elif named.name.endswith("驿站"):
        unit = names.STATION
    elif named.name in names.SQUADS:
        unit = names.SQUAD
    elif named.name == names.OWN_BRANCH:
        unit = names.PARTY
    else:
        unit = named.name
    return stand_in(unit, case.barred)


def _tell_accusation(case: _Case, accusation: Accusation, accused: frozenset[str]) -> None:
    if accusation.accused:
        parts = [(one.start, one.end) for one in accusation.mentions] + _parts(accusation.deeds)
        case.tell(
            "accusation",
            "因为写到了{}，是反映" + "、".join(sorted(accusation.accused)) + "，先让其回避",
            parts,
        )
    if accused - accusation.accused:
        case.tell("accusation", "本人指明反映" + "、".join(sorted(accused)) + "，先让其回避", ())
    if accusation.landmarks and not accusation.accused:
        parts = [(one.start, one.end) for one in accusation.landmarks]
        case.tell("accusation", "{}在文中只是地点，不作回避", parts)


def _ticket(case: _Case, alarm: Alarm, ranked: Sequence[Scored], kind_chosen: str) -> Decision:
    best = ranked[0] if ranked else Scored("", 0.0, ())
    if best.hits:
        case.tell(
            "category", f"因为写到了{{}}，按“{category_name(best.code)}”分", _parts(_telling(best.hits))
        )
    confidence = _confidence(ranked)
    choices = choose(
        best.code,
        case.of("unit"),
        case.rules.bare,
        barred=case.barred,
        road=case.road,
        place=case.place,
        channel=case.channel,
    )
    choices, co_units = _with_duty(case, alarm, best, choices)
    unit = choices[0].unit if choices else ""
    if choices:
        _tell_unit(case, best.code, choices[0])
    second, second_best = _second(case, ranked)
    if second:
        told = _parts(_telling(second_best.hits))
        case.tell("second", f"因为另外写到了{{}}，建议把“{category_name(second)}”另立一件", told)
    codes = [one.code for one in ranked[1:4]]
    for code in names.NEIGHBOURS.get(best.code, ()):
        if len(codes) < 2 and code not in codes:
            codes.append(code)
    return Decision(
        category=best.code,
        candidates=tuple(codes),
        kind=kind_chosen or ("求助" if alarm.level == names.DANGER else _kind(case, best.code)),
        urgency=alarm.level,
        unit=unit,
        co_units=co_units,
        hidden_from=case.hidden,
        second_category=second,
        confidence=round(confidence, 3),
        to_desk=not unit
        or (alarm.level != names.DANGER and (confidence < SURE_FROM or best.weight < LEAST_WEIGHT)),
        proposals=tuple((choice.unit, _why(case, choice)) for choice in choices[:3]),
        reasons=tuple(case.reasons),
    )


def _with_duty(
    case: _Case, alarm: Alarm, best: Scored, choices: list[Choice]
) -> tuple[list[Choice], tuple[str, ...]]:
    """Danger never waits for a category: the duty desk is told besides, or alone when nothing else is sure."""
    if alarm.level != names.DANGER:
        return choices, ()
    duty = stand_in(names.DUTY, case.barred)
    lead = stand_in(alarm.unit, case.barred) if alarm.unit else ""
    if not lead or (alarm.category and best.code != alarm.category):
        lead = choices[0].unit if choices and best.weight >= DANGER_LEADS else duty
    if alarm.category == best.code == "C2" and alarm.unit == names.ROADS and choices:
        lead = choices[0].unit  # whose road it is
    if lead:
        first = next((choice for choice in choices if choice.unit == lead), Choice(lead, 0.0, alarm.hits))
        choices = [first, *(choice for choice in choices if choice.unit != lead)]
    return choices, (duty,) if duty and duty != lead else ()


def _telling(hits: Sequence[Hit]) -> list[Hit]:
    return [hit for hit in hits if hit.weight > 0][:5]


def _why(case: _Case, choice: Choice) -> str:
    words = dict.fromkeys(case.text.raw[slice(*case.text.span(*part))] for part in _parts(choice.hits))
    said = "".join(f"“{word}”" for word in words)
    return said or (f"{choice.instead_of}需回避" if choice.instead_of else "这一类的默认单位")


def _tell_unit(case: _Case, code: str, choice: Choice) -> None:
    if choice.instead_of:
        said = f"“{choice.instead_of}”需回避，改由{choice.unit}办"
        case.tell("unit", said, ())
    elif choice.hits:
        case.tell("unit", f"因为写到了{{}}，由{choice.unit}办", _parts(choice.hits))
    else:
        case.tell("unit", f"“{category_name(code)}”一般由{choice.unit}办", ())


def _second(case: _Case, ranked: Sequence[Scored]) -> tuple[str, Scored]:
    """A second matter stands on words of its own."""
    none = Scored("", 0.0, ())
    said = any(hit.rule.label == "两件" for hit in case.of("kind"))
    if len(ranked) < 2:
        return "", none
    first = ranked[0]
    share, least = (SECOND_SAID_SHARE, SECOND_SAID_LEAST) if said else (SECOND_SHARE, SECOND_LEAST)
    for other in ranked[1:4]:
        own = sum(hit.weight for hit in other.hits if not any(hit.overlaps(mine) for mine in first.hits))
        if own >= least and own >= share * first.weight:
            return other.code, other
    return "", none


def _kind(case: _Case, category: str) -> str:
    weights: dict[str, float] = {}
    for rule in case.rules.bare:
        if rule.step == "kind" and (not rule.category or category in rule.category.split(";")):
            weights[rule.label] = weights.get(rule.label, 0.0) + rule.weight
    seen: set[str] = set()
    for hit in case.of("kind"):
        rule = hit.rule
        fits = not rule.category or category in rule.category.split(";")
        if fits and rule.label in names.KINDS and rule.code not in seen:
            seen.add(rule.code)
            weights[rule.label] = weights.get(rule.label, 0.0) + hit.weight
    return max(weights, key=lambda label: weights[label]) if weights else ""


def _confidence(ranked: Sequence[Scored]) -> float:
    """How sure the first category is: its weight against the next and against saying little."""
    if not ranked:
        return 0.0
    first = ranked[0].weight
    next_best = ranked[1].weight if len(ranked) > 1 else 0.0
    return first / (first + next_best + 1.0)
