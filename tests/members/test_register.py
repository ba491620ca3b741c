"""The register: who sees whom, how somebody is found, and how many there were on a day."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditLine, Person, Place
from accounts.selectors.people import phone_index
from common.errors import DomainError, NotThere
from members.models import Driver, DriverVehicle, FieldChange
from members.rules.search import key_for, keys_of
from members.selectors import register
from members.services import drivers as services
from tests.appeals.api import staff
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.members.makers import make_driver, make_enterprise
from tests.members.zone_world import member, seated

pytestmark = pytest.mark.django_db


def find(cast, typed: str):
    """What the keeper finds."""
    keeper = cast.viewer("registrar")
    return register.found(keeper, register.drivers_for(keeper), typed)


@pytest.mark.parametrize("typed", ["大路", "李大", "李大路", " 李 大路", "0001", "13900000001", "苏C731W5", "苏c731w5", "731W5"])
def test_a_driver_is_found_by_two_characters_a_plate_or_the_last_four(typed):
    cast = make_cast("registrar")
    wanted = make_driver("李大路", phone="13900000001", plates=("苏C731W5",))
    make_driver("王小桥", phone="13900000002", plates=("苏C99999",))
    assert list(find(cast, typed)) == [wanted]


@pytest.mark.parametrize("typed", ["欧阳", "欧阳小", "阳小明", "小明", "欧阳小明"])
def test_any_two_or_more_neighbouring_characters_of_a_longer_name_find_him(typed):
    cast = make_cast("registrar")
    wanted = make_driver("欧阳小明")
    make_driver("欧阳大明", phone="13900000002")
    assert wanted in find(cast, typed) and (len(typed) < 3 or find(cast, typed).count() == 1)


@pytest.mark.parametrize("typed", ["李", "", "%", "李%", "0", "大路李大路李大路李"])
def test_what_is_too_short_or_odd_finds_nobody(typed):
    cast = make_cast("registrar")
    make_driver("李大路")
    assert not find(cast, typed).exists()


def test_four_characters_are_found_whole():
    assert keys_of(name="阿依古丽", phone=None) == {"n:阿依", "n:依古", "n:古丽", "n:阿依古丽"}
    assert key_for("阿依·古丽") == "n:阿依古丽"


@pytest.mark.parametrize("slug", ["stranger", "driver", "handler", "squad_three", "leader", "admin", "desk", "secretary"])
def test_who_has_no_business_there_finds_nobody(slug):
    cast = make_cast(slug, "registrar")
    make_driver("李大路")
    viewer = cast.viewer(slug)
    assert not register.drivers_for(viewer).exists()
    assert not register.found(viewer, register.drivers_for(viewer), "大路").exists()


def test_the_count_of_a_past_day_stays_what_it_was():
    cast = make_cast("registrar")
    keeper = cast.viewer("registrar")
    town, other = Place.objects.get(code="320312111"), Place.objects.get(code="320312116")
    first = make_driver("李大路", phone="13900000001")
    make_driver("王小桥", phone="13900000002")
    tuesday, friday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=4)
    before = MONDAY + timedelta(hours=1)
    services.set_state(driver=first, state=Driver.State.MOVED, on=MONDAY.date(), by=keeper, reason="镇里说的", now=tuesday)
    third = make_driver("赵三", phone="13900000003", now=tuesday)
    services.correct(driver=third, place=other, by=keeper, reason="搬家", now=friday)
    services.set_state(driver=first, state=Driver.State.ACTIVE, on=MONDAY.date(), by=keeper, reason="又回来了", now=friday)
    assert register.as_of(keeper, before) == 2
    assert register.as_of(keeper, tuesday + timedelta(hours=1)) == 2
    assert register.as_of(keeper, friday + timedelta(hours=1)) == 3
    assert register.as_of(keeper, tuesday + timedelta(hours=1), place_id=town.pk) == 2
    assert register.as_of(keeper, friday + timedelta(hours=1), place_id=other.pk) == 1


def test_a_change_is_kept_with_old_and_new_and_needs_a_reason():
    cast = make_cast("registrar", "secretary")
    driver = make_driver()
    with pytest.raises(DomainError):
        services.correct(driver=driver, trade="煤炭", by=cast.viewer("registrar"), reason="", now=MONDAY)
    services.correct(driver=driver, trade="煤炭", by=cast.viewer("registrar"), reason="本人说的", now=MONDAY)
    change = FieldChange.objects.get()
    assert (change.field, change.old, change.new, change.by) == ("trade", "", "煤炭", cast.registrar)
    with pytest.raises(NotThere):
        services.correct(driver=driver, trade="冷链", by=cast.viewer("secretary"), reason="试试", now=MONDAY)


def test_a_keeper_changes_every_row_but_his_own():
    cast = make_cast("registrar", "second_registrar")
    own = make_driver(person=cast.registrar)
    for act in (
        lambda by: services.set_state(driver=own, state=Driver.State.MOVED, on=MONDAY.date(), by=by, reason="我自己", now=MONDAY),
        lambda by: services.correct(driver=own, trade="煤炭", by=by, reason="我自己", now=MONDAY),
    ):
        with pytest.raises(DomainError) as refused:
            act(cast.viewer("registrar"))
        assert refused.value.code == "oneself"
        act(cast.viewer("second_registrar"))
    assert FieldChange.objects.filter(by=cast.second_registrar).count() == 2


# --- pages ---------------------------------------------------------------------------------------


def opened(person, name: str, *args, status: int = 200, **query) -> str:
    answer = signed_in(person).get(reverse(f"admin:{name}", args=args), query)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def test_a_driver_page_names_his_contact_to_the_secretary_alone():
    """None but verified members are contacts, and the keeper of the register may not know of a membership."""
    with time_machine.travel(MONDAY, tick=False):
        cast = make_cast()
        key = seated(cast, member(cast), 1)[0].driver.person.key
        assert "联系人" in opened(cast.secretary, "members_driver", key) and "王*" in opened(cast.secretary, "members_driver", key)
        assert "王*" not in opened(cast.registrar, "members_driver", key)


def test_a_history_is_masked_as_the_page_is_and_tells_a_secretary_nothing_of_the_party():
    cast = make_cast("registrar", "secretary", "secretary_five", "committee_secretary")
    driver = seated(cast, member(cast), 1)[0].driver
    for field, old, new in (("plate", "", "苏C731W5"), ("name", "李旧名", "李新名"), ("claimed_status", "群众", "中共党员")):
        FieldChange.objects.create(driver=driver, at=MONDAY, field=field, old=old, new=new)
    for slug, told in (("registrar", True), ("secretary", False)):
        for page in (reverse("admin:members_driver", args=[driver.person.key]), f"/api/v1/drivers/{driver.person.key}/"):
            shown = signed_in(getattr(cast, slug)).get(page).content.decode()
            assert "苏C***W5" in shown and "731W5" not in shown and "新名" not in shown and "旧名" not in shown
            assert ("中共党员" in shown) == told


def test_the_trades_to_choose_from_are_those_of_the_house_and_what_the_register_holds():
    with time_machine.travel(MONDAY, tick=False):
        cast = make_cast("registrar")
        make_driver("李大路", trade="钢材")
        assert "李*" in opened(cast.registrar, "members_drivers", trade="钢材")
        assert "李*" not in opened(cast.registrar, "members_drivers", trade="煤炭")
        for wrong in ("没有的", "active"):
            opened(cast.registrar, "members_drivers", trade=wrong, status=400)


def test_a_long_history_is_named_in_a_few_questions():
    """Thirty changes of town and firm, each name once, in no more questions than one change takes."""
    with time_machine.travel(MONDAY, tick=False):
        cast = make_cast("registrar")
        one = make_driver("李大路")
        places = list(Place.objects.order_by("code")[:10])
        firms = [make_enterprise(f"徐州{n}运输有限公司") for n in range(10)]
        for n in range(20):
            field, rows = ("living_place", places) if n % 2 else ("enterprise", firms)
            FieldChange.objects.create(
                driver=one, at=MONDAY, field=field, old=str(rows[n // 2].pk), new=str(rows[n // 2 - 1].pk), by=cast.registrar
            )
        with CaptureQueriesContext(connection) as asked:
            text = opened(cast.registrar, "members_driver", one.person.key)
    assert all(firm.name in text for firm in firms) and all(place.name in text for place in places)
    assert sum('FROM "members_enterprise"' in each["sql"] for each in asked) == 1


# --- what he asks to have corrected ----------------------------------------------------------------


def asked_for(cast, driver, **said):
    return services.correct(driver=driver, by=cast.viewer("registrar"), reason="本人带证件来改", now=MONDAY, **said)


def test_a_keeper_corrects_name_and_phone_and_he_is_found_by_them_from_then_on():
    cast = make_cast("registrar", "driver")
    driver = make_driver("李大路", person=cast.driver, phone="13800000001")
    asked_for(cast, driver, name="李大禄", phone="139 0000 7777")
    cast.driver.refresh_from_db()
    assert (cast.driver.name, cast.driver.phone, cast.driver.signin_index) == ("李大禄", "13900007777", None)
    keeper = cast.viewer("registrar")
    everybody = register.drivers_for(keeper)
    assert Person.objects.get(phone_index=phone_index("13900007777")) == cast.driver
    assert [row.pk for row in register.found(keeper, everybody, "大禄")] == [driver.pk] == [row.pk for row in register.found(keeper, everybody, "7777")]
    assert not register.found(keeper, everybody, "大路").exists() and not register.found(keeper, everybody, "0001").exists()
    changes = dict(FieldChange.objects.values_list("field", "new"))
    assert changes["name"] == "李大禄" and "7777" in changes["phone"] and "13900007777" not in changes["phone"]
    line = AuditLine.objects.get(act="driver.correct")
    assert line.new == {"fields": "name,phone"} and line.reason == "本人带证件来改"
    assert "13900007777" not in str(list(AuditLine.objects.values_list("new", "old", "reason")))


def test_a_keeper_corrects_the_certificate_and_the_plates():
    cast = make_cast("registrar")
    driver = make_driver(plates=())
    keeper, expiry = cast.viewer("registrar"), date(2030, 5, 18)
    asked_for(cast, driver, certificate_number="320300 000012", certificate_expiry=expiry, plate_add="苏C·731W5")
    driver.refresh_from_db()
    assert (driver.certificate_number, driver.certificate_expiry) == ("320300000012", expiry)
    assert [row.pk for row in register.found(keeper, register.drivers_for(keeper), "苏C731W5")] == [driver.pk]
    asked_for(cast, driver, plate_add="苏C731W5")  # he drives it already
    assert DriverVehicle.objects.filter(driver=driver).count() == 1
    asked_for(cast, driver, plate_end="苏C731W5")
    assert DriverVehicle.objects.get(driver=driver).until == MONDAY.date()
    assert not register.found(keeper, register.drivers_for(keeper), "苏C731W5").exists()
    with pytest.raises(DomainError) as refused:
        asked_for(cast, driver, plate_end="苏C731W5")
    assert refused.value.field == "plate_end"


def test_who_has_an_enterprise_is_not_on_his_own_and_the_other_way_round():
    cast = make_cast("registrar")
    driver, works = make_driver(), make_enterprise()
    asked_for(cast, driver, enterprise=works)
    driver.refresh_from_db()
    assert (driver.enterprise, driver.engagement) == (works, "employed")
    asked_for(cast, driver, engagement="self_employed")
    driver.refresh_from_db()
    assert (driver.enterprise, driver.engagement) == (None, "self_employed")
    assert FieldChange.objects.filter(field="enterprise", old=str(works.pk), new="").exists()


@pytest.mark.parametrize(
    ("said", "field"), [({"phone": "123"}, "phone"), ({"name": "李"}, "name"), ({"certificate_number": "x"}, "certificate_number"),
                        ({"plate_add": "苏"}, "plate_add")]
)  # fmt: skip
def test_what_cannot_be_right_is_refused_at_its_field_and_nothing_changes(said, field):
    cast, driver = make_cast("registrar"), make_driver()
    with pytest.raises(DomainError) as refused:
        asked_for(cast, driver, trade="煤炭", **said)
    assert refused.value.field == field and not FieldChange.objects.exists()


def test_a_keeper_changes_no_name_or_phone_of_an_account_of_staff():
    cast = make_cast("registrar", "secretary")
    driver = make_driver(person=cast.secretary)
    for said in ({"name": "别的名字"}, {"phone": "13900007777"}):
        with pytest.raises(DomainError):
            asked_for(cast, driver, **said)


def test_the_page_and_the_api_correct_the_same_and_show_none_of_it_whole():
    cast = make_cast("registrar")
    driver, works = make_driver(), make_enterprise()
    address = reverse("admin:members_driver", args=[driver.person.key])
    keeper = signed_in(cast.registrar)
    form = {"act": "identify", "name": "王新名", "phone": "13900007777", "plate_add": "苏C731W5", "enterprise": works.name, "reason": "本人来改"}
    assert keeper.post(address, form).status_code == 302
    driver.refresh_from_db()
    assert (driver.person.name, driver.enterprise) == ("王新名", works)
    drive = DriverVehicle.objects.get(driver=driver)
    shown = keeper.get(address).content.decode()
    assert "731W5" not in shown and "王新名" not in shown and f'value="{drive.pk}"' in shown
    assert keeper.post(address, {"act": "identify", "drive": drive.pk, "reason": "卖了"}).status_code == 302
    drive.refresh_from_db()
    assert drive.until is not None
    wrong = keeper.post(address, {"act": "identify", "enterprise": "没有这一家", "reason": "本人来改"})
    assert wrong.status_code == 422 and "没有找到这一家" in wrong.content.decode()


def test_the_api_corrects_what_the_page_corrects():
    with time_machine.travel(MONDAY, tick=False):
        cast = make_cast("registrar")
        driver, works = make_driver(), make_enterprise()
        keeper, door = staff(cast, "registrar"), f"drivers/{driver.person.key}/correct/"
        said = {"phone": "13900008888", "certificate_expiry": "2030-05-18", "plate_add": "苏C731W5", "enterprise": works.name}
        for body, status in ((said, 200), ({"plate_end": "苏C731W5"}, 200), ({"enterprise": "没有这一家"}, 400), ({"phone": "1"}, 422)):
            answer = keeper.post(door, body | {"reason": "本人来改"})
            assert answer.status_code == status, answer.content
        driver = Driver.objects.get(pk=driver.pk)
        assert (driver.person.phone, driver.enterprise, driver.certificate_expiry) == ("13900008888", works, date(2030, 5, 18))
        assert DriverVehicle.objects.get(driver=driver).until == MONDAY.date()
