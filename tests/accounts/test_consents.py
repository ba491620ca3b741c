"""Consent: given once a purpose, withdrawn at once, never older words than those in force."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditLine, Consent
from accounts.rules import consents as rules
from accounts.rules.viewer import NOBODY, Viewer
from accounts.selectors import consents as selectors
from accounts.services import consents as services
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db


def test_withdrawing_works_with_the_next_question():
    cast = make_cast("driver", "secretary")
    services.give(person=cast.driver, purpose="find_branch", now=MONDAY)
    staff = cast.viewer("secretary")
    assert selectors.agreed(staff, [cast.driver.pk], "find_branch") == {cast.driver.pk}
    assert services.withdraw(person=cast.driver, purpose="find_branch", now=MONDAY)
    assert selectors.agreed(staff, [cast.driver.pk], "find_branch") == set()
    assert not services.withdraw(person=cast.driver, purpose="find_branch", now=MONDAY)
    assert list(AuditLine.objects.filter(act__startswith="consent").values_list("act", flat=True)) == [
        "consent.give", "consent.withdraw",
    ]  # fmt: skip


def test_the_same_words_twice_are_one_consent_and_newer_words_ask_again(monkeypatch):
    cast = make_cast("driver")
    first = services.give(person=cast.driver, purpose="zone", now=MONDAY)
    assert services.give(person=cast.driver, purpose="zone", now=MONDAY) == first
    newer = rules.Words(2, "t", "b", "a")
    monkeypatch.setitem(rules.WORDS, "zone", newer)
    second = services.give(person=cast.driver, purpose="zone", now=MONDAY)
    assert (second.version, Consent.objects.filter(withdrawn_at=None).count()) == (2, 1)


def test_the_database_keeps_one_open_consent_a_purpose():
    cast = make_cast("driver")
    services.give(person=cast.driver, purpose="zone", now=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(person=cast.driver, purpose="zone", version=1, how="phone", given_at=MONDAY)


def test_nobody_reads_the_consents_of_another():
    cast = make_cast("driver", "neighbour")
    services.give(person=cast.driver, purpose="zone", now=MONDAY)
    neighbour = Viewer(person_id=cast.neighbour.pk)
    assert not selectors.consents_of(neighbour).exists() and not selectors.consents_of(NOBODY).exists()
    assert selectors.agreed(neighbour, [cast.driver.pk], "zone") == set()


def test_an_unknown_purpose_is_refused():
    cast = make_cast("driver")
    with pytest.raises(KeyError):
        services.give(person=cast.driver, purpose="everything", now=MONDAY)
