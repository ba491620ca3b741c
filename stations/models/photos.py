"""Pictures of a house: small copies that the page shows, each with words for who cannot see it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class HousePhoto(models.Model):
    """One picture of a house. `served` is our own small JPEG of `width` × `height`; the original lies sealed beside it."""

    station = models.ForeignKey("stations.Station", models.PROTECT, related_name="photos")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    alt = models.CharField(_("照片上是什么"), max_length=60)
    order = models.PositiveSmallIntegerField(default=0)
    sha256 = models.CharField(max_length=64)  # of the bytes that came: the same picture is not kept twice
    served = models.CharField(max_length=64)
    sealed = models.CharField(max_length=64)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("驿站照片")
        ordering = ["station", "order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["station", "sha256"], name="picture_of_a_house_once"),
            models.CheckConstraint(condition=~Q(alt=""), name="picture_has_its_words"),
        ]

    def __str__(self) -> str:
        return f"photo {self.pk}"
