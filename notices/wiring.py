"""What notices registers downward: its sweep, the sender of codes, and its own few templates."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.registry import registry as house
from notices import registry
from notices.rules.states import Audience, Hours


def _only_by_address(person_id: int, pk: str, *, now: datetime) -> bool:
    """A code goes to the phone that asked for it, never to a person."""
    return False


def _keeper(person_id: int, pk: str, *, now: datetime) -> bool:
    """The system administrator decides on a hold."""
    from accounts.rules.roles import Role
    from accounts.selectors.units import posted_as

    return any(person.pk == person_id for person in posted_as(Role.SYSTEM, now=now))


def _holds_page(pk: str) -> str:
    from django.urls import reverse

    return reverse("admin:notices_holds")


def connect() -> None:
    """Called once, when the apps are ready."""
    from notices.services import codes, holds, joined, sending, tidying

    registry.register_kind(codes.KIND, _only_by_address)
    registry.register_kind(holds.KIND, _keeper, link=_holds_page)
    registry.register_template(
        codes.TEMPLATE, words=_("验证码 {body}，10 分钟内有效。别告诉任何人。"), hours=Hours.ANY, audience=Audience.DRIVER
    )
    registry.register_template(
        holds.TEMPLATE, words=_("一次要发的提醒太多，先停下了，请登录决定发不发"), hours=Hours.ANY, audience=Audience.STAFF
    )
    registry.register_template(
        "notices.unreachable", words=_("有 1 件的联系号码三次没发通，请登录打电话"), audience=Audience.STAFF
    )
    house.code_sender = codes.send_code
    house.outbox_name = "notices:demo_outbox"
    house.sweep("notices", sending.sweep)
    house.tidy("notices", tidying.tidy)
    house.when_joined(joined.move)
