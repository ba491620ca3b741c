from django.apps import AppConfig


class StationsConfig(AppConfig):
    name = "stations"
    verbose_name = "驿站"

    def ready(self) -> None:
        from stations import act_words, wiring

        wiring.connect()
        act_words.connect()
