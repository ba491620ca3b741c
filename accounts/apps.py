from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "人员"

    def ready(self) -> None:
        # Not from accounts.admin itself: the site lives in that package and would be made twice.
        from accounts.admin import audit, calendar, people, units  # noqa: F401
        from accounts.registry import registry
        from accounts.services import codes, second_factor, sessions, sweeps, tries
        from common import limits, once, rotation

        registry.sweep("audit", sweeps.seal_each_minute)
        registry.tidy("codes", lambda now: codes.tidy(now=now))
        registry.tidy("tries", lambda now: tries.tidy(now=now))
        registry.tidy("sessions", lambda now: sessions.tidy(now=now))
        registry.tidy("limits", limits.sweep_old)
        registry.tidy("once", once.sweep_old)
        rotation.register("second factors", second_factor.rotate_secrets)


class HouseAdminConfig(AdminConfig):
    """Django's admin in our dress, with our own idea of who may enter."""

    default_site = "accounts.admin.site.HouseAdminSite"
