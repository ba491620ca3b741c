"""意见箱 of a house for who keeps it: openings, how many letters are filed, never a word of one."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, F, QuerySet, Sum

from accounts.rules.viewer import Viewer
from stations.models import BoxLetter, BoxOpening, Station, SuggestionBox
from stations.selectors.scope import kept_by


def boxes_of(viewer: Viewer, station: Station) -> QuerySet[SuggestionBox]:
    """Boxes that hang in a house that he keeps."""
    return SuggestionBox.objects.filter(station__in=kept_by(viewer)).filter(station=station, down_at=None)


def box_of(viewer: Viewer, station: Station, number: int | None) -> SuggestionBox | None:
    """One of them by its id; None for any other."""
    return boxes_of(viewer, station).filter(pk=number).first() if number is not None else None


def openings_of(viewer: Viewer, station: Station) -> QuerySet[BoxOpening]:
    """Openings of the house, the last first, each with `typed`: how many of its letters are appeals by now."""
    rows = BoxOpening.objects.filter(box__station__in=kept_by(viewer)).filter(box__station=station)
    return rows.select_related("box", "by", "witness").annotate(typed=Count("filed"))


def opening_of(viewer: Viewer, station: Station, key: UUID) -> BoxOpening | None:
    """One opening of the house; None for one of another house."""
    return openings_of(viewer, station).filter(key=key).first()


def letters_of(viewer: Viewer, opening: BoxOpening) -> QuerySet[BoxLetter]:
    """The letters of an opening that became appeals, in order: numbers and nothing else."""
    rows = BoxLetter.objects.filter(opening__box__station__in=kept_by(viewer))
    return rows.filter(opening=opening).select_related("by").order_by("nth")


def untyped(viewer: Viewer, station: Station) -> int:
    """Letters that were counted by two and are no appeals yet."""
    rows = BoxOpening.objects.filter(box__station__in=kept_by(viewer), witness__isnull=False).filter(box__station=station)
    rows = rows.annotate(typed=Count("filed")).filter(typed__lt=F("letters"))
    return rows.annotate(left=F("letters") - F("typed")).aggregate(sum=Sum("left"))["sum"] or 0
