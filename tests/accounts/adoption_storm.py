"""Run as a program: one driver taps four times at once; prints what came of it."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

from tests.accounts.code_storm import _at_once
from tests.members.books import resident_id

NOW = datetime(2026, 11, 23, 9, 50, tzinfo=UTC)
PHONE, NAME, ID = "13812345679", "李大路", resident_id(7)


def storm() -> str:
    """Four posts with the right proof: one joins, the others hear that it is done."""
    from accounts.models import AuditLine, Person
    from accounts.services import adoption, people

    people.make_person(now=NOW, name=NAME, phone=PHONE, id_number=ID)
    account = people.prove_phone(phone=PHONE, now=NOW).person
    came = _at_once(4, lambda: f"joined {adoption.adopt(account=account, name=NAME, id_tail=ID[-6:], now=NOW).pk != account.pk}")
    lines = AuditLine.objects.filter(act="person.adopted").count()
    alive = Person.objects.filter(phone_index=account.phone_index, is_active=True).count()
    return f"{came.count('joined True')} joined, {came.count('Stale')} stale, {lines} line, {alive} alive"


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "hongyun.settings"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    sys.stdout.write(storm() + "\n")
