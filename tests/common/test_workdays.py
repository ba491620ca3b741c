"""The working calendar: what each day is, office time between moments, and rows that cannot be."""

from datetime import date, datetime, time, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import selectors
from common.clock import SHANGHAI
from common.errors import DomainError
from common.models import CalendarYear, WorkDay
from common.services import enter_year
from common.words import date_words, day_list, length_words, moment_words, short_words
from common.workdays import Calendar, CalendarFault


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def d(text: str) -> date:
    return date.fromisoformat(text)


NATIONAL = [(d(f"2026-10-0{n}"), "holiday", "国庆节") for n in range(1, 8)] + [
    (d("2026-10-10"), "workday", "国庆节")
]
CALENDAR = Calendar(NATIONAL, [2026])


@pytest.mark.parametrize(
    ("day", "working", "why", "provisional"),
    [
        ("2026-10-01", False, "国庆节", False),
        ("2026-10-04", False, "国庆节", False),  # a Sunday inside the holiday is the holiday's
        ("2026-10-10", True, "调休上班", False),
        ("2026-10-11", False, "周末", False),
        ("2026-10-12", True, "工作日", False),
        ("2027-10-01", True, "工作日", True),  # nobody has entered 2027
        ("2027-10-02", False, "周末", True),
    ],
)
def test_a_day_says_what_it_is_and_why(day, working, why, provisional):
    known = CALENDAR.is_workday(d(day))
    assert (known.working, known.why, known.provisional) == (working, why, provisional)


def test_an_entered_date_of_an_unknown_year_is_certain():
    calendar = Calendar([*NATIONAL, (d("2027-01-01"), "holiday", "元旦")], [2026])
    assert calendar.is_workday(d("2027-01-01")).provisional is False
    assert calendar.is_workday(d("2027-01-04")).provisional is True


def test_a_calendar_does_not_change():
    with pytest.raises(AttributeError):
        CALENDAR.years = frozenset()


def test_its_version_follows_its_content_and_not_the_order_of_rows():
    assert Calendar(reversed(NATIONAL), [2026]).version == CALENDAR.version
    assert Calendar(NATIONAL[:-1], [2026]).version != CALENDAR.version
    assert Calendar(NATIONAL, [2026, 2027]).version != CALENDAR.version


def test_the_same_date_with_two_kinds_is_refused_and_named():
    with pytest.raises(CalendarFault, match="2026-10-01 既写了放假又写了上班"):
        Calendar([*NATIONAL, (d("2026-10-01"), "workday", "")], [2026])


def test_the_same_row_twice_is_no_contradiction():
    assert Calendar(NATIONAL + NATIONAL, [2026]) == CALENDAR


def test_an_unknown_kind_is_refused():
    with pytest.raises(CalendarFault, match="只能写放假或上班"):
        Calendar([(d("2026-10-01"), "half", "")])


def test_thirty_days_without_work_are_refused_and_twenty_nine_are_not():
    """30 days from Monday 2 March end on Tuesday 31 March; without the last row that Tuesday is worked."""
    month = [(d("2026-03-02") + timedelta(days=n), "holiday", "") for n in range(30)]
    with pytest.raises(CalendarFault, match="2026-03-02 起 30 天没有一个工作日"):
        Calendar(month, [2026])
    Calendar(month[:-1], [2026])


def test_a_long_rest_is_found_when_weekends_glue_holidays_together():
    """Five weeks of weekdays off, each week entered by itself: the weekends between are rest anyway."""
    weeks = [
        (d("2026-03-02") + timedelta(days=7 * week + day), "holiday", "")
        for week in range(5)
        for day in range(5)
    ]
    with pytest.raises(CalendarFault, match="没有一个工作日"):
        Calendar(weeks, [2026])


def test_an_empty_calendar_works_by_weekends_and_says_so():
    empty = Calendar([])
    assert empty.is_workday(d("2026-10-01")).provisional
    assert empty.add_working_days(d("2026-10-01"), 1) == d("2026-10-02")


def test_office_hours_that_overlap_are_refused():
    with pytest.raises(CalendarFault, match="办公时间"):
        Calendar([], hours=((time(9), time(12)), (time(11), time(17))))


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2026-09-30", 1, "2026-10-08"),  # over the holiday
        ("2026-10-09", 1, "2026-10-10"),  # onto the make-up Saturday
        ("2026-10-12", -1, "2026-10-10"),  # and back onto it
        ("2026-10-08", -1, "2026-09-30"),
        ("2026-10-03", 0, "2026-10-03"),
    ],
)
def test_working_days_are_counted_both_ways(day, count, expected):
    assert CALENDAR.add_working_days(d(day), count) == d(expected)


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        ("2026-11-23T11:50", 30, "2026-11-23T13:50"),  # 10 before lunch, 20 after
        ("2026-11-23T11:50", 10, "2026-11-23T12:00"),  # the earliest such moment
        ("2026-11-23T12:30", 1, "2026-11-23T13:31"),
        ("2026-11-23T17:00", 60, "2026-11-24T09:30"),  # 30 tonight, 30 tomorrow
        ("2026-11-20T17:30", 150, "2026-11-23T11:30"),  # Friday night: all of it on Monday
        ("2026-11-21T15:00", 420, "2026-11-23T17:30"),  # from a Saturday: one whole office day
        ("2026-09-30T17:00", 40, "2026-10-08T09:10"),  # 30 on the eve, 10 after the holiday
    ],
)
def test_office_minutes_are_added_by_hand_and_by_machine_alike(start, minutes, expected):
    assert CALENDAR.add_office_minutes(at(start), minutes) == at(expected)
    assert CALENDAR.office_minutes_between(at(start), at(expected)) == minutes


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-23T10:00", "2026-11-23T10:00"),
        ("2026-11-23T12:00", "2026-11-23T13:30"),
        ("2026-11-23T17:30", "2026-11-24T09:00"),
        ("2026-11-21T23:00", "2026-11-23T09:00"),
    ],
)
def test_the_next_office_moment(moment, opens):
    assert CALENDAR.next_office_moment(at(moment)) == at(opens)


def test_a_moment_in_another_zone_is_the_same_moment():
    utc = datetime.fromisoformat("2026-11-23T03:50:00+00:00")  # 11:50 in Xuzhou
    assert CALENDAR.add_office_minutes(utc, 30) == at("2026-11-23T13:50")


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        CALENDAR.add_office_minutes(datetime(2026, 11, 23, 9), 1)


moments = st.datetimes(datetime(2026, 9, 1), datetime(2026, 11, 30)).map(lambda m: m.replace(tzinfo=SHANGHAI))


@given(moments, st.integers(1, 5000))
def test_adding_and_measuring_office_minutes_agree(start, minutes):
    end = CALENDAR.add_office_minutes(start, minutes)
    assert CALENDAR.office_time_between(start, end) == timedelta(minutes=minutes)
    assert CALENDAR.works(end.date())


@given(moments, moments, moments)
def test_office_time_adds_up(one, two, three):
    a, b, c = sorted((one, two, three))
    whole = CALENDAR.office_time_between(a, c)
    assert whole == CALENDAR.office_time_between(a, b) + CALENDAR.office_time_between(b, c)


def test_from_november_next_year_is_asked_for():
    assert CALENDAR.years_missing(d("2026-10-31")) == []
    assert CALENDAR.years_missing(d("2026-11-01")) == [2027]
    assert CALENDAR.years_missing(d("2027-03-01")) == [2027]


# -- rows in the database


@pytest.mark.django_db
def test_the_rows_that_come_with_the_migrations_agree_with_an_independent_table():
    calendar = selectors.calendar()
    assert calendar.years == {2022, 2023, 2024, 2025, 2026}
    day = d("2022-01-01")
    while day <= d("2026-12-31"):
        assert calendar.works(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


@pytest.mark.django_db
def test_the_calendar_is_read_once_and_looked_up_by_one_query(django_assert_num_queries):
    first = selectors.calendar()
    with django_assert_num_queries(1):
        assert selectors.calendar() is first


@pytest.mark.django_db
def test_a_row_from_elsewhere_is_seen_at_once():
    before = selectors.calendar()
    WorkDay.objects.create(date=d("2026-12-25"), kind="holiday", entered_at=at("2026-11-25T09:00"))
    assert not selectors.calendar().works(d("2026-12-25"))
    assert selectors.calendar().version != before.version


NEW_YEAR = [
    (d("2027-01-01"), "holiday", "元旦"),
    (d("2027-01-02"), "holiday", "元旦"),
    (d("2027-01-03"), "holiday", "元旦"),
]


@pytest.mark.django_db
def test_entering_a_year_makes_it_certain_and_names_the_days_that_changed():
    """1 January 2027 is a Friday: it alone was taken for a working day; 2 and 3 were a weekend anyway."""
    row, changed = enter_year(year=2027, rows=NEW_YEAR, source="通知", now=at("2026-11-25T09:00"))
    assert changed == [d("2027-01-01")]
    assert (row.version, row.source) == (1, "通知")
    assert selectors.calendar().is_workday(d("2027-01-01")).why == "元旦"
    assert selectors.calendar().is_workday(d("2027-03-01")).provisional is False


@pytest.mark.django_db
def test_entering_the_same_year_again_changes_nothing_and_a_correction_is_the_next_version():
    enter_year(year=2027, rows=NEW_YEAR, source="通知", now=at("2026-11-25T09:00"))
    again, changed = enter_year(year=2027, rows=NEW_YEAR, source="通知", now=at("2026-11-26T09:00"))
    assert (again.version, changed) == (1, [])
    mended, changed = enter_year(
        year=2027,
        rows=[*NEW_YEAR, (d("2027-01-04"), "holiday", "元旦")],
        source="更正",
        now=at("2026-11-27T09:00"),
    )
    assert (mended.version, changed) == (2, [d("2027-01-04")])


@pytest.mark.django_db
def test_a_new_year_that_begins_in_december_touches_the_old_year_too():
    """31 December 2026 is a Thursday: a notice for 2027 may give it off."""
    rows = [(d("2026-12-31"), "holiday", "元旦"), *NEW_YEAR]
    _row, changed = enter_year(year=2027, rows=rows, source="通知", now=at("2026-11-25T09:00"))
    assert changed == [d("2026-12-31"), d("2027-01-01")]
    assert CalendarYear.objects.get(year=2026).version == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "rows",
    [
        [],
        [*NEW_YEAR, (d("2027-01-01"), "workday", "")],
        [(d("2027-03-01") + timedelta(days=n), "holiday", "") for n in range(31)],
        [(d("2028-01-01"), "holiday", "元旦")],
        [(d("2027-01-01"), "half", "元旦")],
    ],
    ids=["empty", "contradictory", "a month of rest", "another year", "unknown kind"],
)
def test_a_calendar_that_cannot_be_is_refused_and_nothing_is_written(rows):
    before = selectors.calendar().version
    with pytest.raises(DomainError) as refused:
        enter_year(year=2027, rows=rows, source="通知", now=at("2026-11-25T09:00"))
    assert refused.value.field == "rows"
    assert not CalendarYear.objects.filter(year=2027).exists()
    assert selectors.calendar().version == before


# -- words


def test_dates_are_said_as_people_say_them():
    now = at("2026-11-23T14:30")
    assert date_words(at("2026-11-30T17:30")) == "11月30日 周一 17:30 前"
    assert short_words(at("2026-11-23T17:30")) == "11-23 周一 17:30"
    assert short_words(at("2027-01-04T17:30"), now=now) == "2027-01-04 周一 17:30"
    assert [moment_words(at(f"2026-11-{n}T17:30"), now) for n in (22, 23, 24, 25)] == [
        "昨天 17:30", "今天 17:30", "明天 17:30", "11-25 周三 17:30",
    ]  # fmt: skip


def test_a_driver_reads_xuzhou_time_whatever_the_zone_of_the_moment():
    assert date_words(datetime.fromisoformat("2026-11-29T16:30:00+00:00")) == "11月30日 周一 00:30 前"


def test_days_are_listed_shortly():
    november = [d(f"2026-11-{n}") for n in (16, 17, 19, 20, 23)]
    assert day_list(november) == "16、17、19、20、23 日"
    assert day_list([d("2026-11-14"), d("2026-11-15")], run=2) == "14–15 日"
    assert (
        day_list([d("2026-09-30"), *(d(f"2026-10-{n:02}") for n in (8, 9, 10, 12))])
        == "9月30日、10月8–10、12日"
    )
    assert day_list([d("2026-10-08")], near=d("2026-09-30")) == "10月8日"
    assert day_list([]) == ""


def test_lengths_are_said_in_hours_and_minutes():
    said = [length_words(timedelta(minutes=n)) for n in (0, 45, 120, 150)]
    assert said == ["不到 1 分钟", "45 分钟", "2 小时", "2 小时 30 分钟"]
