"""责任片区 of the demo: proposed, decided, spoken with; who is behind this month and who is not."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from accounts.models import Person
from accounts.rules.viewer import Viewer
from accounts.services import people
from branches.models import Branch, Membership
from branches.rules.kinds import Kind
from hongyun.demo import names, party
from hongyun.demo.party import FIRST
from hongyun.demo.stage import Stage
from members.models import ContactNote, Seat
from members.rules.contacts import month_begins
from members.services import contacts, zones

FIRST_AGO, REST_AGO = 75, 24
TALKED = 15  # seats of each other branch that were spoken with this month
WORDS = (
    "都好，这个月跑山东那边多", "说停车场晚上没灯", "问过年审的事，告诉他到哪里办", "孩子上学的事已经办好", "运费拖了半个月，劝他先留好单据",
    "身体好，血压有点高，让他去做个检查", "没有什么事，就是油价高", "车刚换了新轮胎，说补贴的事想问问", "想学线上的课，教他怎么进", "",
)  # fmt: skip


def fill(stage: Stage) -> None:
    """The first branch began some time ago; the others followed when the committee proposed for all of them."""
    first = stage.secretary(FIRST)
    zones.propose(by=first, now=stage.ago(FIRST_AGO))
    zones.accept_many(matches=None, by=first, now=stage.ago(FIRST_AGO - 1))
    zones.propose(by=stage.staff("party"), now=stage.ago(REST_AGO))
    for code in Branch.objects.exclude(unit__code=FIRST).order_by("unit__code").values_list("unit__code", flat=True):
        zones.accept_many(matches=None, by=stage.secretary(code), now=stage.ago(REST_AGO - 1, 16))


def talk(stage: Stage) -> None:
    """Talks of last month and of this one; a third of the first branch is behind."""
    silent = Membership.objects.filter(last_contact_on=None, ended_on=None).values("person_id")  # of the first branch
    for number, seat in enumerate(_seats(FIRST, out=silent)):
        draw = names.chance("talk", number)
        if draw.random() < 0.8:
            _note(stage, seat, draw, 40 - draw.randrange(6))
        if draw.random() < 0.66:
            _note(stage, seat, draw, _this_month(stage, draw))
    for code in Branch.objects.exclude(unit__code=FIRST).order_by("unit__code").values_list("unit__code", flat=True):
        for number, seat in enumerate(_seats(code)[:TALKED]):
            draw = names.chance("talk", code, number)
            _note(stage, seat, draw, _this_month(stage, draw))


def _seats(code: str, out: QuerySet | tuple[()] = ()) -> list[Seat]:
    rows = Seat.objects.filter(until=None, contact__memberships__placements__branch__unit__code=code, contact__memberships__ended_on=None)
    rows = rows.filter(contact__memberships__placements__until=None).exclude(contact__in=out)
    return list(rows.order_by("contact_id", "seat"))


def _this_month(stage: Stage, draw) -> int:
    """Days ago, within this month."""
    return draw.randrange((stage.now - month_begins(stage.today)).days + 1) if stage.today.day > 1 else 0


def _note(stage: Stage, seat: Seat, draw, days: int) -> None:
    how = draw.choice((ContactNote.How.CALL, ContactNote.How.CALL, ContactNote.How.VISIT, ContactNote.How.MESSAGE))
    at = stage.ago(days, 8 + draw.randrange(11), draw.randrange(60))
    contacts.note(seat=seat, how=how, words=draw.choice(WORDS), by=Viewer(person_id=seat.contact_id), now=max(at, seat.since))


def pair(stage: Stage) -> tuple[Person, Seat]:
    """The two of the demo who know one another: a member of the first branch, and one of his five."""
    rows = Seat.objects.filter(
        until=None, contact__memberships__kind=Kind.FULL, contact__memberships__ended_on=None, driver__gender="男",
        contact__memberships__placements__branch__unit__code=FIRST, contact__driver__gender="男",
    )  # fmt: skip
    for seat in rows.select_related("contact", "driver__person", "driver__place").order_by("contact_id", "seat"):
        taken = Person.objects.filter(phone_index__in=[seat.contact.phone_index, seat.driver.person.phone_index])
        if taken.count() == 2:
            return seat.contact, seat
    raise LookupError("no member of the first branch has a phone of his own")


def agree(stage: Stage, driver: Person) -> None:
    """The demo's driver lets his contact see the phone, and speak for him."""
    for purpose in contacts.DRIVERS_OWN:
        contacts.agree(purpose=purpose, by=Viewer(person_id=driver.pk), now=stage.ago(20, 20))


def wait(stage: Stage, drivers: Sequence[Person]) -> None:
    """Some who have no contact would like one: all seats are taken, so they wait; one wants none."""
    seated = set(Seat.objects.filter(until=None, driver__person__in=drivers).values_list("driver__person_id", flat=True))
    free = [one for one in party.living_in(FIRST, drivers) if one.pk not in seated and not one.claims.exists()]
    for days, person in zip((12, 6, 2), free, strict=False):
        contacts.want_one(by=Viewer(person_id=person.pk), now=stage.ago(days, 20))
    for person in free[3:4]:
        contacts.want_none(by=Viewer(person_id=person.pk), now=stage.ago(5, 20))


def sign_in(stage: Stage, person: Person, *, phone: str = "", days: int = 9) -> Person:
    """He proved his phone by a code, at the hall that knows him."""
    return people.set_phone(person=person, phone=phone or person.phone, by=None, now=stage.ago(days, 19), proved=True)
