"""What a desk writes down for somebody: a driver who cannot write, a letter from the box. Filed as any appeal is, and then out of sight.

The service of appeals files it; what it says is kept there alone, under the scope of appeals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from accounts.models import Place
from accounts.rules.viewer import Viewer
from appeals.models import Appeal, Draft, DraftPhoto
from appeals.rules.life import About, FiledBy
from appeals.services import filing
from common.errors import NotThere
from stations.models import BoxOpening, Station
from stations.rules.letters import PHOTOGRAPHED
from stations.selectors.scope import keeps


@dataclass(frozen=True)
class Written:
    """As typed at the desk. `accused`: the unit it speaks of; `unknown`: it speaks of one, nobody knows which.

    `photos` are those of `draft`, in which they wait; a photographed letter may have no text."""

    client_key: UUID
    text: str = ""
    place: Place | None = None
    spot: str = ""
    happened: str = ""
    accused: int | None = None
    unknown: bool = False
    phone: str = ""
    caller_name: str = ""
    plate: str = ""
    photos: Sequence[DraftPhoto] = field(default_factory=tuple)
    draft: Draft | None = None

    @property
    def about(self) -> About:
        return About.UNIT if self.accused else About.UNKNOWN if self.unknown else About.NOBODY


def for_driver(*, station: Station, said: Written, by: Viewer, now: datetime) -> Appeal:
    """A driver tells, the desk writes: once a form. Raises NotThere, what `appeals.services.filing.file` raises."""
    if not keeps(by, station):
        raise NotThere
    return _file(said, channel=FiledBy.STATION, note=station.unit.name, received_at=now, by=by, now=now)[0]


def from_box(*, letter: Written, row: BoxOpening, nth: int, by: Viewer, now: datetime) -> tuple[Appeal, bool]:
    """The n-th letter of an opening, and whether this very call filed it. Called by `boxes.file_letter` alone."""
    note = f"{row.box.station.unit.name} {row.box.name} {nth}/{row.letters}"
    return _file(letter, channel=FiledBy.BOX, note=note, received_at=row.opened_at, by=by, now=now)


def _file(said: Written, *, channel: FiledBy, note: str, received_at: datetime, by: Viewer, now: datetime) -> tuple[Appeal, bool]:
    text = said.text if said.text.strip() or not said.photos else PHOTOGRAPHED
    wish = filing.Filing(
        client_key=said.client_key, text=text, place=said.place, spot=said.spot, happened=said.happened, about=said.about,
        accused=(said.accused,) if said.accused else (), phone=said.phone, caller_name=said.caller_name,
        plate=said.plate.replace(" ", "").upper(), channel=channel, channel_note=note, received_at=received_at, photos=said.photos,
    )  # fmt: skip
    return filing.file_once(filing=wish, by=by, caller=f"staff:{by.person_id}", now=now, draft=said.draft)
