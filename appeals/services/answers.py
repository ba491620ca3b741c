"""The answer: drafted by one, approved by another; complaints and a sample by two others."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.rules.viewer import Viewer
from appeals.errors import IllegalMove, Missing, Stale
from appeals.models import Answer, Appeal, Pause
from appeals.rules.clock_kinds import ClockKind
from appeals.rules.moves import Move
from appeals.selectors.scope import appeals_for
from appeals.services import deadlines, legs, notify
from appeals.services.engine import Step, begin, finish
from common.errors import NotThere

BLANK = re.compile(r"【[^】]*】|\bXX+\b|××+")
PARTS = ("measure", "basis", "result")


def blanks(*texts: str) -> list[str]:
    """Blanks of a template that were not filled."""
    return [hit for text in texts for hit in BLANK.findall(text)]


@transaction.atomic
def save_draft(*, appeal: Appeal, parts: dict[str, str], by: Viewer, draft_version: int | None, now: datetime) -> Answer:
    """Keep what was typed, without a move. Whoever saves becomes the drafter until it is submitted.

    Raises NotThere, Stale (somebody else saved meanwhile; both texts are shown), IllegalMove.
    """
    row = appeals_for(by).select_for_update(of=("self",)).filter(pk=appeal.pk).first()
    if row is None or row.lead_unit_id not in by.units():
        raise NotThere("没有这一件，或者不在您的办理范围")
    answer = Answer.objects.select_for_update().filter(appeal=row, round=row.round).first()
    if answer is None:
        answer = Answer(appeal=row, round=row.round, drafted_by_id=by.person_id)
    elif answer.state != Answer.State.DRAFT:
        raise IllegalMove("答复已经送审，退回修改以后才能改")
    elif draft_version is not None and answer.version != draft_version:
        raise Stale("您写的时候，别人也存了一稿；两稿都在下面，没有丢字")
    for part in PARTS:
        setattr(answer, part, parts.get(part, ""))
    answer.drafted_by_id, answer.saved_at = by.person_id, now
    answer.version += 1
    answer.save()
    return answer


@transaction.atomic
def submit_answer(*, appeal: Appeal, parts: dict[str, str], by: Viewer, version: int | None, now: datetime) -> Appeal:
    """Send the draft for approval. What was done, why, and the result must be there, and no blank open."""
    step = begin(appeal, Move.SUBMIT_ANSWER, by=by, version=version, now=now, data=parts)
    row = step.appeal
    left = blanks(*(parts[part] for part in PARTS))
    if left:
        raise Missing(f"还有 {len(left)} 处没填：{'、'.join(left[:3])}", field="result")
    Answer.objects.update_or_create(
        appeal=row, round=row.round,
        defaults={
            **{part: parts[part].strip() for part in PARTS},
            "state": Answer.State.SUBMITTED, "drafted_by_id": by.person_id, "saved_at": now, "submitted_at": now,
            "head_by_id": None, "sent_back": "",
        },
    )  # fmt: skip
    row.handler_id = by.person_id
    legs.Leg.objects.filter(appeal=row, role="lead", ended_at=None).update(handler_id=by.person_id)
    finish(step, public=False)
    notify.staff(row, "appeal.approve", notify.heads(row.lead_unit_id, now=now), now=now)
    return row


@transaction.atomic
def send_back_draft(*, appeal: Appeal, reason: str, by: Viewer, version: int | None, now: datetime) -> Appeal:
    """The approver wants it changed; the words stay."""
    step = begin(appeal, Move.SEND_BACK_DRAFT, by=by, version=version, now=now, data={"reason": reason})
    answer = Answer.objects.get(appeal=step.appeal, round=step.appeal.round)
    answer.state, answer.sent_back, answer.head_by = Answer.State.DRAFT, reason.strip(), None
    answer.version += 1
    answer.save()
    finish(step, reason=reason.strip(), public=False)
    works_there = any(person.pk == answer.drafted_by_id for person in notify.of_unit(step.appeal.lead_unit_id, now=now))
    people = [answer.drafted_by] if works_there else notify.workers(step.appeal, now=now)
    notify.staff(step.appeal, "appeal.task", people, now=now)
    return step.appeal


def set_aside(appeal: Appeal, persons: Collection[int]) -> bool:
    """Somebody of `persons` may not have a hand in it any more: what he drafted is a draft again, his yes is none.

    Returns whether anything was changed."""
    answer = Answer.objects.filter(appeal=appeal, round=appeal.round).exclude(state=Answer.State.APPROVED).first()
    if answer is None or not {answer.drafted_by_id, answer.head_by_id} & set(persons):
        return False
    if answer.state != Answer.State.DRAFT:
        answer.state = Answer.State.DRAFT if answer.drafted_by_id in persons else Answer.State.SUBMITTED
    answer.head_by = None
    answer.version += 1
    answer.save()
    return True


def take_out(appeal: Appeal) -> str:
    """The accused must not write the answer: the next unit begins on a blank page. Returns what stood there."""
    answer = Answer.objects.filter(appeal=appeal, round=appeal.round).exclude(state=Answer.State.APPROVED).first()
    if answer is None:
        return ""
    words = "\n".join(getattr(answer, part) for part in PARTS if getattr(answer, part))
    answer.delete()
    return words


@transaction.atomic
def head_approve(*, appeal: Appeal, by: Viewer, version: int | None, now: datetime) -> Appeal:
    """The head's yes; the desk checks once more before it goes out."""
    step = begin(appeal, Move.HEAD_APPROVE, by=by, version=version, now=now)
    Answer.objects.filter(appeal=step.appeal, round=step.appeal.round).update(
        state=Answer.State.HEAD_APPROVED, head_by_id=by.person_id
    )
    finish(step, public=False)
    notify.staff(step.appeal, "appeal.approve", notify.desk(now=now), now=now)
    return step.appeal


@transaction.atomic
def approve(*, appeal: Appeal, by: Viewer, version: int | None, now: datetime) -> Appeal:
    """The last yes: C4 (C7) is met at this moment, the driver is told, the rating window opens."""
    step = begin(appeal, Move.APPROVE, by=by, version=version, now=now)
    answer = Answer.objects.get(appeal=step.appeal, round=step.appeal.round)
    answer.state, answer.approved_by_id, answer.approved_at = Answer.State.APPROVED, by.person_id, now
    if answer.head_by_id is None:
        answer.head_by_id = by.person_id
    answer.save()
    return _deliver(step, answer)


def _deliver(step: Step, answer: Answer) -> Appeal:
    row, now = step.appeal, step.now
    row.answered_at, row.rating = now, None
    Pause.objects.filter(appeal=row, ended_at=None).update(ended_at=now)
    deadlines.meet(row, [ClockKind.PROGRESS, ClockKind.ANSWER, ClockKind.MEND], at=now)
    deadlines.stop(row, at=now, kinds=[ClockKind.DECIDE])
    row.requests.filter(decision="pending").update(decision="lapsed", decided_at=now)
    deadlines.start(row, [ClockKind.RATE, ClockKind.CALL_BACK], at=now, now=now)
    deadlines.refresh(row)
    notify.drop(row, now=now)
    words = "\n".join(part for part in (answer.measure, answer.basis, answer.result) if part)
    finish(step, words=words)
    notify.driver(row, "appeal.answered", now=now)
    return row
