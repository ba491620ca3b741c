"""Where a station could stand: fifty candidates, and where the twenty-nine places lie. Both are estimates of ours, made for
reckoning with, not surveyed; the candidates' names are invented."""

import csv
from datetime import date
from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

DATA = Path(__file__).resolve().parent.parent / "data"
LISTED = date(2026, 11, 1)


def _rows(name):
    with (DATA / name).open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def load(apps, schema_editor):
    places = dict(apps.get_model("accounts", "Place").objects.values_list("code", "pk"))
    PlacePoint, Site = apps.get_model("stations", "PlacePoint"), apps.get_model("stations", "Site")
    PlacePoint.objects.bulk_create(
        PlacePoint(
            place_id=places[row["code"]], latitude=float(row["latitude"]), longitude=float(row["longitude"])
        )
        for row in _rows("place_points.csv")
    )
    Site.objects.bulk_create(
        Site(
            code=row["code"], name=row["name"], kind=row["kind"], place_id=places[row["place"]], listed_on=LISTED,
            latitude=float(row["latitude"]), longitude=float(row["longitude"]),
        )
        for row in _rows("sites.csv")
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_registry"),
        ("stations", "0003_home_ticks"),
    ]

    operations = [
        migrations.CreateModel(
            name="PlacePoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("latitude", models.FloatField(verbose_name="纬度")),
                ("longitude", models.FloatField(verbose_name="经度")),
                (
                    "place",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="point",
                        to="accounts.place",
                        verbose_name="镇街",
                    ),
                ),
            ],
            options={
                "verbose_name": "镇街的位置",
                "verbose_name_plural": "镇街的位置",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("latitude__gte", 3),
                            ("latitude__lte", 54),
                            ("longitude__gte", 73),
                            ("longitude__lte", 136),
                        ),
                        name="place_lies_in_china",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Site",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=12, unique=True)),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("park", "物流园"),
                            ("exit", "高速出口"),
                            ("inspection", "检测站"),
                            ("parking", "停车场和货场"),
                            ("port", "码头"),
                        ],
                        max_length=12,
                        verbose_name="类别",
                    ),
                ),
                ("latitude", models.FloatField(verbose_name="纬度")),
                ("longitude", models.FloatField(verbose_name="经度")),
                ("listed_on", models.DateField(verbose_name="哪天列入")),
                ("dropped_on", models.DateField(blank=True, null=True, verbose_name="哪天去掉")),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.place",
                        verbose_name="镇街",
                    ),
                ),
            ],
            options={
                "verbose_name": "候选点",
                "verbose_name_plural": "候选点",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("latitude__gte", 3),
                            ("latitude__lte", 54),
                            ("longitude__gte", 73),
                            ("longitude__lte", 136),
                        ),
                        name="site_lies_in_china",
                    )
                ],
            },
        ),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
