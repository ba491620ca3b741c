"""The bureau's four figures, told by rows: 12 suggestions, 34 problems on the road, 44 person-times, 25 disputes.

The four sets share no row, and nothing else that is closed falls into one of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from appeals.models import Appeal, CallBack
from appeals.rules.life import Kind, State
from hongyun.demo import past
from hongyun.demo.past import Plan
from hongyun.demo.stories import pool
from hongyun.demo.world import World

ROAD = ("C1", "C2", "C3", "C4")
DISPUTE = ("D1", "D2", "D3", "D4", "F3")
WANTED = (12, 34, 44, 25)
QUICK = (Plan(worker="handler"), Plan(rating=4, worker="handler"), Plan(rating=5, worker="liuyang"), Plan(worker="handler"))


@dataclass(frozen=True)
class Figures:
    """Unlike units: pieces, problems, person-times, cases. Never added."""

    suggestions: int
    road: int
    aid_persons: int
    disputes: int


def solved(rows: QuerySet[Appeal]) -> QuerySet[Appeal]:
    """The call-back of the last round heard "solved", or the driver's last rating is 3 or better."""
    heard = CallBack.objects.filter(appeal=OuterRef("pk"), round=OuterRef("round"), heard=CallBack.Heard.SOLVED)
    return rows.filter(Q(Exists(heard)) | Q(rating__gte=3))


def figures() -> Figures:
    """The four figures by the queries of the brief."""
    rows = Appeal.objects.filter(state=State.CLOSED)
    aid = rows.filter(lead_unit__scheme_name="司法法援").aggregate(n=Sum("persons"))["n"]
    return Figures(
        suggestions=rows.filter(kind=Kind.SUGGESTION).count(),
        road=solved(rows.filter(category__in=ROAD)).count(),
        aid_persons=aid or 0,
        disputes=solved(rows.filter(category__in=DISPUTE)).count(),
    )


def tell(world: World) -> None:
    """Half a year of the four sets; the last disputes lie in this month, where the handler sees them."""
    disputes = pool("dispute")
    past.tell(world, pool("suggestion"), first=165, last=48, plans=_calm(past.SOLVED_PLANS), channels=past.PAPER)
    past.tell(world, pool("road"), first=172, last=45, plans=past.SOLVED_PLANS, channels=past.CHANNELS)
    past.tell(world, pool("aid"), first=160, last=46, plans=_calm(past.SOLVED_PLANS), channels=past.CHANNELS)
    past.tell(world, disputes[:16], first=168, last=52, plans=past.SOLVED_PLANS, channels=past.CHANNELS)
    past.tell(world, disputes[16:], first=21, last=12, plans=QUICK, channels=past.CHANNELS, working=True)


def _calm(plans: tuple[Plan, ...]) -> tuple[Plan, ...]:
    """Without a second round: nobody rates a suggestion away."""
    return tuple(replace(plan, rating=4, then=None) if plan.then else plan for plan in plans)
