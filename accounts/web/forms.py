"""Forms of the sign-in pages. They only carry what was typed and the words at the field."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError

REQUIRED = {"required": _("这里要填")}


class HouseForm(forms.Form):
    """A form that can take the error of a service at its field."""

    def refuse(self, error: DomainError) -> None:
        """Put the words of `error` at its field, or over the form."""
        self.add_error(error.field if error.field in self.fields else None, error.message)


class PasswordForm(HouseForm):
    login = forms.CharField(max_length=40, error_messages=REQUIRED)
    password = forms.CharField(max_length=128, strip=False, error_messages=REQUIRED)


class CodeForm(HouseForm):
    code = forms.CharField(max_length=20, error_messages=REQUIRED)


class NewPasswordForm(HouseForm):
    password = forms.CharField(max_length=128, strip=False, error_messages=REQUIRED)
    again = forms.CharField(max_length=128, strip=False, error_messages=REQUIRED)
