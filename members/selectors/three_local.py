"""三个在本地 of one person: what he or the census says of relation, labour and business, and who carries him by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Place
from accounts.rules.viewer import Viewer
from branches.models import Membership
from branches.rules.kinds import Kind
from branches.rules.three_local import CARRIER_WORDS, Carrier, Row, carried, is_local
from branches.selectors.scope import is_secretary
from members.models import Claim, Driver

UNKNOWN = ("不清楚", "不知道", "不详", "无", "—", "/")


@dataclass(frozen=True)
class Local:
    """The words for each of the three ("" : nobody said), whether they name this district, and the line of the table."""

    said: tuple[str, str, str]
    local: tuple[bool, bool, bool]
    row: Row

    @property
    def elsewhere(self) -> bool:
        """Whether his relation is said to be somewhere else. Nothing said is not elsewhere."""
        return bool(self.said[0]) and not self.local[0]

    @property
    def words(self) -> str:
        """Who carries him, in words."""
        return CARRIER_WORDS[self.row.carrier]

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The three with their words, and who carries him: for a list of facts."""
        names = (_("组织关系"), _("劳动关系"), _("业务"))
        found = []
        for name, said, local in zip(names, self.said, self.local, strict=True):
            found.append((name, _("没说，按不在本地算") if not said else _("在本地：%s") % said if local else _("不在本地：%s") % said))
        return [*found, (_("谁来管"), _("%(who)s（%(why)s）") % {"who": self.words, "why": self.row.why})]

    def kind(self, claimed: str) -> str:
        """The kind to offer first: without a vote where his relation is elsewhere, else what he said of himself."""
        return (
            Kind.FLOATING
            if self.elsewhere and self.row.carrier in (Carrier.FLOATING, Carrier.HOME)
            else claimed
        )


def local_of(viewer: Viewer, person_id: int, claim: Claim | None = None) -> Local | None:
    """For whoever may work on his claim or his membership; None for others, and where nothing was said at all.

    What he says of his relation in his claim goes before what the census says. Two queries."""
    if not is_secretary(viewer):
        return None
    driver = Driver.objects.filter(person_id=person_id, merged_into=None).first()
    relation, labour, business = (
        (driver.relation_place, driver.work_place, driver.business_place) if driver else ("", "", "")
    )
    said = (
        _known(claim.relation_place if claim else "") or _known(relation),
        _known(labour),
        _known(business),
    )
    if not any(said):
        return None
    places = list(Place.objects.values_list("name", flat=True))
    here = (is_local(said[0], places), is_local(said[1], places), is_local(said[2], places))
    return Local(said, here, carried(relation=here[0], labour=here[1], business=here[2]))


def _known(words: str) -> str:
    """What was said; "" for the words by which somebody says that he does not know."""
    text = words.strip()
    return "" if text.startswith(UNKNOWN) else text


def member_card(viewer: Viewer, subject: Membership, now: datetime) -> dict[str, Any] | None:
    """The card of a member's page; None where nobody said anything."""
    claim = (
        Claim.objects.filter(person_id=subject.person_id)
        .exclude(state=Claim.State.WITHDRAWN)
        .order_by("-at", "-id")
        .first()
    )
    found = local_of(viewer, subject.person_id, claim)
    if found is None:
        return None
    return {"lines": found.lines, "against": found.elsewhere and subject.kind == Kind.FULL}
