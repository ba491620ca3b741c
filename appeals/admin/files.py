"""What a page shows only on asking: a phone number for a minute, a photo."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page
from accounts.rules.roles import HANDLING, Role
from accounts.services import reveal as service
from accounts.web.entry import stepped_up_at
from appeals.admin import parts
from appeals.admin.appeal_list import ROLES
from appeals.admin.appeal_page import REVEAL_REASONS, appeal_or_404, show
from common import clock
from common.uploads import open_served

REVEALING = frozenset({*HANDLING, Role.DESK, Role.DUTY, Role.CALL_BACK, Role.DISCIPLINE})


@page("appeals/appeal/<uuid:key>/reveal/", name="appeals_reveal", roles=REVEALING)
def reveal(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the number once, with a reason; written down, and told to the driver as count and role."""
    appeal = appeal_or_404(request, key)
    reason = dict(REVEAL_REASONS).get(request.POST.get("reason", ""))
    if request.method != "POST":
        return redirect("admin:appeals_one", key=appeal.key)
    if not parts.shows_driver(request.viewer, appeal):
        raise Http404
    if reason is None:
        messages.warning(request, _("请先选一个理由。"))
        return redirect("admin:appeals_one", key=appeal.key)
    try:
        clear = service.reveal(
            subject=appeal, field="phone", by=request.viewer, reason=reason, now=clock.now(),
            stepped_up_at=stepped_up_at(request),
        )  # fmt: skip
    except service.StepUpNeeded as needed:
        messages.warning(request, needed.message)
        here = reverse("admin:appeals_one", args=[appeal.key])
        return redirect(f"{reverse('accounts:staff_again')}?{urlencode({'next': here})}")
    return show(request, appeal, clear_phone=clear)


@page("appeals/appeal/<uuid:key>/photo/<uuid:photo>/", name="appeals_photo", roles=ROLES)
def photo(request: HttpRequest, key: UUID, photo: UUID) -> HttpResponse:
    """The clean copy of a photo; the sealed original never leaves by this door."""
    found = appeal_or_404(request, key).photos.filter(key=photo).first()
    if found is None:
        raise Http404
    try:
        picture = open_served(found.served, root=settings.DATA_DIR)
    except FileNotFoundError:
        raise Http404 from None
    headers = {"Content-Disposition": f'inline; filename="appeal-{found.order}.jpg"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(picture, content_type="image/jpeg", headers=headers)
