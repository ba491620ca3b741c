from django.apps import AppConfig


class BranchesConfig(AppConfig):
    name = "branches"
    verbose_name = "党支部"

    def ready(self) -> None:
        from branches import wiring

        wiring.connect()
