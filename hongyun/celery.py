"""The Celery application. Tasks are doors: rows are the truth, a message is only a bell."""

import os

from celery import Celery

from common import folder_broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hongyun.settings")

folder_broker.register()
app = Celery("hongyun")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
