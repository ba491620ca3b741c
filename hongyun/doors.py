"""The table of doors: every route, who may pass, and what kinds of data stand behind it.

Kinds are the rows of «role × data» in the bar: a name … g an appeal exists, h its text, i who complained, j notes,
k the accused set, l rating, r audit, s figures, u people and postings, v settings. A route that is not in this
table (or its other half, register_doors.py: members, branches, zones, union) fails the build, and
tests/house/test_doors.py walks every row as every role.
"""

from __future__ import annotations

from dataclasses import dataclass

from accounts.rules.roles import HANDLING, Role

EVERYONE = "everyone"  # with or without an account
HOLDER = "holder"  # whoever filed it here, or opened it by number and code
BROWSER = "browser"  # only the browser that filed, or that is filing
MIDWAY = "midway"  # who has just passed the step before, in this browser
DRIVER = "driver"  # signed in by phone and code
STAFF = "staff"  # any posting, second factor passed
INSIDER = "insider"  # loopback or a token
SIGNATURE = "signature"  # the SMS gateway signs its posts
DEMO = "demo"  # everyone, in the embedded demo only: production does not even route it
NOBODY: frozenset[str] = frozenset()
BUREAU = frozenset({Role.DESK, Role.DUTY, Role.SUPERVISOR, Role.DISCIPLINE})
WORKERS = HANDLING | BUREAU
FIGURES = HANDLING | BUREAU | {Role.LEADER}


@dataclass(frozen=True)
class Door:
    """`guard` is one of the words above or a set of roles; `one` marks a door to a single appeal, where the
    selector decides besides the role; `lead` one that only the unit which works on it may pass."""

    name: str
    guard: str | frozenset[str]
    kinds: str = ""
    one: bool = False
    lead: bool = False


def _doors(guard: str | frozenset[str], kinds: str, *names: str, **more: bool) -> list[Door]:
    return [Door(name, guard, kinds, **more) for name in names]


PEOPLE_KEEPERS = frozenset({Role.SYSTEM, Role.SECURITY, Role.AUDITOR})
RULES = frozenset({Role.DESK, Role.DUTY})
CLOCKS = frozenset({Role.DESK, Role.DUTY, Role.SUPERVISOR, Role.HEAD, Role.SYSTEM})
TEMPLATES = HANDLING | {Role.DESK, Role.SUPERVISOR}
API_MOVES = (
    "route_by_hand", "ask_decline", "decline", "refuse_decline", "accept", "assign_handler", "ask_hand_back",
    "grant_hand_back", "refuse_hand_back", "assign_finally", "progress", "note", "ask_driver",
    "ask_extension", "grant_extension", "refuse_extension", "submit_answer", "send_back_draft", "head_approve",
    "approve", "call_back", "reopen", "close", "reopen_closed", "reclassify", "add_accused", "remove_accused", "recuse",
)  # fmt: skip

DOORS: tuple[Door, ...] = (
    *_doors(EVERYONE, "", "home", "me", "weather", "healthz"),
    *_doors(INSIDER, "v", "readyz", "metrics"),
    *_doors(
        EVERYONE, "", "appeals:new", "appeals:where", "appeals:who", "appeals:photos", "appeals:phone", "appeals:check",
        "appeals:upload", "appeals:discard", "appeals:leave", "appeals:track",
    ),
    *_doors(BROWSER, "h", "appeals:draft-photo", "appeals:added-photo"),
    *_doors(BROWSER, "g", "appeals:receipt", "appeals:receipt-qr", "appeals:receipt-picture", one=True),
    *_doors(
        HOLDER, "gl", "appeals:view", "appeals:nudge", "appeals:rate", "appeals:add", "appeals:withdraw", "appeals:again",
        "appeals:accuse",
        one=True,
    ),
    *_doors(EVERYONE, "g", "appeals:mine"),  # his own, or how to sign in
    *_doors(
        EVERYONE, "", "accounts:driver", "accounts:staff", "accounts:sign_out", "accounts:care", "accounts:theme",
        "admin:logout", "admin:signed_out",
    ),
    *_doors(
        MIDWAY, "", "accounts:driver_code", "accounts:staff_code", "accounts:staff_factor", "accounts:staff_factor_picture",
        "accounts:staff_recovery_noted", "accounts:staff_password",
    ),
    *_doors(DEMO, "", "accounts:demo"),
    *_doors(DRIVER, "", "accounts:sessions"),
    *_doors(STAFF, "", "accounts:staff_again", "admin:login"),  # others are led to the sign-in
    *_doors(STAFF, "g", "admin:index", "admin:find"),
    *_doors(STAFF, "", "admin:"),
    *_doors(NOBODY, "", "admin:autocomplete"),  # no form of ours asks it
    *_doors(STAFF, "", "admin:notices"),
    *_doors(frozenset({Role.DESK, Role.DUTY}), "g", "admin:notices_trouble"),
    *_doors(frozenset({Role.SYSTEM}), "v", "admin:notices_holds"),
    *_doors(WORKERS | {Role.CALL_BACK}, "gd", "admin:appeals_list"),
    *_doors(WORKERS | {Role.CALL_BACK}, "ghijk", "admin:appeals_one", "admin:appeals_act", one=True),
    *_doors(WORKERS | {Role.CALL_BACK}, "h", "admin:appeals_photo", one=True),
    *_doors(HANDLING, "j", "admin:appeals_draft", "api:handle_draft", one=True, lead=True),
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
    *_doors(NOBODY, "ru", "admin:accounts_posting_add", "admin:accounts_unit_add", "admin:accounts_auditline_add"),
    *_doors(NOBODY, "ru", "admin:accounts_posting_change", "admin:accounts_auditline_change"),
    *_doors(PEOPLE_KEEPERS, "u", "admin:accounts_person_change", "admin:accounts_unit_change"),
    *_doors(CLOCKS, "v", "admin:appeals_clockrule_change"),
    *_doors(TEMPLATES, "v", "admin:appeals_replytemplate_change"),
    *_doors(FIGURES, "s", "dashboards:index", "dashboards:rows"),
    *_doors(frozenset({Role.LEADER}), "s", "dashboards:register", "dashboards:register_rows"),
    *_doors(EVERYONE, "", "api:schema", "api:docs", "api:choices", "api:file", "api:track"),
    *_doors(DRIVER, "g", "api:mine"),
    *_doors(
        HOLDER, "gl", "api:photos", "api:accuse", "api:nudge", "api:material", "api:reply", "api:withdraw", "api:rate", "api:reopen",
        one=True,
    ),
    *_doors(WORKERS | {Role.CALL_BACK}, "gd", "api:handle", "api:handle_choices"),
    *_doors(WORKERS | {Role.CALL_BACK}, "ghijk", "api:handle_one", "api:handle_photo", one=True),
    *_doors(WORKERS | {Role.CALL_BACK}, "ghijk", *(f"api:handle_{move}" for move in API_MOVES), one=True),
    *_doors(SIGNATURE, "", "notices-api:receipts"),
    *_doors(DEMO, "", "notices:demo_outbox"),
)  # fmt: skip


@dataclass(frozen=True)
class Command:
    """What the operator may do at the machine itself; none has a door in the web. `act`: the audit line of one
    that changes rows, written as the operator's; "" for one that only reads or works in a place of its own.
    `demo`: the embedded demo only, production refuses it."""

    name: str
    act: str = ""
    demo: bool = False


COMMANDS: tuple[Command, ...] = (
    Command("explain_due"),
    Command("list_moves"),
    Command("route_text"),
    Command("verify_audit"),
    Command("bench"),  # in a scratch installation
    Command("sweep", act="command.sweep"),
    Command("outbox", act="notices.hold_ended"),
    Command("rebuild_facts", act="command.rebuild_facts"),
    Command("rotate_keys", act="command.rotate_keys"),
    Command("import_census", act="census.upload"),
    Command("import_union", act="union.upload"),
    Command("load_demo", act="demo.load", demo=True),
    Command("serve", act="demo.load", demo=True),  # what it changes, it changes through load_demo
)
