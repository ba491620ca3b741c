"""What zones 1:5 register downward: their endings, reminders, closed words, cards of a branch."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.registry import registry
from branches import registry as branches
from members import registry as members
from notices import registry as notices
from notices.rules.states import Hours


def may_hear_of_five(person_id: int, pks: Collection[str], *, now: datetime) -> set[str]:
    """A member hears of his own five alone, and only while one of them is due: the seats are asked again."""
    from accounts.rules.viewer import Viewer
    from members.selectors.zones import own_seats

    if str(person_id) not in pks:
        return set()
    due = own_seats(Viewer(person_id=person_id)).filter(due_at__lte=now)
    return {str(person_id)} if due.exists() else set()


def may_hear_of_seat(person_id: int, pks: Collection[str], *, now: datetime) -> set[str]:
    """A driver hears of the seat that he holds."""
    from accounts.rules.viewer import Viewer
    from members.selectors.zones import own_contact

    seat = own_contact(Viewer(person_id=person_id))
    return {str(seat.pk)} & set(pks) if seat else set()


def five_page(pk: str) -> str:
    from django.urls import reverse

    return reverse("members:five")


def contact_page(pk: str) -> str:
    from django.urls import reverse

    return reverse("members:contact")


def connect() -> None:
    """Called once, when the apps are ready."""
    from members.admin import zone_cards
    from members.services import contacts, zones

    branches.when_leaving(zones.member_left)
    branches.when_placed(zones.member_placed)
    members.when_going(zones.driver_gone)
    registry.sweep("zones", contacts.remind)
    registry.tidy("zone_members", lambda now: zones.sweep_members(now=now))  # placing ends them itself: rows of before
    notices.register_kind(contacts.FIVE, may_receive_many=may_hear_of_five, driver_link=five_page)
    notices.register_kind(contacts.SEAT, may_receive_many=may_hear_of_seat, driver_link=contact_page)
    # Nothing of the Party and nobody's name: others may read the screen of this phone.
    notices.register_template(contacts.DUE, words=_("这个月有人等您联系，请登录查看"), hours=Hours.OFFICE, audience="driver")
    notices.register_template(
        contacts.WRITTEN, words=_("有人替您记下了一项同意，不对的话请登录收回，或打热线"), hours=Hours.OFFICE, audience="driver"
    )
    zone_cards.connect()
