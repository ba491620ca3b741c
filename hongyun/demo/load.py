"""Load the demo: people first, then half a year of appeals in the order of time, in one transaction."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction

from accounts.models import Person
from accounts.services import audit
from appeals.models import Appeal, Photo, ReplyTemplate
from appeals.services import receipts
from common import limits
from common.queue import quiet
from common.selectors import one_calendar
from hongyun.demo import care_goods, care_people, desks, facts, houses, names, past, people, present, register
from hongyun.demo.stories import DATA, again, open_texts, pool
from hongyun.demo.world import World


class NotAsTold(RuntimeError):
    """The rows do not give the figures they were made for."""


def is_loaded() -> bool:
    return Person.objects.filter(demo_slug="desk").exists()


@transaction.atomic
def load(*, now: datetime, scale: int = 1, with_register: bool = False) -> facts.Figures | None:
    """Make the district as it stands at `now`; None when it is there already.

    `scale` multiplies drivers who file and the appeals that belong to no figure. `with_register`: those drivers are
    people of the whole register, which is loaded first. Raises NotAsTold."""
    if is_loaded():
        return None
    with quiet(), one_calendar():
        cast = people.make(now=now)
        if with_register:
            register.load(cast, now=now)
        people.add_drivers(cast, now=now, upto=people.DRIVERS * scale)
        world = World(cast, end=now)
        with receipts.numbers_from(world.number_source().__next__):
            _tell_all(world, scale)
            world.run()
            world.sweep(now)
        people.stand_in(cast, now=now)
        houses.load(cast, now=now)
        desks.load(cast, now=now)
        care_people.load(cast, now=now)
        care_goods.load(cast, now=now)
        if with_register:
            register.settle(now=now)
    _templates()
    _same_keys(world)
    limits.sweep_old(now)
    audit.write(
        act="demo.load", actor_word="operator", new={"people": len(cast.drivers) + len(cast.staff), "appeals": len(world.appeals)},
        now=now,
    )  # fmt: skip
    found = facts.figures()
    if found != facts.Figures(*facts.WANTED):
        raise NotAsTold(f"{found} is not {facts.WANTED}")
    return found


def _tell_all(world: World, scale: int) -> None:
    facts.tell(world)
    others = [story for story in pool("other") if story.id != "P14"]
    recent = [story for story in others if story.unit == "transport"]  # the month of the demo's handler
    rest = [story for story in others if story.unit != "transport"]
    past.tell(world, recent, first=21, last=6, plans=past.RECENT_PLANS, channels=past.CHANNELS, working=True)
    past.tell(world, rest, first=150, last=14, plans=past.OTHER_PLANS, channels=past.CHANNELS)
    for run in range(1, scale):
        more = [again(story, run) for story in (*pool("other"), *open_texts())]
        past.tell(world, more, first=170, last=16, plans=past.OTHER_PLANS, channels=past.CHANNELS)
    present.tell(world)
    world.tell(world.sweeps(world.back(176)))


def _templates() -> None:
    """Starts for answers, with blanks, which all units may use."""
    rows = json.loads((DATA / "demo-templates.json").read_text(encoding="utf-8"))
    ReplyTemplate.objects.bulk_create(ReplyTemplate(**row) for row in rows)


def _same_keys(world: World) -> None:
    """Keys in addresses are the same at each load, as the numbers are."""
    seeds = {pk: seed for seed, pk in world.appeals.items()}
    rows = list(Appeal.objects.filter(pk__in=seeds).only("pk", "key"))
    for row in rows:
        row.key = names.key("appeal", seeds[row.pk])
    Appeal.objects.bulk_update(rows, ["key"], batch_size=500)
    photos = list(Photo.objects.filter(appeal_id__in=seeds).only("pk", "key", "appeal_id", "order"))
    for photo in photos:
        photo.key = names.key("photo", seeds[photo.appeal_id], photo.order)
    Photo.objects.bulk_update(photos, ["key"], batch_size=500)
