from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stations", "0006_desk_ledgers")]

    operations = [
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["resource", "ends_at"], name="booking_of_a_bed"),
        ),
    ]
