"""The yardstick: a bare Django view that makes the same three inserts, or reads the same 25 rows. Nothing else.

No middleware, no session, no form, no scope, no order: what the framework and the database alone cost on this
machine. The rows come as Django's views have them: objects with what they point to (select_related), by the very
ids of those that the handler's list shows, so that their number and their size are the same; and a plain template of one
line a row prints the columns of that list as they are, without a word, an icon or a mask.
"""

from __future__ import annotations

import os
import secrets
import uuid

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hongyun.settings")
application = get_wsgi_application()

from django.conf import settings  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.db import transaction  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.template import Context, Engine  # noqa: E402
from django.urls import path  # noqa: E402

from appeals.models import Appeal, Event  # noqa: E402
from common import clock  # noqa: E402
from notices.models import Notice  # noqa: E402


def submit(request):
    """Three inserts in one transaction."""
    now = clock.now()
    with transaction.atomic():
        appeal = Appeal.objects.create(
            number=str(secrets.randbelow(9 * 10**15) + 10**15), code_hash="0" * 64, client_key=uuid.uuid4(),
            content_hash="0" * 64, text=request.POST.get("text", "x" * 40), received_at=now, entered_at=now,
        )  # fmt: skip
        Event.objects.create(appeal=appeal, seq=0, at=now, move="file", actor_word="driver")
        Notice.objects.create(
            template="bare", about_kind="bare", about_pk=str(appeal.pk), unique_key=f"bare|{appeal.pk}", address="1",
            channel="sms", made_at=now, state="sent",
        )  # fmt: skip
    return HttpResponse(appeal.number)


_PAGE = Engine(autoescape=True).from_string(
    """<table>{% for row in rows %}<tr><td><a href="{{ row.key }}">{{ row.title }}</a></td><td>{{ row.state }}</td>
    <td>{{ row.category }}</td><td>{{ row.caller_name }}</td><td>{{ row.plate }}</td><td>{{ row.place.name }}</td>
    <td>{{ row.first_due }}</td><td>{{ row.next_due }}</td><td>{{ row.handler.name }}</td></tr>{% endfor %}</table>"""
)


def rows(request):
    """The same 25 rows that the handler's list shows: `ids` of the address are theirs."""
    wanted = Appeal.objects.select_related("place", "lead_unit", "handler").filter(pk__in=request.GET["ids"].split(","))
    return HttpResponse(_PAGE.render(Context({"rows": wanted})))


def form(request):
    return HttpResponse("ok")


urlpatterns = [path("submit", submit), path("rows", rows), path("form", form)]
settings.ROOT_URLCONF = "hongyun.bench.bare"
settings.MIDDLEWARE = []
application = WSGIHandler()
