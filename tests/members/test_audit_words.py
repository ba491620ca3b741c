"""The page of the audit says in words what was done, to what kind of row."""

import re
from pathlib import Path

from accounts.admin.audit_words import ACT_WORDS, kind_word
from appeals.rules.moves import MOVES

ROOT = Path(__file__).parents[2]
WRITTEN = re.compile(r"(?:act=|_write\()\"((?:claim|membership|placement|transfer|export)\.[a-z_]+)\"")


def test_every_act_about_a_claim_a_member_or_an_export_has_its_word():
    files = [path for room in ("members", "branches") for path in (ROOT / room / "services").glob("*.py")]
    acts = {act for path in files for act in WRITTEN.findall(path.read_text(encoding="utf-8"))}
    assert len(acts) > 20 and acts <= set(ACT_WORDS)


ANY = re.compile(r"(?:act=|_write\()\"([a-z_]+\.[a-z_]+)\"")


def test_no_act_of_the_register_or_of_an_account_is_a_code_to_its_reader():
    rooms = ("accounts", "appeals", "members", "branches", "notices")
    files = [path for room in rooms for path in (ROOT / room / "services").glob("*.py")]
    acts = {act for path in files for act in ANY.findall(path.read_text(encoding="utf-8"))}
    assert acts | {f"appeal.{move}" for move in MOVES} <= set(ACT_WORDS)
    assert not [word for word in ACT_WORDS.values() if str(word).isascii()]


def test_a_row_is_named_by_its_kind_and_an_unknown_kind_keeps_its_code():
    assert [kind_word(each) for each in ("appeals.appeal", "members.seat", "nowhere.thing")] == ["诉求", "联系位置", "nowhere.thing"]
