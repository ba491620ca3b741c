from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = "信息库"

    def ready(self) -> None:
        from members import wiring

        wiring.connect()
