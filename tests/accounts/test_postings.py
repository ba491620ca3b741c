"""Postings: granted by the security administrator, never to oneself, the three administrators apart."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import AuditLine, Person, Posting, Unit
from accounts.rules.roles import SEPARATED, Role, may_combine
from accounts.services import people, postings
from common.errors import DomainError, NotThere
from tests.cast import LONG_AGO, MONDAY

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PAIRS = [(one, two) for one in sorted(SEPARATED) for two in (Role.SYSTEM, Role.SECURITY, Role.AUDITOR, Role.HANDLER, Role.DESK) if one != two]


def unit(code="transport"):
    return Unit.objects.get(code=code)


@pytest.fixture
def fresh(cast):
    """A member of the staff without a posting."""
    cast.stranger.login = "stranger"
    cast.stranger.save()
    return cast.stranger


def grant(cast, person, role=Role.HANDLER, by="security", **more):
    more.setdefault("unit", unit())
    return postings.grant(person=person, role=role, by=cast.viewer(by) if by else None, now=MONDAY, **more)


def test_the_security_administrator_grants_and_it_counts_at_once(cast, fresh):
    posting = grant(cast, fresh, reason="新调来")
    assert cast.viewer("stranger").has_role(Role.HANDLER) and posting.granted_by == cast.security
    line = AuditLine.objects.get(act="posting.grant")
    assert line.actor == cast.security and line.new["role"] == "handler" and line.reason == "新调来"


@pytest.mark.parametrize("by", ["admin", "auditor", "head", "leader", "discipline", "driver"])
def test_nobody_else_grants_or_ends(cast, fresh, by):
    with pytest.raises(NotThere):
        grant(cast, fresh, by=by)
    with pytest.raises(NotThere):
        postings.end(posting=cast.handler.postings.get(), by=cast.viewer(by), now=MONDAY)


def test_nobody_grants_to_himself_not_even_in_the_database(cast):
    with pytest.raises(postings.Refused, match="自己"):
        grant(cast, cast.security, Role.HANDLER)
    with pytest.raises(DatabaseError), transaction.atomic():
        Posting.objects.create(person=cast.security, unit=unit(), role=Role.SECURITY, starts_at=MONDAY, granted_by=cast.security)


@pytest.mark.parametrize(("held", "wanted"), PAIRS + [(two, one) for one, two in PAIRS])
def test_the_three_administrators_stay_apart(cast, fresh, held, wanted):
    assert not may_combine({held}, wanted)
    grant(cast, fresh, held, by=None, unit=unit("it"))
    with pytest.raises(postings.Refused, match="三员分立"):
        grant(cast, fresh, wanted, by=None)
    for form in ("orm", "raw"):
        with pytest.raises(DatabaseError, match="apart"), transaction.atomic():
            if form == "orm":
                Posting.objects.create(person=fresh, unit=unit(), role=wanted, starts_at=MONDAY)
            else:
                with connection.cursor() as cursor:
                    cursor.execute(
                        "INSERT INTO accounts_posting (person_id, unit_id, role, starts_at) VALUES (%s, %s, %s, %s)",
                        [fresh.pk, unit().pk, wanted, MONDAY],
                    )
    with pytest.raises(DatabaseError, match="apart"), transaction.atomic():
        other = Posting.objects.create(person=fresh, unit=unit(), role=held, starts_at=MONDAY)
        Posting.objects.filter(pk=other.pk).update(role=wanted)


def test_one_after_the_other_is_allowed(cast, fresh):
    first = grant(cast, fresh, Role.SYSTEM, by=None, unit=unit("it"))
    postings.end(posting=first, by=None, now=MONDAY + DAY)
    later = postings.grant(person=fresh, unit=unit(), role=Role.HANDLER, by=None, now=MONDAY + DAY)
    assert later.starts_at == MONDAY + DAY


def test_what_overlaps_only_later_is_refused_too(cast, fresh):
    grant(cast, fresh, Role.SYSTEM, by=None, unit=unit("it"), starts_at=MONDAY + 10 * DAY)
    with pytest.raises(postings.Refused):
        grant(cast, fresh, Role.HANDLER, by=None)
    assert grant(cast, fresh, Role.HANDLER, by=None, ends_at=MONDAY + 10 * DAY)


def test_the_same_posting_twice_is_refused(cast):
    with pytest.raises(postings.Refused, match="已经"):
        grant(cast, cast.handler)


def test_an_end_before_the_start_an_unknown_role_a_driver_are_refused(cast, fresh):
    for person, more in ((fresh, {"ends_at": MONDAY}), (fresh, {"role": "king"}), (cast.driver, {})):
        with pytest.raises(postings.Refused):
            grant(cast, person, **more)


def test_a_substitute_needs_an_end_and_somebody_to_stand_in_for(cast, fresh):
    with pytest.raises(postings.Refused, match="哪天"):
        grant(cast, fresh, Role.HEAD, substitute_for=cast.head)
    with pytest.raises(postings.Refused, match="没有这个角色"):
        grant(cast, fresh, Role.HEAD, substitute_for=cast.desk, ends_at=MONDAY + DAY)
    assert grant(cast, fresh, Role.HEAD, substitute_for=cast.head, ends_at=MONDAY + DAY)


def test_a_posting_that_never_began_is_removed(cast, fresh):
    posting = grant(cast, fresh, starts_at=MONDAY + DAY)
    assert postings.end(posting=posting, by=cast.viewer("security"), now=MONDAY) is None
    assert not fresh.postings.exists()


def test_ending_twice_changes_nothing(cast):
    posting = postings.end(posting=cast.handler.postings.get(), by=None, now=MONDAY)
    assert postings.end(posting=posting, by=None, now=MONDAY + DAY).ends_at == MONDAY


def test_a_fallback_inside_the_closure_is_refused(cast):
    squad, branch = unit("squad-03"), unit("branch-03")
    Unit.objects.filter(pk=branch.pk).update(takes_appeals=True)
    with pytest.raises(postings.Refused, match="一家人"):
        postings.set_fallback(unit=squad, fallback=unit("branch-03"), by=None, now=MONDAY)
    Posting.objects.create(person=cast.squad_three, unit=unit("brigade"), role=Role.HEAD, starts_at=LONG_AGO)
    Unit.objects.filter(code="brigade").update(takes_appeals=True)
    with pytest.raises(postings.Refused, match="一家人"):
        postings.set_fallback(unit=squad, fallback=unit("brigade"), by=None, now=MONDAY)
    with pytest.raises(postings.Refused, match="不接诉求"):
        postings.set_fallback(unit=squad, fallback=unit("desk"), by=None, now=MONDAY)
    assert postings.set_fallback(unit=squad, fallback=unit("discipline"), by=cast.viewer("security"), now=MONDAY).fallback.code == "discipline"


def test_people_are_made_by_the_system_administrator_only(cast):
    person, first = people.make_staff(login="Wang.Wu", name="王五", by=cast.viewer("admin"), now=MONDAY)
    assert person.login == "wang.wu" and person.check_password(first) and person.must_change_password
    for by in ("security", "auditor", "head"):
        with pytest.raises(NotThere):
            people.make_staff(login="another", name="x", by=cast.viewer(by), now=MONDAY)
    with pytest.raises(DomainError, match="有人用"):
        people.make_staff(login="wang.wu", name="x", by=None, now=MONDAY)
    assert first not in str(list(AuditLine.objects.values()))


def test_a_reset_never_tells_the_old_password_and_ends_the_sessions(cast, client):
    client.force_login(cast.handler)
    with pytest.raises(DomainError, match="自己"):
        people.reset_password(person=cast.security, by=cast.viewer("security"), now=MONDAY)
    first = people.reset_password(person=cast.handler, by=cast.viewer("security"), now=MONDAY)
    cast.handler.refresh_from_db()
    assert cast.handler.check_password(first) and cast.handler.must_change_password


def test_no_administrator_alone_can_walk_in_as_somebody_else(cast):
    """One resets the password, the other the second factor."""
    with pytest.raises(NotThere):
        people.reset_password(person=cast.handler, by=cast.viewer("admin"), now=MONDAY)
    with pytest.raises(NotThere):
        people.reset_factor(person=cast.handler, by=cast.viewer("security"), now=MONDAY)
    people.reset_factor(person=cast.handler, by=cast.viewer("admin"), now=MONDAY)
    assert AuditLine.objects.get(act="person.factor_reset").actor == cast.admin


def test_one_phone_opens_one_account(cast):
    with pytest.raises(DomainError, match="已经有账号"):
        people.set_phone(person=cast.neighbour, phone="13800000001", by=None, now=MONDAY, proved=True)
    people.set_phone(person=cast.neighbour, phone="13800000001", by=None, now=MONDAY)
    assert people.find_by_phone("138 0000 0001") == cast.driver
    assert Person.objects.get(pk=cast.neighbour.pk).signin_index is None
    line = AuditLine.objects.get(act="person.phone")
    assert line.new == {"phone": "138****0001"} and line.old == {"phone": "138****0002"}


def test_a_person_of_the_census_is_no_account(cast):
    made = people.make_person(now=MONDAY, name="赵六", phone="13800003333", id_number="11010519491231002X")
    assert people.find_by_phone("13800003333") is None and not made.has_usable_password()
    with pytest.raises(DomainError, match="登记过"):
        people.make_person(now=MONDAY, id_number="11010519491231002x")
    assert people.masked(made).id_number == "1101**********002X" and people.masked(made).name == "赵*"
