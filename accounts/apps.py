from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "人员"


class HouseAdminConfig(AdminConfig):
    """Django's admin in our dress, with our own idea of who may enter."""

    default_site = "accounts.admin.site.HouseAdminSite"
