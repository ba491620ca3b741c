"""The whole district's census: exactly the twenty bad rows stay out, the same file again changes nothing."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditLine, Person
from branches.models import Membership
from members.models import (
    Claim,
    Conflict,
    Declaration,
    Driver,
    DriverVehicle,
    Enterprise,
    EnterpriseName,
    FieldChange,
    SearchKey,
    Upload,
    Vehicle,
)
from tests.members.test_import_census import DATA, run, truth

REGISTER = (Person, Driver, Vehicle, DriverVehicle, Enterprise, EnterpriseName, SearchKey, FieldChange, Claim, Conflict, Declaration)


def rows_of() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in REGISTER}


@pytest.fixture(scope="module")
def district(django_db_setup, django_db_blocker, tmp_path_factory):
    """census-22700.xlsx applied once for this file: what the command said, and the statements it took."""
    with django_db_blocker.unblock(), override_settings(DATA_DIR=tmp_path_factory.mktemp("census")), transaction.atomic():
        with CaptureQueriesContext(connection) as queries:
            said = run(DATA / "census-22700.xlsx", "--apply")
        yield said, len(queries)
        transaction.set_rollback(True)


def test_22700_are_taken_and_exactly_the_twenty_of_the_truth_are_not(district, db):
    said, queries = district
    right = truth("census-22700")
    assert {word: said[word] for word in ("rows", "accepted", "created", "updated", "unchanged")} == {
        "rows": 22_720, "accepted": 22_700, "created": 22_700, "updated": 0, "unchanged": 0,
    }  # fmt: skip
    assert said["rejected"] == right["rejected"]
    assert set(said) == {"rows", "accepted", "created", "updated", "unchanged", "rejected", "seconds", "peak_mb"}
    assert Driver.objects.count() == 22_700
    assert queries <= 150


def test_the_same_file_again_creates_updates_and_writes_nothing(district, db):
    before = rows_of()
    said = run(DATA / "census-22700.xlsx", "--apply")
    assert (said["created"], said["updated"], said["unchanged"]) == (0, 0, 22_700)
    assert rows_of() == before
    assert Upload.objects.order_by("-pk").first().written == 0


def test_a_status_on_paper_is_a_claim_on_a_work_list_and_nobody_is_a_member(district, db):
    assert Claim.objects.filter(source="census", state="open").count() == Driver.objects.filter(
        claimed_status__in=["中共党员", "预备党员"]
    ).count() > 200  # fmt: skip
    assert not Membership.objects.exists()


def test_the_act_stands_in_the_audit_log_as_the_operators_in_numbers_without_anybody(district, db):
    lines = list(AuditLine.objects.filter(act__in=["census.applied", "people.registered"]))
    assert len(lines) == 2 and {line.actor_word for line in lines} == {"operator"}
    assert AuditLine.objects.count() < 10, "one line for the act, not one for each person"
