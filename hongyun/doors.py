"""The table of doors: every route, who may pass, and what kinds of data stand behind it.

Kinds are the rows of «role × data» in the bar: a name … g an appeal exists, h its text, i who complained, j notes,
k the accused set, l rating, r audit, s figures, u people and postings, v settings. A route that is not in this
table fails the build, and tests/house/test_doors.py walks every row as every role.
"""

from __future__ import annotations

from dataclasses import dataclass

from accounts.rules.roles import HANDLING, Role

EVERYONE = "everyone"  # with or without an account
HOLDER = "holder"  # whoever filed it here, or opened it by number and code
DRIVER = "driver"  # signed in by phone and code
STAFF = "staff"  # any posting, second factor passed
INSIDER = "insider"  # loopback or a token
BUREAU = frozenset({Role.DESK, Role.DUTY, Role.SUPERVISOR, Role.DISCIPLINE})
WORKERS = HANDLING | BUREAU
FIGURES = HANDLING | BUREAU | {Role.LEADER}


@dataclass(frozen=True)
class Door:
    """`guard` is one of the words above or a set of roles; `one` marks a door to a single appeal, where the
    selector decides besides the role."""

    name: str
    guard: str | frozenset[str]
    kinds: str = ""
    one: bool = False


def _doors(guard: str | frozenset[str], kinds: str, *names: str, one: bool = False) -> list[Door]:
    return [Door(name, guard, kinds, one) for name in names]


PEOPLE_KEEPERS = frozenset({Role.SYSTEM, Role.SECURITY, Role.AUDITOR})
RULES = frozenset({Role.DESK, Role.DUTY})
CLOCKS = frozenset({Role.DESK, Role.DUTY, Role.SUPERVISOR, Role.HEAD, Role.SYSTEM})
TEMPLATES = HANDLING | {Role.DESK, Role.SUPERVISOR}
API_MOVES = (
    "route_by_hand", "ask_decline", "decline", "refuse_decline", "accept", "assign_handler", "ask_hand_back",
    "grant_hand_back", "refuse_hand_back", "assign_finally", "progress", "note", "ask_driver", "driver_reply",
    "ask_extension", "grant_extension", "refuse_extension", "submit_answer", "send_back_draft", "head_approve",
    "approve", "call_back", "reopen", "close", "reopen_closed", "reclassify", "add_accused", "remove_accused", "recuse",
    "add_material",
)  # fmt: skip

DOORS: tuple[Door, ...] = (
    *_doors(EVERYONE, "", "home", "me", "weather", "healthz"),
    *_doors(INSIDER, "v", "readyz", "metrics"),
    *_doors(
        EVERYONE, "", "appeals:new", "appeals:where", "appeals:who", "appeals:photos", "appeals:phone", "appeals:check",
        "appeals:upload", "appeals:discard", "appeals:leave", "appeals:track",
    ),
    *_doors(HOLDER, "h", "appeals:draft-photo", "appeals:added-photo"),
    *_doors(HOLDER, "g", "appeals:receipt", "appeals:receipt-qr", "appeals:receipt-picture", one=True),
    *_doors(
        HOLDER, "gl", "appeals:view", "appeals:nudge", "appeals:rate", "appeals:add", "appeals:withdraw", "appeals:again",
        one=True,
    ),
    *_doors(EVERYONE, "g", "appeals:mine"),  # his own, or how to sign in
    *_doors(
        EVERYONE, "", "accounts:driver", "accounts:driver_code", "accounts:staff", "accounts:staff_code",
        "accounts:staff_factor", "accounts:staff_factor_picture", "accounts:staff_recovery_noted",
        "accounts:staff_password", "accounts:staff_again", "accounts:sign_out", "accounts:care", "accounts:theme",
        "accounts:demo",
    ),
    *_doors(DRIVER, "", "accounts:sessions"),
    *_doors(EVERYONE, "", "admin:login", "admin:logout", "admin:signed_out"),
    *_doors(STAFF, "g", "admin:index", "admin:find"),
    *_doors(STAFF, "", "admin:autocomplete", "admin:"),
    *_doors(STAFF, "", "admin:notices"),
    *_doors(frozenset({Role.DESK, Role.DUTY}), "g", "admin:notices_trouble"),
    *_doors(frozenset({Role.SYSTEM}), "v", "admin:notices_holds"),
    *_doors(WORKERS | {Role.CALL_BACK}, "gd", "admin:appeals_list"),
    *_doors(WORKERS | {Role.CALL_BACK}, "ghijk", "admin:appeals_one", "admin:appeals_act", one=True),
    *_doors(WORKERS | {Role.CALL_BACK}, "h", "admin:appeals_photo", one=True),
    *_doors(WORKERS | {Role.CALL_BACK}, "j", "admin:appeals_draft", one=True),
    *_doors(HANDLING | {Role.DESK, Role.DUTY, Role.CALL_BACK, Role.DISCIPLINE}, "b", "admin:appeals_reveal", one=True),
    *_doors(HANDLING, "g", "admin:appeals_bulk"),
    *_doors(RULES, "gh", "admin:appeals_desk"),
    *_doors(frozenset({Role.HEAD, Role.DESK, Role.DUTY, Role.SUPERVISOR}), "ghj", "admin:appeals_decide"),
    *_doors(frozenset({Role.CALL_BACK}), "ghl", "admin:appeals_call_backs"),
    *_doors(frozenset({Role.CLERK, Role.DESK, Role.STATION}), "h", "admin:appeals_register"),
    *_doors(RULES, "v", "admin:appeals_rules", "admin:appeals_rule"),
    *_doors(frozenset({Role.DESK, Role.DUTY, Role.SUPERVISOR, Role.SYSTEM}), "v", "admin:calendar"),
    *_doors(CLOCKS, "v", "admin:appeals_clockrule_changelist"),
    *_doors(TEMPLATES, "v", "admin:appeals_replytemplate_changelist"),
    *_doors(PEOPLE_KEEPERS, "u", "admin:accounts_person_changelist", "admin:accounts_posting_changelist"),
    *_doors(PEOPLE_KEEPERS, "u", "admin:accounts_unit_changelist"),
    *_doors(frozenset({Role.AUDITOR, Role.SECURITY}), "r", "admin:accounts_auditline_changelist"),
    *_doors(frozenset({Role.DESK, Role.SYSTEM}), "v", "admin:appeals_clockrule_add"),
    *_doors(frozenset({Role.HEAD, Role.DESK}), "v", "admin:appeals_replytemplate_add"),
    *_doors(frozenset({Role.SYSTEM}), "u", "admin:accounts_person_add"),
    # postings are granted on a person's page, units come by migration, audit lines by acts: nobody adds them here
    *_doors(frozenset(), "ru", "admin:accounts_posting_add", "admin:accounts_unit_add", "admin:accounts_auditline_add"),
    *_doors(
        PEOPLE_KEEPERS | CLOCKS | TEMPLATES, "uv", "admin:accounts_person_change", "admin:accounts_posting_change",
        "admin:accounts_unit_change", "admin:accounts_auditline_change", "admin:appeals_clockrule_change",
        "admin:appeals_replytemplate_change", one=True,
    ),
    *_doors(FIGURES, "s", "dashboards:index", "dashboards:rows"),
    *_doors(EVERYONE, "", "api:schema", "api:docs", "api:choices", "api:file", "api:track"),
    *_doors(DRIVER, "g", "api:mine"),
    *_doors(
        HOLDER, "gl", "api:photos", "api:nudge", "api:material", "api:reply", "api:withdraw", "api:rate", "api:reopen",
        one=True,
    ),
    *_doors(WORKERS | {Role.CALL_BACK}, "gd", "api:handle", "api:handle_choices"),
    *_doors(WORKERS | {Role.CALL_BACK}, "ghijk", "api:handle_one", "api:handle_draft", "api:handle_photo", one=True),
    *_doors(WORKERS | {Role.CALL_BACK}, "ghijk", *(f"api:handle_{move}" for move in API_MOVES), one=True),
    *_doors("signature", "", "notices-api:receipts"),  # the SMS gateway signs its posts
    *_doors("demo", "", "notices:demo_outbox"),
)  # fmt: skip

# Commands are an operator's acts on the machine itself; none has a door in the web.
COMMANDS = frozenset({
    "bench", "explain_due", "list_moves", "load_demo", "outbox", "rebuild_facts", "rotate_keys", "route_text", "serve",
    "sweep", "verify_audit",
})  # fmt: skip
