"""Daily facts: sums of past days, deleted and written again from the rows, never incremented."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import models

from appeals.models import Appeal, Event
from common import clock
from dashboards.rules.figures import COLUMNS


class DayFact(models.Model):
    """The figures of one past day, whole (`by` "all"), for one unit, category or place, or against one squad.

    `of` is the id of the unit or place, the code of the category, or "" for none. Facts hold every
    appeal: whoever is barred from some has those taken out again when he looks (`selectors.tallies`).
    """

    day = models.DateField()
    by = models.CharField(max_length=8)
    of = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["by", "day", "of"], name="one_fact_a_day_and_part")]
        # A few parts over many days (squads by quarter): by the constraint alone every part of every day was read.
        indexes = [models.Index(fields=["by", "of", "day", "closed"], name="facts_of_a_part")]

    def __str__(self) -> str:
        return f"facts of {self.day} {self.by} {self.of}"


for _column in COLUMNS:
    DayFact.add_to_class(_column, models.IntegerField(default=0))


class FactMark(models.Model):
    """Up to which event and through which day the facts are built. One row.

    Events of transactions still open may become visible behind a higher id, so an id is believed only
    after it has been seen for a minute: `seen_id` becomes `event_id` then. Facts hold for days up to
    `through` that no event past `event_id` touches; every other day is counted from the rows.
    """

    event_id = models.BigIntegerField(default=0)
    seen_id = models.BigIntegerField(default=0)
    seen_at = models.DateTimeField(null=True)
    through = models.DateField(null=True)
    built_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"facts up to event {self.event_id}"

    @classmethod
    def dirty_days(cls, *, now: datetime) -> set[date]:
        """Days on which facts do not hold: those an event past the mark touches, and all after `through`."""
        mark = cls.objects.order_by("pk").first() or cls()
        return cls.touched_days(after=mark.event_id) | cls._days_after(mark.through, today=clock.today(now))

    @classmethod
    def touched_days(cls, *, after: int, up_to: int | None = None) -> set[date]:
        """Days on which the appeals of these events are counted.

        An appeal is counted on the day it was received and on the day of its first promise; neither ever
        changes, so these are all the days that anything done to it can touch.
        """
        events = Event.objects.filter(id__gt=after)
        if up_to is not None:
            events = events.filter(id__lte=up_to)
        days = set()
        for moments in events.order_by().values_list("appeal__received_at", "appeal__first_due").distinct():
            days.update(clock.today(moment) for moment in moments if moment is not None)
        return days

    @classmethod
    def _days_after(cls, through: date | None, *, today: date) -> set[date]:
        if through is None:
            first = Appeal.objects.aggregate(first=models.Min("received_at"))["first"]
            through = (clock.today(first) if first else today) - timedelta(days=1)
        return {through + timedelta(days=step) for step in range(1, (today - through).days + 1)}
