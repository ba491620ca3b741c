"""What the figures stand on: staff, and as many appeals as a figure wants."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from accounts.models import Person, Posting, Unit
from accounts.rules.roles import Role
from appeals.models import Appeal
from common import clock

STAFF = {
    "handler": ("transport", Role.HANDLER),
    "second": ("transport", Role.HANDLER),
    "head": ("transport", Role.HEAD),
    "legal": ("legal", Role.HANDLER),
    "legal_head": ("legal", Role.HEAD),
    "desk": ("desk", Role.DESK),
    "duty": ("duty", Role.DUTY),
    "supervisor": ("office", Role.SUPERVISOR),
    "call_back": ("callback", Role.CALL_BACK),
    "leader": ("bureau", Role.LEADER),
    "squad": ("squad-03", Role.SQUAD_HANDLER),
}


def fill(*, people: bool = False, appeals: int = 0) -> None:
    """Make staff once, and appeals up to this number."""
    now = clock.now()
    if people and not Person.objects.filter(login="bench-handler").exists():
        units = {unit.code: unit for unit in Unit.objects.all()}
        for slug, (code, role) in STAFF.items():
            person = Person.objects.create(login=f"bench-{slug}", name=f"试 {slug}", joined_at=now)
            Posting.objects.create(
                person=person, unit=units[code], role=role, starts_at=now - timedelta(days=400)
            )
    missing = appeals - Appeal.objects.count()
    if missing > 0:
        from hongyun.bench_data import make_appeals

        # A thousand over two years leaves a handler four open ones: few appeals lie close together, so that his list is full.
        packed = {"days": 90, "open_share": 0.3} if appeals <= 1_000 else {}
        make_appeals(missing, now=now, **packed)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:  # what autovacuum does within a minute: the planner knows the facts
                cursor.execute("ANALYZE")


def person_of(slug: str) -> Person:
    return Person.objects.get(login=f"bench-{slug}")


def signed_in_cookie(person: Person) -> str:
    """The key of a session in which this person is signed in with the second factor."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "accounts.backends.StaffBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session["account_authentication_methods"] = [{"method": "password"}, {"method": "mfa", "type": "totp"}]
    session.save()
    return session.session_key
