"""What branches registers downward: its reminders, their closed words, and who may receive them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.registry import registry
from accounts.rules.viewer import Viewer
from notices import registry as notices
from notices.rules.states import Hours


def _viewer_of(person_id: int, now: datetime) -> Viewer:
    from accounts.models import Person
    from accounts.selectors.viewer import viewer_for

    return viewer_for(Person.objects.filter(pk=person_id).first(), now=now)


def may_know_members(person_id: int, pks: Collection[str], *, now: datetime) -> set[str]:
    """The memberships among `pks` of which this person may still know."""
    from branches.selectors.scope import members_for

    return _known(members_for, person_id, pks, now)


def may_know_officers(person_id: int, pks: Collection[str], *, now: datetime) -> set[str]:
    """The offices among `pks` of which this person may still know."""
    from branches.selectors.scope import officers_for

    return _known(officers_for, person_id, pks, now)


def _known(selector: Callable[[Viewer], QuerySet], person_id: int, pks: Collection[str], now: datetime) -> set[str]:
    rows = [pk for pk in pks if pk != "0"]  # «0» asks about no row
    if not rows:
        return set()
    return {str(pk) for pk in selector(_viewer_of(person_id, now)).filter(pk__in=rows).values_list("pk", flat=True)}


def member_pages(viewer: Viewer, pks: Collection[str]) -> dict[str, notices.Where]:
    """The page of each member that the viewer may know of."""
    from django.urls import reverse

    from branches.selectors.scope import members_for

    rows = members_for(viewer).filter(pk__in=pks).values_list("pk", "person__key")
    return {str(pk): notices.Where(reverse("admin:branches_member", args=[key])) for pk, key in rows}


def terms_page(pk: str) -> str:
    from django.urls import reverse

    return reverse("admin:branches_terms")


def needs(person_id: int, *, now: datetime) -> bool:
    """A member is known by phone and ID as long as he is one."""
    from branches.models import Membership

    return Membership.objects.filter(person=person_id, ended_on=None).exists()


def connect() -> None:
    """Called once, when the apps are ready."""
    from branches.services import joined, reminders

    notices.register_kind(
        reminders.MEMBER, may_receive_many=may_know_members, where_many=member_pages
    )
    notices.register_kind(reminders.OFFICER, may_receive_many=may_know_officers, link=terms_page)
    for name, words in (
        (reminders.TERM, _("有 1 个职务任期快到了，请登录查看")),
        (reminders.SILENT, _("有 1 个人半年没联系上，请登录查看")),
        (reminders.DECIDE, _("有 1 件事该讨论了，请登录查看")),
        (reminders.CHANGED, _("有 1 个人去世或者迁走了，请登录查看")),
    ):
        notices.register_template(name, words=words, hours=Hours.OFFICE, audience="staff")
    registry.sweep("branches", reminders.sweep)
    registry.when_joined(joined.move)
    registry.still_needed(needs)
