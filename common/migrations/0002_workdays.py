"""The working days of 2022–2026 as announced, make-up days included."""

import csv
from datetime import date
from pathlib import Path

from django.db import migrations

from common import clock
from common.workdays import year_digest

ROWS = Path(__file__).resolve().parent.parent / "data" / "workdays.csv"
YEARS = range(2022, 2027)


def source(year: int) -> str:
    return f"国务院办公厅关于{year}年部分节假日安排的通知"


def enter(apps, schema_editor):
    WorkDay = apps.get_model("common", "WorkDay")
    CalendarYear = apps.get_model("common", "CalendarYear")
    now = clock.now()
    with ROWS.open(encoding="utf-8") as file:
        rows = [(date.fromisoformat(r["date"]), r["kind"], r["festival"]) for r in csv.DictReader(file)]
    rows = [row for row in rows if row[0].year in YEARS]
    # A New Year's holiday may begin in December: it stands in the next year's notice.
    notice = {day: day.year + (day.month == 12) for day, _kind, _festival in rows}
    WorkDay.objects.bulk_create(
        WorkDay(date=day, kind=kind, festival=festival, source=source(notice[day]), entered_at=now)
        for day, kind, festival in rows
    )
    CalendarYear.objects.bulk_create(
        CalendarYear(
            year=year,
            version=1,
            digest=year_digest(row for row in rows if row[0].year == year),
            source=source(year),
            entered_at=now,
        )
        for year in YEARS
    )


def leave(apps, schema_editor):
    apps.get_model("common", "WorkDay").objects.filter(date__year__in=YEARS).delete()
    apps.get_model("common", "CalendarYear").objects.filter(year__in=YEARS).delete()


class Migration(migrations.Migration):
    dependencies = [("common", "0001_initial")]
    operations = [migrations.RunPython(enter, leave)]
