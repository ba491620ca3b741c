"""Doors of the outbox. The page of the demo does not even exist elsewhere."""

from django.conf import settings
from django.urls import path

from notices.web import outbox

app_name = "notices"
urlpatterns = [path("outbox/", outbox.outbox, name="demo_outbox")] if settings.DEMO else []
