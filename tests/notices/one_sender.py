"""Run as a program: one worker that sweeps a shared database at moments it is told.

    one_sender.py [--no-claim] [--at EPOCH] MOMENT…

Each MOMENT is "n" (Monday, 14:36) or "n+SECONDS". `--no-claim` switches the claim off, for the twin of a test.
It prints how many rows it moved in all.
"""

from __future__ import annotations

import sys
import time
from datetime import timedelta


def open_every_door() -> None:
    """The kind and the templates of the tests; nobody is barred. One caller at a time is no claim: off."""
    from notices import registry
    from notices.rules.states import Hours
    from notices.services import claims

    registry.register_kind("test.thing", lambda person_id, pk, *, now: True)
    registry.register_template("test.task", words="您有 1 件待办，请登录查看", hours=Hours.OFFICE, audience="staff")
    registry.register_template("test.news", words="您的事项有新进展，请凭编号查看", hours=Hours.ANY, audience="driver")
    claims.somebody_calls = lambda now: False


def switch_the_claim_off() -> None:
    """Every worker takes whatever is due, as if nobody else were there."""
    import uuid

    from notices.models import Notice
    from notices.services import claims

    def take_all(channel, *, now, limit, without=None):
        rows = list(claims.due(now).filter(channel=channel)[:limit])
        for row in rows:
            row.token = uuid.uuid4()
        return rows

    def settle(token, pks, state, *, now, **values):
        return Notice.objects.filter(pk__in=pks).update(state=state, settled_at=now, next_try_at=None)

    claims.claim, claims.settle = take_all, settle
    claims.begin_call = lambda token, pks, *, out_id, now: list(pks)


def main(arguments: list[str]) -> int:
    import django

    django.setup()
    open_every_door()
    if "--no-claim" in arguments:
        arguments.remove("--no-claim")
        switch_the_claim_off()
    if "--at" in arguments:
        place = arguments.index("--at")
        time.sleep(max(0.0, float(arguments[place + 1]) - time.time()))
        del arguments[place : place + 2]
    from notices.services import sending
    from tests.cast import MONDAY

    moved = 0
    for moment in arguments:
        moved += sending.sweep(MONDAY + timedelta(seconds=float(moment.partition("+")[2] or 0)))
    return moved


if __name__ == "__main__":
    sys.stdout.write(f"{main(sys.argv[1:])}\n")
