"""Composition only: settings, urls, jobs, and the pages and commands that join rooms."""

from hongyun.celery import app as celery_app

__all__ = ["celery_app"]
