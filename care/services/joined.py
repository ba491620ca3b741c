"""Two Persons were one human: what was given to him, asked for him, insured goes over. What staff did keeps its actor."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.services.adoption import NotMatched
from care.models import Application, Insured, Issue, Visit
from care.services.issuing import recipient_of


def move(*, old: Person, new: Person, now: datetime) -> None:
    """Within the transaction of the adoption. Raises NotMatched where only a person can settle it."""
    for row in Issue.objects.filter(person=old).order_by("id"):
        _hand_over(row, new)
    listed = Insured.objects.filter(person=new).values("policy")
    Insured.objects.filter(person=old).exclude(policy__in=listed).update(person=new)
    Visit.objects.filter(person=old).update(person=new)
    try:
        with transaction.atomic():
            Application.objects.filter(person=old).update(person=new)
    except IntegrityError as clash:  # he would have approved or paid his own, or asks twice for the same
        raise NotMatched(_("关爱申请对不上，请打电话给工会")) from clash


def _hand_over(row: Issue, new: Person) -> None:
    """Had both, in one period: the later one is a repeat, and says so."""
    row.person, row.recipient = new, recipient_of(new.pk)
    if row.repeat_of_id is None and row.back_at is None:
        twins = Issue.objects.filter(campaign=row.campaign_id, good=row.good_id, recipient=row.recipient, period=row.period)
        row.repeat_of = twins.filter(repeat_of=None, back_at=None).first()
        row.why = _("两个账户是同一个人") if row.repeat_of_id else row.why
    row.save(update_fields=["person", "recipient", "repeat_of", "why"])
