"""One index for the list and the count of a town: who is in force there."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_registry'),
        ('members', '0007_retention'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='driver',
            name='members_dri_place_i_ae6fe2_idx',
        ),
        migrations.AddIndex(
            model_name='driver',
            index=models.Index(condition=models.Q(('merged_into', None)), fields=['place', 'state', 'id'], name='driver_of_place'),
        ),
    ]
