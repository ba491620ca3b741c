from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "care"
    verbose_name = "关爱"

    def ready(self) -> None:
        from care import goods_wiring, people_wiring, wiring

        wiring.connect()
        people_wiring.connect()
        goods_wiring.connect()
