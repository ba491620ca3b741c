"""The packs of the demo come out of a ledger that balances."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.selectors.viewer import viewer_for
from care.models import Issue, Line, Stock
from care.selectors.stock import sums_for, tallies_for, unbalanced
from hongyun.demo import care_goods, people
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("days", [0, 225])  # in November, and a few days into July
def test_more_than_two_thousand_packs_went_out_and_every_one_is_in_the_ledger(days):
    now = MONDAY + timedelta(days=days)
    cast = people.make(now=now)
    people.add_drivers(cast, now=now, upto=40)
    care_goods.load(cast, now=now)
    union = viewer_for(cast.staff["union1"], now=now, second_factor=True)
    assert care_goods.issued() >= 2_000 and unbalanced(union) == []
    out = sum(sums.issued for sums in sums_for(union).values())
    assert out == -sum(Line.objects.filter(kind__in=["issued", "returned"]).values_list("change", flat=True))
    assert Issue.objects.exclude(repeat_of=None).count() == 2 and min(Stock.objects.values_list("left", flat=True)) >= 0
    assert tallies_for(viewer_for(cast.staff["secretary"], now=now, second_factor=True)).count() == 1
    assert not Line.objects.filter(at__gt=now).exists()
