"""Who acts in the register of the demo, and when: moments before loading, staff as they look at things."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from accounts.models import Person
from accounts.rules.viewer import Viewer
from accounts.selectors.viewer import viewer_for
from common.clock import SHANGHAI, local
from hongyun.demo.people import Cast


@dataclass
class Stage:
    """`now` is the moment of loading: nothing later happens."""

    cast: Cast
    now: datetime
    _viewers: dict[int, Viewer] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return local(self.now).date()

    def ago(self, days: int, hour: int = 10, minute: int = 0) -> datetime:
        """A moment so many days before today."""
        moment = datetime.combine(self.today - timedelta(days=days), time(hour, minute), SHANGHAI)
        return min(moment, self.now)

    def viewer(self, person: Person) -> Viewer:
        if person.pk not in self._viewers:
            self._viewers[person.pk] = viewer_for(person, now=self.now, second_factor=True)
        return self._viewers[person.pk]

    def staff(self, login: str) -> Viewer:
        return self.viewer(self.cast.staff[login])

    def secretary(self, branch_code: str) -> Viewer:
        """The secretary of a branch."""
        return self.staff(secretary_login(branch_code))


def secretary_login(branch_code: str) -> str:
    """How the secretary of a branch signs in: hosted by a squad, he is one of its people."""
    return "secretary" if branch_code == "branch-03" else branch_code.replace("branch", "squad") + "-deputy"
