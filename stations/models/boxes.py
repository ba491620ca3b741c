"""意见箱: where each hangs, who opened it with whom, how many letters lay in it, which appeal each became.

A letter's words stand in its appeal alone. Nothing here points to that row: the number opens no page of a desk.
"""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

MOST_LETTERS = 200


class SuggestionBox(models.Model):
    """One box of a house."""

    station = models.ForeignKey("stations.Station", models.PROTECT, related_name="boxes")
    name = models.CharField(_("哪个箱"), max_length=24)
    spot = models.CharField(_("挂在哪里"), max_length=60)
    since = models.DateField(_("什么时候挂的"))
    down_at = models.DateTimeField(_("取下"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("意见箱")
        ordering = ["station", "id"]
        constraints = [models.UniqueConstraint(fields=["station", "name"], name="box_name_once")]

    def __str__(self) -> str:
        return f"box {self.pk}"


class BoxOpening(models.Model):
    """Two people opened the box and counted. It holds when the second one has signed with his own sign-in.

    `letters`: each becomes an appeal; `others`: sheets that are no letters (blank, advertisements), counted all the same."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    box = models.ForeignKey(SuggestionBox, models.PROTECT, related_name="openings")
    opened_at = models.DateTimeField(_("什么时候开的"))
    letters = models.PositiveSmallIntegerField(_("几封信"), validators=[MaxValueValidator(MOST_LETTERS)])
    others = models.PositiveSmallIntegerField(_("不是信的"), default=0, validators=[MaxValueValidator(MOST_LETTERS)])
    note = models.CharField(_("说明"), max_length=120, blank=True)
    by = models.ForeignKey("accounts.Person", models.PROTECT, verbose_name=_("谁开的"), related_name="+")
    made_at = models.DateTimeField()
    witness = models.ForeignKey("accounts.Person", models.PROTECT, verbose_name=_("第二人"), null=True, related_name="+")
    witnessed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("开箱")
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(witness=None) | ~Q(witness=F("by")), name="a_box_is_opened_by_two"),
            models.CheckConstraint(
                condition=Q(witness=None, witnessed_at=None) | Q(witness__isnull=False, witnessed_at__isnull=False), name="signed_at_a_moment"
            ),
            models.CheckConstraint(condition=Q(letters__lte=MOST_LETTERS, others__lte=MOST_LETTERS), name="a_box_of_human_size"),
            models.UniqueConstraint(fields=["box"], condition=Q(witness=None), name="one_unsigned_opening_a_box"),
        ]

    def __str__(self) -> str:
        return f"opening {self.pk}"


class BoxLetter(models.Model):
    """The n-th letter of an opening and the number of the appeal it became."""

    opening = models.ForeignKey(BoxOpening, models.PROTECT, related_name="filed")
    nth = models.PositiveSmallIntegerField(_("第几封"))
    number = models.CharField(_("诉求编号"), max_length=16, unique=True)
    photographed = models.BooleanField(default=False)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("箱里的信")
        ordering = ["opening", "nth"]
        constraints = [models.UniqueConstraint(fields=["opening", "nth"], name="one_appeal_a_letter")]

    def __str__(self) -> str:
        return f"letter {self.pk}"
