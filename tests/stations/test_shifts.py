"""交接班: one on duty a house, handed to the next who signs himself; what is open comes from the rows, cash is counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import AuditLine
from common.errors import DomainError, NotThere
from stations.models import DeskPayment, Relief, Resource, Shift
from stations.rules.shifts import duty_name
from stations.selectors import shifts as selectors
from stations.services import bookings, boxes, equipment, houses, shifts
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.stations.desks import second_keeper, view
from tests.stations.houses import NIGHT, book, make_house, make_service

pytestmark = pytest.mark.django_db
AT = "/admin/stations/station-01/shift/"
TODAY = "/admin/stations/station-01/"


@pytest.fixture
def cast(db):
    with time_machine.travel(NIGHT, tick=False):
        yield make_cast("station_staff", "driver", "desk", "stranger")


@pytest.fixture
def house(cast):
    return make_house()


@pytest.fixture
def other(cast):
    return second_keeper(NIGHT)


def me(cast):
    return cast.viewer("station_staff", NIGHT)


def begun(cast, house, **more) -> Shift:
    return shifts.begin(station=house, by=me(cast), now=NIGHT, **more)


def passed(other, **more) -> shifts.Passed:
    return shifts.Passed(**({"taker_id": other.pk, "cash_fen": 0, "keys": "大门、库房"} | more))


def hand(cast, house, other, **more) -> Relief:
    return shifts.hand_over(station=house, passed=passed(other, **more), by=me(cast), now=NIGHT + timedelta(hours=8))


def refused(act, code: str, field: str | None = None) -> None:
    with pytest.raises(DomainError) as error:
        act()
    assert (error.value.code, error.value.field) == (code, field)


def test_one_is_on_duty_in_a_house_and_the_driver_reads_his_family_name(cast, house, other):
    nobody = cast.viewer("driver", NIGHT)
    assert selectors.on_duty(nobody, [house.pk], now=NIGHT) == {}
    begun(cast, house)
    refused(lambda: shifts.begin(station=house, by=view(other, NIGHT), now=NIGHT), "taken")
    assert selectors.on_duty(nobody, [house.pk], now=NIGHT) == {house.pk: "驿师傅"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.create(station=house, person=other, began_at=NIGHT)
    make_house("station-02")
    assert selectors.on_duty(nobody, [house.pk], now=NIGHT + timedelta(hours=24)) == {}, "a forgotten shift names nobody"


@pytest.mark.parametrize(("name", "said"), [("孙明", "孙师傅"), ("欧阳春", "欧阳师傅"), ("欧阳", "欧师傅"), (" 李秀芳 ", "李师傅"), ("", "")])
def test_a_driver_is_told_the_family_name_alone(name, said):
    assert duty_name(name) == said


def test_the_house_passes_when_the_next_one_has_signed_with_his_own_sign_in(cast, house, other):
    shift = begun(cast, house, opening_fen=10_000)
    row = hand(cast, house, other, cash_fen=10_000)
    refused(lambda: hand(cast, house, other, cash_fen=10_000), "twice")
    with pytest.raises(NotThere):
        shifts.sign(station=house, by=me(cast), now=NIGHT)
    assert selectors.open_shift(me(cast), house).person_id == cast.station_staff.pk
    refused(lambda: shifts.end(station=house, by=me(cast), now=NIGHT), "handed")
    new = shifts.sign(station=house, by=view(other, NIGHT), now=NIGHT + timedelta(hours=9))
    shift.refresh_from_db()
    assert (shift.end, new.person_id, new.opening_fen) == ("handed", other.pk, 10_000)
    assert selectors.on_duty(me(cast), [house.pk], now=new.began_at) == {house.pk: "李师傅"}
    for act in (lambda: Relief.objects.filter(pk=row.pk).update(cash_fen=1), lambda: Relief.objects.filter(pk=row.pk).delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    with pytest.raises(IntegrityError), transaction.atomic():
        Relief.objects.create(shift=new, giver=other, taker=other, made_at=NIGHT, cash_fen=0, due_fen=0, keys="x")
    assert {"shift.begin", "shift.hand_over", "shift.signed"} <= set(AuditLine.objects.values_list("act", flat=True))


def test_a_hand_over_is_taken_back_before_it_is_signed(cast, house, other):
    begun(cast, house)
    hand(cast, house, other)
    with pytest.raises(NotThere):
        shifts.withdraw(station=house, by=view(other, NIGHT), now=NIGHT)
    shifts.withdraw(station=house, by=me(cast), now=NIGHT)
    with pytest.raises(NotThere):
        shifts.sign(station=house, by=view(other, NIGHT), now=NIGHT)
    hand(cast, house, other, keys="大门")
    shifts.sign(station=house, by=view(other, NIGHT), now=NIGHT + timedelta(hours=9))
    assert Relief.objects.filter(withdrawn_at__isnull=False).count() == 1 and Relief.objects.get(signed_at__isnull=False).keys == "大门"


def test_cash_is_what_was_taken_over_and_paid_since_and_a_difference_is_explained(cast, house, other):
    lodging = make_service(house, beds=2, grace=480, price_fen=2000)
    begun(cast, house, opening_fen=500)
    rows = [book(lodging, now=MONDAY, phone=f"1390000000{n}") for n in range(2)]
    refused(lambda: shifts.pay(booking=rows[0], how="cash", by=me(cast), now=NIGHT), "nothing_due")
    for row in rows:
        bookings.check_in(booking=row, by=me(cast), now=NIGHT)
    assert selectors.unpaid(me(cast), house, now=NIGHT).count() == 2
    for _twice in range(2):
        shifts.pay(booking=rows[0], how="cash", by=me(cast), now=NIGHT)
    shifts.pay(booking=rows[1], how="scan", by=me(cast), now=NIGHT)
    refused(lambda: shifts.pay(booking=rows[0], how="gold", by=me(cast), now=NIGHT), "required", "how")
    with pytest.raises(NotThere):
        shifts.pay(booking=rows[0], how="cash", by=cast.viewer("desk", NIGHT), now=NIGHT)
    assert DeskPayment.objects.count() == 2 and not selectors.unpaid(me(cast), house, now=NIGHT).exists()
    refused(lambda: hand(cast, house, other, cash_fen=2000), "difference", "words")
    row = hand(cast, house, other, cash_fen=2000, words="少 5 元，找零找错了")
    assert (row.due_fen, row.cash_fen) == (2500, 2000)
    Relief.objects.filter(pk=row.pk).update(withdrawn_at=NIGHT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Relief.objects.create(shift=row.shift, giver=cast.station_staff, taker=other, made_at=NIGHT, cash_fen=1, due_fen=2, keys="x")


def test_what_is_open_is_read_off_the_rows_and_travels_with_the_hand_over(cast, house, other):
    lodging = make_service(house, beds=4, grace=480, price_fen=2000)
    coming = [book(lodging, now=MONDAY, phone=f"1390000000{n}") for n in range(2)]
    bookings.check_in(booking=coming[0], by=me(cast), now=NIGHT)
    houses.take_out(resource=Resource.objects.exclude(bookings__in=coming).first(), by=me(cast), now=NIGHT, why="床板断了")
    equipment.add(station=house, name="锅炉", every_days=30, next_on=NIGHT.date() - timedelta(days=2), by=me(cast), now=NIGHT)
    box = boxes.hang(station=house, name="门厅", spot="门厅左边", by=me(cast), now=NIGHT)
    opening = boxes.open_box(box=box, counted=boxes.Counted(3), opened_at=NIGHT, by=me(cast), now=NIGHT)
    found = {one.code: one.n for one in selectors.open_items(me(cast), house, now=NIGHT)}
    assert found == {"expected": 1, "inside": 1, "out": 1, "unpaid": 1, "due": 1, "unsigned": 1}
    boxes.witness(opening=opening, letters=3, by=view(other, NIGHT), now=NIGHT)
    assert {one.code: one.n for one in selectors.open_items(me(cast), house, now=NIGHT)}["letters"] == 3
    begun(cast, house)
    row = hand(cast, house, other)
    assert [one["code"] for one in row.items] == ["expected", "inside", "out", "unpaid", "due", "letters"] and "20.00 元" in str(row.items)
    away = second_keeper(NIGHT, code="station-03", login="away")
    assert selectors.open_items(view(away, NIGHT), house, now=NIGHT) == [] and selectors.keepers_of(view(away, NIGHT), house, now=NIGHT) == []


def test_who_left_without_handing_over_is_relieved_with_a_reason(cast, house, other):
    begun(cast, house)
    refused(lambda: shifts.take_over(station=house, cash_fen=0, why="", by=view(other, NIGHT), now=NIGHT), "required", "why")
    with pytest.raises(NotThere):
        shifts.take_over(station=house, cash_fen=0, why="自己接自己", by=me(cast), now=NIGHT)
    hand(cast, house, other)
    third = second_keeper(NIGHT, login="third", name="周三")
    made = shifts.take_over(station=house, cash_fen=700, why="他发烧走了", by=view(third, NIGHT), now=NIGHT + timedelta(hours=9))
    old = Shift.objects.get(person=cast.station_staff)
    assert (old.end, old.end_why, made.opening_fen) == ("taken", "他发烧走了", 700) and selectors.pending(view(other, NIGHT), house) is None
    shifts.end(station=house, by=view(third, NIGHT), now=NIGHT + timedelta(hours=10))
    assert selectors.open_shift(me(cast), house) is None


def test_only_who_keeps_the_house_hands_over_and_only_to_another_of_its_keepers(cast, house, other):
    away = second_keeper(NIGHT, code="station-03", login="away")
    for act in (
        lambda: shifts.begin(station=house, by=view(away, NIGHT), now=NIGHT), lambda: shifts.begin(station=house, by=cast.viewer("driver", NIGHT), now=NIGHT),
        lambda: hand(cast, house, other), lambda: shifts.end(station=house, by=me(cast), now=NIGHT),
    ):  # fmt: skip
        with pytest.raises(NotThere):
            act()
    begun(cast, house)
    for taker in (away.pk, cast.station_staff.pk, cast.people["driver"].pk, None, 999_999):
        refused(lambda taker=taker: hand(cast, house, other, taker_id=taker), "required", "taker")
    refused(lambda: hand(cast, house, other, keys=" "), "required", "keys")
    refused(lambda: hand(cast, house, other, words="字" * 501), "too_long", "words")
    assert not Relief.objects.exists()


def test_the_pages_lead_through_a_whole_day(cast, house, other):
    lodging = make_service(house, beds=1, grace=480, price_fen=2000)
    row = book(lodging, now=MONDAY)
    desk, second = signed_in(cast.station_staff), signed_in(other)
    assert "现在没有人当班" in desk.get(AT).content.decode() and "我来当班" in desk.get(TODAY).content.decode()
    for cash in ("", "x", "-1", "1e9"):
        assert desk.post(AT, {"act": "begin", "cash": cash}).status_code == 422, cash
    assert desk.post(AT, {"act": "begin", "cash": "12.50"}).status_code == 302
    desk.post(TODAY, {"act": "check_in", "code": row.code})
    assert "没付 20 元" in desk.get(TODAY).content.decode()
    assert desk.post(TODAY, {"act": "leave", "key": row.key}).status_code == 302 and "走了没付" in desk.get(TODAY).content.decode()
    assert desk.post(TODAY, {"act": "cash", "key": row.key}).status_code == 302 and "没付" not in desk.get(TODAY).content.decode()
    assert "账上应有 32.50 元" in desk.get(AT).content.decode()
    assert 'id="keys" name="keys" value=""' in desk.get(AT).content.decode()
    good = {"act": "hand_over", "taker": other.pk, "cash": "32.5", "keys": "大门", "words": "热水器有点响"}
    for wrong, field in (({"taker": ""}, "taker"), ({"cash": "y"}, "cash"), ({"keys": ""}, "keys"), ({"cash": "30", "words": ""}, "words")):
        answer = desk.post(AT, good | wrong)
        page = answer.content.decode()
        assert answer.status_code == 422 and f'id="bad-{field}"' in page and ("大门" in page or field == "keys"), field
    assert desk.post(AT, good).status_code == 302 and "收回重写" in desk.get(AT).content.decode()
    assert "去签收" in second.get(TODAY).content.decode() and "热水器有点响" in second.get(AT).content.decode()
    assert desk.post(AT, {"act": "sign"}).status_code == 404 and desk.post(AT, {"act": "burn"}).status_code == 404
    assert second.post(AT, {"act": "sign"}).status_code == 302
    page = second.get(AT).content.decode()
    assert "李秀芳当班" in page and "驿站值班</b> → 李秀芳" in page and "没有人当班" not in page


def test_a_driver_reads_on_the_page_of_the_house_who_is_on_duty(client, cast, house):
    page = f"/stations/{house.slug}"
    before = client.get(page).content.decode()
    begun(cast, house)
    word = selectors.on_duty(cast.viewer("stranger", NIGHT), [house.pk], now=NIGHT)[house.pk]
    assert f"今天值班：{word}" in client.get(page).content.decode() and "今天值班" not in before
