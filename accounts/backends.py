"""Staff sign in by login name and password; a second factor follows (accounts.web)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.backends import BaseBackend

from accounts.models import Person


class StaffBackend(BaseBackend):
    """Checks a password in the same time whether or not the login exists."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        login = username or kwargs.get("login")
        if not login or password is None:
            return None
        person = Person.objects.filter(login=login).first()
        if person is None:
            Person().set_password(password)  # spend the same time: the answer tells nothing
            return None
        return person if person.check_password(password) and _welcome(person) else None

    def get_user(self, user_id):
        person = Person.objects.filter(pk=user_id, is_active=True).first()
        return person if person and _welcome(person) else None


def _welcome(person: Person) -> bool:
    """People of the demo never enter a real installation, even if its database was carried over."""
    return person.is_active and (settings.DEMO or not person.demo_slug)
