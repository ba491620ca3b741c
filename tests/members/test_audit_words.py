"""The page of the audit says in words what was done, to what kind of row."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from django.apps import apps

from accounts.admin.audit_words import ACT_WORDS, kind_word
from appeals.rules.moves import MOVES
from care.rules import ledger
from members.models import Upload
from tests.house import source

# the names that an act is put together from, by room, with all that they may be
OPEN = {("members", "kind"): Upload.Kind.values, ("care", "kind"): [str(kind) for kind in ledger.Kind]}


def acts_written() -> Iterator[tuple[str, str]]:
    """(where, act) of everything that the code hands to the log by its name: `act="…"`, `act=NAME`, `act=f"{…}.…"`, and
    the first argument of a `_write` of the house."""
    for path, tree, _text in source.modules():
        named = {
            node.targets[0].id: node.value.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            handed = [word.value for word in node.keywords if word.arg == "act"]
            if isinstance(node.func, ast.Name) and node.func.id == "_write" and node.args:
                handed.append(node.args[0])
            yield from ((f"{path}:{node.lineno}", act) for value in handed for act in _said(value, named, path.parts[0]) if "." in act)


def _said(value: ast.expr, named: dict[str, object], room: str) -> list[str]:
    """What an expression may stand for; nothing for what is handed through from elsewhere."""
    if isinstance(value, ast.Constant):
        return [value.value] if isinstance(value.value, str) else []
    if isinstance(value, ast.IfExp):
        return _said(value.body, named, room) + _said(value.orelse, named, room)
    if isinstance(value, ast.Name):
        known = named.get(value.id)
        return [known] if isinstance(known, str) else []
    if isinstance(value, ast.JoinedStr):
        said = [""]
        for part in value.values:
            name = "" if isinstance(part, ast.Constant) else ast.unparse(part.value).split(".")[-1]
            words = OPEN.get((room, name), []) if name else _said(part, named, room)
            said = [before + word for before in said for word in words]
        return said
    return []


def test_every_act_that_the_code_writes_has_its_words():
    found = list(acts_written())
    assert len({act for _where, act in found}) > 80, "the walk finds too little: it would prove nothing"
    assert {(where, act) for where, act in found if act not in ACT_WORDS} == set()
    assert {f"appeal.{move}" for move in MOVES} <= set(ACT_WORDS)


def test_the_walk_sees_names_choices_and_imports_by_their_kind():
    acts = {act for _where, act in acts_written()}
    assert {"union.left", "union.stays", "census.applied", "union.applied", "claim.place", "duplicate.looked"} <= acts


def test_the_words_are_words():
    assert not [word for word in ACT_WORDS.values() if str(word).isascii()]


def test_a_row_is_named_by_its_kind_and_an_unknown_kind_keeps_its_code():
    assert [kind_word(each) for each in ("appeals.appeal", "members.seat", "nowhere.thing")] == ["诉求", "联系位置", "nowhere.thing"]
    ours = [model._meta.label_lower for model in apps.get_models() if model._meta.app_label in ("members", "branches")]
    assert kind_word("members.unionmember") == "工会会员" and len(ours) > 20
