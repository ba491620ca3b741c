"""The ten branches come and go with their migration."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


@pytest.mark.django_db
def test_the_migration_that_brings_the_ten_branches_can_be_taken_back():
    from importlib import import_module

    module = import_module("branches.migrations.0002_ten_branches")
    apps = MigrationExecutor(connection).loader.project_state([("branches", "0002_ten_branches"), ("accounts", "0004_registry")]).apps
    Branch, Coverage = apps.get_model("branches", "Branch"), apps.get_model("branches", "Coverage")
    assert (Branch.objects.count(), Coverage.objects.count()) == (10, 29)
    module.unload(apps, None)
    assert (Branch.objects.count(), Coverage.objects.count()) == (0, 0)
    module.load(apps, None)
    assert (Branch.objects.count(), Coverage.objects.count()) == (10, 29)
