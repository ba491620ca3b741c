"""The page of the audit says in words what was done about claims, members and exports."""

import re
from pathlib import Path

from accounts.admin.audit import ACT_WORDS

ROOT = Path(__file__).parents[2]
WRITTEN = re.compile(r"(?:act=|_write\()\"((?:claim|membership|placement|transfer|export)\.[a-z_]+)\"")


def test_every_act_about_a_claim_a_member_or_an_export_has_its_word():
    files = [path for room in ("members", "branches") for path in (ROOT / room / "services").glob("*.py")]
    acts = {act for path in files for act in WRITTEN.findall(path.read_text(encoding="utf-8"))}
    assert len(acts) > 20 and acts <= set(ACT_WORDS)
