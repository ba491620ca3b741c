from django.apps import AppConfig


class HongyunConfig(AppConfig):
    name = "hongyun"
    verbose_name = "组合"
