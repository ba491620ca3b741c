"""替司机写: a driver tells, the desk types. Filed as any appeal; the slip is shown once, then the desk has lost sight of it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.admin.pages import page
from accounts.models import Place
from accounts.selectors.units import nameable_units
from appeals.models import Appeal, Draft, DraftPhoto
from appeals.services import receipts
from appeals.services.filing import BadFiling
from common import clock
from common.errors import DomainError, NotThere
from common.words import short_words
from stations.admin import frame, parts
from stations.admin.parts import ROLES
from stations.models import Station
from stations.services import writing

KEPT = ("text", "place", "spot", "happened", "unit", "phone", "caller_name", "plate")


@page("stations/<slug:slug>/write/", name="stations_write", roles=ROLES)
def write_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; POST files it and shows number and query code to read out and print."""
    house, errors = parts.house_or_404(request, slug), {}
    if request.method == "POST":
        try:
            made = writing.for_driver(station=house, said=written_of(request), by=request.viewer, now=clock.now())
        except NotThere as missing:
            raise Http404 from missing
        except DomainError as refused:
            errors = errors_of(refused)
        else:
            return _slip(request, house, made)
    return frame.house_page(
        request, "stations/admin/write.html", house, here="stations_write", title=_("替司机写"), **form_of(request, house, errors),
        lead=_("照他说的写，不替他改口气。手机号、车牌可以都不留。"), status=422 if errors else 200,
    )  # fmt: skip


def written_of(request: HttpRequest, *, draft: Draft | None = None, photos: Sequence[DraftPhoto] = ()) -> writing.Written:
    """What was typed. Raises BadRequest for what no form of ours sends."""
    post = request.POST
    units = {unit.code: unit.pk for unit in nameable_units()}
    return writing.Written(
        client_key=key_of(request), text=post.get("text", ""), place=Place.objects.filter(code=post.get("place", "")).first(),
        spot=post.get("spot", ""), happened=post.get("happened", ""), accused=units.get(post.get("unit", "")),
        unknown=post.get("unit") == "unknown", phone=post.get("phone", ""), caller_name=post.get("caller_name", ""),
        plate=post.get("plate", ""), photos=photos, draft=draft,
    )  # fmt: skip


def key_of(request: HttpRequest) -> UUID:
    """The form's own key. Raises BadRequest."""
    try:
        return UUID(request.POST.get("client_key", ""))
    except ValueError:
        raise BadRequest("no key") from None


def errors_of(refused: DomainError) -> dict[str, str]:
    """field -> what to do; several at once where the filing found several."""
    return dict(refused.errors) if isinstance(refused, BadFiling) else {refused.field or "text": refused.message}


def form_of(request: HttpRequest, house: Station, errors: dict[str, str]) -> dict:
    """What the fields show: typed words stay, the place of the house is chosen at first."""
    typed = {name: request.POST.get(name, "") for name in KEPT} if errors else {}
    return {
        "typed": typed, "bad": errors, "errors": [{"field": field, "words": words} for field, words in errors.items()],
        "client_key": request.POST.get("client_key") if errors else str(uuid4()),
        "places": Place.objects.values_list("code", "name"), "units": nameable_units(),
    }  # fmt: skip


def _slip(request: HttpRequest, house: Station, appeal: Appeal) -> HttpResponse:
    """Two numbers to print or to read out, four signs at a time, and by when he is answered."""
    receipt, now = receipts.receipt_of(appeal), clock.now()
    return frame.house_page(
        request, "stations/admin/slip.html", house, here="stations_write", crumb=_("收据"), title=_("交上去了"),
        lead=_("打印这一张给司机，或者念给他记下。离开这一页，查询码就不再显示。"), groups=receipt.grouped.split(),
        code=[receipt.code[:3], receipt.code[3:]], received=short_words(appeal.received_at, now=now),
        due=short_words(appeal.first_due, now=now) if appeal.first_due else "", track=request.build_absolute_uri("/appeals/track"),
    )  # fmt: skip
