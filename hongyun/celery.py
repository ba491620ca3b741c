"""The Celery application. Tasks are doors: rows are the truth, a message is only a bell."""

import os

from celery import Celery

from common import folder_broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hongyun.settings")
# Celery would run Django's checks in each worker, drop what they say, and keep every page and API of the site in memory
# for it. What must not start is refused by the settings themselves; the checks run before (`migrate`, `check --deploy`).
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

folder_broker.register()
app = Celery("hongyun")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
