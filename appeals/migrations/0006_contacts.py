"""A contact writes for his driver: a channel of its own, and no such row without both of them."""

from django.db import migrations, models

from common.triggers import Trigger, run_triggers

TRIGGERS = [
    Trigger(
        "appeal_contact_names_both", "appeals_appeal", "INSERT", "what a contact wrote names him and his driver",
        "NEW.channel = 'contact' AND (NEW.person_id IS NULL OR NEW.filed_by_id IS NULL OR NEW.person_id = NEW.filed_by_id)",
    ),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("appeals", "0005_things_are_no_danger")]
    operations = [
        migrations.AlterField(
            model_name="appeal",
            name="channel",
            field=models.CharField(
                choices=[
                    ("web", "手机网页"), ("api", "接口"), ("hall", "大厅代填"), ("hotline", "12328 电话"), ("box", "意见箱"),
                    ("questionnaire", "问卷"), ("meeting", "座谈"), ("station", "驿站代填"), ("contact", "联系人代填"),
                ],
                default="web", max_length=16, verbose_name="渠道",
            ),
        ),  # fmt: skip
        run_triggers(TRIGGERS),
    ]
