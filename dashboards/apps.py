"""The bureau's pictures: reads every room, writes only its facts."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "dashboards"
    verbose_name = "看板"

    def ready(self):
        from dashboards import wiring

        wiring.connect()
