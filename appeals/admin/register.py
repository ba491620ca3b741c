"""代司机登记: the hall's clerk, the desk or a station files for a driver who has no phone or does not read.

After saving the desk loses sight of it (write only); the slip is shown on this page and printed once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.models import Place
from accounts.rules.roles import Role
from accounts.selectors.units import nameable_units
from appeals.models import Appeal
from appeals.rules.life import FILED_BY_WORDS, About, FiledBy
from appeals.services import filing, receipts
from common import clock
from common.errors import DomainError
from common.identifiers import small_number
from common.reading import read_day, read_moment
from common.words import short_words, whole_day_words

ROLES = frozenset({Role.CLERK, Role.DESK, Role.STATION})
CHANNELS = (FiledBy.HALL, FiledBy.HOTLINE, FiledBy.BOX, FiledBy.QUESTIONNAIRE, FiledBy.MEETING, FiledBy.STATION)


@page("appeals/register/", name="appeals_register", roles=ROLES)
def register(request: HttpRequest) -> HttpResponse:
    """GET: the form. POST: file it once (the form's own key), then show number and query code."""
    now = clock.now()
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            made = filing.file(filing=filing_of(request.POST, now=now), by=request.viewer, caller=f"staff:{request.viewer.person_id}", now=now)
        except filing.BadFiling as bad:
            errors = bad.errors
        except DomainError as error:
            errors = {error.field or "text": error.message}
        else:
            return _slip(request, made, now=now)
    typed = request.POST if request.method == "POST" else {}
    return render_page(
        request,
        "appeals/admin/register.html",
        status=422 if errors else 200,
        title=_("代司机登记"),
        crumbs=[(_("诉求"), None), (_("代司机登记"), None)],
        lead=_("照他说的写，不替他改口气。从收到那一刻起计时，晚录算我们的。"),
        typed=typed,
        errors=[{"field": field, "words": words} for field, words in errors.items()],
        bad=errors,
        client_key=typed.get("client_key") or str(uuid4()),
        channels=[(channel.value, FILED_BY_WORDS[channel]) for channel in CHANNELS],
        places=Place.objects.values_list("code", "name"),
        units=nameable_units(),
        received=typed.get("received_at") or f"{whole_day_words(now)} {clock.local(now):%H:%M}",
    )


def filing_of(post: Mapping[str, Any], *, now: datetime) -> filing.Filing:
    """What the form says, as the service takes it.

    Raises DomainError with its field, BadRequest for what no form of ours sends."""
    channel = post.get("channel") or FiledBy.HALL.value
    if channel not in {each.value for each in CHANNELS}:
        raise BadRequest("unknown channel")
    if channel != FiledBy.HALL and not post.get("channel_note", "").strip():
        raise DomainError(_("写上凭据，比如工单号、意见箱编号、会议名"), field="channel_note")
    try:
        client_key = UUID(post.get("client_key", ""))
    except ValueError:
        raise BadRequest("no key") from None
    units = {unit.code: unit.pk for unit in nameable_units()}
    accused = units.get(post.get("unit", ""))
    about = About.UNIT if accused else About.UNKNOWN if post.get("unit") == "unknown" else About.NOBODY
    return filing.Filing(
        client_key=client_key,
        text=post.get("text", ""),
        place=Place.objects.filter(code=post.get("place", "")).first(),
        spot=post.get("spot", ""),
        happened=post.get("happened", ""),
        about=about,
        accused=(accused,) if accused else (),
        phone=post.get("phone", ""),
        caller_name=post.get("caller_name", ""),
        plate=post.get("plate", "").replace(" ", "").upper(),
        fine_on=_day(post.get("fine_on", "")),
        persons=small_number(post.get("persons") or "1") or 0,
        channel=FiledBy(channel),
        channel_note=post.get("channel_note", ""),
        received_at=_moment(post.get("received_at", "")),
        tell_unit=post.get("tell_unit") == "1",
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return read_day(text)
    except ValueError:
        raise DomainError(_("写成 2026年11月23日 这样"), field="fine_on") from None


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return read_moment(text)
    except ValueError:
        raise DomainError(_("写成 2026年11月23日 14:30 这样"), field="received_at") from None


def _slip(request: HttpRequest, appeal: Appeal, *, now: datetime) -> HttpResponse:
    """The receipt for the driver: two numbers and the dates."""
    receipt = receipts.receipt_of(appeal)
    return render_page(
        request,
        "appeals/admin/slip.html",
        title=_("登记好了"),
        crumbs=[(_("代司机登记"), reverse("admin:appeals_register")), (_("收据"), None)],
        lead=_("打印这一张交给司机。离开这一页，查询码就不再显示。"),
        number=receipt.grouped,
        code=f"{receipt.code[:3]} {receipt.code[3:]}",
        dates=[(_("最晚答复"), short_words(appeal.first_due, now=now))] if appeal.first_due else [],
        received=short_words(appeal.received_at, now=now),
        track=request.build_absolute_uri("/appeals/track"),
    )
