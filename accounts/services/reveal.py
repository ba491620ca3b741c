"""Showing what a mask hides: an act with a reason, written down, watched when it becomes many.

The door decides through its selectors whether the viewer may know of the subject at all; here the
act is counted and audited. The clear value never enters the log.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import AuditLine, Person
from accounts.rules.roles import ROLE_WORDS, Role
from accounts.rules.viewer import Viewer
from accounts.services import audit
from common import clock
from common.errors import DomainError, NotThere

ACT, ALARM = "reveal", "reveal.many"
SUBJECTS_A_DAY = 30
STEP_UP_HOLDS = timedelta(minutes=10)
SHOWN_SECONDS = 60
MIN_REASON = 2


class StepUpNeeded(DomainError):
    """More than thirty different people today: the second factor is asked for once more."""

    code = "step_up"
    status = 403


@dataclass(frozen=True)
class Looked:
    """Somebody looked: in which role and how often, never who."""

    role: str
    word: str
    times: int


def reveal(
    *,
    subject: models.Model,
    field: str,
    by: Viewer,
    reason: str,
    now: datetime,
    stepped_up_at: datetime | None = None,
) -> str:
    """The clear value of `field` of a row that the door has found through a selector.

    Must not be called inside a transaction: a refusal leaves its alarm line behind.
    Raises NotThere, DomainError (no reason), StepUpNeeded."""
    if not (by.is_staff and by.second_factor):
        raise NotThere
    if len(reason.strip()) < MIN_REASON:
        raise DomainError(_("请选一个理由，或者写一句"), field="reason", code="required")
    with transaction.atomic(durable=True):
        Person.objects.select_for_update().get(pk=by.person_id)  # two at once count one after the other
        refused = _too_many(subject, by, stepped_up_at, now)
        if not refused:
            audit.write(
                act=ACT,
                by=by,
                about=subject,
                new={"field": field, "role": _role_of(by)},
                reason=reason,
                now=now,
            )
    if refused:
        raise StepUpNeeded(_("今天看的人多了。请再输一次动态码，说明是您本人。"))
    return str(getattr(subject, field) or "")


def who_looked(*subjects: models.Model) -> list[Looked]:
    """Who had the clear values of these rows shown: role and count, most often first."""
    wanted = models.Q(pk=None)
    for subject in subjects:
        wanted |= models.Q(about_kind=subject._meta.label_lower, about_pk=str(subject.pk))
    found = AuditLine.objects.filter(wanted, act=ACT).values_list("new", flat=True)
    counts = Counter(new.get("role", "") for new in found)
    return [Looked(role, _word(role), times) for role, times in counts.most_common()]


def _too_many(subject: models.Model, by: Viewer, stepped_up_at: datetime | None, now: datetime) -> bool:
    """Whether the second factor is due again; the first time past the limit of a day leaves an alarm."""
    rows = AuditLine.objects.filter(actor_id=by.person_id, act=ACT, at__gte=_midnight(now))
    seen = {(kind, pk): at for kind, pk, at in rows.order_by("-at").values_list("about_kind", "about_pk", "at")}
    if (subject._meta.label_lower, str(subject.pk)) in seen or len(seen) < SUBJECTS_A_DAY:
        return False
    _alarm(by, now)
    if stepped_up_at is None or now - stepped_up_at > STEP_UP_HOLDS:
        return True
    return sum(first >= stepped_up_at for first in seen.values()) >= SUBJECTS_A_DAY  # as many again, no more


def _alarm(by: Viewer, now: datetime) -> None:
    if not AuditLine.objects.filter(actor_id=by.person_id, act=ALARM, at__gte=_midnight(now)).exists():
        audit.write(act=ALARM, by=by, new={"subjects": SUBJECTS_A_DAY}, now=now)


def _midnight(now: datetime) -> datetime:
    return clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0)


def _role_of(by: Viewer) -> str:
    return by.held[0].role if by.held else ""


def _word(role: str) -> str:
    return str(ROLE_WORDS[Role(role)]) if role in ROLE_WORDS else _("工作人员")
