"""What did not go out: for people whose next step is the telephone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from common.masks import mask_mail, mask_phone
from notices import registry
from notices.models import Hold, Notice
from notices.rules.states import CHANNEL_WORDS, NEXT_WORDS, STATE_WORDS, Audience, State
from notices.rules.words import fill
from notices.selectors.rights import allowed_among

LATE = timedelta(hours=1)
KEPT = timedelta(days=14)
MAY_CALL = (Role.DESK, Role.DUTY)
CODE = "accounts.code"


@dataclass(frozen=True)
class Stuck:
    """A message for a driver that failed, was never confirmed, or waits for more than an hour.

    `number` is masked ("" for an account); whoever calls uncovers it on the page of the row, where that
    leaves a line in the audit. `todo` is the next step in words."""

    pk: int
    what: str
    channel: str
    state: str
    why: str
    since: datetime
    url: str
    number: str
    todo: str
    failed: bool
    label: str


def troubled_for(viewer: Viewer, *, now: datetime, limit: int = 50) -> list[Stuck]:
    """For the desk and the duty officer, newest first; never about what the viewer may not know of."""
    if not viewer.has_role(*MAY_CALL):
        return []
    names = [one.name for one in registry.templates(audience=Audience.DRIVER) if one.name != CODE]
    late = Q(state__in=[State.QUEUED, State.SENDING], made_at__lt=now - LATE, tries__gt=0)
    ended = Q(state__in=[State.FAILED, State.UNKNOWN], made_at__gt=now - KEPT)
    wanted = Notice.objects.filter(late | ended, template__in=names).defer("body").order_by("-pk")
    rows = list(allowed_among(viewer, wanted, now=now)[:limit])  # the right first, then the page
    pks: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        pks[row.about_kind].add(row.about_pk)
    found = {kind: registry.where(kind, viewer, some) for kind, some in pks.items()}
    return [_stuck(row, found[row.about_kind].get(row.about_pk)) for row in rows]


def _stuck(row: Notice, where: registry.Where | None) -> Stuck:
    return Stuck(
        pk=row.pk,
        what=fill(str(registry.template(row.template).words), row.data, due=row.due),
        channel=CHANNEL_WORDS[row.channel],
        state=STATE_WORDS[row.state],
        why=row.error,
        since=row.made_at,
        url=where.url if where else "",
        label=where.label if where else "",
        number=_masked(row.address),
        todo=NEXT_WORDS[row.state],
        failed=row.state == State.FAILED,
    )


def _masked(address: str | None) -> str:
    return mask_mail(address) if address and "@" in address else mask_phone(address)


def holds_for(viewer: Viewer) -> list[Hold]:
    """Holds that wait for the system administrator's word."""
    if not viewer.has_role(Role.SYSTEM):
        return []
    return list(Hold.objects.filter(ended_at=None).order_by("made_at"))
