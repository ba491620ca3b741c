"""Who becomes a placed member is a contact himself: as a driver he holds no seat, waits for nobody, is proposed to none."""

from datetime import timedelta

import pytest

from accounts.models import AuditLine
from accounts.registry import registry
from branches.models import Membership
from branches.services import membership, placement
from members.models import Driver, Duplicate, Match, Seat, Waiting
from members.selectors.zones import free_drivers
from members.services import duplicates, zones
from tests.branches.members import JOINED, branch
from tests.cast import MONDAY, make_cast
from tests.members.makers import make_driver
from tests.members.zone_world import member, seated

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=1)


@pytest.fixture
def cast(db):
    return make_cast("secretary", "secretary_five", "committee_secretary", "registrar")


def become_member(cast, driver: Driver) -> Membership:
    one = membership.admit(person=driver.person, kind="full", how="telephone", by=cast.viewer("secretary"), now=LATER, joined_on=JOINED)
    placement.place(membership=one, branch=branch(3), by=cast.viewer("committee_secretary"), now=LATER)
    return one


def test_with_the_placement_his_seat_ends_and_his_contact_has_room_again(cast):
    contact = member(cast)
    seat = seated(cast, contact)[0]
    become_member(cast, seat.driver)
    seat.refresh_from_db()
    assert (seat.until, seat.ended_why) == (LATER, "became_member")
    assert not Waiting.objects.filter(driver=seat.driver, until=None).exists()
    assert AuditLine.objects.filter(act="zone.end", about_pk=str(seat.pk)).count() == 1
    assert Seat.objects.filter(contact=contact.person, until=None).count() == 4
    assert not free_drivers(cast.viewer("committee_secretary")).filter(pk=seat.driver_id).exists()


def test_verified_and_not_yet_placed_he_keeps_his_contact(cast):
    seat = seated(cast, member(cast), 1)[0]
    membership.admit(person=seat.driver.person, kind="full", how="telephone", by=cast.viewer("secretary"), now=LATER, joined_on=JOINED)
    assert Seat.objects.filter(pk=seat.pk, until=None).exists()
    assert zones.sweep_members(now=LATER) == 0


def test_old_rows_are_ended_by_the_sweep_once_and_nobody_elses(cast):
    contact = member(cast)
    first, second = seated(cast, contact, 2)
    waits, other = make_driver("王等等", phone="13900009001"), make_driver("王别人", phone="13900009002")
    for each in (first.driver, waits):
        become_member(cast, each)
    Seat.objects.filter(pk=first.pk).update(until=None, ended_why="")  # as earlier versions left them
    Waiting.objects.bulk_create(Waiting(driver=each, since=MONDAY, why="member_left") for each in (waits, other))
    Match.objects.create(contact=contact.person, driver=waits, at=MONDAY)
    assert registry.tidies["zone_members"](LATER) == 3
    assert list(Seat.objects.filter(until=None)) == [second]
    assert list(Waiting.objects.filter(until=None).values_list("driver", flat=True)) == [other.pk]
    assert not Match.objects.filter(state="proposed").exists()
    assert registry.tidies["zone_members"](LATER) == 0


def test_a_merge_gives_no_member_a_contact(cast):
    seat = seated(cast, member(cast), 1)[0]
    goes = seat.driver
    stays = make_driver("李1号", phone="13900009003")
    become_member(cast, stays)
    row = Duplicate.objects.create(one_id=min(goes.pk, stays.pk), other_id=max(goes.pk, stays.pk), why="plate", found_at=MONDAY)
    duplicates.merge(duplicate=row, keep=stays, by=cast.viewer("registrar"), now=LATER)
    assert not Seat.objects.filter(driver=stays, until=None).exists()
    duplicates.undo(duplicate=row, by=cast.viewer("registrar"), now=LATER)
    assert Seat.objects.filter(driver=goes, until=None).exists()
