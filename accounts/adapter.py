"""allauth, told what this house does: nobody signs up by himself, logins carry no e-mail."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter


class HouseAccountAdapter(DefaultAccountAdapter):
    """Accounts are made by a proved phone or by the administrator, never by a form."""

    def is_open_for_signup(self, request):
        return False


class HouseMFAAdapter(DefaultMFAAdapter):
    """Second factors are sealed in the database like every other secret."""

    def encrypt(self, text: str) -> str:
        from common.encryption import seal

        return seal(text, "mfa.secret")

    def decrypt(self, encrypted_text: str) -> str:
        from common.encryption import open_

        return open_(encrypted_text, "mfa.secret")
