"""What the union registers downward: its sweep, and the one word to a driver that his request was answered."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.registry import registry
from notices import registry as notices
from notices.rules.states import Hours


def may_hear(person_id: int, pk: str, *, now: datetime) -> bool:
    """A driver hears of his own request alone, and only while its consent stands or it was answered."""
    from accounts.rules.viewer import Viewer
    from members.models import JoinRequest
    from members.selectors.union import own_join

    row = own_join(Viewer(person_id=person_id))
    return row is not None and str(row.pk) == pk and row.state != JoinRequest.State.WITHDRAWN


def join_page(pk: str) -> str:
    from django.urls import reverse

    return reverse("members:union")


def connect() -> None:
    """Called once, when the apps are ready."""
    from members.services import joining

    registry.sweep("union", joining.keep_tails)
    notices.register_kind(joining.KIND, may_hear, driver_link=join_page)
    # Neither the union nor the answer: others may read the screen of this phone.
    notices.register_template(joining.ANSWERED, words=_("您申请的事有了答复，请登录查看"), hours=Hours.OFFICE, audience="driver")
