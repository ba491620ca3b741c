"""Model fields that belong to no room."""

from __future__ import annotations

from typing import Any

from django.core import checks
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import Exact

from common import encryption


class _OnlyNone(Exact):
    """`field=None`, which Django turns into `isnull`; any other value is refused."""

    def __init__(self, lhs: Any, rhs: Any):
        if rhs is not None:
            raise _not_queryable(lhs)
        super().__init__(lhs, rhs)


def _not_queryable(what: Any) -> FieldError:
    name = getattr(getattr(what, "target", None), "name", None) or getattr(what, "name", "?")
    return FieldError(f"{name} is sealed and cannot be searched; filter by its blind index")


class EncryptedTextField(models.TextField):
    """Text that is clear in Python and sealed in the database (see common.encryption).

    Only `isnull` and `=None` can be asked of it; every other lookup raises FieldError, so a
    filter in an address can never feel its way along the value. NULL and "" are stored as they
    are. `seal_as` keeps old values readable after the model or field was renamed.
    """

    description = "Text sealed with AES-256-GCM"

    def __init__(self, *args: Any, seal_as: str | None = None, **kwargs: Any):
        self.seal_as = seal_as
        super().__init__(*args, **kwargs)

    @property
    def aad(self) -> str:
        """What a value is bound to: ``app.Model.field``."""
        return self.seal_as or f"{self.model._meta.label}.{self.name}"

    def deconstruct(self) -> tuple[Any, ...]:
        name, path, args, kwargs = super().deconstruct()
        if self.seal_as:
            kwargs["seal_as"] = self.seal_as
        return name, path, args, kwargs

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        errors = super().check(**kwargs)
        if self.unique or self.db_index:
            text = "A sealed column differs each time: put unique or db_index on the blind index."
            errors.append(checks.Error(text, obj=self, id="common.E001"))
        return errors

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Raises SealBroken when the stored value was tampered with or its key is gone."""
        return value if not value else encryption.open_(value, self.aad)

    def get_prep_value(self, value: Any) -> Any:
        return value if value is None or hasattr(value, "as_sql") else str(value)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        value = super().get_db_prep_save(value, connection)
        if not isinstance(value, str) or not value:
            return value
        return encryption.seal(value, self.aad)

    def value_to_string(self, obj: models.Model) -> str:
        """Fixtures carry the sealed form: a dump is no way round the mask."""
        value = self.value_from_object(obj)
        return encryption.seal(value, self.aad) if value else ""

    def to_python(self, value: Any) -> Any:
        """Clear text; a sealed value of this very column, as fixtures carry it, is opened."""
        value = super().to_python(value)
        if isinstance(value, str) and encryption.is_sealed(value):
            try:
                return encryption.open_(value, self.aad)
            except encryption.SealBroken:
                return value  # somebody typed text of this form
        return value

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        if lookup_name == "exact":
            return _OnlyNone
        raise _not_queryable(self)

    def get_transform(self, lookup_name: str) -> Any:
        raise _not_queryable(self)
