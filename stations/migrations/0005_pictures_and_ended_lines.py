"""Pictures of houses; a line that a house ended says why."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

STATES = [("waiting", "排着"), ("booked", "排到了"), ("left", "不等了"), ("lapsed", "没排到"), ("ended", "那里停了")]


class Migration(migrations.Migration):
    dependencies = [("stations", "0004_sites")]
    operations = [
        migrations.AddField("standby", "ended_why", models.CharField(blank=True, max_length=120)),
        migrations.AlterField("standby", "state", models.CharField(choices=STATES, default="waiting", max_length=8)),
        migrations.CreateModel(
            name="HousePhoto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("alt", models.CharField(max_length=60, verbose_name="照片上是什么")),
                ("order", models.PositiveSmallIntegerField(default=0)),
                ("sha256", models.CharField(max_length=64)),
                ("served", models.CharField(max_length=64)),
                ("sealed", models.CharField(max_length=64)),
                ("width", models.PositiveSmallIntegerField()),
                ("height", models.PositiveSmallIntegerField()),
                ("made_at", models.DateTimeField()),
                ("station", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="stations.station")),
            ],
            options={
                "verbose_name": "驿站照片",
                "verbose_name_plural": "驿站照片",
                "ordering": ["station", "order", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("station", "sha256"), name="picture_of_a_house_once"),
                    models.CheckConstraint(condition=models.Q(("alt", ""), _negated=True), name="picture_has_its_words"),
                ],
            },
        ),
    ]
