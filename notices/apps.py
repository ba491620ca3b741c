"""The outbox, and what it registers with the room below."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = "通知"

    def ready(self) -> None:
        from notices import wiring

        wiring.connect()
