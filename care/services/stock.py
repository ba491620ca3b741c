"""The goods ledger: received, moved, counted, lost, given back. Each act is one transaction: heap, line, audit line.

A heap is changed by one statement that finds enough or changes nothing; the line beside it carries the key of the tap,
so that what is sent twice is written once. Locks are taken heap by heap in the order of their ids.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.services import audit
from care.models import Campaign, Good, Issue, Line, Payment, Point, Stock
from care.rules.ledger import MOST, Kind, signed
from care.rules.money import Entry
from care.selectors.scope import keeps
from care.services import funds
from common.errors import DomainError, NotThere, Stale


class OutOfStock(DomainError):
    """There is not so much left at this point; nothing was written."""

    code = "out_of_stock"
    status = 409


@dataclass(frozen=True)
class Heap:
    """One good of one campaign at one point."""

    campaign: Campaign
    point: Point
    good: Good

    @property
    def where(self) -> dict[str, object]:
        return {"campaign": self.campaign, "point": self.point, "good": self.good}


@dataclass(frozen=True)
class Act:
    """One tap on one heap. `client_key` makes it happen once; `why` are words for people."""

    client_key: UUID
    heap: Heap
    quantity: int
    why: str = field(default="")


def receive(*, act: Act, by: Viewer, now: datetime, cost_fen: int = 0) -> Line:
    """Goods came in; what they cost is taken from the campaign's fund in the same transaction (0: given).

    Raises NotThere, DomainError at its field, funds.TooLittle."""
    _may(act, by)
    if cost_fen and (act.heap.campaign.fund_id is None or not by.has_role(Role.UNION)):
        raise DomainError(_("这个活动没有经费，或者您不能动用经费；没花钱的就不要填金额"), field="cost_fen", code="no_fund")

    def write() -> Line:
        put(act.heap, act.quantity)
        line = write_line(act, Kind.RECEIVED, act.quantity, by=by, now=now)
        if cost_fen:
            bought = Payment(
                entry=Entry.BOUGHT, campaign=act.heap.campaign, by_id=by.person_id, at=now, why=act.why[:120],
                client_key=uuid5(act.client_key, "bought"),
            )  # fmt: skip
            funds.spend(fund=act.heap.campaign.fund, payment=bought, fen=cost_fen)
        return line

    return once(act, Kind.RECEIVED, write)


def move(*, act: Act, to: Point, by: Viewer, now: datetime) -> Line:
    """From the heap's point to another, both lines or none. Returns the line it left by.

    Raises NotThere, DomainError at its field, OutOfStock."""
    _may(act, by)
    if to.pk == act.heap.point.pk:
        raise DomainError(_("两个点是同一个，请选别的点"), field="to", code="same_point")
    if not to.is_active:
        raise DomainError(_("这个点停用了，请选别的点"), field="to", code="closed")

    def write() -> Line:
        target = Heap(act.heap.campaign, to, act.heap.good)
        Stock.objects.get_or_create(**target.where)  # only there, not yet locked: two who move to and fro would wait for each other
        _hold(act.heap, target)
        take(act.heap, act.quantity)
        put(target, act.quantity)
        out = write_line(act, Kind.MOVED_OUT, act.quantity, by=by, now=now)
        came = Act(uuid5(act.client_key, "in"), target, act.quantity, act.why)
        write_line(came, Kind.MOVED_IN, act.quantity, by=by, now=now, twin=out)
        return out

    return once(act, Kind.MOVED_OUT, write)


def count(*, client_key: UUID, heap: Heap, found: int, by: Viewer, second: Viewer, now: datetime, why: str = "") -> Line | None:
    """Two persons counted; a difference becomes a line that both signed, None where there is none.

    Raises NotThere, DomainError at its field."""
    check_quantity(found, field="found", least=0)
    if not keeps(by, heap.point) or not keeps(second, heap.point):
        raise NotThere
    if by.person_id == second.person_id:
        raise DomainError(_("盘点要两个人签字，第二位请换一个人"), field="second", code="two_persons")

    def write() -> Line | None:
        _hold(heap)
        left = Stock.objects.filter(**heap.where).values_list("left", flat=True).first() or 0
        difference = found - left
        act = Act(client_key, heap, abs(difference), why)
        if not difference:
            said = {"found": found, "second": second.person_id, "point": heap.point.pk, "good": heap.good.pk}
            audit.write(act="stock.count", by=by, about=heap.campaign, new=said, now=now)
            return None
        (put if difference > 0 else take)(heap, abs(difference))
        return write_line(act, Kind.COUNTED, difference, by=by, now=now, second_id=second.person_id)

    return once(Act(client_key, heap, found, why), Kind.COUNTED, write, any_quantity=True)


def lose(*, act: Act, by: Viewer, now: datetime) -> Line:
    """Broken, wet, gone: with a reason. Raises NotThere, DomainError at its field, OutOfStock."""
    _may(act, by)
    if not act.why.strip():
        raise DomainError(_("写一句是怎么损失的"), field="why", code="required")

    def write() -> Line:
        take(act.heap, act.quantity)
        return write_line(act, Kind.LOST, act.quantity, by=by, now=now)

    return once(act, Kind.LOST, write)


def give_back(*, issue: Issue, client_key: UUID, by: Viewer, now: datetime, why: str = "") -> Line:
    """Who got it brought it back whole; he may get it again. Raises NotThere, Stale (done already by another tap)."""
    line = Line.objects.select_related("campaign", "point", "good").get(pk=issue.line_id)
    heap = Heap(line.campaign, line.point, line.good)
    act = Act(client_key, heap, issue.quantity, why)
    if not keeps(by, heap.point):
        raise NotThere

    def write() -> Line:
        if not Issue.objects.filter(pk=issue.pk, back_at=None).update(back_at=now):
            raise Stale(_("这一份已经退过了"), code="given_back")
        put(heap, issue.quantity)
        return write_line(act, Kind.RETURNED, issue.quantity, by=by, now=now)

    return once(act, Kind.RETURNED, write)


def once(act: Act, kind: Kind, write, *, any_quantity: bool = False) -> Line | None:
    """Do `write` in one transaction, or give the line this very tap wrote before. Raises Stale for a key used otherwise."""
    known = _known(act, kind, any_quantity)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return write()
    except (IntegrityError, OutOfStock, Stale):
        known = _known(act, kind, any_quantity)  # the twin tap was first
        if known is None:
            raise
        return known


def _known(act: Act, kind: Kind, any_quantity: bool) -> Line | None:
    line = Line.objects.filter(client_key=act.client_key).first()
    if line is None:
        return None
    heap = act.heap
    same = (line.campaign_id, line.point_id, line.good_id, line.kind) == (heap.campaign.pk, heap.point.pk, heap.good.pk, kind)
    if not same or not (any_quantity or abs(line.change) == act.quantity):
        raise Stale(_("这张单子已经记过一次，内容和这次不一样；请重新打开再记"), code="key_used")
    return line


def _may(act: Act, by: Viewer) -> None:
    check_quantity(act.quantity)
    if not keeps(by, act.heap.point):
        raise NotThere


def check_quantity(quantity: int, *, field: str = "quantity", least: int = 1) -> None:
    """Raises DomainError at the field for anything that is no whole number of human size."""
    if not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < least:
        raise DomainError(_("数量写 %(least)d 或更大的整数") % {"least": least}, field=field, code="quantity")
    if quantity > MOST:
        raise DomainError(_("一次最多 %(most)d，请看看是不是多打了几个零") % {"most": MOST}, field=field, code="quantity")


def take(heap: Heap, quantity: int) -> None:
    """Less on the heap, or nothing at all. Inside a transaction. Raises OutOfStock."""
    if not Stock.objects.filter(**heap.where, left__gte=quantity).update(left=F("left") - quantity):
        left = Stock.objects.filter(**heap.where).values_list("left", flat=True).first() or 0
        words = _("这里的%(good)s只有 %(left)d %(unit)s了，请从别的点调，或者盘点一下")
        said = {"good": heap.good.name, "left": left, "unit": heap.good.unit_word}
        raise OutOfStock(words % said, field="quantity")


def put(heap: Heap, quantity: int) -> None:
    """More on the heap; the first of its kind makes it. Inside a transaction."""
    if not Stock.objects.filter(**heap.where).update(left=F("left") + quantity):
        _row, made = Stock.objects.get_or_create(**heap.where, defaults={"left": quantity})
        if not made:
            Stock.objects.filter(**heap.where).update(left=F("left") + quantity)


def _hold(*heaps: Heap) -> None:
    pks = [pk for heap in heaps for pk in Stock.objects.filter(**heap.where).values_list("pk", flat=True)]
    list(Stock.objects.select_for_update().filter(pk__in=pks).order_by("pk"))


def write_line(
    act: Act, kind: Kind, quantity: int, *, by: Viewer, now: datetime, at: datetime | None = None, second_id: int | None = None,
    twin: Line | None = None,
) -> Line:  # fmt: skip
    """The line and its audit line. `at`: when it happened, where that was before `now`."""
    line = Line.objects.create(
        client_key=act.client_key, kind=kind, change=signed(kind, quantity), at=at or now, written_at=now, by_id=by.person_id,
        second_by_id=second_id, twin=twin, why=act.why.strip()[:120], **act.heap.where,
    )  # fmt: skip
    said = {"change": line.change, "point": line.point_id, "good": line.good_id, "campaign": line.campaign_id}
    audit.write(act=f"stock.{kind}", by=by, about=line, new=said | ({"second": second_id} if second_id else {}), reason=act.why, now=now)
    return line
