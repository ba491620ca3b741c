"""Each unit of kind branch is a Branch that covers the area of the squad above it."""

from datetime import date

from django.db import migrations

FOUNDED = date(2022, 6, 28)  # the day of the first count of placed members


def load(apps, schema_editor):
    Unit = apps.get_model("accounts", "Unit")
    Branch, Coverage = apps.get_model("branches", "Branch"), apps.get_model("branches", "Coverage")
    units = Unit.objects.filter(kind="branch", branch=None).select_related("parent").order_by("code")
    branches = [Branch.objects.create(unit=unit, founded_on=FOUNDED) for unit in units]
    Coverage.objects.bulk_create(
        Coverage(branch=branch, kind="place", key=place.code, since=FOUNDED)
        for branch in branches
        if branch.unit.parent
        for place in branch.unit.parent.areas.order_by("code")
    )


def unload(apps, schema_editor):
    apps.get_model("branches", "Coverage").objects.all().delete()
    apps.get_model("branches", "Branch").objects.all().delete()  # refused while somebody is placed in one


class Migration(migrations.Migration):
    dependencies = [("branches", "0001_registry"), ("accounts", "0002_district")]
    operations = [migrations.RunPython(load, unload)]
