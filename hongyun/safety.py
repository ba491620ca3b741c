"""What production refuses to start on. One line on the screen names everything at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from common.encryption import BadKeys, KeyRing

DIFFERENT_SIGNS = 8  # of 24 random ones hardly ever fewer


def unsafe(settings: Mapping[str, Any], environment: Mapping[str, str]) -> list[str]:
    """Names of the unsafe settings, each with what to do. Empty: safe to start."""
    found = []
    if settings["DEBUG"]:
        found.append("DEBUG (must be off)")
    if len(settings["SECRET_KEY"]) < 50 or settings["SECRET_KEY"].startswith(("unset", "django-insecure")) or _plain(settings["SECRET_KEY"]):
        found.append("SECRET_KEY (at least 50 random characters)")
    hosts = settings["ALLOWED_HOSTS"]
    if not hosts or any("*" in host or host == "." for host in hosts):
        found.append("ALLOWED_HOSTS (name each host)")
    for name in ("FIELD_KEYS", "INDEX_KEY", "AUDIT_KEY", "CODE_KEY", "METRICS_TOKEN", "SMS_SECRET"):
        if len(settings[name]) < 24 or _plain(settings[name]):
            found.append(f"{name} (missing, short, or not random)")
    if settings["FIELD_KEYS"] and not _usable(settings["FIELD_KEYS"]):
        found.append("FIELD_KEYS (id:base64 of 32 bytes)")
    if settings["DATABASES"]["default"]["ENGINE"].endswith("sqlite3") and not _said(environment.get("ALLOW_SQLITE")):
        found.append("DATABASE_URL (PostgreSQL, or ALLOW_SQLITE=1)")
    if not settings["REDIS_URL"] and not _said(environment.get("ALLOW_FOLDER_BROKER")):
        found.append("REDIS_URL (or ALLOW_FOLDER_BROKER=1)")
    if not settings["SITE_URL"].startswith("https://"):
        found.append("SITE_URL (https://…)")
    if not settings["SMS_URL"].startswith("https://"):
        found.append("SMS_URL (https://…)")
    elif urlsplit(settings["SMS_URL"]).hostname not in settings["SMS_ALLOWED_HOSTS"]:
        found.append("SMS_URL (its host must stand in SMS_ALLOWED_HOSTS, else no code ever leaves)")
    for name in ("SMS_STATUS_URL", "CSRF_TRUSTED_ORIGINS"):
        said = settings[name]
        if any(not one.startswith("https://") for one in ([said] if isinstance(said, str) else said) if one):
            found.append(f"{name} (https://…)")
    if settings["EMAIL_BACKEND"].endswith("smtp.EmailBackend") and not (settings.get("EMAIL_USE_TLS") or settings.get("EMAIL_USE_SSL")):
        found.append("EMAIL_URL (smtp+tls:// or smtp+ssl://)")
    if not settings["SMS_ALLOWED_HOSTS"] or any("*" in host or not host for host in settings["SMS_ALLOWED_HOSTS"]):
        found.append("SMS_ALLOWED_HOSTS (name each host)")
    if set(settings["CELERY_ACCEPT_CONTENT"]) != {"json"}:
        found.append("CELERY_ACCEPT_CONTENT (json only)")
    if environment.get("HONGYUN_FAILPOINTS") or environment.get("HONGYUN_FAILPOINTS_ON"):
        found.append("HONGYUN_FAILPOINTS (tests only)")
    return found


def _said(answer: str | None) -> bool:
    """Whether it was said outright: `ALLOW_SQLITE=0` is a no."""
    return (answer or "").strip().lower() in ("1", "true", "yes", "on")


def _plain(secret: str) -> bool:
    """Whether a secret has so few different signs that nobody drew it by lot."""
    return len(set(secret)) < DIFFERENT_SIGNS


def _usable(keys: str) -> bool:
    try:
        KeyRing.parse(keys)
    except BadKeys:
        return False
    return True


def refuse_unsafe(settings: Mapping[str, Any], environment: Mapping[str, str]) -> None:
    """Raise ImproperlyConfigured with one line that names every unsafe setting."""
    found = unsafe(settings, environment)
    if found:
        raise ImproperlyConfigured("Refusing to start in production: " + "; ".join(found))
