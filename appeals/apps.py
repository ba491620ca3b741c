"""The room of appeals, and what it registers with the rooms below."""

from django.apps import AppConfig


class AppealsConfig(AppConfig):
    name = "appeals"
    verbose_name = "诉求"

    def ready(self):
        from appeals import wiring

        wiring.connect()
