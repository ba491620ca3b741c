"""Promises the database keeps against raw SQL too: the three administrators stay apart, the log stays as written.

GB/T 22239-2019 管理用户权限分离: who keeps the system, who grants rights and who reads the log are three
persons, and none of them holds any other posting at the same time.
"""

from django.db import migrations

from common.triggers import Trigger, run_triggers

_THREE = "('system', 'security', 'auditor')"
_OTHER = (
    "EXISTS (SELECT 1 FROM accounts_posting held WHERE held.person_id = NEW.person_id AND held.id <> COALESCE(NEW.id, 0)"
    " AND held.role <> NEW.role AND (held.ends_at IS NULL OR held.ends_at > NEW.starts_at)"
    " AND (NEW.ends_at IS NULL OR held.starts_at < NEW.ends_at)"
)
FORBIDDEN = (
    f"(NEW.role IN {_THREE} AND {_OTHER})) OR (NEW.role NOT IN {_THREE} AND {_OTHER} AND held.role IN {_THREE}))"
)
SAME_ACTOR = "COALESCE(NEW.actor_id, 0) = COALESCE(OLD.actor_id, 0) AND NEW.actor_word = OLD.actor_word"
SAME_BODY = "NEW.old = OLD.old AND NEW.new = OLD.new"

PROMISES = [
    Trigger("posting_separate_insert", "accounts_posting", "INSERT", "the three administrators stay apart", FORBIDDEN),
    Trigger("posting_separate_update", "accounts_posting", "UPDATE", "the three administrators stay apart", FORBIDDEN),
    Trigger(
        "audit_body_no_update", "accounts_auditline", "UPDATE", "the audit log is append-only",
        f"NOT ({SAME_ACTOR} AND {SAME_BODY})",
    ),
    Trigger(
        "audit_head_no_return", "accounts_audithead", "UPDATE", "the heads of the audit log only move on",
        "NEW.seq < OLD.seq OR NEW.day <> OLD.day",
    ),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_district")]
    operations = [run_triggers(PROMISES)]
