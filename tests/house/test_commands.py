"""Commands are the operator's, at the machine: none can be reached from the web, and what they change is told.

The same table that names the doors names them (hongyun/doors.py).
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditLine
from hongyun.doors import COMMANDS
from notices.models import Hold
from notices.services import holds
from tests.accounts.test_safety import SAFE
from tests.appeals import journey
from tests.cast import MONDAY, make_cast
from tests.house import source
from tests.house.walking import routes

BY_NAME = {command.name: command for command in COMMANDS}
READERS = {
    "explain_due": ["--clock", "C4", "--from", "2026-11-23T14:36"],
    "list_moves": [],
    "route_text": [journey.FREIGHT],
    "verify_audit": [],
}
CHANGERS = {
    "sweep": [["--now", "2026-11-23T18:00"]],
    "outbox": [["hold", "--restored-to", "2026-11-23T10:00"], ["release", "HOLD"], ["drop", "HOLD"]],
    "rebuild_facts": [[], ["--from", "2026-11-01", "--to", "2026-11-20"]],
    "rotate_keys": [[]],
    "import_census": [["members/data/census-sample.xlsx"]],  # written as well: tests/members/test_import_*.py
    "import_union": [["members/data/union-23687.xlsx"]],
}
DEMO = {command.name for command in COMMANDS if command.demo}
ELSEWHERE = {"bench"}  # makes an installation of its own: see the last test


def test_every_command_is_in_the_table_and_every_row_is_a_command():
    ours = {name for name, app in get_commands().items() if app in source.ROOMS}
    assert ours == set(BY_NAME) and len(BY_NAME) == len(COMMANDS)
    for name in ours:
        assert load_command_class(get_commands()[name], name).help, name


def test_every_command_has_a_proof_of_its_kind():
    assert {*READERS, *CHANGERS, *DEMO, *ELSEWHERE} == set(BY_NAME)
    assert {name for name, command in BY_NAME.items() if command.act} == {*CHANGERS, *DEMO}


# --- out of the web's reach --------------------------------------------------------------------


def reaches_commands(path: Path, tree: ast.Module) -> list[str]:
    """Places outside the commands themselves that could run one: by name, by import, or as a process."""
    if "management" in path.parts or path.parts[:2] == ("hongyun", "bench"):
        return []
    found = []
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        module = getattr(node, "module", None) or ""
        for name in [module, *names]:
            if "core.management" in name or ".management.commands" in name or name in ("call_command", "subprocess"):
                found.append(f"{path}:{node.lineno} {name}")
        if isinstance(node, ast.Call) and source.called(node) in ("os.system", "os.popen", "os.execv", "os.spawnv"):
            found.append(f"{path}:{node.lineno} {source.called(node)}")
    return found


def test_no_page_door_of_the_api_or_task_can_run_a_command():
    assert [fault for path, tree, _ in source.modules() for fault in reaches_commands(path, tree)] == []


@pytest.mark.parametrize(
    "planted",
    [
        "from django.core.management import call_command\n",
        "from appeals.management.commands import route_text\n",
        "import subprocess\n",
        "import os\nos.system('manage.py sweep')\n",
    ],
)
def test_a_planted_way_to_a_command_is_found(planted):
    assert reaches_commands(Path("appeals/web/x.py"), ast.parse(planted))


def test_no_address_is_answered_by_a_command():
    def module_of(view) -> str:
        return getattr(getattr(view, "view_class", None) or getattr(view, "cls", None) or view, "__module__", "")

    from django.urls import get_resolver

    def views(resolver):
        for entry in resolver.url_patterns:
            yield from views(entry) if hasattr(entry, "url_patterns") else [entry.callback]

    assert [view for view in views(get_resolver()) if ".management" in module_of(view)] == []
    last_words = {route.name.split(":")[-1] for route in routes()}
    assert last_words & (set(BY_NAME) - {"sweep"}) == set()


# --- what they leave behind -----------------------------------------------------------------------


@pytest.fixture
def district(db, settings, tmp_path):
    cast = make_cast()
    journey.in_hand(cast, now=MONDAY, phone="13800000007")
    return cast


WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "DROP", "ALTER")


@pytest.mark.parametrize("name", READERS)
def test_a_command_that_only_reads_writes_nothing(district, name, capsys):
    assert BY_NAME[name].act == ""
    with CaptureQueriesContext(connection) as queries:
        call_command(name, *READERS[name])
    assert capsys.readouterr().out
    assert [each["sql"] for each in queries if each["sql"].lstrip().upper().startswith(WRITES)] == []


@pytest.mark.parametrize(("name", "words"), [(name, words) for name, runs in CHANGERS.items() for words in runs])
def test_a_command_that_changes_rows_leaves_one_line_of_the_operator(district, name, words, capsys):
    if "HOLD" in words:
        hold = holds.after_restore(restored_to=MONDAY, now=MONDAY)
        words = [str(hold.pk) if word == "HOLD" else word for word in words]
    act = "notices.held" if words[:1] == ["hold"] else BY_NAME[name].act
    before = AuditLine.objects.latest("pk").pk
    call_command(name, *words)
    lines = AuditLine.objects.filter(pk__gt=before, actor_word="operator")
    assert [(line.act, line.actor) for line in lines] == [(act, None)]
    assert Hold.objects.filter(ended_at=None).exists() is (words[:1] == ["hold"])
    assert capsys.readouterr().err == ""


# --- the demo's own, which production refuses -------------------------------------------------------


@pytest.mark.parametrize("name", sorted(DEMO))
def test_outside_the_demo_its_commands_do_nothing(db, settings, name):
    settings.DEMO = False
    with CaptureQueriesContext(connection) as queries, pytest.raises(CommandError, match="demo"):
        call_command(name)
    assert len(queries) == 0


def in_production(program: str, tmp_path, *arguments: str) -> subprocess.CompletedProcess:
    env = {"PATH": os.environ["PATH"], "HONGYUN_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "hongyun.settings", **SAFE}
    return subprocess.run(
        [sys.executable, program, *arguments], cwd=source.ROOT, env=env, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("name", sorted(DEMO))
def test_production_refuses_them_before_it_touches_its_database(tmp_path, name):
    """There is no database at the address of SAFE: whoever asked for it would fail in other words."""
    done = in_production("manage.py", tmp_path, name)
    assert done.returncode != 0 and "CommandError" in done.stderr and "demo" in done.stderr, done.stderr[-500:]


def test_production_does_not_route_the_doors_of_the_demo(tmp_path):
    from hongyun.doors import DEMO as DEMO_GUARD
    from hongyun.doors import DOORS

    names = [door.name for door in DOORS if door.guard == DEMO_GUARD]
    program = tmp_path / "names.py"
    program.write_text(
        f"import sys; sys.path.insert(0, {str(source.ROOT)!r})\n"
        "import django; django.setup()\n"
        "from tests.house.walking import routes\n"
        f"print(len({names!r}), sorted({{route.name for route in routes()}} & set({names!r})))\n"
    )
    done = in_production(str(program), tmp_path)
    assert done.stdout.strip() == f"{len(names)} []", done.stderr[-500:]


def test_the_bench_works_in_an_installation_of_its_own():
    from hongyun.bench.scratch import scratch_environment

    if connection.vendor != "sqlite":
        pytest.skip("makes a database of its own there, which tests/hongyun does not need")
    with scratch_environment() as environment:
        folder = Path(environment["HONGYUN_DATA_DIR"])
        assert folder.is_dir() and folder != Path(os.environ.get("HONGYUN_DATA_DIR", "")) and environment["HONGYUN_TESTING"]
    assert not folder.exists()
