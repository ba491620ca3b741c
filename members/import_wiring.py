"""What the imports register downward: the word to whoever is asked to write an upload in."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from notices import registry as notices
from notices.rules.states import Audience, Hours

KIND = "members.upload"


def may_receive(person_id: int, about_pk: str, *, now: datetime) -> bool:
    """Whether this person may still write it in at the moment of sending."""
    from accounts.models import Person
    from accounts.selectors.viewer import viewer_for
    from members.models import Upload
    from members.selectors.uploads import uploads_for

    viewer = viewer_for(Person.objects.filter(pk=person_id).first(), now=now)
    return uploads_for(viewer).filter(pk=about_pk, state=Upload.State.CHECKED).exclude(by=person_id).exists()


def link(about_pk: str) -> str:
    """Where the message leads; the page asks for the right again."""
    from django.urls import reverse

    from members.models import Upload

    key = Upload.objects.filter(pk=about_pk).values_list("key", flat=True).first()
    return reverse("admin:members_upload", args=[key]) if key else ""


def connect() -> None:
    """Called once, when the apps are ready."""
    notices.register_kind(KIND, may_receive, link=link)
    notices.register_template(
        "members.import_asked", words=_("有 1 份表请您看过后写入信息库，请登录查看"), hours=Hours.OFFICE, audience=Audience.STAFF
    )
