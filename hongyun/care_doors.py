"""The fourth part of the table of doors: packs and points, money and visits.

tests/house/test_care_doors.py walks each row as each role; a route that stands in no part fails the build.
"""

from __future__ import annotations

from accounts.rules.roles import Role
from hongyun.doors import DRIVER, EVERYONE, Door

KEEPERS = frozenset({Role.UNION, Role.STATION, Role.SECRETARY})  # who keeps which points, the selector decides

LEDGER = frozenset({Role.UNION, Role.CASHIER, Role.APPROVER})  # who answers for it


def _doors(guard: str | frozenset[str], kinds: str, *names: str, one: bool = False) -> tuple[Door, ...]:
    return tuple(Door(name, guard, kinds, one=one) for name in names)


NOMINATORS = frozenset({Role.UNION, Role.SECRETARY})
DECIDERS = frozenset({Role.APPROVER, Role.CASHIER})
PAYERS = frozenset({Role.CASHIER, Role.UNION})
UNION = frozenset({Role.UNION})
APPLICATION = ("asked", "withdraw", "receipt", "ask_for")
PEOPLE_DOORS: tuple[Door, ...] = (  # applications, money, insurance, visits, a driver's own page
    *_doors(EVERYONE, "m", "care:mine", "care:ask"),  # what may be asked for, how to begin, or one's own
    *_doors(DRIVER, "m", *(f"care:{name}" for name in APPLICATION), one=True),  # whom it is for, or who asked for him
    *_doors(DECIDERS | NOMINATORS, "am", "admin:care_applications"),
    *_doors(DECIDERS | NOMINATORS, "abm", "admin:care_application", one=True),
    *_doors(frozenset({Role.APPROVER}), "m", "admin:care_paper", one=True),
    *_doors(NOMINATORS, "abm", "admin:care_nominate"),
    *_doors(PAYERS | {Role.APPROVER}, "an", "admin:care_money"),
    *_doors(PAYERS, "an", "admin:care_money_file", one=True),  # only to whoever asked, once
    *_doors(UNION, "n", "admin:care_policies"),
    *_doors(UNION, "abm", "admin:care_policy", "admin:care_insured", one=True),
    *_doors(NOMINATORS, "am", "admin:care_visits", "admin:care_visit_new"),
    *_doors(NOMINATORS, "abm", "admin:care_visit", one=True),  # of the unit that went
    *_doors(DRIVER, "m", "care-api:care_mine", "care-api:care_ask"),
    *_doors(DRIVER, "m", "care-api:care_withdraw", "care-api:care_sign", one=True),
    *_doors(DECIDERS | NOMINATORS, "am", "care-api:care_applications"),
    *_doors(DECIDERS, "am", "care-api:care_read", one=True),
    *_doors(frozenset({Role.APPROVER}), "m", "care-api:care_approve", "care-api:care_refuse", one=True),
    *_doors(frozenset({Role.CASHIER}), "m", "care-api:care_pay", one=True),
    *_doors(PAYERS | {Role.APPROVER}, "n", "care-api:care_funds"),
    *_doors(UNION, "n", "care-api:care_fund_set_up", "care-api:care_policies", "care-api:care_policy_found"),
    *_doors(frozenset({Role.CASHIER}), "n", "care-api:care_fund_put_in", one=True),
    *_doors(PAYERS, "an", "care-api:care_payments"),
    *_doors(UNION, "abm", "care-api:care_policy_insure", one=True),
    *_doors(NOMINATORS, "am", "care-api:care_visits", "care-api:care_visit_plan"),
    *_doors(NOMINATORS, "am", "care-api:care_visit_record", one=True),
)
GOODS_DOORS: tuple[Door, ...] = (  # campaigns, stock, issuing
    *_doors(EVERYONE, "n", "care-api:care_campaigns", "care-api:care_points", "care-api:care_stock"),  # what there is, is public
    *_doors(KEEPERS, "abn", "care-api:care_issue", "care-api:care_replay"),
    *_doors(EVERYONE, "", "care:issue-worker"),  # a script, the same for all
    *_doors(DRIVER, "a", "care:card", "care:card-qr"),  # one's own
    *_doors(KEEPERS, "abn", "care:issue"),
    *_doors(KEEPERS, "abn", "care:issue-point", one=True),
    *_doors(KEEPERS | LEDGER, "n", "admin:care_campaigns", "admin:care_campaign", "admin:care_stock"),  # numbers and rules: public
    *_doors(KEEPERS | LEDGER, "abn", "admin:care_issued"),  # of the points he keeps; all for who answers for the ledger
    *_doors(KEEPERS, "n", "admin:care_point", "admin:care_point_ledger", one=True),
    *_doors(KEEPERS, "abn", "admin:care_give_back", one=True),
    *_doors(frozenset({Role.UNION}), "n", "admin:care_points", "admin:care_point_change"),
    *_doors(LEDGER, "n", "admin:care_ledger"),
    *_doors(LEDGER | {Role.LEADER}, "ns", "admin:care_balance"),
)
CARE_DOORS = GOODS_DOORS + PEOPLE_DOORS
