"""Too much at once, or an old copy of the database: stop, and let a person decide."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.selectors.units import posted_as
from accounts.services import audit
from common.errors import NotThere
from notices.models import Hold, Notice
from notices.rules.states import State
from notices.services import claims, outbox

KIND = "notices.hold"
TEMPLATE = "notices.hold"
RUNGS = ~Q(clock="") & Q(urgent=False)  # urgent ones wake people at night for a reason: no brake stops them
MAY_DECIDE = (Role.SYSTEM,)


def standing() -> Q | None:
    """What may not leave now, as a condition; None when nothing is held."""
    waits: Q | None = None
    for hold in Hold.objects.filter(ended_at=None):
        this = RUNGS if hold.why == Hold.Why.STORM else Q(made_at__lte=hold.before)
        waits = this if waits is None else waits | this
    return waits


def brake(*, now: datetime) -> bool:
    """Hold all rungs when more messages than STORM_BRAKE would leave at once, counted after digesting."""
    rungs = claims.due(now).filter(RUNGS, state=State.QUEUED)
    if not rungs.exists():
        return False
    passed = Hold.objects.filter(why=Hold.Why.STORM).aggregate(last=Max("ended_at"))["last"]
    fresh = rungs.filter(made_at__gt=passed) if passed else rungs
    count = fresh.order_by().values("recipient_id", "channel").distinct().count()
    if count <= settings.STORM_BRAKE:
        return False
    _start(Hold.Why.STORM, before=now, messages=count, now=now)
    return True


def after_restore(*, restored_to: datetime, now: datetime) -> Hold | None:
    """Call it once a backup was put back: what it holds unsent does not leave before somebody says so."""
    waiting = Notice.objects.filter(state=State.QUEUED, made_at__lte=restored_to).count()
    return _start(Hold.Why.RESTORE, before=restored_to, messages=waiting, now=now, word="operator")


def _start(why: str, *, before: datetime, messages: int, now: datetime, word: str = "system") -> Hold | None:
    try:
        with transaction.atomic():
            hold = Hold.objects.create(why=why, before=before, messages=messages, made_at=now)
            audit.write(act="notices.held", now=now, about=hold, new={"why": why, "messages": messages}, actor_word=word)
            outbox.post(template=TEMPLATE, about=(KIND, hold.pk), now=now, to=posted_as(*MAY_DECIDE, now=now))
            return hold
    except IntegrityError:
        return None  # another sweep was first


def held_back(hold: Hold, *, now: datetime) -> QuerySet[Notice]:
    """The messages that this hold keeps from leaving."""
    storm = hold.why == Hold.Why.STORM
    rows = Notice.objects.filter(state=State.QUEUED, made_at__lte=now if storm else hold.before)
    return rows.filter(RUNGS) if storm else rows


@transaction.atomic
def end(*, pk: int, drop: bool, by: Viewer | None, now: datetime) -> int:
    """Let what waits go out (`drop` False), or cancel it. `by` is None for the command line.

    Returns how many rows. Raises NotThere for a hold that does not stand, or a viewer who may not decide."""
    hold = Hold.objects.select_for_update().filter(pk=pk, ended_at=None).first()
    if hold is None or (by is not None and not by.has_role(*MAY_DECIDE)):
        raise NotThere()
    rows = held_back(hold, now=now)
    if drop:
        moved = rows.update(
            state=State.CANCELLED, settled_at=now, next_try_at=None, body=None, error="暂停后决定不发"
        )
    else:
        moved = rows.count()
    Hold.objects.filter(pk=hold.pk).update(ended_at=now, ended_by_id=by.person_id if by else None, dropped=drop)
    audit.write(
        act="notices.hold_ended", now=now, by=by, about=hold, new={"drop": drop, "rows": moved},
        actor_word="" if by else "operator",
    )  # fmt: skip
    return moved
