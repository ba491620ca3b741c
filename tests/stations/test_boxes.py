"""意见箱: opened by two who both sign, every letter an appeal like any other, and the desk has lost sight of what it says."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import AuditLine
from appeals.models import Appeal, Clock
from appeals.selectors.scope import appeals_for, knows
from appeals.services import routing
from common.errors import DomainError, NotThere
from stations.models import BoxLetter, BoxOpening, SuggestionBox
from stations.selectors import boxes as selectors
from stations.services import boxes, writing
from tests.cast import MONDAY, make_cast
from tests.house.knocking import picture
from tests.house.walking import signed_in
from tests.stations.desks import second_keeper, view
from tests.stations.houses import make_house

pytestmark = pytest.mark.django_db
AT = "/admin/stations/station-01/boxes/"
STORY = "执法三中队在 G3 K712 拦车，不开票收了我两百块钱，说不给就扣车。"


@pytest.fixture
def cast(db):
    with time_machine.travel(MONDAY, tick=False):
        yield make_cast("station_staff", "driver", "desk", "handler", "head", "squad_three", "discipline", "stranger")


@pytest.fixture
def other(cast):
    return second_keeper(MONDAY)


@pytest.fixture
def box(cast):
    return boxes.hang(station=make_house(), name="餐厅门口", spot="进门右手", by=first(cast), now=MONDAY)


def first(cast):
    return cast.viewer("station_staff", MONDAY)


def opened(cast, box, letters=2, **more):
    return boxes.open_box(box=box, counted=boxes.Counted(letters, **more), opened_at=MONDAY - timedelta(hours=3), by=first(cast), now=MONDAY)


def signed(cast, box, other, letters=2):
    row = opened(cast, box, letters)
    return boxes.witness(opening=row, letters=letters, by=view(other, MONDAY), now=MONDAY)


def letter(**more) -> writing.Written:
    return writing.Written(**({"client_key": uuid4(), "text": STORY} | more))


def file_one(cast, row, **more) -> BoxLetter:
    return boxes.file_letter(opening=row, letter=letter(**more), by=first(cast), now=MONDAY)


def refused(act, code: str, field: str | None = None) -> None:
    with pytest.raises(DomainError) as error:
        act()
    assert (error.value.code, error.value.field) == (code, field)


def test_a_box_is_opened_by_two_each_with_his_own_sign_in(cast, box, other):
    row = opened(cast, box)
    refused(lambda: boxes.witness(opening=row, letters=2, by=first(cast), now=MONDAY), "same_person")
    refused(lambda: boxes.witness(opening=row, letters=3, by=view(other, MONDAY), now=MONDAY), "difference", "counted")
    with pytest.raises(NotThere):
        file_one(cast, row)
    with pytest.raises(NotThere):
        boxes.witness(opening=row, letters=2, by=cast.viewer("desk", MONDAY), now=MONDAY)
    done = boxes.witness(opening=row, letters=2, by=view(other, MONDAY), now=MONDAY)
    assert (done.by_id, done.witness_id) == (cast.station_staff.pk, other.pk)
    with pytest.raises(NotThere):
        boxes.recount(opening=row, counted=boxes.Counted(1), by=first(cast), now=MONDAY)


def test_the_database_refuses_one_person_twice_and_what_was_signed_stays(cast, box, other):
    row = opened(cast, box)
    with pytest.raises(IntegrityError), transaction.atomic():
        BoxOpening.objects.filter(pk=row.pk).update(witness=row.by_id, witnessed_at=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        BoxOpening.objects.filter(pk=row.pk).update(witness=other)
    boxes.witness(opening=row, letters=2, by=view(other, MONDAY), now=MONDAY)
    filed = file_one(cast, row)
    for act in (
        lambda: BoxOpening.objects.filter(pk=row.pk).update(letters=1),
        lambda: BoxOpening.objects.filter(pk=row.pk).delete(),
        lambda: BoxLetter.objects.filter(pk=filed.pk).update(number="1"),
        lambda: BoxLetter.objects.filter(pk=filed.pk).delete(),
        lambda: BoxLetter.objects.create(opening=row, nth=3, number="1", by=other, at=MONDAY),
        lambda: BoxLetter.objects.create(opening=row, nth=1, number="1", by=other, at=MONDAY),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_a_box_without_letters_is_written_down_too_and_a_wrong_count_is_mended_before_the_second_signs(cast, box, other):
    row = opened(cast, box, letters=4, others=1)
    boxes.recount(opening=row, counted=boxes.Counted(0, 1, "一张广告"), by=first(cast), now=MONDAY)
    with pytest.raises(NotThere):
        boxes.recount(opening=row, counted=boxes.Counted(9), by=view(other, MONDAY), now=MONDAY)
    done = boxes.witness(opening=row, letters=0, by=view(other, MONDAY), now=MONDAY)
    assert (done.letters, done.others, selectors.untyped(first(cast), box.station)) == (0, 1, 0)
    refused(lambda: file_one(cast, row), "all_filed")
    assert not Appeal.objects.exists() and not BoxLetter.objects.exists()
    assert opened(cast, box, letters=0).pk != row.pk


def test_bad_counts_and_moments_are_told_at_their_field(cast, box):
    for counted, field in ((boxes.Counted(201), "letters"), (boxes.Counted(1, 10**9), "others"), (boxes.Counted(1, 0, "字" * 121), "note")):
        with pytest.raises(DomainError) as error:
            boxes.open_box(box=box, counted=counted, opened_at=MONDAY, by=first(cast), now=MONDAY)
        assert error.value.field == field
    for at, code in ((MONDAY + timedelta(minutes=1), "future"), (MONDAY - timedelta(days=31), "too_old")):
        refused(lambda at=at: boxes.open_box(box=box, counted=boxes.Counted(1), opened_at=at, by=first(cast), now=MONDAY), code, "opened_at")
    opened(cast, box)
    refused(lambda: opened(cast, box), "unsigned", "opened_at")
    refused(lambda: boxes.hang(station=box.station, name="餐厅门口", spot="别处", by=first(cast), now=MONDAY), "twice", "name")
    refused(lambda: boxes.take_down(box=box, by=first(cast), now=MONDAY), "unfinished")
    assert BoxOpening.objects.count() == 1


@pytest.mark.parametrize(("text", "state", "accused"), [("柳新料场拖欠我运费八千六，打电话老板不接，去了门卫不让进。", "routed", False), (STORY, "submitted", True)])
def test_a_box_letter_and_a_desks_typed_appeal_are_routed_like_any_other(cast, box, other, text, state, accused):
    """The same words by the web, by the desk and from the box: same category, unit, bar and promises, by the same job."""
    from accounts.rules.viewer import NOBODY
    from appeals.services import filing

    row = signed(cast, box, other)
    web = filing.file(filing=filing.Filing(client_key=uuid4(), text=text), by=NOBODY, caller="x", now=MONDAY)
    desk = writing.for_driver(station=box.station, said=letter(text=text), by=first(cast), now=MONDAY)
    boxed = Appeal.objects.get(number=file_one(cast, row, text=text).number)
    rows = [web, desk, boxed]
    assert {one.state for one in rows} == {"submitted"}
    for one in rows:
        routing.route(appeal_id=one.pk, now=MONDAY)
        one.refresh_from_db()
    assert [one.channel for one in rows] == ["web", "station", "box"] and web.state == state
    assert len({(one.state, one.category, one.kind, one.urgency, one.lead_unit_id) for one in rows}) == 1
    assert {one.accused.filter(unit__code="squad-03").exists() for one in rows} == {accused}
    assert boxed.received_at == row.opened_at and desk.person_id is None and boxed.person_id is None
    kinds = [set(Clock.objects.filter(appeal=one).values_list("kind", flat=True)) for one in rows]
    assert kinds[0] == kinds[1] == kinds[2]


def test_after_filing_the_desk_has_lost_sight_of_the_words(cast, box, other):
    row = signed(cast, box, other)
    filed = file_one(cast, row, phone="13900001111", caller_name="老赵")
    desk = writing.for_driver(station=box.station, said=letter(), by=first(cast), now=MONDAY)
    for appeal in (Appeal.objects.get(number=filed.number), desk):
        routing.route(appeal_id=appeal.pk, now=MONDAY)
        for person in (cast.station_staff, other):
            who = view(person, MONDAY)
            assert not appeals_for(who).exists() and not knows(who).exists()
            client = signed_in(person)
            for path in (f"/admin/appeals/appeal/{appeal.key}/", f"/admin/appeals/appeal/{appeal.key}/photo/{uuid4()}/", f"/appeals/mine/{appeal.key}"):
                assert client.get(path).status_code in (302, 404), path
            said = client.post("/admin/find/", {"q": appeal.number}).content.decode() + client.post("/admin/find/", {"q": "拦车"}).content.decode()
            assert "不开票" not in said and "没有开票" not in said
    client = signed_in(cast.station_staff)
    pages = "".join(client.get(path).content.decode() for path in (AT, f"{AT}{row.key}/", "/admin/stations/station-01/", "/admin/stations/station-01/shift/"))
    assert "两百块" not in pages and "13900001111" not in pages and "老赵" not in pages
    number = f"{filed.number[:4]} {filed.number[4:8]}"
    assert number in pages and not {"text", "appeal", "appeal_id"} & {field.name for field in BoxLetter._meta.get_fields()}
    lines = AuditLine.objects.filter(act__startswith="box.")
    assert lines.count() == 4 and not [one for one in lines if "两百" in f"{one.old}{one.new}{one.reason}"]


def test_the_same_form_twice_is_one_letter_and_no_more_are_filed_than_were_counted(cast, box, other):
    row = signed(cast, box, other)
    one = letter()
    again = [boxes.file_letter(opening=row, letter=one, by=first(cast), now=MONDAY).number for _twice in range(2)]
    assert again[0] == again[1] and selectors.untyped(first(cast), box.station) == 1
    file_one(cast, row)
    refused(lambda: file_one(cast, row), "all_filed")
    assert Appeal.objects.count() == 2 and [one.nth for one in BoxLetter.objects.order_by("nth")] == [1, 2]
    assert boxes.file_letter(opening=row, letter=one, by=first(cast), now=MONDAY).number == again[0]
    boxes.take_down(box=box, by=first(cast), now=MONDAY)
    assert not selectors.boxes_of(first(cast), box.station).exists() and selectors.openings_of(first(cast), box.station).count() == 1


def test_another_house_finds_neither_box_nor_opening(cast, box, other):
    make_house("station-02")
    away = second_keeper(MONDAY, code="station-02", login="away")
    row = opened(cast, box)
    client = signed_in(away)
    for path in (AT, f"{AT}{row.key}/", f"{AT}{row.key}/letter/", f"/admin/stations/station-02/boxes/{row.key}/"):
        assert client.get(path).status_code == 404 and client.post(path, {"act": "witness", "counted": "2"}).status_code == 404, path
    for act in (lambda: boxes.witness(opening=row, letters=2, by=view(away, MONDAY), now=MONDAY), lambda: boxes.take_down(box=box, by=view(away, MONDAY), now=MONDAY)):
        with pytest.raises(NotThere):
            act()
    row.refresh_from_db()
    assert row.witness_id is None and not selectors.letters_of(view(away, MONDAY), row).exists()


def test_two_sign_on_their_pages_and_a_letter_is_typed_or_photographed(cast, other):
    make_house()
    desk, second = signed_in(cast.station_staff), signed_in(other)
    assert desk.post(AT, {"act": "hang", "name": "", "spot": "x"}).status_code == 422
    assert desk.post(AT, {"act": "hang", "name": "餐厅门口", "spot": "进门右手"}).status_code == 302
    box = SuggestionBox.objects.get()
    good = {"act": "open", "box": box.pk, "opened_at": "2026年11月23日 09:00", "letters": "2", "others": "", "note": "锁换过"}
    for wrong in ({"letters": ""}, {"letters": "1e9"}, {"letters": "-1"}, {"letters": "999"}, {"opened_at": "早上"}, {"opened_at": "2026年11月24日 09:00"}):
        answer = desk.post(AT, good | wrong)
        name = next(iter(wrong))
        assert answer.status_code == 422 and f'id="bad-{name}"' in answer.content.decode() and "锁换过" in answer.content.decode(), wrong
    assert desk.post(AT, good | {"box": "999"}).status_code == 404
    at = desk.post(AT, good).url
    assert "请一起开箱的那位用自己的账号" in desk.get(at).content.decode() and desk.get(f"{at}letter/").status_code == 404
    assert desk.post(at, {"act": "witness", "counted": "2"}).status_code == 422
    blind = second.get(at).content.decode()
    assert "您数了再写" in blind and "信 2 封" not in blind
    assert second.post(at, {"act": "witness", "counted": "3"}).status_code == 422 and second.post(at, {"act": "witness", "counted": ""}).status_code == 422
    assert second.post(at, {"act": "witness", "counted": "2"}).status_code == 302 and BoxOpening.objects.get().witness_id == other.pk
    key = re.search(r'name="client_key" value="([^"]+)"', desk.get(f"{at}letter/").content.decode())[1]
    bad = desk.post(f"{at}letter/", {"client_key": key, "text": "太短", "phone": "12", "photos": picture()})
    page = bad.content.decode()
    assert bad.status_code == 422 and 'id="bad-text"' in page and 'id="bad-phone"' in page and "去掉第 1 张" in page and "太短" in page
    assert desk.post(f"{at}letter/", {"client_key": key, "text": "", "phone": ""}).status_code == 302
    photographed = Appeal.objects.get()
    assert photographed.photos.count() == 1 and "看照片" in photographed.text and photographed.channel == "box" and photographed.channel_note.endswith("1/2")
    assert desk.post(f"{at}letter/", {"client_key": key, "text": ""}).status_code in (302, 422) and Appeal.objects.count() == 1
    assert desk.post(f"{at}letter/", {"client_key": uuid4(), "text": STORY}).status_code == 302
    assert BoxLetter.objects.filter(photographed=True).count() == 1 and "录完了" in desk.get(at).content.decode()
    assert desk.get(f"{at}letter/").status_code == 404 and desk.post(f"{at}letter/", {"client_key": "x"}).status_code == 400
