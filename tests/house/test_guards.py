"""The guards of the house. Each is shown to fail once on a planted fault, so that silence means something."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from tests.house import source

EXEMPT_SELECTORS = {
    # facts that are the same for everybody: no row about a person or an appeal leaves here
    "appeals.selectors.clocks.clock_rules", "appeals.selectors.clocks.clock_rule",
    "appeals.selectors.clocks.clock_spec", "appeals.selectors.clocks.rule_versions",
    "appeals.selectors.rules.rule_set", "appeals.selectors.health.backlog",
    "appeals.selectors.facts.sampled", "appeals.selectors.facts.working_days_after",
    "notices.selectors.health.outbox_depth",
    "members.selectors.beside.enterprises_to_cover", "members.selectors.beside.trades_to_cover",
    # structure that viewers themselves are built from
    "accounts.selectors.viewer.viewer_for", "accounts.selectors.viewer.viewers_for", "accounts.selectors.viewer.counting_since",
    "accounts.selectors.viewer.counted", "accounts.selectors.viewer.in_force",
    "accounts.selectors.viewer.unit_parents", "accounts.selectors.viewer.barred_for",
    "accounts.selectors.units.closure_of", "accounts.selectors.units.closures_of", "accounts.selectors.units.conflicted_persons",
    "accounts.selectors.units.posted_to", "accounts.selectors.units.posted_as",
    "accounts.selectors.units.unit_by_scheme_name", "accounts.selectors.units.nameable_units",
    # signing in: there is no viewer yet
    "accounts.selectors.people.phone_index", "accounts.selectors.people.find_by_phone",
    "accounts.selectors.people.masked", "accounts.selectors.people.hidden_before",
    "accounts.selectors.demo.demo_accounts", "accounts.selectors.demo.demo_person",
}  # fmt: skip


def owners() -> dict[str, str]:
    return {model.__name__: model._meta.app_label for model in apps.get_models() if model._meta.app_label in source.ROOMS}


def each(check, *more) -> list[str]:
    found = []
    for path, tree, text in source.modules():
        arguments = {"too_big": (path, tree, text)}.get(check.__name__, (path, tree, *more))
        found += check(*arguments)
    return found


def test_no_file_class_or_function_outgrows_its_room():
    assert each(source.too_big) == []


def test_the_wall_clock_is_read_in_one_place():
    assert each(source.wall_clocks) == []


def test_no_signal_no_mark_safe_no_csrf_exempt_no_save_with_effects():
    assert each(source.banned) == []


def test_nothing_but_the_engine_sets_the_state_of_an_appeal():
    assert each(source.state_writes) == []


def test_no_room_writes_the_tables_of_another():
    assert each(source.foreign_writes, owners()) == []


def test_every_selector_takes_who_looks():
    assert each(source.selectors_without_viewer, EXEMPT_SELECTORS) == []


def test_every_word_of_a_template_is_marked_for_translation():
    found = []
    for path in sorted((source.ROOT / "templates").rglob("*.html")):
        found += source.untranslated(path.relative_to(source.ROOT), path.read_text(encoding="utf-8"))
    assert found == []


def test_every_task_has_a_route_and_a_row_that_the_sweep_finds_again():
    from hongyun.celery import app

    app.loader.import_default_modules()
    ours = [name for name in app.tasks if not name.startswith("celery.")]
    patterns = [pattern.removesuffix("*") for pattern in settings.CELERY_TASK_ROUTES]
    assert ours and [name for name in ours if not name.startswith(tuple(patterns))] == []
    from accounts.registry import registry

    swept = {"appeals.route": "routing", "notices.send": "notices", "notices.sweep": "notices", "accounts.seal_audit": "audit"}
    swept |= {"members.stage": "imports", "members.apply": "imports", "members.export": "exports", "stations.move_up": "waiting"}
    own = {"hongyun.sweep", "hongyun.tidy"}
    assert {name for name in ours if name not in own} <= set(swept)
    assert set(swept.values()) <= set(registry.sweeps)


def test_messages_have_a_queue_of_their_own_and_the_sweep_of_the_other_leaves_them_alone(monkeypatch):
    from accounts.registry import registry
    from hongyun import tasks
    from hongyun.celery import app

    app.loader.import_default_modules()  # whichever test ran before in this process
    router = app.amqp.router
    queue_of = {name: router.route({}, name)["queue"].name for name in app.tasks if not name.startswith("celery.")}
    assert {name for name, queue in queue_of.items() if queue == "messages"} == {"notices.send", "notices.sweep"}
    assert {each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()} >= {"hongyun.sweep", "notices.sweep"}
    ran = []
    monkeypatch.setattr(registry, "sweeps", {name: lambda now, name=name: ran.append(name) or 0 for name in registry.sweeps})
    tasks.sweep()
    assert "routing" in ran and "notices" not in ran


def test_every_registered_admin_is_scoped():
    from django.contrib import admin

    from accounts.admin.base import ScopedAdmin

    loose = [type(page).__name__ for page in admin.site._registry.values() if not isinstance(page, ScopedAdmin)]
    assert loose == []


def test_the_layers_hold():
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"], cwd=source.ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:]


PLANTED = {
    "too_big": ("appeals/rules/x.py", "def f():\n" + "    a = 1\n" * 60),
    "wall_clocks": ("appeals/services/x.py", "from datetime import datetime\nnow = datetime.now()\n"),
    "banned": ("appeals/web/x.py", "from django.utils.safestring import mark_safe\ny = mark_safe('x')\n"),
    "state_writes": ("appeals/web/x.py", "appeal.state = 'closed'\n"),
    "foreign_writes": ("appeals/services/x.py", "Person.objects.filter(pk=1).update(name='x')\n"),
    "selectors_without_viewer": ("appeals/selectors/x.py", "def everything():\n    return 1\n"),
}


@pytest.mark.parametrize("guard", PLANTED)
def test_each_guard_finds_a_planted_fault(guard):
    name, text = PLANTED[guard]
    path, tree = Path(name), ast.parse(text)
    check = getattr(source, guard)
    arguments = {
        "too_big": (path, tree, text),
        "foreign_writes": (path, tree, {"Person": "accounts"}),
        "selectors_without_viewer": (path, tree, set()),
    }.get(guard, (path, tree))
    assert check(*arguments), f"{guard} let a planted fault pass"


def test_the_template_guard_finds_an_unmarked_word():
    assert source.untranslated(Path("x.html"), "<p>请登录</p>{% translate '好' %}")


def test_a_broken_layer_is_found(tmp_path):
    """A copy of the contracts over a house in which common imports appeals must fail."""
    import shutil

    for room in source.ROOMS:
        shutil.copytree(source.ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "*.json"))
    shutil.copy(source.ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "common" / "planted.py").write_text("import appeals.models\n")
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode != 0 and "planted" in done.stdout
