"""A small world that lives through past moments in order: every act goes through the services, at its own time.

A script is a generator: it yields the moment at which it wants to go on, and acts when it is resumed.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random

from accounts.models import Person, Place, Unit
from accounts.rules.viewer import Viewer
from accounts.selectors.viewer import viewer_for
from appeals.services import reminders, ripening
from appeals.services.routing import resolve, short_name
from common.clock import SHANGHAI, local
from common.selectors import calendar
from hongyun.demo import names
from hongyun.demo.people import Cast
from hongyun.demo.stories import Story
from notices.services import history

Script = Generator[datetime, None, None]
UNREAD = timedelta(hours=18)  # what came in since then still stands in the bell


@dataclass
class World:
    """`end` is the moment of loading: nothing later happens. `today` is the working day its dates hang on."""

    cast: Cast
    end: datetime
    at: datetime = field(init=False)
    appeals: dict[str, int] = field(default_factory=dict)  # seed of a story -> pk
    _queue: list[tuple[datetime, int, Script]] = field(default_factory=list)
    _order: count = field(default_factory=count)
    _viewers: dict[int, Viewer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.at = self.end - timedelta(days=400)
        self.days = calendar()
        self.units = {unit.code: unit for unit in Unit.objects.all()}
        self.codes = {unit.pk: code for code, unit in self.units.items()}
        places = Place.objects.order_by("-kind", "code")  # towns before subdistricts of the same name
        self.places = {place.name: place for place in places}
        for place in places:
            self.places.setdefault(short_name(place), place)
        self.places["高新"] = Place.objects.get(code="320312402")
        day = local(self.end).date()
        self.today = day if self.days.works(day) else self.days.add_working_days(day, 1)

    # time

    def day(self, shift: int, hour: int = 9, minute: int = 0) -> datetime:
        """A moment `shift` working days from today."""
        day = self.today if shift == 0 else self.days.add_working_days(self.today, shift)
        return datetime.combine(day, time(hour, minute), SHANGHAI)

    def back(self, days: int, hour: int = 9, minute: int = 0) -> datetime:
        """A moment `days` calendar days before today, on a working day or not."""
        return datetime.combine(self.today - timedelta(days=days), time(hour, minute), SHANGHAI)

    def office(self, moment: datetime, minutes: int) -> datetime:
        """So many office minutes later."""
        return self.days.add_office_minutes(self.days.next_office_moment(moment), minutes)

    # people

    def viewer(self, person: Person) -> Viewer:
        """The person as he looks at it; postings of the demo do not change on the way."""
        if person.pk not in self._viewers:
            self._viewers[person.pk] = viewer_for(person, now=self.end, second_factor=True)
        return self._viewers[person.pk]

    def staff(self, login: str) -> Viewer:
        return self.viewer(self.cast.staff[login])

    def worker(self, unit: str, draw: Random, accused: set[int], wanted: str = "") -> Viewer:
        """Somebody of the unit who may have the appeal, `wanted` if named."""
        if wanted:
            return self.staff(wanted)
        able = [
            person
            for person in self.cast.workers(unit)
            if self.cast.since.get(person.pk, self.at) <= self.at and not self.viewer(person).barred & accused
        ]
        return self.viewer(draw.choice(able or [self.cast.head(unit)]))

    def place(self, story: Story) -> Place | None:
        return self.places[story.place] if story.place else None

    def unit_of(self, story: Story) -> Unit:
        """The unit a story ends up with: "town" is the town of its place; a name of the scheme is found, too."""
        place = self.place(story)
        if story.unit == "town":
            return self.units[f"town-{place.code}"]
        return self.units.get(story.unit) or resolve(story.unit, place=place, out=frozenset()) or self.units["legal"]

    # running

    def tell(self, script: Script) -> None:
        """Take a script up; it starts at the first moment it yields."""
        self._push(script)

    def _push(self, script: Script) -> None:
        moment = next(script, None)
        if moment is not None:
            heappush(self._queue, (moment, next(self._order), script))

    def run(self) -> None:
        """Everything up to `end`, in the order of time. What would come later stays undone."""
        while self._queue:
            moment, _n, script = heappop(self._queue)
            if moment > self.end:
                continue
            self.at = max(moment, self.at)
            self._push(script)
        self.at = self.end

    def sweeps(self, first: datetime) -> Script:
        """What beat does: twice each working day is enough for the rungs of days to leave in their time."""
        day = local(first).date()
        while True:
            yield datetime.combine(day, time(9, 2), SHANGHAI)
            reminders.sweep(now=self.at)
            yield datetime.combine(day, time(17, 32), SHANGHAI)
            self.sweep(self.at)
            day = self.days.add_working_days(day, 1)

    def sweep(self, now: datetime) -> None:
        """Pauses that end, windows that close, rungs; what was to be told by now counts as told."""
        ripening.end_pauses(now=now)
        ripening.close_ripe(now=now)
        ripening.lapse_extensions(now=now)
        reminders.sweep(now=now)
        history.settle_history(until=now, unread_since=self.end - UNREAD if now >= self.end else None)

    def number_source(self) -> Iterator[str]:
        """Receipt numbers in the order of filing, the same at each load."""
        return (names.number(n) for n in count(1))
