from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):
    dependencies = [("common", "0003_ratehit")]

    operations = [
        migrations.CreateModel(
            name="SentOnce",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("who", models.CharField(max_length=64)),
                ("key", models.UUIDField()),
                ("said", models.CharField(max_length=64)),
                ("answer", common.fields.EncryptedTextField(default="")),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("who", "key"), name="a_key_is_used_once")],
            },
        ),
    ]
