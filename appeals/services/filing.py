"""File an appeal: one transaction holds the row, whom it is about, its clocks, event, audit and notice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Person, Place, Unit
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.services import audit
from appeals.errors import DifferentText
from appeals.models import Accused, Appeal, Clock, Draft, DraftPhoto, Photo
from appeals.rules.clock_kinds import ClockKind
from appeals.rules.fines import speaks_of_fine
from appeals.rules.life import About, FiledBy, State
from appeals.rules.moves import Move
from appeals.services import behalf, deadlines, drafts, notify, receipts
from appeals.services.engine import record
from common import identifiers, limits
from common.clock import SHANGHAI, local
from common.encryption import blind_index, keyed_hmac
from common.errors import DomainError, TooOften
from common.failpoints import failpoint
from common.queue import kick

MIN_TEXT, MAX_TEXT = 10, 2000
MAX_PERSONS, LONG_AGO = 9999, timedelta(days=3 * 366)
# Signs that show nothing, though no machine calls them spaces.
_UNSEEN = re.compile("[\u00ad\u115f\u1160\u200b-\u200f\u2060-\u2064\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]")
PER_CALLER = ((120, timedelta(hours=1)), (600, timedelta(days=1)))  # a carrier puts thousands of phones behind one address


@dataclass(frozen=True)
class Filing:
    """What a driver (or a clerk or his contact for him) says. Texts as typed; `clean` checks them.

    `accused` are unit ids. `fine_on` is the date of a fine decision when he knows it. `on_behalf_of` is the key of
    the driver (a Person) for whom his contact writes; the channel is then the contact's, and nobody is told who he is.
    """

    client_key: UUID
    text: str
    place: Place | None = None
    spot: str = ""
    position: str = ""
    happened: str = ""
    about: About = About.NOBODY
    accused: tuple[int, ...] = ()
    about_words: str = ""
    phone: str = ""
    caller_name: str = ""
    plate: str = ""
    fine_on: date | None = None
    tell_unit: bool = False
    persons: int = 1
    channel: FiledBy = FiledBy.WEB
    channel_note: str = ""
    received_at: datetime | None = None
    photos: Sequence[DraftPhoto] = field(default_factory=tuple)
    on_behalf_of: UUID | None = None


class BadFiling(DomainError):
    """Several fields are wrong; `errors` maps field -> what to do."""

    code = "invalid"

    def __init__(self, errors: dict[str, str]):
        self.errors = errors
        first = next(iter(errors))
        super().__init__(errors[first], field=first)


def tidy(text: str) -> str:
    """Line ends made one, control signs and spaces at the ends gone. The driver's words are left alone."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", text).strip()


def text_problem(text: str) -> str:
    """What is wrong with the story, in words; "" when it will do."""
    text = tidy(text)
    signs, seen = len(text), len(_UNSEEN.sub("", text).strip())
    if seen == 0:
        return "请写发生了什么，至少 10 个字"
    if seen < MIN_TEXT:
        return f"写了 {seen} 个字，至少要 {MIN_TEXT} 个字"
    if signs > MAX_TEXT:
        return f"写了 {signs} 个字，最多 {MAX_TEXT} 个字，请删掉 {signs - MAX_TEXT} 个"
    return ""


def problems(filing: Filing, *, now: datetime) -> dict[str, str]:
    """Everything wrong with a filing, by field, so that the driver mends it in one go."""
    found = {}
    if wrong := text_problem(filing.text):
        found["text"] = wrong
    if filing.phone.strip():
        try:
            identifiers.check_phone(filing.phone)
        except DomainError as error:
            found["phone"] = error.message
    if filing.about == About.UNIT and not filing.accused:
        found["about"] = "请点是哪个单位；拿不准就选“不知道是谁”"
    if len(filing.spot) > 120:
        found["spot"] = f"地点写了 {len(filing.spot)} 个字，最多 120 个字"
    if len(filing.happened) > 60:
        found["happened"] = f"时间写了 {len(filing.happened)} 个字，最多 60 个字"
    if filing.received_at and filing.received_at > now:
        found["received_at"] = "收到的时间不能晚于现在"
    elif filing.received_at and filing.received_at < now - LONG_AGO:
        found["received_at"] = "收到的时间太早了，请看看年份"
    if not 1 <= filing.persons <= MAX_PERSONS:
        found["persons"] = f"人数写 1 到 {MAX_PERSONS}"
    if filing.fine_on and filing.fine_on > local(now).date():
        found["fine_on"] = "处罚决定的日期不能晚于今天"
    elif filing.fine_on and filing.fine_on.year < 1980:
        found["fine_on"] = "处罚决定的日期太早了，请看看年份"
    if len(filing.photos) > 9:
        found["photos"] = f"选了 {len(filing.photos)} 张照片，最多 9 张"
    return found


def file(*, filing: Filing, by: Viewer, caller: str, now: datetime, draft: Draft | None = None) -> Appeal:
    """File it once: the same client key gives the same appeal, from any number of parallel posts.

    `caller` is where the request came from, for the limit. `draft`: the form it was typed into, which is
    marked as sent in the same transaction. Raises BadFiling, TooOften, DifferentText (same key, other words),
    NotAgreed (for a driver who does not let `by` speak for him at this moment).
    """
    return file_once(filing=filing, by=by, caller=caller, now=now, draft=draft)[0]


def file_once(
    *, filing: Filing, by: Viewer, caller: str, now: datetime, draft: Draft | None = None
) -> tuple[Appeal, bool]:
    """As `file`, and whether this very call made it: a resend gets the same appeal and False."""
    wrong = problems(filing, now=now)
    if wrong:
        raise BadFiling(wrong)
    content = _content_hash(filing)
    try:
        with transaction.atomic():
            limits.hit("file.caller", caller, now=now, limits=PER_CALLER, durable=False)
            appeal = _create(filing, content, by=by, now=now)
            if draft is not None:
                drafts.sent(draft=draft, appeal=appeal, now=now)
    except (IntegrityError, TooOften, behalf.NotAgreed):
        # A resend, a double tap, or a reload at the limit: whoever holds the form gets his number again.
        appeal = Appeal.objects.filter(client_key=filing.client_key).first()
        if appeal is None:
            raise
        if appeal.content_hash != content:
            raise DifferentText("这张表已经提交过，内容和这次不一样；要改请在查进度里补充材料") from None
        if draft is not None:
            drafts.sent(draft=draft, appeal=appeal, now=now)
        return appeal, False
    failpoint("after_commit:appeal_submit")
    return appeal, True


def _content_hash(filing: Filing) -> str:
    """What makes two posts of one key the same filing. Keyed: it also covers the phone."""
    parts = [
        tidy(filing.text), filing.spot.strip(), str(filing.place and filing.place.pk), filing.about,
        str(sorted(filing.accused)), filing.phone.strip(), filing.happened.strip(), str(filing.fine_on or ""),
    ]  # fmt: skip
    if filing.on_behalf_of:
        parts.append(str(filing.on_behalf_of))
    return keyed_hmac("\x1f".join(parts), "filing-content")


def _create(filing: Filing, content: str, *, by: Viewer, now: datetime) -> Appeal:
    word, person = _sides(filing, by=by)
    appeal = _row_of(filing, content, person=person, now=now)
    appeal.filed_by_id = None if word == "driver" else by.person_id
    if word == "contact":
        appeal.channel, appeal.tell_unit = FiledBy.CONTACT, False  # to be told of is the driver's own word
    clocks = _first_clocks(appeal, now=now)
    deadlines.started(appeal, clocks)
    appeal.save()
    failpoint("in_the_middle:appeal_submit")
    _accuse(appeal, filing.accused, now=now)
    for clock in clocks:
        clock.appeal = appeal
    Clock.objects.bulk_create(clocks)
    if filing.photos:
        _adopt(appeal, filing.photos, now=now)
    spoken = word == "contact"
    record(appeal, Move.FILE, by=by, now=now, actor_word=word, public=True, words=behalf.WORDS if spoken else "")
    said = {"channel": appeal.channel} | ({"for": person.pk} if spoken else {})
    audit.write(act="appeal.file", by=by, actor_word=word, about=appeal, new=said, now=now)
    if spoken:
        behalf.keep_out(appeal, by=by, now=now)
    notify.driver(appeal, "appeal.spoken" if spoken else "appeal.received", now=now)
    kick("appeals.route", appeal.pk)
    return appeal


def _sides(filing: Filing, *, by: Viewer) -> tuple[str, Person | None]:
    """Who writes (driver, staff, contact), and whose it is. Raises NotAgreed."""
    if filing.on_behalf_of:
        return "contact", behalf.driver_of(filing.on_behalf_of, by=by)
    heard = filing.channel == FiledBy.MEETING  # on a visit, at a talk: never the appeal of whoever wrote it down
    if by.is_staff and (heard or by.has_role(Role.CLERK, Role.STATION, Role.DESK)):
        return "staff", None
    return "driver", None if by.person_id is None else Person.objects.filter(pk=by.person_id).first()


def _row_of(filing: Filing, content: str, *, person: Person | None, now: datetime) -> Appeal:
    """The row, not yet written: whose it is, how it is found again, what was said."""
    phone = identifiers.check_phone(filing.phone) if filing.phone.strip() else None
    index = blind_index(phone, "phone") if phone else None
    number, text = receipts.new_number(), tidy(filing.text)
    return Appeal(
        number=number,
        code_hash=receipts.code_hash(number, receipts.code_of(filing.client_key)),
        client_key=filing.client_key,
        content_hash=content,
        channel=filing.channel,
        channel_note=filing.channel_note[:120],
        text=text,
        title=title_of(text),
        place=filing.place,
        spot=filing.spot.strip(),
        position=filing.position[:40] or None,
        happened=filing.happened.strip(),
        fine_on=filing.fine_on,
        about=filing.about,
        about_words=filing.about_words.strip()[:80],
        phone=phone,
        phone_index=index,
        # An unproved phone stays on the appeal; only a code joins it to a Person.
        phone_proved=bool(person and index and person.signin_index == index),
        caller_name=filing.caller_name.strip()[:40],
        plate=filing.plate[:10],
        tell_unit=filing.tell_unit,
        persons=max(1, filing.persons),
        person=person,
        received_at=filing.received_at or now,
        entered_at=now,
        state=State.SUBMITTED,
    )


def _first_clocks(appeal: Appeal, *, now: datetime) -> list[Clock]:
    """C1, C3 and C4 run from when it was received; a fine carries its 60-day 复议 date from the first second."""
    clocks = deadlines.make(
        appeal, [ClockKind.HAND_OVER, ClockKind.PROGRESS, ClockKind.ANSWER], at=appeal.received_at, now=now
    )
    if appeal.fine_on or speaks_of_fine(appeal.text):
        known = appeal.fine_on or local(appeal.received_at).date()
        noon = datetime(known.year, known.month, known.day, 12, tzinfo=SHANGHAI)
        clocks += deadlines.make(appeal, [ClockKind.REVIEW_ADVICE], at=noon, now=now)
    return clocks


def title_of(text: str) -> str:
    """The first clause, for lists."""
    first = re.split(r"[\n。！？!?]", text.strip(), maxsplit=1)[0]
    return first if len(first) <= 24 else first[:23] + "…"


def _accuse(appeal: Appeal, units: Sequence[int], *, now: datetime, source: str = "driver") -> None:
    known = Unit.objects.filter(pk__in=units, is_active=True).values_list("pk", flat=True) if units else []
    Accused.objects.bulk_create(
        [Accused(appeal=appeal, unit_id=unit, source=source, since=now) for unit in known], ignore_conflicts=True
    )


def _adopt(appeal: Appeal, photos: Sequence[DraftPhoto], *, now: datetime) -> None:
    """Photos of the draft become the appeal's; the files stay where they are."""
    Photo.objects.bulk_create(
        [
            Photo(
                appeal=appeal, order=order, sha256=photo.sha256, served=photo.served, sealed=photo.sealed,
                width=photo.width, height=photo.height, size=photo.size, added_at=now,
            )
            for order, photo in enumerate(photos, start=1)
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    DraftPhoto.objects.filter(pk__in=[photo.pk for photo in photos]).delete()
