"""意见箱: boxes of a house, their openings by two, letters typed in or photographed. A letter filed is a number here, nothing more."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.admin.pages import page
from appeals.models import Draft, DraftPhoto
from appeals.services import drafts
from common import clock
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from common.reading import read_moment
from common.words import short_day_words, short_words, whole_day_words
from stations.admin import frame, parts
from stations.admin.parts import ROLES
from stations.admin.writing import errors_of, form_of, key_of, written_of
from stations.models import BoxOpening, Station
from stations.selectors import boxes as selectors
from stations.services import boxes

SHOWN = 30


@page("stations/<slug:slug>/boxes/", name="stations_boxes", roles=ROLES)
def boxes_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Boxes and openings of a house; POST hangs a box, takes one down, writes down an opening."""
    house, error = parts.house_or_404(request, slug), None
    if request.method == "POST":
        try:
            return ACTS.get(request.POST.get("act", ""), _nothing)(request, house)
        except NotThere as missing:
            raise Http404 from missing
        except DomainError as refused:
            error = refused
    now, viewer = clock.now(), request.viewer
    rows = list(selectors.boxes_of(viewer, house))
    openings = [_opening(one, now) for one in selectors.openings_of(viewer, house)[:SHOWN]]
    typed = request.POST if error else {}
    return frame.house_page(
        request, "stations/admin/boxes.html", house, here="stations_boxes", title=_("意见箱"), error=error, typed=typed,
        lead=_("%(n)d 个箱；没录完的信 %(left)d 封；%(at)s") % {"n": len(rows), "left": selectors.untyped(viewer, house), "at": parts.as_of(now)},
        boxes=[{"row": one, "since": short_day_words(one.since, now=now)} for one in rows], openings=openings,
        opened=typed.get("opened_at") or f"{whole_day_words(now)} {clock.local(now):%H:%M}", status=422 if error else 200,
    )  # fmt: skip


@page("stations/<slug:slug>/boxes/<uuid:key>/", name="stations_opening", roles=ROLES)
def opening_page(request: HttpRequest, slug: str, key: UUID) -> HttpResponse:
    """One opening: the second signature, the recount before it, the letters and their numbers."""
    house, error = parts.house_or_404(request, slug), None
    row = _opening_or_404(request, house, key)
    if request.method == "POST":
        try:
            messages.success(request, OPENING_ACTS.get(request.POST.get("act", ""), _no_act)(request, row))
            return redirect("admin:stations_opening", slug=slug, key=key)
        except NotThere as missing:
            raise Http404 from missing
        except DomainError as refused:
            error = refused
    now = clock.now()
    letters = [
        {"nth": one.nth, "number": _grouped(one.number), "second": _letter_words(one, now)} for one in selectors.letters_of(request.viewer, row)
    ]  # fmt: skip
    return frame.house_page(
        request, "stations/admin/opening.html", house, here="stations_boxes", crumb=_("开箱"), one=_opening(row, now), letters=letters, error=error,
        title=_("%(box)s %(at)s 开箱") % {"box": row.box.name, "at": short_words(row.opened_at, now=now)}, typed=request.POST if error else {},
        lead=row.box.spot, first=row.by_id == request.viewer.person_id, status=422 if error else 200,
    )  # fmt: skip


@page("stations/<slug:slug>/boxes/<uuid:key>/letter/", name="stations_letter", roles=ROLES)
def letter_page(request: HttpRequest, slug: str, key: UUID) -> HttpResponse:
    """One letter: typed, photographed, or both. Photos that were taken stay while the rest is mended."""
    house, errors = parts.house_or_404(request, slug), {}
    row = _opening_or_404(request, house, key)
    if row.witness_id is None or (request.method != "POST" and row.typed >= row.letters):
        raise Http404
    draft = _draft(request, row) if request.method == "POST" else None
    if draft is not None:
        if draft.appeal_id is None:
            errors = _take_photos(request, draft)
        if not errors and "again" not in request.POST:
            try:
                photos = list(draft.photos.all()) if draft.appeal_id is None else []
                done = boxes.file_letter(opening=row, letter=written_of(request, draft=draft, photos=photos), by=request.viewer, now=clock.now())
                messages.success(request, _("第 %(n)d 封交上去了，编号 %(number)s；内容您看不到了。") % {"n": done.nth, "number": _grouped(done.number)})
                return redirect("admin:stations_opening", slug=slug, key=key)
            except NotThere as missing:
                raise Http404 from missing
            except DomainError as refused:
                errors = errors_of(refused)
    return frame.house_page(
        request, "stations/admin/letter.html", house, here="stations_boxes", crumb=_("录一封信"), **form_of(request, house, errors),
        title=_("第 %(n)d 封，共 %(all)d 封") % {"n": min(row.typed + 1, row.letters), "all": row.letters}, opening=row,
        photos=list(draft.photos.all()) if draft is not None else [], lead=_("照信上写的录，或者拍下来；收到的时间按开箱算。"), status=422 if errors else 200,
    )  # fmt: skip


def _draft(request: HttpRequest, row: BoxOpening) -> Draft:
    """Where the photos of this form wait; of this keeper and this opening alone."""
    holder = drafts.holder_of(f"{request.viewer.person_id}:{row.key}:{key_of(request)}", "box letter")
    return drafts.of_form(holder=holder, client_key=key_of(request), now=clock.now())


def _take_photos(request: HttpRequest, draft: Draft) -> dict[str, str]:
    """Keep what was uploaded, take out what was ticked; words about what was refused."""
    for key in request.POST.getlist("remove"):
        if DraftPhoto.objects.filter(draft=draft, key__in=_keys(key)).exists():
            drafts.remove_photo(draft=draft, key=key)
    files = request.FILES.getlist("photos")
    refused = drafts.add_photos(draft=draft, files=files, now=clock.now()).refused if files else []
    return {"photos": refused[0]} if refused else {}


def _keys(text: str) -> list[UUID]:
    try:
        return [UUID(text)]
    except ValueError:
        return []


def _opening_or_404(request: HttpRequest, house: Station, key: UUID) -> BoxOpening:
    row = selectors.opening_of(request.viewer, house, key)
    if row is None:
        raise Http404
    return row


def _opening(row: BoxOpening, now: datetime) -> dict:
    """An opening in words: who, how many, what is left to do."""
    if row.witness_id is None:
        badge = parts.Badge(_("等第二人签"), "warn", "clock")
    elif row.letters == 0:
        badge = parts.Badge(_("没有信"), "", "inbox")
    elif row.typed < row.letters:
        badge = parts.Badge(_("录了 %(n)d / %(all)d") % {"n": row.typed, "all": row.letters}, "info", "pencil")
    else:
        badge = parts.Badge(_("录完了"), "ok", "check-circle")
    counted = _("信 %(n)d 封") % {"n": row.letters} + (_("，不是信的 %(n)d 张") % {"n": row.others} if row.others else "")
    who = _("%(one)s、%(two)s") % {"one": row.by.name, "two": row.witness.name} if row.witness else row.by.name
    return {"row": row, "badge": badge, "counted": counted, "who": who, "at": short_words(row.opened_at, now=now), "left": row.letters - row.typed}


def _letter_words(one, now: datetime) -> str:
    how = _("照片") if one.photographed else _("抄录")
    return f"{how} · {one.by.name} · {short_words(one.at, now=now)}"


def _grouped(number: str) -> str:
    return " ".join(number[i : i + 4] for i in range(0, len(number), 4))


def _hang(request: HttpRequest, house: Station) -> HttpResponse:
    boxes.hang(station=house, name=request.POST.get("name", ""), spot=request.POST.get("spot", ""), by=request.viewer, now=clock.now())
    messages.success(request, _("记下了这个箱。"))
    return redirect("admin:stations_boxes", slug=house.slug)


def _box(request: HttpRequest, house: Station):
    row = selectors.box_of(request.viewer, house, small_number(request.POST.get("box", "")))
    if row is None:
        raise NotThere
    return row


def _down(request: HttpRequest, house: Station) -> HttpResponse:
    boxes.take_down(box=_box(request, house), by=request.viewer, now=clock.now())
    messages.success(request, _("取下了；开过的记录都在。"))
    return redirect("admin:stations_boxes", slug=house.slug)


def _counted(request: HttpRequest) -> boxes.Counted:
    post, numbers = request.POST, {}
    for name in ("letters", "others"):
        typed = post.get(name, "").strip()
        numbers[name] = small_number(typed) if typed or name == "letters" else 0
        if numbers[name] is None:
            raise DomainError(_("写几封，没有就写 0") if name == "letters" else _("写一个整数"), field=name, code="required")
    return boxes.Counted(numbers["letters"], numbers["others"], post.get("note", ""))


def _open(request: HttpRequest, house: Station) -> HttpResponse:
    try:
        at = read_moment(request.POST.get("opened_at", ""))
    except ValueError:
        raise DomainError(_("写成 2026年11月23日 14:30 这样"), field="opened_at", code="invalid") from None
    made = boxes.open_box(box=_box(request, house), counted=_counted(request), opened_at=at, by=request.viewer, now=clock.now())
    messages.success(request, _("记下了。请一起开箱的那位用自己的账号来签。"))
    return redirect("admin:stations_opening", slug=house.slug, key=made.key)


def _nothing(request: HttpRequest, house: Station) -> HttpResponse:
    raise NotThere


def _witness(request: HttpRequest, row: BoxOpening) -> str:
    number = small_number(request.POST.get("counted", "").strip())
    if number is None:
        raise DomainError(_("写您数到几封，没有就写 0"), field="counted", code="required")
    boxes.witness(opening=row, letters=number, by=request.viewer, now=clock.now())
    return _("签了。现在可以录信。") if row.letters else _("签了，这次没有信。")


def _recount(request: HttpRequest, row: BoxOpening) -> str:
    boxes.recount(opening=row, counted=_counted(request), by=request.viewer, now=clock.now())
    return _("改好了，等第二人签。")


def _no_act(request: HttpRequest, row: BoxOpening) -> str:
    raise NotThere


ACTS = {"hang": _hang, "down": _down, "open": _open}
OPENING_ACTS = {"witness": _witness, "recount": _recount}
