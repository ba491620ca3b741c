"""What the driver does after filing: nudge, add, reply, withdraw, rate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from accounts.rules.viewer import Viewer
from appeals.errors import Missing
from appeals.models import Appeal, DraftPhoto, Event, Photo, Rating
from appeals.rules.clock_kinds import ClockKind
from appeals.rules.life import BAD_RATING, RATING_WORDS, State
from appeals.rules.moves import Move
from appeals.selectors.facts import working_days_after
from appeals.services import deadlines, legs, notify, rounds
from appeals.services.engine import begin, finish
from common import clock
from common.selectors import calendar

MAX_WORDS, SAME_TAP = 2000, timedelta(minutes=10)


def _checked(words: str, field: str = "words") -> str:
    words = words.strip()
    if len(words) > MAX_WORDS:
        raise Missing(f"写了 {len(words)} 个字，最多 {MAX_WORDS} 个字", field=field)
    return words


@transaction.atomic
def nudge(*, appeal: Appeal, by: Viewer, now: datetime, version: int | None = None) -> Appeal:
    """催一下, once a day: the handler and his head are told."""
    step = begin(appeal, Move.NUDGE, by=by, version=version, now=now)
    row = step.appeal
    row.last_nudged_on = clock.today(now)
    finish(step)
    if row.lead_unit_id:
        people = notify.workers(row, now=now) if row.handler_id else notify.of_unit(row.lead_unit_id, now=now)
        notify.staff(row, "appeal.nudged", {*people, *notify.heads(row.lead_unit_id, now=now)}, now=now)
    else:
        notify.staff(row, "appeal.nudged", notify.desk(now=now), now=now)
    return row


@transaction.atomic
def add_material(
    *, appeal: Appeal, words: str, by: Viewer, now: datetime, photos: Sequence[DraftPhoto] = (), version: int | None = None
) -> Appeal:
    """More words or photos, at any time. It starts no clock and opens nothing ("谢谢" is no new matter)."""
    words = _checked(words) or ("补了照片" if photos else "")
    step = begin(appeal, Move.ADD_MATERIAL, by=by, version=version, now=now, data={"words": words})
    said = Event.objects.filter(appeal=step.appeal, seq=step.appeal.version, move=Move.ADD_MATERIAL, words=words)
    if not photos and said.filter(at__gte=now - SAME_TAP).exists():
        return step.appeal  # a second tap, a reload: said once, told once
    event = finish(step, words=words, data={"photos": len(photos)})
    _adopt(step.appeal, event, photos, now=now)
    if step.appeal.handler_id:
        notify.staff(step.appeal, "appeal.material", notify.workers(step.appeal, now=now), now=now)
    return step.appeal


@transaction.atomic
def reply(
    *, appeal: Appeal, words: str, by: Viewer, now: datetime, photos: Sequence[DraftPhoto] = (), version: int | None = None
) -> Appeal:
    """The driver answers what he was asked: the clock runs on from the moment of the reply."""
    words = _checked(words)
    step = begin(appeal, Move.DRIVER_REPLY, by=by, version=version, now=now, data={"words": words})
    row = step.appeal
    deadlines.resume(row, at=now, now=now)
    deadlines.refresh(row)
    event = finish(step, words=words)
    _adopt(row, event, photos, now=now)
    if row.lead_unit_id:
        notify.staff(row, "appeal.material", notify.workers(row, now=now), now=now)
    return row


def _adopt(appeal: Appeal, event: Event, photos: Sequence[DraftPhoto], *, now: datetime) -> None:
    held = Photo.objects.filter(appeal=appeal).count()
    if held + len(photos) > 18:
        raise Missing("一件诉求最多 18 张照片", field="photos")
    Photo.objects.bulk_create(
        [
            Photo(
                appeal=appeal, event=event, order=held + n, sha256=photo.sha256, served=photo.served,
                sealed=photo.sealed, width=photo.width, height=photo.height, size=photo.size, added_at=now,
            )
            for n, photo in enumerate(photos, start=1)
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    DraftPhoto.objects.filter(pk__in=[photo.pk for photo in photos]).delete()


@transaction.atomic
def withdraw(*, appeal: Appeal, by: Viewer, now: datetime, version: int | None = None) -> Appeal:
    """He takes it back. If a unit was in touch within two working days, somebody else asks whether he was pressed."""
    step = begin(appeal, Move.WITHDRAW, by=by, version=version, now=now)
    row = step.appeal
    pressed = any(
        now <= working_days_after(at, 2, calendar())
        for at in Event.objects.filter(appeal=row, move__in=[Move.ACCEPT, Move.PROGRESS, Move.ASK_DRIVER, Move.NOTE])
        .order_by("-seq")
        .values_list("at", flat=True)[:1]
    )
    legs.end_lead(row, how="withdrawn", now=now)
    deadlines.stop(row, at=now, kinds=[k for k in ClockKind if k != ClockKind.REVIEW_ADVICE])  # the fine is still there
    row.requests.filter(decision="pending").update(decision="lapsed", decided_at=now)
    row.pauses.filter(ended_at=None).update(ended_at=now)
    row.closed_at, row.ended_how = now, "withdrawn_check" if pressed else "withdrawn"
    if pressed:
        deadlines.start(row, [ClockKind.CALL_BACK], at=now, now=now)
    row.next_due, row.next_due_clock = None, ""
    deadlines.refresh(row)
    notify.drop(row, now=now)
    finish(step, data={"press_check": pressed})
    return row


@transaction.atomic
def rate(
    *, appeal: Appeal, value: int, by: Viewer, now: datetime, words: str = "", solved: bool | None = None,
    version: int | None = None,
) -> Appeal:  # fmt: skip
    """Five words by the driver alone, one a round, changeable until the call-back; every value stays in the events.

    差, 很差 or 没解决 opens the next round by itself. Raises IllegalMove, Missing.
    """
    if value not in RATING_WORDS:
        raise Missing("请选一个评价", field="value")
    held = Appeal.objects.select_for_update(of=("self",)).get(pk=appeal.pk)  # the second of two taps waits for the first
    last = Rating.objects.filter(appeal=held).order_by("-round").first()
    same = last is not None and (last.value, last.words, last.solved) == (value, words.strip()[:300], solved)
    if same and (last.round == held.round or held.state != State.ANSWERED):  # the first may have opened the next round
        return held  # pressed five times: one value, one message
    step = begin(appeal, Move.RATE, by=by, version=version, now=now, data={"value": value})
    row = step.appeal
    Rating.objects.update_or_create(
        appeal=row,
        round=row.round,
        defaults={"value": value, "solved": solved, "words": words.strip()[:300], "last_at": now},
        create_defaults={
            "value": value, "solved": solved, "words": words.strip()[:300], "first_at": now, "last_at": now,
        },
    )  # fmt: skip
    row.rating = value
    deadlines.meet(row, [ClockKind.RATE], at=now)
    finish(step, words=words.strip()[:300], data={"value": value, "word": RATING_WORDS[value], "solved": solved})
    if value <= BAD_RATING or solved is False:
        return rounds.reopen_by_rating(appeal=row, value=value, now=now)
    return row
