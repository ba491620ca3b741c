"""What members registers downward."""

from __future__ import annotations

from collections.abc import Iterator


def stored_names() -> Iterator[str]:
    """Sealed files that rows of this room name: workbooks, proofs, exports."""
    from members.models import Claim, Export, Upload

    yield from Upload.objects.exclude(stored="").values_list("stored", flat=True)
    yield from Claim.objects.exclude(proof="").values_list("proof", flat=True)
    yield from Export.objects.exclude(stored="").values_list("stored", flat=True)


def connect() -> None:
    """Called once, when the apps are ready."""
    from common import stored_files

    stored_files.names_kept_by(stored_names)
