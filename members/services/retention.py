"""What is over its time goes, as the table of members.rules.retention says: a few rows at a time, each once, each with
its line of audit in its own transaction.

A row that breaks steps aside for an hour, one that somebody still needs for a day; the others go on. Rows stay where
figures count them: what is blanked is what tells of the human. A stored file goes after the commit; killed in between
it is a file that no row names, which the sweep of orphans takes.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.services import audit, forgetting
from common import bulk, clock, stored_files
from common.errors import Stale
from common.failpoints import failpoint
from common.masks import mask_phone, scrub
from members.models import (
    Claim,
    ContactNote,
    DataRequest,
    Driver,
    FieldChange,
    JoinRequest,
    Outreach,
    PhoneTail,
    Postponed,
    Seat,
    StagedRow,
    UnionMember,
    Upload,
)
from members.rules.claims import REFUSALS
from members.rules.retention import PERIOD, What
from members.services import search_keys
from members.services.staging import LEASE

BATCH = 100
FAILED_FOR, NEEDED_FOR = timedelta(hours=1), timedelta(days=1)
SETTLED = (Upload.State.APPLIED, Upload.State.UNDONE, Upload.State.DROPPED, Upload.State.FAILED)
UNSETTLED = (Upload.State.STAGED, Upload.State.ASKING, Upload.State.CHECKED)
NUMBERS = ("phone", "certificate_number")  # of the history: the certificate's number is often the ID itself
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Duty:
    """`due(now)`: the rows whose time is over, oldest first; `do(row, now)` within a transaction that holds the row."""

    what: What
    due: Callable[[datetime], QuerySet]
    do: Callable[..., None]


def sweep(*, now: datetime) -> int:
    """Up to BATCH rows of each kind. Returns how many went."""
    return sum(_batch(duty, now) for duty in DUTIES)


def needs(person_id: int, *, now: datetime) -> bool:
    """Whether this room still has to know somebody: the union's member, who keeps touch with five, whose request runs."""
    return (
        UnionMember.objects.filter(person=person_id, ended_on=None).exists()
        or Seat.objects.filter(contact=person_id, until=None).exists()
        or Claim.objects.filter(person=person_id, state__in=[Claim.State.OPEN, Claim.State.VERIFIED]).exists()
        or DataRequest.objects.filter(person=person_id, state=DataRequest.State.OPEN).exists()
        or JoinRequest.objects.filter(person=person_id, state=JoinRequest.State.OPEN).exists()
    )


def _batch(duty: Duty, now: datetime) -> int:
    aside = Postponed.objects.filter(what=duty.what, until__gt=now).values("row")
    pks = list(duty.due(now).exclude(pk__in=aside).values_list("pk", flat=True)[:BATCH])
    return sum(_one(duty, pk, now) for pk in pks)


def _one(duty: Duty, pk: int, now: datetime) -> bool:
    """Held, asked again whether it is over, done. False when it stays for now, or somebody else has it."""
    try:
        with transaction.atomic():
            row = duty.due(now).select_for_update(of=("self",), skip_locked=True).only("pk").filter(pk=pk).first()
            if row is None:
                return False
            duty.do(row, now)
            Postponed.objects.filter(what=duty.what, row=pk).delete()
        return True
    except Stale:
        return False
    except forgetting.StillNeeded:
        _postpone(duty, pk, "needed", now + NEEDED_FOR)
    except Exception:  # noqa: BLE001 - whatever is wrong with this row, the others go on
        log.exception("%s %s was not forgotten", duty.what.value, pk)
        _postpone(duty, pk, "failed", now + FAILED_FOR)
    return False


def _postpone(duty: Duty, pk: int, why: str, until: datetime) -> None:
    Postponed.objects.update_or_create(what=duty.what, row=pk, defaults={"until": until, "why": why})


def _left(now: datetime) -> QuerySet[Driver]:
    """Who left the register long enough ago."""
    day = clock.today(PERIOD[What.REGISTER].over(clock.local(now)))
    rows = Driver.objects.filter(erased_at=None, merged_into=None, state_since__lte=day).exclude(state=Driver.State.ACTIVE)
    return rows.order_by("state_since", "pk")


def _merged(now: datetime) -> QuerySet[Driver]:
    """Rows that were merged into one that went: the same human, under another Person."""
    return Driver.objects.filter(erased_at=None, merged_into__isnull=False, merged_into__erased_at__isnull=False).order_by("merged_into_id", "pk")


@transaction.atomic
def forget_on_request(*, person_id: int, now: datetime) -> None:
    """He asked for it, and a keeper agreed: what time would take goes now. His registration has ended already.

    Raises forgetting.StillNeeded (staff, or a room still has to reach him), Stale."""
    forgetting.forget_numbers(person_id=person_id, unused_since=None, now=now)
    for row in Driver.objects.select_for_update().filter(person=person_id, erased_at=None):
        _blank_driver(row, person_id, now)


def _forget_driver(row: Driver, now: datetime) -> None:
    """Phone and ID, wherever this room holds a copy; name, place and dates stay for the counts of past days."""
    person = Driver.objects.values_list("person_id", flat=True).get(pk=row.pk)
    unused_since = PERIOD[What.REGISTER].over(clock.local(now))
    forgetting.forget_numbers(person_id=person, unused_since=unused_since, now=now)
    _blank_driver(row, person, now)


def _blank_driver(row: Driver, person: int, now: datetime) -> None:
    note = Driver.objects.values_list("note", flat=True).get(pk=row.pk)
    Driver.objects.filter(pk=row.pk).update(certificate_number=None, note=scrub(note), erased_at=now)
    changes = FieldChange.objects.filter(driver=row.pk)
    changes.filter(field__in=NUMBERS).update(old="", new="", sealed_old=None)
    for pk, old, new in list(changes.filter(field="note").values_list("pk", "old", "new")):
        FieldChange.objects.filter(pk=pk).update(old=scrub(old), new=scrub(new))
    PhoneTail.objects.filter(person=person).delete()
    search_keys.renew_drivers([row.pk])
    _told("driver.forgotten", row, now, fields="phone,id_number,certificate_number")


def _ended(now: datetime) -> QuerySet[Claim]:
    """Claims refused or taken back long enough ago. Without its moment (an earlier version) it counts from its beginning."""
    over = PERIOD[What.CLAIM].over(now)
    taken_back = Q(withdrawn_at__lte=over) | Q(withdrawn_at=None, at__lte=over)
    ended = Q(state=Claim.State.REFUSED, refused_at__lte=over) | Q(taken_back, state=Claim.State.WITHDRAWN)
    return Claim.objects.filter(ended, erased_at=None).order_by("pk")


def _forget_claim(row: Claim, now: datetime) -> None:
    """What he said, what was noted about him, and the photo. How it came and how it ended stays for the figures."""
    photo, why = row.proof, row.refused_why
    if why and why not in {words for _code, words in REFUSALS}:  # free words may tell of him; the column must not be empty
        why = _("满%s，细节已经删了") % PERIOD[What.CLAIM].said
    Claim.objects.filter(pk=row.pk).update(
        kind="", relation_place="", home_branch="", home_phone=None, joined_on=None, proof="", verified_kind="", verify_note="",
        contest_words="", refused_why=why, erased_at=now,
    )  # fmt: skip
    Outreach.objects.filter(claim=row.pk).update(note="")
    _told("claim.forgotten", row, now, photo=bool(photo))
    _unlink(photo)


def _proved(now: datetime) -> QuerySet[Claim]:
    """Photos of claims that two people have settled long enough ago."""
    rows = Claim.objects.filter(state=Claim.State.PLACED, placed_at__lte=PERIOD[What.PROOF].over(now)).exclude(proof="")
    return rows.order_by("placed_at", "pk")


def _forget_proof(row: Claim, now: datetime) -> None:
    photo = row.proof
    Claim.objects.filter(pk=row.pk).update(proof="")
    _told("claim.proof_forgotten", row, now)
    _unlink(photo)


def _old_notes(now: datetime) -> QuerySet[ContactNote]:
    return ContactNote.objects.filter(at__lte=PERIOD[What.NOTE].over(clock.local(now))).order_by("at", "pk")


def _forget_note(row: ContactNote, now: datetime) -> None:
    _told("zone.note_forgotten", row, now, seat=row.seat_id, on=clock.today(row.at).isoformat())
    ContactNote.objects.filter(pk=row.pk).delete()


def _never_settled(now: datetime) -> QuerySet[Upload]:
    """Handed in and never written in nor dropped, and no worker is at it."""
    rows = Upload.objects.filter(Q(claimed_at=None) | Q(claimed_at__lt=now - LEASE), state__in=UNSETTLED)
    return rows.filter(at__lte=PERIOD[What.UNSETTLED].over(now)).order_by("at", "pk")


def _drop(row: Upload, now: datetime) -> None:
    """As when somebody drops it; its file is over its time with that."""
    StagedRow.objects.filter(upload=row.pk).delete()
    Upload.objects.filter(pk=row.pk).update(state=Upload.State.DROPPED, claimed_at=None)
    _told(f"{row.kind}.dropped", row, now, after_days=PERIOD[What.UNSETTLED].days)


def _settled(now: datetime) -> QuerySet[Upload]:
    """Workbooks written, undone, dropped or failed long enough ago; of the last two nobody needs the file, so it counts
    from the day on which it came."""
    rows = Upload.objects.filter(state__in=SETTLED).exclude(stored="").annotate(settled_at=Coalesce("undone_at", "applied_at", "at"))
    return rows.filter(settled_at__lte=PERIOD[What.WORKBOOK].over(now)).order_by("at", "pk")


def _forget_workbook(row: Upload, now: datetime) -> None:
    """The file, what the undo kept of old numbers, and the phones of rows kept for the page. Hash and counts stay, so that
    the same file is known again."""
    stored, counts = row.stored, {name: value for name, value in row.counts.items() if name != "before"}
    Upload.objects.filter(pk=row.pk).update(stored="", counts=counts)
    FieldChange.objects.filter(upload=row.pk, sealed_old__isnull=False).update(sealed_old=None)
    kept = StagedRow.objects.filter(upload=row.pk).exclude(outcome=StagedRow.Outcome.REJECTED).values_list("pk", "values")
    bulk.update(StagedRow, ("values",), [(pk, _without_phone(values)) for pk, values in kept if values])
    _told(f"{row.kind}.file_forgotten", row, now, sha256=row.sha256)
    _unlink(stored)


def _without_phone(text: str) -> str:
    values = json.loads(text)
    return json.dumps(values | {"phone": mask_phone(values.get("phone", ""))}, ensure_ascii=False)


def _told(act: str, row: Model, now: datetime, **new: object) -> None:
    audit.write(act=act, about=row, new=new, now=now, actor_word="system")


def _unlink(name: str) -> None:
    def unlink() -> None:
        failpoint("after_commit:retention")
        stored_files.delete_sealed(name, root=settings.DATA_DIR)

    if name:
        transaction.on_commit(unlink, robust=True)


DUTIES = (
    Duty(What.REGISTER, _left, _forget_driver),
    Duty(What.REGISTER, _merged, _forget_driver),
    Duty(What.CLAIM, _ended, _forget_claim),
    Duty(What.PROOF, _proved, _forget_proof),
    Duty(What.NOTE, _old_notes, _forget_note),
    Duty(What.UNSETTLED, _never_settled, _drop),
    Duty(What.WORKBOOK, _settled, _forget_workbook),
)
