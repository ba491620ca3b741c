"""Loaded before anything else (`-p tests.early`): the settings must know that this is a test."""

import os

os.environ.setdefault("HONGYUN_TESTING", "1")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # pytest-playwright runs an event loop
