"""The tree of units as far as work changes it: a new branch under a squad, a new station, a branch under another squad."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Unit
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.services import audit
from common.errors import NotThere


@transaction.atomic
def make_branch(*, name: str, host: Unit, by: Viewer, now: datetime) -> Unit:
    """A unit of kind branch under `host`, with the next free code; the committee takes over what concerns it.

    Raises NotThere for whoever is not secretary of the committee."""
    committee = _committee_of(by)
    codes = set(Unit.objects.filter(code__startswith="branch-").values_list("code", flat=True))
    number = next(n for n in range(1, len(codes) + 2) if f"branch-{n:02d}" not in codes)
    unit = Unit.objects.create(
        code=f"branch-{number:02d}", name=name, kind=Unit.Kind.BRANCH, parent=host, fallback=committee
    )
    audit.write(act="unit.make", by=by, about=unit, new={"code": unit.code, "parent": host.code}, now=now)
    return unit


@transaction.atomic
def make_station(*, name: str, by: Viewer, now: datetime) -> Unit:
    """A unit of kind station under the group of all stations, with the next free code.

    Raises NotThere for whoever is not posted to that group."""
    group = Unit.objects.select_for_update().filter(code="stations", pk__in=by.units(Role.STATION)).first()
    if group is None:
        raise NotThere
    codes = set(Unit.objects.filter(code__startswith="station-").values_list("code", flat=True))
    number = next(n for n in range(1, len(codes) + 2) if f"station-{n:02d}" not in codes)
    unit = Unit.objects.create(code=f"station-{number:02d}", name=name, kind=Unit.Kind.STATION, parent=group)
    audit.write(act="unit.make", by=by, about=unit, new={"code": unit.code, "parent": group.code}, now=now)
    return unit


@transaction.atomic
def move_branch(*, unit: Unit, host: Unit, by: Viewer, now: datetime) -> Unit:
    """Hang a branch under another squad; every closure is computed from the tree when it is asked.

    Raises NotThere for whoever is not secretary of the committee, and for a unit that is no branch."""
    _committee_of(by)
    one = Unit.objects.select_for_update().filter(pk=unit.pk, kind=Unit.Kind.BRANCH).first()
    if one is None:
        raise NotThere
    old, one.parent = one.parent_id, host
    one.save(update_fields=["parent"])
    audit.write(act="unit.move", by=by, about=one, old={"parent": old}, new={"parent": host.pk}, now=now)
    return one


def _committee_of(by: Viewer) -> Unit:
    """The committee that the viewer is secretary of."""
    found = Unit.objects.filter(pk__in=by.units(Role.SECRETARY), kind=Unit.Kind.COMMITTEE).first()
    if found is None:
        raise NotThere
    return found
