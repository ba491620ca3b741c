"""Walk every door: all routes of the resolver, as anybody of the cast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Person


@dataclass(frozen=True)
class Route:
    """One route: its pattern as text, its name with namespaces, the names of its arguments."""

    pattern: str
    name: str
    arguments: tuple[str, ...]


def routes(resolver: URLResolver | None = None, prefix: str = "", spaces: tuple[str, ...] = ()) -> Iterator[Route]:
    """Every route that the process answers."""
    for entry in (resolver or get_resolver()).url_patterns:
        text = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = (*spaces, entry.namespace) if entry.namespace else spaces
            yield from routes(entry, text, inner)
        elif isinstance(entry, URLPattern):
            name = ":".join((*spaces, entry.name or ""))
            yield Route(text, name, tuple(entry.pattern.converters) or tuple(entry.pattern.regex.groupindex))


def plain_paths() -> list[str]:
    """Paths of every route that needs no argument."""
    return sorted({"/" + route.pattern.replace("^", "").replace("$", "") for route in routes() if not route.arguments})


def doors_for_staff() -> list[str]:
    """Paths without arguments that a signed-in person may try, but those that sign in or out."""
    skip = ("/accounts/", "/metrics", "/readyz", "/api/v1/schema", "/api/v1/docs", "/admin/jsi18n", "/admin/logout")
    return [path for path in plain_paths() if not path.startswith(skip) and "(?P" not in path]


def signed_in(person: Person | None, *, second_factor: bool = True) -> Client:
    """A browser in which this person is signed in, second factor passed."""
    client = Client(headers={"user-agent": "walk"})
    if person is None:
        return client
    client.force_login(person, backend="accounts.backends.StaffBackend")
    session = client.session
    if second_factor and person.login:
        session["account_authentication_methods"] = [{"method": "password"}, {"method": "mfa", "type": "totp"}]
    session.save()
    return client
