import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def as_named_by_the_latest(apps, schema_editor):
    """Nobody kept which register carried whom: all who came by one are taken as carried by the latest, so that no line
    is made of what nobody knows."""
    uploads, members = apps.get_model("members", "Upload").objects, apps.get_model("members", "UnionMember").objects
    latest = uploads.filter(kind="union", state="applied").order_by("-applied_at", "-pk").values_list("pk", flat=True).first()
    if latest is not None:
        members.filter(first_upload__isnull=False, last_upload=None).update(last_upload=latest)
        uploads.filter(pk=latest).update(whole=True)


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0009_header_words'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='claim',
            name='routed_by',
            field=models.CharField(blank=True, db_default='', default='', max_length=16),
        ),
        migrations.AddField(
            model_name='unionmember',
            name='last_upload',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.upload'),
        ),
        migrations.AddField(
            model_name='unionmember',
            name='prior_upload',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.upload'),
        ),
        migrations.AddField(
            model_name='upload',
            name='whole',
            field=models.BooleanField(null=True),
        ),
        migrations.RunPython(as_named_by_the_latest, migrations.RunPython.noop),
        migrations.CreateModel(
            name='StillMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(max_length=200, verbose_name='为什么还是会员')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='members.unionmember')),
                ('register', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.upload')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('member', 'register'), name='still_a_member_said_once')],
            },
        ),
    ]
