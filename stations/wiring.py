"""What stations registers downward: its sweeps, its closed words, whose booking a notice may be about."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.registry import registry
from common import stored_files
from notices import registry as notices
from notices.rules.states import Hours


def may_hear_of_booking(person_id: int, pks: Collection[str], *, now: datetime) -> set[str]:
    """A driver hears of his own bookings, whatever became of them."""
    from stations.models import Booking

    mine = Booking.objects.filter(pk__in=[pk for pk in pks if pk.isdigit()], person_id=person_id)
    return {str(pk) for pk in mine.values_list("pk", flat=True)}


def may_hear_of_waiting(person_id: int, pks: Collection[str], *, now: datetime) -> set[str]:
    """And of his own places in lines."""
    from stations.models import StandBy

    mine = StandBy.objects.filter(pk__in=[pk for pk in pks if pk.isdigit()], person_id=person_id)
    return {str(pk) for pk in mine.values_list("pk", flat=True)}


def mine_page(pk: str) -> str:
    from django.urls import reverse

    return reverse("stations:mine")


def joined(*, old, new, now: datetime) -> None:
    """Two Persons were one human: his bookings and his places in lines go over."""
    from stations.models import Booking, StandBy

    for model in (Booking, StandBy):
        model.objects.filter(person=old).update(person=new)


def connect() -> None:
    """Called once, when the apps are ready."""
    from stations.selectors.photos import stored_names
    from stations.services import notify, sweep, waiting

    stored_files.names_kept_by(stored_names)
    registry.sweep("bookings", sweep.sweep)
    registry.sweep("waiting", waiting.sweep)
    registry.when_joined(joined)
    notices.register_kind("stations.booking", may_receive_many=may_hear_of_booking, driver_link=mine_page)
    notices.register_kind("stations.standby", may_receive_many=may_hear_of_waiting, driver_link=mine_page)
    said = {"hours": Hours.ANY, "audience": "driver"}  # he waits for it, on the road
    notices.register_template(notify.BOOKED, words=_("您订的位置留好了，{due} 开始，请登录或点开链接查看"), **said)
    notices.register_template(notify.REMINDER, words=_("提醒您：您订的位置 {due} 开始"), **said)
    notices.register_template(notify.TAKEN_AWAY, words=_("对不起，您订的位置用不了了，请登录查看或打驿站电话"), **said)
    notices.register_template(notify.MISSED, words=_("您订的位置没等到您，已经放给别人了"), **said)
    notices.register_template(notify.MOVED_UP, words=_("候补排到您了，{due} 开始，不来请取消"), **said)
    notices.register_template(notify.LINE_ENDED, words=_("您排候补的地方停了，不用再等，请看看别的驿站"), **said)
    notices.register_template(notify.CLOSING, words=_("您在用的地方要停了，请问问前台怎么安排"), **said)
