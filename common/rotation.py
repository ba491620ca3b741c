"""Moving everything that is sealed to the current key, after which the old key may be taken away.

Sealed columns and sealed originals are found by themselves. A room that keeps sealed text
elsewhere (inside JSON, in another package's table) registers a function for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.db import models, transaction
from django.db.models import F, TextField, Value
from django.db.models.functions import Cast

from common import encryption
from common.fields import EncryptedTextField
from common.stored_files import rotate_stored

BATCH = 500


@dataclass(frozen=True)
class Outcome:
    """What was done in one place: values moved to the current key, and values that do not open."""

    place: str
    moved: int
    broken: int


_others: dict[str, Callable[[], tuple[int, int]]] = {}


def register(place: str, rotate_all: Callable[[], tuple[int, int]]) -> None:
    """Name a function that moves a place of its own and returns (moved, broken)."""
    _others[place] = rotate_all


def rotate_everything(root: Path) -> Iterator[Outcome]:
    """Move all columns, the sealed originals below `root` and the registered places, one by one.

    May be broken off and started again, and runs beside a working portal."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, EncryptedTextField) and not model._meta.proxy:
                yield rotate_column(model, field)
    yield Outcome("sealed originals", *rotate_stored(root=root))
    for place, rotate_all in sorted(_others.items()):
        yield Outcome(place, *rotate_all())


def rotate_column(model: type[models.Model], field: EncryptedTextField) -> Outcome:
    """Move one column, BATCH rows to a transaction."""
    stored = Cast(F(field.attname), TextField())
    rows = model._base_manager.annotate(sealed_text=stored).filter(sealed_text__gt="").order_by("pk")
    rows = rows.exclude(sealed_text__startswith=f"{encryption.VERSION}.{encryption.ring().current}.")
    moved = broken = 0
    last = None
    while True:
        rest = rows if last is None else rows.filter(pk__gt=last)
        batch = list(rest.values_list("pk", "sealed_text")[:BATCH])
        if not batch:
            return Outcome(field.aad, moved, broken)
        last = batch[-1][0]
        with transaction.atomic():
            for pk, old in batch:
                try:
                    new = encryption.rotate(old, field.aad)
                except encryption.SealBroken:
                    broken += 1
                    continue
                # Only if nobody saved the row meanwhile: his value is under the current key already.
                unchanged = model._base_manager.annotate(sealed_text=stored).filter(pk=pk, sealed_text=old)
                moved += unchanged.update(**{field.name: Value(new, output_field=TextField())})
