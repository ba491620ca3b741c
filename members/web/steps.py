"""The road of a claim as the driver sees it: newest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common import clock
from common.selectors import calendar
from common.words import day_words
from members.models import Claim
from members.rules.claims import VERIFY_WORKDAYS


def steps_of(claim: Claim, *, now: datetime) -> list[dict[str, Any]]:
    """Steps for site/parts/timeline.html."""
    asked = claim.contested_at or claim.at
    due = calendar().add_working_days(clock.today(asked), VERIFY_WORKDAYS)
    who = claim.branch.unit.name if claim.branch else _("行业党委")
    himself = claim.source == Claim.Source.PHONE
    past = [_step("past", _("您说了，我们收到了") if himself else _("镇街摸排时登记的"), _day(claim.at))]
    if claim.contested_at:
        past.append(_step("past", _("您要求再看一次"), _day(claim.contested_at)))
    ahead_place = _step("ahead later", _("另一个人确认，编入一个支部"))
    match claim.state:
        case Claim.State.OPEN:
            look = _step("now", _("%(who)s核实") % {"who": who}, _("%(day)s前给您回话") % {"day": day_words(due)})
            rows = [*past, look, ahead_place]
        case Claim.State.VERIFIED:
            rows = [*past, _step("past", _("核实上了"), _day(claim.verified_at)), {**ahead_place, "kind": "now"}]
        case Claim.State.PLACED:
            rows = [
                *past,
                _step("past", _("核实上了"), _day(claim.verified_at)),
                _step("now", _("编入%(who)s") % {"who": who}, _day(claim.placed_at), strong=True),
            ]
        case Claim.State.REFUSED:
            rows = [*past, _step("now", _("没核实上"), _day(claim.refused_at), said=claim.refused_why, strong=True)]
        case _:
            rows = [*past, _step("now", _("您收回了"), "")]
    return rows[::-1]


def _step(kind: str, what: str, at: str = "", *, said: str = "", strong: bool = False) -> dict[str, Any]:
    return {"kind": kind, "what": what, "at": at, "said": said, "strong": strong}


def _day(moment: datetime | None) -> str:
    return day_words(clock.today(moment)) if moment else ""
