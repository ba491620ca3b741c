"""How many workers took a step of an upload on: the sweep gives up after some."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0005_trade_index"),
    ]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="tries",
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]
