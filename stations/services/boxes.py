"""意见箱: hung, opened by two who both sign, each letter filed as an appeal like any other. Afterwards the desk has its number alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from accounts.rules.viewer import Viewer
from accounts.services import audit
from common import clock
from common.errors import DomainError, NotThere
from stations.models import BoxLetter, BoxOpening, Station, SuggestionBox
from stations.models.boxes import MOST_LETTERS
from stations.selectors.scope import keeps, kept_by
from stations.services import writing

LATE = timedelta(days=30)  # an opening is written down within a month


@dataclass(frozen=True)
class Counted:
    """What lay in the box: letters, and sheets that are none (blank, advertisements)."""

    letters: int
    others: int = 0
    note: str = ""


@transaction.atomic
def hang(*, station: Station, name: str, spot: str, by: Viewer, now: datetime) -> SuggestionBox:
    """One more box. Raises NotThere, DomainError at name or spot."""
    if not keeps(by, station):
        raise NotThere
    if not 1 <= len(name.strip()) <= 24:
        raise DomainError(_("写哪个箱，最多 24 个字，比如“餐厅门口”"), field="name", code="required")
    if not 2 <= len(spot.strip()) <= 60:
        raise DomainError(_("写挂在哪里，2 到 60 个字"), field="spot", code="required")
    try:
        with transaction.atomic():
            row = SuggestionBox.objects.create(station=station, name=name.strip(), spot=spot.strip(), since=clock.today(now))
    except IntegrityError as clash:
        raise DomainError(_("这个名称用过了，换一个分得开的"), field="name", code="twice") from clash
    audit.write(act="box.hang", by=by, about=row, new={"name": row.name, "station": station.slug}, now=now)
    return row


@transaction.atomic
def take_down(*, box: SuggestionBox, by: Viewer, now: datetime) -> SuggestionBox:
    """The box is gone; its openings stay. Raises NotThere, DomainError (letters that are no appeals yet)."""
    row = _box(box, by)
    unfinished = BoxOpening.objects.filter(box=row).annotate(typed=Count("filed")).filter(Q(witness=None) | Q(typed__lt=F("letters")))
    if unfinished.exists():
        raise DomainError(_("还有没签的开箱或没录完的信，先办完再取下"), code="unfinished")
    row.down_at = now
    row.save(update_fields=["down_at"])
    audit.write(act="box.down", by=by, about=row, now=now)
    return row


@transaction.atomic
def open_box(*, box: SuggestionBox, counted: Counted, opened_at: datetime, by: Viewer, now: datetime) -> BoxOpening:
    """The first of the two writes down what they counted; nothing in it is a fine answer too.

    Raises NotThere, DomainError at letters, others, note or opened_at (another opening waits for its second signature)."""
    row = _box(box, by)
    _check(counted)
    if opened_at > now:
        raise DomainError(_("开箱的时间不能晚于现在"), field="opened_at", code="future")
    if opened_at < now - LATE:
        raise DomainError(_("开箱的时间过了一个月，请看看日子"), field="opened_at", code="too_old")
    try:
        with transaction.atomic():
            made = BoxOpening.objects.create(
                box=row, opened_at=opened_at, letters=counted.letters, others=counted.others, note=counted.note.strip(),
                by_id=by.person_id, made_at=now,
            )  # fmt: skip
    except IntegrityError as clash:
        raise DomainError(_("这个箱上一次开箱第二人还没签，先签了再记"), field="opened_at", code="unsigned") from clash
    audit.write(act="box.open", by=by, about=made, new={"letters": counted.letters, "others": counted.others}, now=now)
    return made


@transaction.atomic
def recount(*, opening: BoxOpening, counted: Counted, by: Viewer, now: datetime) -> BoxOpening:
    """The first one mends his count before the second has signed. Raises NotThere, DomainError."""
    row = _opening(opening, by)
    if row.witness_id is not None or row.by_id != by.person_id:
        raise NotThere
    _check(counted)
    old = {"letters": row.letters, "others": row.others}
    row.letters, row.others, row.note = counted.letters, counted.others, counted.note.strip()
    row.save(update_fields=["letters", "others", "note"])
    audit.write(act="box.recount", by=by, about=row, old=old, new={"letters": row.letters, "others": row.others}, now=now)
    return row


@transaction.atomic
def witness(*, opening: BoxOpening, letters: int, by: Viewer, now: datetime) -> BoxOpening:
    """The second one signs for the number that he counted himself, with his own sign-in.

    Raises NotThere, DomainError (he is the first one; another number at letters)."""
    row = _opening(opening, by)
    if row.witness_id is not None:
        raise NotThere
    if row.by_id == by.person_id:
        raise DomainError(_("开箱要两个人，请另一位用他自己的账号来签"), code="same_person")
    if letters != row.letters:
        raise DomainError(_("和第一位记的对不上，两个人再数一遍；记错了请第一位改"), field="counted", code="difference")
    row.witness_id, row.witnessed_at = by.person_id, now
    row.save(update_fields=["witness", "witnessed_at"])
    audit.write(act="box.witness", by=by, about=row, new={"letters": row.letters}, now=now)
    return row


@transaction.atomic
def file_letter(*, opening: BoxOpening, letter: writing.Written, by: Viewer, now: datetime) -> BoxLetter:
    """One letter becomes an appeal, received at the moment the box was opened; the same form twice is one letter.

    Raises NotThere (not signed, another house), DomainError at its field, what `appeals.services.filing.file` raises."""
    row = _opening(opening, by)
    if row.witness_id is None:
        raise NotThere
    nth = BoxLetter.objects.filter(opening=row).count() + 1
    appeal, made = writing.from_box(letter=letter, row=row, nth=nth, by=by, now=now)
    if not made:
        known = BoxLetter.objects.filter(opening=row, number=appeal.number).first()
        if known is None:
            raise NotThere
        return known
    if nth > row.letters:
        raise DomainError(_("数的是 %(n)d 封，都录完了") % {"n": row.letters}, code="all_filed")
    done = BoxLetter.objects.create(
        opening=row, nth=nth, number=appeal.number, photographed=bool(letter.photos), by_id=by.person_id, at=now
    )  # fmt: skip
    audit.write(act="box.letter", by=by, about=row, new={"nth": nth, "photos": len(letter.photos)}, now=now)
    return done


def _check(counted: Counted) -> None:
    for field, value in (("letters", counted.letters), ("others", counted.others)):
        if not 0 <= value <= MOST_LETTERS:
            raise DomainError(_("写 0 到 %(most)d") % {"most": MOST_LETTERS}, field=field, code="invalid")
    if len(counted.note) > 120:
        raise DomainError(_("说明最多 120 个字"), field="note", code="too_long")


def _box(box: SuggestionBox, by: Viewer) -> SuggestionBox:
    mine = SuggestionBox.objects.filter(station__in=kept_by(by), down_at=None)
    row = mine.select_for_update(of=("self",)).filter(pk=box.pk).first()
    if row is None:
        raise NotThere
    return row


def _opening(opening: BoxOpening, by: Viewer) -> BoxOpening:
    """The opening, locked, of a house that he keeps. Raises NotThere."""
    mine = BoxOpening.objects.filter(box__station__in=kept_by(by))
    row = mine.select_for_update(of=("self",)).select_related("box__station__unit", "box__station__place").filter(pk=opening.pk).first()
    if row is None:
        raise NotThere
    return row
