"""The WSGI door."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hongyun.settings")
django_application = get_wsgi_application()

from common.queue import AnswerFirst  # noqa: E402 - Django must be set up first

application = AnswerFirst(django_application)
