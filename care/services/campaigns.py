"""Campaigns, what they give, and where it is given: the officer of the union writes them down. Each act has its audit line."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Place, Unit
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.services import audit
from care.models import Campaign, Fund, Good, Offer, Point, Stock
from care.rules.campaigns import MOST_AT_ONCE, Period, Who
from care.services import funds
from common.errors import DomainError, NotThere

LONGEST = timedelta(days=3 * 366)
NEW_FUND = "new"  # the campaign gets a fund of its own


@dataclass(frozen=True)
class Said:
    """What is typed about a campaign. `fund`: the code of a fund, NEW_FUND (with its budget), or "" for none."""

    name: str
    starts_at: datetime
    ends_at: datetime
    who: str = Who.EVERYONE
    words: str = ""
    fund: str = ""
    budget_fen: int = 0


def _officer(by: Viewer) -> None:
    if not by.has_role(Role.UNION):
        raise NotThere


def _text(value: str, field: str, *, least: int = 2, most: int = 60) -> str:
    text = " ".join(value.split())
    if not least <= len(text) <= most:
        raise DomainError(_("写 %(least)d 到 %(most)d 个字") % {"least": least, "most": most}, field=field, code="required")
    return text


def _checked(said: Said) -> dict[str, object]:
    """As columns, but for the fund. Raises DomainError at its field."""
    name = _text(said.name, "name")
    if len(said.words.strip()) > 200:
        raise DomainError(_("最多 200 个字"), field="words", code="too_long")
    if said.ends_at <= said.starts_at:
        raise DomainError(_("结束要在开始以后"), field="ends_at", code="order")
    if said.ends_at - said.starts_at > LONGEST:
        raise DomainError(_("一个活动最长三年，请看看年份"), field="ends_at", code="too_long")
    if said.who not in set(Who):
        raise DomainError(_("选发给谁"), field="who", code="required")
    return {"name": name, "words": said.words.strip(), "starts_at": said.starts_at, "ends_at": said.ends_at, "who": said.who}


def _fund(said: Said, by: Viewer, now: datetime) -> Fund | None:
    if said.fund == NEW_FUND:
        return funds.set_up(name=_("%(name)s经费") % {"name": said.name.strip()[:50]}, budget_fen=said.budget_fen, by=by, now=now)
    found = Fund.objects.filter(code=said.fund).first() if said.fund else None
    if said.fund and found is None:
        raise DomainError(_("没有这笔经费，请重新选"), field="fund", code="unknown")
    return found


@transaction.atomic
def start(*, said: Said, by: Viewer, now: datetime, code: str = "") -> Campaign:
    """Write a campaign down; it gives from its start. Raises NotThere, DomainError at its field."""
    _officer(by)
    columns, code = _checked(said), code or _free_code(Campaign, "c")
    row = _create(Campaign, code=code, fund=_fund(said, by, now), **columns)
    audit.write(act="campaign.start", by=by, about=row, new=_plain(said), now=now)
    return row


@transaction.atomic
def change(*, campaign: Campaign, said: Said, by: Viewer, now: datetime) -> Campaign:
    """Other words, another end. Its fund, once it has paid for something, stays. Raises NotThere, DomainError at its field."""
    _officer(by)
    columns = _checked(said)
    row = Campaign.objects.select_for_update().get(pk=campaign.pk)
    old = {name: str(getattr(row, name)) for name in columns}
    if row.fund is not None and said.fund != row.fund.code and row.fund.payments.filter(campaign=row).exists():
        raise DomainError(_("这个活动已经花过这笔经费，不能换"), field="fund", code="spent")
    row.fund = _fund(said, by, now)
    for name, value in columns.items():
        setattr(row, name, value)
    row.save()
    audit.write(act="campaign.change", by=by, about=row, old=old, new=_plain(said), now=now)
    return row


@transaction.atomic
def stop(*, campaign: Campaign, by: Viewer, now: datetime) -> None:
    """Nothing more is given out from this moment. Raises NotThere."""
    _officer(by)
    if Campaign.objects.filter(pk=campaign.pk, stopped_at=None).update(stopped_at=now):
        audit.write(act="campaign.stop", by=by, about=campaign, now=now)


@transaction.atomic
def resume(*, campaign: Campaign, by: Viewer, now: datetime) -> None:
    """It gives again, as far as its days go. Raises NotThere."""
    _officer(by)
    if Campaign.objects.filter(pk=campaign.pk).exclude(stopped_at=None).update(stopped_at=None):
        audit.write(act="campaign.resume", by=by, about=campaign, now=now)


@transaction.atomic
def offer(*, campaign: Campaign, good: Good, period: str, each: int, by: Viewer, now: datetime) -> Offer:
    """The rule of one good: so many pieces once a period. Said again, it is changed. Raises NotThere, DomainError at its field."""
    _officer(by)
    if period not in set(Period):
        raise DomainError(_("选多久一次"), field="period", code="required")
    if not isinstance(each, int) or isinstance(each, bool) or not 1 <= each <= MOST_AT_ONCE:
        raise DomainError(_("一人一次写 1 到 %(most)d") % {"most": MOST_AT_ONCE}, field="each", code="quantity")
    if not good.is_active:
        raise DomainError(_("这样东西停用了"), field="good", code="closed")
    row, _made = Offer.objects.update_or_create(campaign=campaign, good=good, defaults={"period": period, "each": each})
    audit.write(act="campaign.offer", by=by, about=campaign, new={"good": good.name, "period": period, "each": each}, now=now)
    return row


@transaction.atomic
def withdraw(*, offer: Offer, by: Viewer, now: datetime) -> None:
    """The campaign gives this good no more; what was given stays in the ledger. Raises NotThere."""
    _officer(by)
    audit.write(act="campaign.withdraw", by=by, about=offer.campaign, old={"good": offer.good.name}, now=now)
    offer.delete()


@transaction.atomic
def make_good(*, name: str, unit_word: str = "份", by: Viewer, now: datetime) -> Good:
    """One more kind of thing. Raises NotThere, DomainError at "name" or "unit_word"."""
    _officer(by)
    name, unit_word = _text(name, "name", most=40), _text(unit_word or "份", "unit_word", least=1, most=4)
    try:
        with transaction.atomic():
            row = Good.objects.create(name=name, unit_word=unit_word)
    except IntegrityError as clash:
        raise DomainError(_("已经有这样东西了"), field="name", code="taken") from clash
    audit.write(act="good.make", by=by, about=row, new={"name": name}, now=now)
    return row


@dataclass(frozen=True)
class Where:
    """What is typed about a point: `unit` keeps it, None for the union itself."""

    name: str
    kind: str
    unit: Unit | None = None
    place: Place | None = None


@transaction.atomic
def open_point(*, said: Where, by: Viewer, now: datetime, code: str = "") -> Point:
    """A point where things may be kept and given out. Raises NotThere, DomainError at its field."""
    _officer(by)
    columns = _point(said)
    code = code or _free_code(Point, "p")
    if not re.fullmatch(r"[a-z0-9-]{1,24}", code):
        raise DomainError(_("代号只写小写字母、数字和短横"), field="code", code="invalid")
    row = _create(Point, code=code, **columns)
    audit.write(act="point.open", by=by, about=row, new={"name": row.name, "kind": row.kind, "unit": row.unit_id}, now=now)
    return row


@transaction.atomic
def change_point(*, point: Point, said: Where, by: Viewer, now: datetime) -> Point:
    """Another name, another keeper. Raises NotThere, DomainError at its field."""
    _officer(by)
    old = {"name": point.name, "kind": point.kind, "unit": point.unit_id}
    for name, value in _point(said).items():
        setattr(point, name, value)
    point.save(update_fields=["name", "kind", "unit", "place"])
    audit.write(act="point.change", by=by, about=point, old=old, new={"name": point.name, "kind": point.kind, "unit": point.unit_id}, now=now)
    return point


@transaction.atomic
def shut_point(*, point: Point, by: Viewer, now: datetime) -> None:
    """Only an empty one is shut: what lies there would be out of sight. Raises NotThere, DomainError."""
    _officer(by)
    list(Stock.objects.select_for_update().filter(point=point).order_by("pk"))
    left = sum(Stock.objects.filter(point=point).values_list("left", flat=True))
    if left:
        raise DomainError(_("这里还有 %(left)d 份，先调走再停用") % {"left": left}, code="not_empty")
    if Point.objects.filter(pk=point.pk, is_active=True).update(is_active=False):
        audit.write(act="point.shut", by=by, about=point, now=now)


@transaction.atomic
def reopen_point(*, point: Point, by: Viewer, now: datetime) -> None:
    """In use again. Raises NotThere."""
    _officer(by)
    if Point.objects.filter(pk=point.pk, is_active=False).update(is_active=True):
        audit.write(act="point.reopen", by=by, about=point, now=now)


def _point(said: Where) -> dict[str, object]:
    if said.kind not in Point.Kind.values:
        raise DomainError(_("选类别"), field="kind", code="required")
    return {"name": _text(said.name, "name"), "kind": said.kind, "unit": said.unit, "place": said.place}


def _create(model: type[Campaign] | type[Point], **columns: object) -> Campaign | Point:
    """Its code may have been taken a moment ago. Raises DomainError at "code"."""
    try:
        with transaction.atomic():
            return model.objects.create(**columns)
    except IntegrityError as clash:
        raise DomainError(_("这个代号刚被用了，请再点一次"), field="code", code="taken") from clash


def _free_code(model: type[Campaign] | type[Point], letter: str) -> str:
    """The next of c-1, c-2 … that nobody has."""
    number = (model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    while model.objects.filter(code=f"{letter}-{number}").exists():
        number += 1
    return f"{letter}-{number}"


def _plain(said: Said) -> dict[str, object]:
    return {name: str(value) for name, value in asdict(said).items()}
