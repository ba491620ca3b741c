"""Exports as jobs: asked with a reason, agreed to by a second person above 200 rows, made by the worker, taken once."""

from __future__ import annotations

import io
import logging
from datetime import datetime, timedelta
from itertools import islice

import xlsxwriter
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.rules.viewer import Viewer
from accounts.selectors.viewer import viewer_for
from accounts.services import audit
from common import clock, stored_files
from common.errors import DomainError, NotThere
from common.queue import kick
from members.models import Export
from members.rules.exports import KEPT_HOURS, MOST_ROWS, SECOND_PERSON_ABOVE, columns_of, safe_cell
from members.selectors.exports import cells, columns_in, may_ask, rows_for, to_decide
from members.selectors.register import FILTERS, wrong_filters

LEASE = timedelta(minutes=5)
WINDOW = timedelta(hours=24)  # small exports of one person are counted together for so long
ALONE = (Export.State.QUEUED, Export.State.READY, Export.State.TAKEN)
GIVEN_UP = timedelta(days=1)  # agreed to and never made: whoever asked sees that it failed
log = logging.getLogger(__name__)
TASK = "members.export"


@transaction.atomic
def ask(
    *, what: str, columns: list[str], filters: dict[str, str], reason: str, by: Viewer, now: datetime
) -> Export:  # fmt: skip
    """Ask for a workbook of what the screens show. Above 200 rows, all that one person asked for in 24 hours together, it waits
    for a second person.

    Raises NotThere (not his to have), DomainError (no reason, no rows or too many)."""
    if what not in may_ask(by) or not by.second_factor:
        raise NotThere
    if len(reason.strip()) < 4:
        raise DomainError(_("写一句做什么用，审计里留着"), field="reason")
    if set(columns) - {name for name, _word in columns_in(by, what)}:
        raise DomainError(_("没有这一列，请从名单里选"), field="columns")
    if set(filters) - set(FILTERS) or wrong_filters(by, filters) or (filters and what != "drivers"):
        raise DomainError(_("没有这个条件，请从名单里选"), field="filters")
    count = rows_for(by, what, filters).count()
    if not count:
        raise DomainError(_("按这个条件一行都没有"), field="filters")
    if count > MOST_ROWS:
        raise DomainError(_("按这个条件有 %(rows)s 行，一次最多 %(most)s 行，请加上镇街或行业，分几次导") % {"rows": f"{count:,}", "most": f"{MOST_ROWS:,}"}, field="filters")
    list(Person.objects.select_for_update().filter(pk=by.person_id).values_list("pk"))  # two asks at once would both find room
    small = count + _alone(by.person_id, now) <= SECOND_PERSON_ABOVE
    row = Export.objects.create(
        what=what, columns=columns_of(columns_in(by, what), columns), filters=filters, rows=count, reason=reason.strip()[:200],
        state=Export.State.QUEUED if small else Export.State.ASKED, asked_by_id=by.person_id, asked_at=now,
    )  # fmt: skip
    audit.write(
        act="export.ask", by=by, about=row, reason=reason, now=now,
        new={"what": what, "rows": count, "state": row.state, "columns": ",".join(row.columns),
             "filters": ",".join(f"{name}={value}" for name, value in sorted(filters.items()))},
    )  # fmt: skip
    if small:
        kick(TASK, row.pk)
    return row


def _alone(person_id: int | None, now: datetime, but: int = 0) -> int:
    """Rows that this person had within 24 hours without a second person's word. `but`: an export that is not counted."""
    went = Export.objects.filter(asked_by=person_id, asked_at__gt=now - WINDOW, decided_by=None, state__in=ALONE).exclude(pk=but)
    return went.aggregate(rows=Sum("rows"))["rows"] or 0


@transaction.atomic
def decide(*, export: Export, agree: bool, by: Viewer, now: datetime) -> Export:
    """The second person says yes or no. Raises NotThere (his own, decided already, rows he may not see)."""
    row = to_decide(by).select_for_update().filter(pk=export.pk).first()
    if row is None or not by.second_factor:
        raise NotThere
    row.state = Export.State.QUEUED if agree else Export.State.REFUSED
    row.decided_by_id, row.decided_at = by.person_id, now
    row.save(update_fields=["state", "decided_by", "decided_at"])
    audit.write(act="export.agree" if agree else "export.refuse", by=by, about=row, new={"rows": row.rows}, now=now)
    if agree:
        kick(TASK, row.pk)
    return row


def make(*, export_id: int, now: datetime) -> bool:
    """Make the workbook, as whoever asked may see it at this moment. False when there was nothing to do.

    Claimed by a conditional update with a lease; a killed worker's row is found again by the sweep."""
    waiting = Export.objects.filter(pk=export_id, state=Export.State.QUEUED)
    free = waiting.filter(claimed_at=None) | waiting.filter(claimed_at__lt=now - LEASE)
    if not free.update(claimed_at=now):
        return False
    row = Export.objects.get(pk=export_id)
    viewer = viewer_for(Person.objects.get(pk=row.asked_by_id), now=now)
    if row.what not in may_ask(viewer):  # his posting ended meanwhile
        Export.objects.filter(pk=row.pk, claimed_at=now).update(state=Export.State.FAILED)
        return False
    data, written = _workbook(row, viewer, now)
    if written > MOST_ROWS:  # it grew past what a file may hold: half of the rows are no answer
        Export.objects.filter(pk=row.pk, claimed_at=now).update(state=Export.State.FAILED)
        return False
    if row.decided_by_id is None and written + _alone(row.asked_by_id, now, row.pk) > SECOND_PERSON_ABOVE:  # it grew past the limit while it waited
        Export.objects.filter(pk=row.pk, claimed_at=now).update(state=Export.State.ASKED, rows=written, claimed_at=None)
        return False
    name = stored_files.store_sealed(data, root=settings.DATA_DIR)
    with transaction.atomic():
        done = Export.objects.filter(pk=row.pk, state=Export.State.QUEUED, claimed_at=now).update(
            state=Export.State.READY, stored=name, rows=written, ready_at=now, expires_at=now + timedelta(hours=KEPT_HOURS)
        )
        if done:
            audit.write(act="export.made", about=row, new={"rows": written}, actor_word="worker", now=now)
    if not done:
        stored_files.delete_sealed(name, root=settings.DATA_DIR)
    return bool(done)


def take(*, export: Export, by: Viewer, now: datetime) -> bytes:
    """The workbook, to whoever asked and once. Raises NotThere."""
    with transaction.atomic():
        mine = Export.objects.filter(pk=export.pk, asked_by_id=by.person_id or 0, state=Export.State.READY, expires_at__gt=now)
        if not by.second_factor or not mine.update(state=Export.State.TAKEN, taken_at=now):
            raise NotThere
        row = Export.objects.get(pk=export.pk)
        data = stored_files.open_sealed(row.stored, root=settings.DATA_DIR)
        name, row.stored = row.stored, ""
        row.save(update_fields=["stored"])
        audit.write(act="export.taken", by=by, about=row, new={"rows": row.rows}, now=now)
    stored_files.delete_sealed(name, root=settings.DATA_DIR)
    return data


def sweep(*, now: datetime) -> int:
    """Let go of what nobody took in a day; make what nobody makes. One that cannot be made stops none of the others."""
    moved = 0
    for row in Export.objects.filter(state=Export.State.READY, expires_at__lte=now).order_by("expires_at")[:100]:
        if Export.objects.filter(pk=row.pk, state=Export.State.READY).update(state=Export.State.EXPIRED, stored=""):
            stored_files.delete_sealed(row.stored, root=settings.DATA_DIR)
            moved += 1
    waiting = Export.objects.filter(state=Export.State.QUEUED)
    late = Q(decided_at=None, asked_at__lte=now - GIVEN_UP) | Q(decided_at__lte=now - GIVEN_UP)
    waiting.filter(late).update(state=Export.State.FAILED)
    free = waiting.filter(claimed_at=None) | waiting.filter(claimed_at__lt=now - LEASE)
    for pk in list(free.order_by(F("claimed_at").asc(nulls_first=True), "asked_at").values_list("pk", flat=True)[:5]):
        try:
            moved += make(export_id=pk, now=now)
        except Exception:  # noqa: BLE001 - a row that breaks its maker steps aside until its lease is over
            log.exception("export %s was not made", pk)
    return moved


def _workbook(row: Export, viewer: Viewer, now: datetime) -> tuple[bytes, int]:
    out, written = io.BytesIO(), 0
    words = dict(columns_in(viewer, row.what))
    with xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("导出")
        for column, name in enumerate(row.columns):
            sheet.write_string(0, column, words[name])
        for values in islice(cells(viewer, row.what, row.filters), MOST_ROWS + 1):
            written += 1
            for column, name in enumerate(row.columns):
                sheet.write_string(written, column, safe_cell(values[name]))
        note = f"截至 {clock.local(now):%Y-%m-%d %H:%M}，共 {written} 行；姓名、手机号、车牌已遮"
        sheet.write_string(written + 2, 0, note)
    return out.getvalue(), written
