"""Pictures of a house, for its keepers: what hangs there, one more with its words, one taken down."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from common import clock
from common.errors import DomainError
from common.identifiers import small_number
from stations.admin import confirm, parts
from stations.admin.today import ROLES
from stations.selectors.photos import kept_photo, photos_of
from stations.services import photos


@page("stations/<slug:slug>/photos/", name="stations_photos", roles=ROLES)
def photos_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The pictures as drivers see them; POST hangs one more."""
    house, error = parts.house_or_404(request, slug), None
    if request.method == "POST":
        try:
            photos.add(station=house, file=request.FILES.get("photo"), alt=request.POST.get("alt", ""), by=request.viewer, now=clock.now())
            messages.success(request, _("放上去了，司机看得到。"))
            return redirect("admin:stations_photos", slug=slug)
        except DomainError as refused:
            error = refused
    rows = list(photos_of(request.viewer, house))
    back = reverse("admin:stations_services", args=[slug])
    return render_page(
        request, "stations/admin/photos.html", title=_("照片"), lead=_("%(house)s · %(n)d 张，最多 %(most)d 张") % {"house": house.unit.name, "n": len(rows), "most": photos.MOST},
        crumbs=[(_("驿站"), None), (house.unit.name, reverse("admin:stations_today", args=[slug])), (_("照片"), None)], back=back,
        house=house, photos=rows, more=len(rows) < photos.MOST, error=error, typed=request.POST if error else {}, status=422 if error else 200,
    )  # fmt: skip


@page("stations/<slug:slug>/photos/<slug:number>/", name="stations_photo", roles=ROLES)
def photo_page(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Take one down: asked first."""
    house = parts.house_or_404(request, slug)
    row, back = kept_photo(request.viewer, house, small_number(number)), reverse("admin:stations_photos", args=[slug])
    if row is None:
        raise Http404
    if request.method == "POST":
        photos.remove(photo=row, by=request.viewer, now=clock.now())
        messages.success(request, _("取下来了。"))
        return redirect(back)
    notes = (("image", _("“%(alt)s”这张，司机看不到了，文件也删掉") % {"alt": row.alt}),)
    return confirm.ask(request, question=_("取下这张照片？"), found=None, button=_("取下"), back=back, error=None, reason=False, notes=notes)
