"""Walks the source for the tests that guard the house."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = (
    "hongyun", "dashboards", "learning", "stations", "care", "appeals", "members", "branches", "notices", "accounts",
    "common",
)  # fmt: skip


def modules(root: Path = ROOT, rooms=ROOMS) -> Iterator[tuple[Path, ast.Module, str]]:
    """Every module of the rooms but migrations: path from the root, tree, text."""
    for room in rooms:
        for path in sorted((root / room).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            text = path.read_text(encoding="utf-8")
            yield path.relative_to(root), ast.parse(text), text


def called(node: ast.Call) -> str:
    """The dotted name of what is called, as written."""
    return ast.unparse(node.func)


def too_big(path: Path, tree: ast.Module, text: str) -> list[str]:
    """Files over 400 lines, classes over 250, functions over 50."""
    found = []
    if text.count("\n") > 400:
        found.append(f"{path}: {text.count(chr(10))} lines")
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            limit = 250 if isinstance(node, ast.ClassDef) else 50
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            if size > limit:
                found.append(f"{path}:{node.lineno} {node.name}: {size} lines")
    return found


CLOCKS = ("datetime.now", "timezone.now", "date.today", "datetime.utcnow", "datetime.today", "localdate", "localtime")


def wall_clocks(path: Path, tree: ast.Module) -> list[str]:
    """Reads of the wall clock outside its one home."""
    if path == Path("common/clock.py"):
        return []
    return [
        f"{path}:{node.lineno} {called(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called(node).endswith(CLOCKS)
    ]


def banned(path: Path, tree: ast.Module) -> list[str]:
    """Signals, mark_safe, csrf_exempt, save() overrides, bare except, partial in on_commit."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            found.append(f"{path}:{node.lineno} bare except")
        if isinstance(node, ast.Name | ast.Attribute):
            name = node.id if isinstance(node, ast.Name) else node.attr
            if name in {"mark_safe", "csrf_exempt", "receiver"}:
                found.append(f"{path}:{node.lineno} {name}")
        if "models" in path.parts and isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"}:
            found.append(f"{path}:{node.lineno} {node.name} override")
    return found


def state_writes(path: Path, tree: ast.Module) -> list[str]:
    """Writes of an appeal's state outside the engine."""
    if path in {Path("appeals/services/engine.py"), Path("appeals/services/filing.py")}:
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr == "state" and "appeal" in ast.unparse(target.value):
                    found.append(f"{path}:{node.lineno} {ast.unparse(target)}")
        if (
            isinstance(node, ast.Call)
            and called(node).endswith(".update")
            and "Appeal.objects" in ast.unparse(node.func)
            and any(keyword.arg == "state" for keyword in node.keywords)
        ):
            found.append(f"{path}:{node.lineno} update(state=…)")
    return found


WRITERS = {"create", "bulk_create", "update", "delete", "get_or_create", "update_or_create", "bulk_update"}


def foreign_writes(path: Path, tree: ast.Module, owners: dict[str, str]) -> list[str]:
    """Writes to tables of another room: `Model.objects…create/update/delete` where Model is not our own."""
    room, found = path.parts[0], []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITERS):
            continue
        text = ast.unparse(node.func)
        if ".objects" not in text:
            continue
        model = text.split(".objects")[0].split(".")[-1]
        owner = owners.get(model)
        if owner and owner != room and room != "hongyun":
            found.append(f"{path}:{node.lineno} {room} writes {owner}.{model}")
    return found


def selectors_without_viewer(path: Path, tree: ast.Module, exempt: set[str]) -> list[str]:
    """Public functions of selectors that return rows but do not start with who looks."""
    if "selectors" not in path.parts:
        return []
    found = []
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        first = node.args.args[0].arg if node.args.args else (node.args.kwonlyargs[0].arg if node.args.kwonlyargs else "")
        names = [a.arg for a in node.args.args + node.args.kwonlyargs]
        if not {"viewer", "viewers"} & set(names) and f"{'.'.join(path.with_suffix('').parts)}.{node.name}" not in exempt:
            found.append(f"{path}:{node.lineno} {node.name}({first}…)")
    return found


def untranslated(path: Path, text: str) -> list[str]:
    """Chinese in a template outside a translate tag or block."""
    import re

    bare = re.sub(r"\{%\s*comment.*?endcomment\s*%\}|\{#.*?#\}", "", text, flags=re.S)
    bare = re.sub(r"\{%\s*(blocktranslate|blocktrans)\b.*?%\}.*?\{%\s*end\1\s*%\}", "", bare, flags=re.S)
    bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", bare, flags=re.S)
    return [f"{path}: {match.group(0)[:20]}" for match in re.finditer(r"[\u4e00-\u9fff]+", bare)]
