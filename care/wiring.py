"""What care registers downward: its sweep, its closed words, its files, whose row a notice may be about."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.registry import registry
from common import clock, stored_files
from notices import registry as notices
from notices.rules.states import Hours


def stored_names() -> Iterator[str]:
    """Sealed files that rows of this room name: papers and signatures."""
    from care.models import Evidence, Payment, Receipt

    yield from Evidence.objects.values_list("sealed", flat=True)
    yield from Receipt.objects.values_list("sealed", flat=True)
    yield from Payment.objects.exclude(signature="").values_list("signature", flat=True)


def may_hear_of_application(person_id: int, pks: Collection[str], *, now: datetime) -> set[str]:
    """Of what is for him."""
    from care.models import Application

    rows = Application.objects.filter(pk__in=[pk for pk in pks if pk.isdigit()], person=person_id)
    return {str(pk) for pk in rows.values_list("pk", flat=True)}


def may_hear_of_cover(person_id: int, pks: Collection[str], *, now: datetime) -> set[str]:
    """Of his own cover."""
    from care.models import Insured

    rows = Insured.objects.filter(pk__in=[pk for pk in pks if pk.isdigit()], person=person_id)
    return {str(pk) for pk in rows.values_list("pk", flat=True)}


def needs(person_id: int, *, now: datetime) -> bool:
    """Whoever has an application that runs, or a cover that has not ended, must be reached."""
    from care.models import Application, Insured
    from care.rules.applications import State

    running = Application.objects.filter(person=person_id, state__in=[State.PROPOSED, State.APPROVED])
    return running.exists() or Insured.objects.filter(person=person_id, policy__ends_on__gte=clock.today(now)).exists()


def mine_page(pk: str) -> str:
    from django.urls import reverse

    return reverse("care:mine")


def connect() -> None:
    """Called once, when the apps are ready."""
    from care.services import insurance, joined, notify

    stored_files.names_kept_by(stored_names)
    registry.sweep("insurance", insurance.sweep)
    registry.when_joined(joined.move)
    registry.still_needed(needs)
    notices.register_kind("care.application", may_receive_many=may_hear_of_application, driver_link=mine_page)
    notices.register_kind("care.insured", may_receive_many=may_hear_of_cover, driver_link=mine_page)
    said = {"hours": Hours.OFFICE, "audience": "driver"}
    notices.register_template(notify.DECIDED, words=_("您的关爱申请有结果了，请登录查看"), **said)
    notices.register_template(notify.PAID, words=_("有一笔关爱款项发给您了，没收到请打工会电话"), **said)
    notices.register_template(notify.ENDS_SOON, words=_("您的互助保险 {due} 到期，要续请找工会"), **said)
