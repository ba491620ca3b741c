"""Composition: what joins rooms is wired here, last of all."""

from django.apps import AppConfig


class HongyunConfig(AppConfig):
    name = "hongyun"
    verbose_name = "组合"

    def ready(self):
        from accounts.registry import registry
        from hongyun import auditing

        auditing.connect()
        registry.tidy("audit_heads", auditing.send_heads)
