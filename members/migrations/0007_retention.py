"""What is over its time goes: marks of what went, moments of what ended, and rows that wait."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_registry'),
        ('branches', '0003_full_on'),
        ('members', '0006_upload_tries'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Postponed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=10)),
                ('row', models.BigIntegerField()),
                ('until', models.DateTimeField()),
                ('why', models.CharField(max_length=8)),
            ],
        ),
        migrations.AddField(
            model_name='claim',
            name='erased_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='claim',
            name='withdrawn_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='driver',
            name='erased_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name='claim',
            index=models.Index(condition=models.Q(('erased_at', None), ('state__in', ['refused', 'withdrawn'])), fields=['state', 'id'], name='claim_ended'),
        ),
        migrations.AddIndex(
            model_name='claim',
            index=models.Index(condition=models.Q(('state', 'placed'), models.Q(('proof', ''), _negated=True)), fields=['placed_at'], name='claim_proof_kept'),
        ),
        migrations.AddIndex(
            model_name='contactnote',
            index=models.Index(fields=['at'], name='contact_note_at'),
        ),
        migrations.AddIndex(
            model_name='driver',
            index=models.Index(condition=models.Q(('erased_at', None), ('state_since__isnull', False)), fields=['merged_into', 'state_since'], name='driver_left_since'),
        ),
        migrations.AddIndex(
            model_name='driver',
            index=models.Index(condition=models.Q(('erased_at', None), ('merged_into__isnull', False)), fields=['merged_into', 'id'], name='driver_merged_kept'),
        ),
        migrations.AddConstraint(
            model_name='postponed',
            constraint=models.UniqueConstraint(fields=('what', 'row'), name='postponed_once'),
        ),
    ]
