"""The other half of the table of doors: the register, branches, zones and the union.

`one`: a door to a single row, where the selector decides besides the role. tests/house/test_register_doors.py walks
each row as each role; a route that stands in neither half fails the build.
"""

from __future__ import annotations

from accounts.rules.roles import Role
from hongyun.doors import DRIVER, EVERYONE, Door

REGISTRAR = frozenset({Role.REGISTRAR})
SECRETARY = frozenset({Role.SECRETARY})
UNION = frozenset({Role.UNION})
IMPORTERS = frozenset({Role.REGISTRAR, Role.UNION})
BEHALF = ("", "-what", "-where", "-who", "-photos", "-phone", "-check", "-upload", "-photo", "-discard", "-receipt")
COMMITTEE_ACTS = ("hosts", "found", "host", "cover", "uncover")
ZONES = ("s", "_figures", "_propose", "_accept_all", "_waiting", "_seat")
SEAT_ACTS = ("move", "end", "agreed")
UPLOAD_ACTS = ("answer", "confirm", "drop", "undo")
MEMBER_ACTS = ("contact", "kind", "prolong", "place", "group", "leave")
CLAIM_ACTS = ("proof", "verify", "refuse", "place", "assign", "reach")


def _doors(guard: str | frozenset[str], kinds: str, *names: str, one: bool = False) -> tuple[Door, ...]:
    return tuple(Door(name, guard, kinds, one=one) for name in names)


REGISTER_DOORS: tuple[Door, ...] = (
    *_doors(EVERYONE, "", "members:find"),  # how to begin, or one's own form
    *_doors(DRIVER, "abcde", "members:data", "members:copy", "members:register"),  # one's own alone
    *_doors(DRIVER, "e", "members:claim", "members:proof", "members:withdraw", "members:again", one=True),
    *_doors(SECRETARY, "abe", "admin:members_claims"),
    *_doors(SECRETARY, "abe", "admin:members_claim", "admin:members_claim_proof", one=True),
    *_doors(REGISTRAR | SECRETARY, "abd", "admin:members_drivers"),
    *_doors(REGISTRAR | SECRETARY, "abcd", "admin:members_driver", one=True),
    *_doors(REGISTRAR, "ab", "admin:members_data_requests"),
    *_doors(IMPORTERS, "t", "admin:members_uploads"),
    *_doors(IMPORTERS, "abdt", "admin:members_upload", one=True),
    *_doors(IMPORTERS, "abcdt", "admin:members_upload_remarks", one=True),  # only to whoever handed it in
    *_doors(REGISTRAR, "ad", "admin:members_conflicts", "admin:members_coverage", "admin:members_headers"),
    *_doors(REGISTRAR | SECRETARY, "abde", "admin:members_exports"),
    *_doors(REGISTRAR | SECRETARY, "abde", "admin:members_export_file", one=True),  # only to whoever asked, once
    *_doors(SECRETARY, "abe", "admin:branches_members", "admin:branches_transfers"),
    *_doors(SECRETARY, "e", "admin:branches_mine", "admin:branches_overview", "admin:branches_coverage", "admin:branches_terms"),
    *_doors(SECRETARY, "abce", "admin:branches_one", "admin:branches_member", "admin:branches_act", "admin:branches_reveal", one=True),
    *_doors(SECRETARY, "ade", "admin:members_zones", "admin:members_waiting"),
    *_doors(SECRETARY, "ade", "admin:members_zone", one=True),
    *_doors(DRIVER, "abde", "members:five", "members:one_of_five", "members:let_go", one=True),  # a member, his own five
    # the same member, for one of them who lets him speak: what he wrote and how far it is
    *_doors(DRIVER, "agh", *(f"appeals:for{page}" for page in BEHALF), one=True),
    *_doors(DRIVER, "abe", "members:contact", "members:contact_change", one=True),  # a driver, his own contact
    *_doors(EVERYONE, "", "members:union"),  # how to begin, or one's own request
    *_doors(DRIVER, "abp", "members:union_withdraw", one=True),
    *_doors(UNION, "abp", "admin:members_union", "admin:members_joins", "admin:members_left_out"),
    *_doors(UNION, "abp", "admin:members_join", "admin:members_union_one", one=True),
    *_doors(UNION | REGISTRAR, "abp", "admin:members_missing"),
    *_doors(UNION | REGISTRAR, "abp", "admin:members_missing_one", one=True),  # the keeper: those handed to him
    *_doors(UNION | REGISTRAR, "abdp", "admin:members_enterprises", "admin:members_employers"),
    *_doors(UNION | REGISTRAR, "abdp", "admin:members_enterprise", one=True),
    *_doors(REGISTRAR, "abcd", "admin:members_duplicates"),
    *_doors(REGISTRAR | SECRETARY, "abd", "members-api:drivers", "members-api:drivers_search"),
    *_doors(REGISTRAR | SECRETARY, "abcd", "members-api:driver", one=True),
    *_doors(REGISTRAR, "abcd", "members-api:driver_state", "members-api:driver_correct", one=True),
    *_doors(SECRETARY, "abe", "members-api:claims"),
    *_doors(SECRETARY, "abe", "members-api:claim", *(f"members-api:claim_{act}" for act in CLAIM_ACTS), one=True),
    *_doors(DRIVER, "e", "members-api:claim_mine", "members-api:claim_open"),
    *_doors(DRIVER, "e", "members-api:claim_withdraw", "members-api:claim_contest", "members-api:claim_own_proof", one=True),
    *_doors(DRIVER, "abcde", "members-api:me_data", "members-api:data_request", "members-api:consent_withdraw"),
    *_doors(DRIVER, "abde", "members-api:five", "members-api:five_one", "members-api:five_note", one=True),  # a member, his own five
    *_doors(DRIVER, "e", "members-api:identity", "members-api:identity_shown", one=True),  # the same member: his own badge
    *_doors(DRIVER, "abe", "members-api:contact", "members-api:contact_change", one=True),  # a driver, his own contact
    *_doors(SECRETARY, "ade", "members-api:zone_proposals"),
    *_doors(SECRETARY, "ade", *(f"members-api:zone{what}" for what in ZONES)),
    *_doors(SECRETARY, "ade", "members-api:zone", *(f"members-api:zone_{act}" for act in SEAT_ACTS), one=True),
    *_doors(SECRETARY, "ade", "members-api:zone_accept", "members-api:zone_decline", one=True),
    *_doors(IMPORTERS, "t", "members-api:uploads"),
    *_doors(IMPORTERS, "t", "members-api:upload", one=True),
    *_doors(IMPORTERS, "abdt", "members-api:upload_rows", "members-api:upload_confirmers", "members-api:upload_ask", one=True),
    *_doors(IMPORTERS, "abcdt", "members-api:upload_remarks", one=True),  # only to whoever handed it in
    *_doors(REGISTRAR, "t", "members-api:upload_headers", "members-api:upload_header_forget"),
    *_doors(REGISTRAR, "ad", "members-api:conflicts", "members-api:conflict_decide"),
    *_doors(REGISTRAR | SECRETARY, "abde", "members-api:exports", "members-api:exports_waiting", "members-api:export_ask"),
    *_doors(REGISTRAR | SECRETARY, "abde", "members-api:export", "members-api:export_decide", "members-api:export_file", one=True),
    *_doors(SECRETARY, "abe", "branches-api:branches", "branches-api:transfers", "branches-api:transfer_ask", "branches-api:coverage"),
    *_doors(SECRETARY, "abe", "branches-api:branch_members", one=True),
    *_doors(SECRETARY, "ae", *(f"branches-api:transfer_{act}" for act in ("give", "take", "refuse")), one=True),
    *_doors(IMPORTERS, "abdt", "members-api:upload_hand_in"),
    *_doors(IMPORTERS, "abdt", *(f"members-api:upload_{act}" for act in UPLOAD_ACTS), one=True),
    *_doors(UNION, "abp", "members-api:union_members", "members-api:union_search", "members-api:union_hand_over", "members-api:joins"),
    *_doors(UNION, "abp", "members-api:union_left_out"),
    *_doors(UNION, "abp", "members-api:join_accept", "members-api:join_refuse", "members-api:union_leave", "members-api:union_stays", one=True),
    *_doors(UNION | REGISTRAR, "abp", "members-api:union_missing"),
    *_doors(UNION | REGISTRAR, "abp", "members-api:union_missing_note", one=True),  # the keeper: those handed to him
    *_doors(DRIVER, "abp", "members-api:join_mine", "members-api:join_ask"),
    *_doors(DRIVER, "abp", "members-api:join_withdraw", one=True),
    *_doors(UNION | REGISTRAR, "abdp", "members-api:enterprises", "members-api:employers", "members-api:employer_settle"),
    *_doors(UNION | REGISTRAR, "dp", *(f"members-api:employer_{act}" for act in ("pairs", "pair_settle", "decisions", "pair_back"))),
    *_doors(REGISTRAR, "d", "members-api:census_coverage"),
    *_doors(UNION | REGISTRAR, "abdp", "members-api:employers_settled", "members-api:employer_back"),
    *_doors(UNION | REGISTRAR, "abdp", "members-api:enterprise", "members-api:enterprise_name", one=True),
    *_doors(REGISTRAR, "abcd", "members-api:duplicates", "members-api:duplicates_look", "members-api:duplicate_decide"),
    *_doors(REGISTRAR, "ab", "members-api:data_requests"),
    *_doors(REGISTRAR, "ab", "members-api:data_request_answer", one=True),
    *_doors(DRIVER, "abde", "members-api:five_let_go", "members-api:five_agreed", one=True),  # a member, his own five
    *_doors(DRIVER, "abe", "members-api:contact_want", "members-api:consent_give", one=True),  # a driver, his own contact
    *_doors(DRIVER, "abc", "members-api:me_register", "members-api:me_register_match"),
    # the committee's secretary alone
    *_doors(SECRETARY, "abe", "admin:members_twice", "members-api:members_twice", one=True),
    *_doors(SECRETARY, "e", *(f"branches-api:branch_{act}" for act in COMMITTEE_ACTS), one=True),
    *_doors(SECRETARY, "abe", "branches-api:members", "branches-api:members_search"),
    *_doors(SECRETARY, "abce", "branches-api:member", *(f"branches-api:member_{act}" for act in MEMBER_ACTS), one=True),
    *_doors(SECRETARY, "ae", "branches-api:groups", "branches-api:group_make", "branches-api:group_end"),
    *_doors(SECRETARY, "ae", "branches-api:terms", "branches-api:terms_posted", "branches-api:term_elect", "branches-api:term_end"),
)
