"""Photos of a form that could not be taken yet: sealed, named by the session alone. What is never sent is swept as an orphan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from care.services.applications import MOST_PAPERS
from common import stored_files
from common.errors import DomainError
from common.uploads import check_picture


def hold(files: Iterable[BinaryIO], *, before: Sequence[str]) -> tuple[list[str], DomainError | None]:
    """Names of all that is held now, and what was wrong with the first file that was not taken."""
    names, wrong = list(before), None
    for file in files:
        if len(names) >= MOST_PAPERS:
            return names, wrong or DomainError(_("证明最多 %(n)d 张，多的没有放") % {"n": MOST_PAPERS}, field="papers", code="too_many")
        try:
            names.append(stored_files.store_sealed(check_picture(file, field="papers").data, root=settings.DATA_DIR))
        except DomainError as refused:
            wrong = wrong or refused
    return names, wrong


def opened(names: Sequence[str]) -> list[bytes]:
    """The photos; one that was swept meanwhile is left out."""
    found = []
    for name in names:
        try:
            found.append(stored_files.open_sealed(name, root=settings.DATA_DIR))
        except (FileNotFoundError, ValueError):
            continue
    return found


def let_go(names: Sequence[str]) -> None:
    """Throw away what was held."""
    for name in names:
        try:
            stored_files.delete_sealed(name, root=settings.DATA_DIR)
        except ValueError:
            continue
