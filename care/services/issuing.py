"""Give it out: by scanning who signed in, or by plate and the last four of a phone; with signal or afterwards.

One transaction holds the heap, the line, who got it and the audit line. A second time in a period is refused with when
and where; whoever hands it out all the same says why, and everybody sees it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.rules.viewer import Viewer
from care.models import Issue, Offer
from care.rules import campaigns as rules
from care.rules.ledger import Kind
from care.selectors.scope import keeps
from care.services import cards
from care.services.stock import Act, Heap, OutOfStock, check_quantity, take, write_line
from common import clock, identifiers
from common.encryption import keyed_hmac
from common.errors import DomainError, NotThere, Stale
from common.failpoints import failpoint
from common.words import short_words
from members.models import DriverVehicle

MOST_ROWS = 500
SHARE_A_PLATE = 20  # drivers of one truck that are looked at
OFFLINE_WHY = "没有信号时发的"


class Repeat(DomainError):
    """He had it in this period already: `earlier` is that issue; nothing was written."""

    code = "repeat"
    status = 409

    def __init__(self, message: str, *, earlier: Issue):
        super().__init__(message, field="plate")
        self.earlier = earlier


@dataclass(frozen=True)
class Give:
    """One hand-out. Either `person`, or `card` (scanned, or its four digits), or `plate` and `tail` (the last four
    digits of his phone) as typed.

    `anyway`: why he gets it a second time."""

    client_key: UUID
    heap: Heap
    quantity: int = 1
    person: Person | None = None
    plate: str = ""
    tail: str = ""
    anyway: str = ""
    card: str = ""


@dataclass(frozen=True)
class Said:
    """What became of one row of a phone: made, known (sent before) or refused; `repeat` is flagged, not hidden."""

    client_key: UUID
    what: str
    issue: Issue | None = None
    repeat: bool = False
    code: str = ""
    words: str = ""


@dataclass(frozen=True)
class To:
    """Who gets it: the person where he is known, the plate as typed, the keyed hash that stands for him."""

    person_id: int | None
    plate: str
    key: str


def issue(*, give: Give, by: Viewer, now: datetime) -> Issue:
    """Hand it out once, whatever is sent twice.

    Raises NotThere, DomainError at its field, stock.OutOfStock, Repeat, Stale (the key was used for another hand-out)."""
    return _issue(give, by=by, now=now, at=now)[0]


def replay(*, rows: Sequence[tuple[Give, datetime]], by: Viewer, now: datetime) -> list[Said]:
    """Rows that a phone without signal kept, each with when it happened; one answer a row, in their order.

    Each row is a transaction of its own: what is sent twice is one row, a second hand-out to the same driver is written
    and flagged (the pack is gone), and what cannot be true is refused in words and stays on the phone.
    Raises DomainError for more rows than a phone can have written."""
    if len(rows) > MOST_ROWS:
        raise DomainError(_("一次最多传 %(most)d 行，请分几次") % {"most": MOST_ROWS}, field="rows", code="too_many")
    said = []
    for give, happened in rows:
        try:
            at = rules.moment_of(happened, now=now)
            if at is None:
                raise DomainError(_("这一行在手机里放了太久，请打电话给工会补记"), code="too_old")
            row, made = _issue(replace(give, anyway=give.anyway or OFFLINE_WHY), by=by, now=now, at=at)
            said.append(Said(give.client_key, "made" if made else "known", row, row.repeat_of_id is not None))
        except DomainError as error:
            said.append(Said(give.client_key, "refused", code=error.code, words=error.message))
    return said


def _issue(give: Give, *, by: Viewer, now: datetime, at: datetime) -> tuple[Issue, bool]:
    """The issue, and whether this very call made it."""
    if not keeps(by, give.heap.point):
        raise NotThere
    check_quantity(give.quantity)
    to = _recipient(give, at)
    known = _known(give, to)
    if known is not None:
        return known, False
    period = allowed(give, to, at)
    for last in (False, True):
        try:
            with transaction.atomic():
                return _write(give, to, period, by=by, now=now, at=at), True
        except (IntegrityError, OutOfStock, Repeat) as clash:
            known = _known(give, to)  # the twin tap was first
            if known is not None:
                return known, False
            if last or not isinstance(clash, IntegrityError):
                raise  # else: somebody handed it to him at this very moment, and the next look finds that
    raise AssertionError("the second try returns or raises")


def _write(give: Give, to: To, period: str, *, by: Viewer, now: datetime, at: datetime) -> Issue:
    earlier = _earlier(give, to, period)
    if earlier is not None and not give.anyway.strip():
        raise _repeat(earlier, now)
    take(give.heap, give.quantity)
    line = write_line(Act(give.client_key, give.heap, give.quantity), Kind.ISSUED, give.quantity, by=by, now=now, at=at)
    failpoint("in_the_middle:issue")
    return Issue.objects.create(
        line=line, campaign=give.heap.campaign, good=give.heap.good, person_id=to.person_id, plate=to.plate, recipient=to.key,
        period=period, quantity=give.quantity, at=at, repeat_of=earlier, why=give.anyway.strip()[:120] if earlier else "",
    )  # fmt: skip


def allowed(give: Give, to: To, at: datetime) -> str:
    """The period this falls in. Raises DomainError at the field that stands in the way."""
    campaign = give.heap.campaign
    rule = Offer.objects.filter(campaign=campaign, good=give.heap.good).first()
    if rule is None:
        raise DomainError(_("这个活动不发这样东西"), field="good", code="not_offered")
    offer = rules.Offer(campaign.starts_at, campaign.ends_at, campaign.stopped_at is not None, rule.period, rule.each, campaign.who)
    wrong = rules.refusal(offer, at=at, quantity=give.quantity, registered=to.person_id is not None)
    if wrong is not None:
        raise DomainError(_(wrong.words) % {"n": wrong.number}, field=wrong.field, code=wrong.code)
    return rules.period_key(rule.period, clock.today(at))


def _recipient(give: Give, at: datetime) -> To:
    """Who gets it. A plate with a phone's last four that the register knows is that driver. Raises DomainError."""
    person = give.person or (cards.person_of(give.card, at=at) if give.card.strip() else None)
    if person is not None:
        return To(person.pk, "", recipient_of(person.pk))
    plate = identifiers.check_plate(give.plate)
    tail = check_tail(give.tail)
    drives = DriverVehicle.objects.filter(vehicle__plate=plate, until=None).select_related("driver__person")
    people = {one.driver.person_id for one in drives[:SHARE_A_PLATE] if (one.driver.person.phone or "").endswith(tail)}
    if len(people) == 1:
        person_id = people.pop()
        return To(person_id, plate, recipient_of(person_id))
    return To(None, plate, recipient_at(plate, tail))


def check_tail(text: str) -> str:
    """The last four digits of a phone. Raises DomainError at "tail"."""
    tail = text.strip()
    if not re.fullmatch(r"[0-9]{4}", tail):
        raise DomainError(_("写手机号最后 4 位数字"), field="tail", code="invalid")
    return tail


def recipient_of(person_id: int) -> str:
    """The keyed hash that stands for a person."""
    return keyed_hmac(f"person {person_id}", "care-recipient")


def recipient_at(plate: str, tail: str) -> str:
    """The same for who is known by plate and phone alone."""
    return keyed_hmac(f"{plate} {tail}", "care-recipient")


def _known(give: Give, to: To) -> Issue | None:
    row = Issue.objects.select_related("line").filter(line__client_key=give.client_key).first()
    if row is None:
        return None
    same = (row.campaign_id, row.line.point_id, row.good_id, row.quantity) == (
        give.heap.campaign.pk, give.heap.point.pk, give.heap.good.pk, give.quantity,
    )  # fmt: skip
    if not same or (row.plate, row.person_id) != (to.plate, to.person_id):
        raise Stale(_("这张单子已经发过一次，内容和这次不一样；请重新打开再发"), code="key_used")
    return row


def _earlier(give: Give, to: To, period: str) -> Issue | None:
    rows = Issue.objects.filter(campaign=give.heap.campaign, good=give.heap.good, recipient=to.key, period=period)
    return rows.filter(repeat_of=None, back_at=None).select_related("line__point", "line__by").first()


def _repeat(earlier: Issue, now: datetime) -> Repeat:
    words = _("这位司机 %(when)s 在%(where)s领过了（%(who)s发的）。真要再发一份，请写明为什么")
    said = {"when": short_words(earlier.at, now=now), "where": earlier.line.point.name, "who": earlier.line.by.name}
    return Repeat(words % said, earlier=earlier)
