"""One message leaves once: workers side by side, workers that die, workers that fall asleep."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import Person
from notices.models import Notice
from notices.rules.states import State
from notices.services import claims, outbox, sending
from tests.cast import MONDAY
from tests.notices.shared import Shared


def post_sms(kind, count):
    for n in range(count):
        outbox.post(template="test.news", about=(kind, n), now=MONDAY, address=f"139000{n:05}")


@pytest.fixture
def shared(tmp_path, server):
    def share():
        return Shared(tmp_path, server)

    return share


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_deliver_each_message_once(kind, server, shared):
    post_sms(kind, 60)
    server.slow = 0.01
    world = shared()
    assert world.together(4, "n") == 60
    assert world.states() == ["sent"] * 60
    assert len(server.got) == 60 == len(server.per_id())


@pytest.mark.django_db(transaction=True)
def test_with_the_claim_switched_off_the_double_does_happen(kind, server, shared):
    """The twin: the test above would see it."""
    post_sms(kind, 20)
    server.slow = 0.01
    world = shared()
    world.together(3, "--no-claim", "n")
    assert len(server.got) > 20


DEATHS = [
    # where it dies, whether the gateway can be asked, what had left before, what has left in the end
    ("notices.after_claim", False, 0, 1),
    ("notices.before_call", False, 0, 1),
    ("notices.after_call", False, 1, 2),  # nobody can tell: one more, never two
    ("notices.before_settle", False, 1, 2),
    ("notices.before_call", True, 0, 1),
    ("notices.after_call", True, 1, 1),
    ("notices.before_settle", True, 1, 1),
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("point", "asks", "before", "after"), DEATHS)
def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_at_most_once(
    kind, server, settings, shared, point, asks, before, after
):
    settings.SMS_STATUS_URL = server.status_url if asks else ""
    post_sms(kind, 1)
    world = shared()
    assert world.run("n", failpoints=f"{point}=kill") == -9
    assert (world.states(), len(server.got)) == (["sending"], before)
    world.run("n+30")  # within its lease nobody touches it
    assert (world.states(), len(server.got)) == (["sending"], before)
    world.run("n+61", "n+122", "n+183", "n+3600", "n+7200")  # lease 60 s, a minute of doubt
    assert (world.states(), len(server.got)) == (["sent"], after)
    assert len(server.per_id()) == 1, "the gateway must be able to tell that it is the same message"


@pytest.mark.django_db(transaction=True)
def test_an_in_app_message_of_a_dead_worker_is_simply_settled(kind, server, shared):
    handler = Person.objects.create(name="周敏", login="handler", joined_at=MONDAY)
    outbox.post(template="test.task", about=(kind, 1), now=MONDAY, to=[handler])
    world = shared()
    assert world.run("n", failpoints="notices.before_settle=kill") == -9
    world.run("n+61")
    assert world.states() == ["sent"]


@pytest.mark.django_db
def test_whoever_slept_past_his_lease_settles_nothing(kind, caplog):
    """Fencing: the first worker wakes when the second has finished, and its word counts no more."""
    post_sms(kind, 1)
    [mine] = claims.claim("sms", now=MONDAY, limit=10)
    assert claims.claim("sms", now=MONDAY, limit=10) == []
    later = MONDAY + timedelta(seconds=61)
    claims.recover(now=later)
    [other] = claims.claim("sms", now=later, limit=10)
    assert claims.settle(mine.token, [mine.pk], State.FAILED, now=later) == 0
    assert claims.begin_call(mine.token, [mine.pk], out_id="a1", now=later) == []
    assert "lease lost" in caplog.text
    assert claims.settle(other.token, [other.pk], State.SENT, now=later) == 1
    assert Notice.objects.get().state == State.SENT


@pytest.mark.django_db
def test_a_sweep_beside_a_slow_worker_sends_no_second_one(kind, server, settings, monkeypatch):
    """The worker sleeps three leases in its call; the sweep asks the gateway, and knows."""
    settings.SMS_STATUS_URL = server.status_url
    post_sms(kind, 1)
    from notices.gateways.sms import Sms

    send = Sms.send

    def slow(self, **message):
        outcome = send(self, **message)
        for seconds in (61, 122, 183):
            sending.sweep(MONDAY + timedelta(seconds=seconds))
        return outcome

    monkeypatch.setattr(Sms, "send", slow)
    sending.sweep(MONDAY)
    row = Notice.objects.get()
    assert (row.state, len(server.got), len(server.asked)) == ("sent", 1, 1)


@pytest.mark.django_db
def test_what_is_taken_back_between_claim_and_call_does_not_leave(kind, server):
    post_sms(kind, 1)
    [row] = claims.claim("sms", now=MONDAY, limit=10)
    outbox.cancel(about=(kind, 0), now=MONDAY)
    assert claims.begin_call(row.token, [row.pk], out_id="a1", now=MONDAY) == []
    assert claims.settle(row.token, [row.pk], State.SENT, now=MONDAY) == 0
    assert Notice.objects.get().state == State.CANCELLED


@pytest.mark.django_db
def test_a_row_is_sending_only_with_a_lease_and_waits_only_with_a_moment(kind):
    from django.db import IntegrityError, transaction

    post_sms(kind, 1)
    for values in ({"state": "sending"}, {"next_try_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Notice.objects.update(**values)


@pytest.mark.django_db
def test_nothing_due_costs_next_to_nothing(kind, django_assert_max_num_queries):
    post_sms(kind, 3)
    with django_assert_max_num_queries(2):
        assert sending.sweep(MONDAY - timedelta(hours=1)) == 0


@pytest.mark.django_db(transaction=True)
def test_no_call_is_made_inside_a_transaction(kind, server):
    from django.db import transaction

    from notices.services.delivery import CallInTransaction

    post_sms(kind, 1)
    with transaction.atomic():
        rows = claims.claim("sms", now=MONDAY, limit=1)
        from notices.gateways import gateway_for
        from notices.services.delivery import deliver
        from notices.services.watch import Watch

        with pytest.raises(CallInTransaction):
            deliver(rows, gateway_for("sms"), Watch(MONDAY, seconds=5))
    assert server.got == [] and connection.in_atomic_block is False
