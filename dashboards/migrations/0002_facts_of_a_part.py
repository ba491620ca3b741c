"""Sums of a few parts over many days (squads by quarter) find their rows without reading every part of every day."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dashboards", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="dayfact",
            index=models.Index(fields=["by", "of", "day", "closed"], name="facts_of_a_part"),
        ),
    ]
