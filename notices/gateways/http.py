"""The one door to other hosts: a closed list, addresses looked at before the connection, no redirects.

ASVS 5.0 15.3.2 and SSRF: a name is resolved once, what it resolves to is judged, and that very address is
connected to. Loopback and private addresses must stand in the list themselves.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 10.0
MOST_BYTES = 64 * 1024


class NotAllowed(Exception):
    """The address may not be called at all."""


class NotReached(Exception):
    """No connection, or no trustworthy one: nothing was sent."""


class NoAnswer(Exception):
    """The request left, and no whole answer came back in time."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


def post(
    url: str,
    body: bytes,
    *,
    headers: Mapping[str, str],
    hosts: Collection[str],
    plain_on_loopback: bool = False,
    connect_seconds: float = CONNECT_SECONDS,
    answer_seconds: float = ANSWER_SECONDS,
) -> Answer:
    """POST `body`. Redirects are answers like any other and never followed.

    `plain_on_loopback` lets http:// through to 127.0.0.1 (demo and tests). Raises NotAllowed, NotReached,
    NoAnswer."""
    parts = urlsplit(url)
    host, port = _allowed(parts, hosts, plain_on_loopback)
    address = _judged(host, port, hosts)
    connection = _connect(parts.scheme, host, port, address, connect_seconds)
    path = parts.path or "/"
    try:
        return _exchange(connection, f"{path}?{parts.query}" if parts.query else path, body, headers, answer_seconds)
    finally:
        connection.close()


def _allowed(parts, hosts: Collection[str], plain_on_loopback: bool) -> tuple[str, int]:
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise NotAllowed("bad port") from None
    if host not in hosts:
        raise NotAllowed("host is not in the list")
    plain = parts.scheme == "http" and plain_on_loopback and host == "127.0.0.1"
    if parts.scheme != "https" and not plain:
        raise NotAllowed("https only")
    if parts.username or parts.password:
        raise NotAllowed("no credentials in an address")
    return host, port or (80 if plain else 443)


def _judged(host: str, port: int, hosts: Collection[str]) -> tuple:
    """The first resolved address, when every one of them may be called: one bad one spoils the name."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotReached("name not found") from None
    for *_, address in found:
        ip = ipaddress.ip_address(str(address[0]).partition("%")[0])
        ip = getattr(ip, "ipv4_mapped", None) or ip
        if (not ip.is_global or ip.is_multicast) and str(ip) not in hosts:
            raise NotAllowed("an inner address that is not in the list")
    return found[0]


def _connect(scheme: str, host: str, port: int, found: tuple, seconds: float) -> http.client.HTTPConnection:
    family, kind, protocol, _name, address = found
    plug = socket.socket(family, kind, protocol)
    plug.settimeout(seconds)
    try:
        plug.connect(address)
        if scheme == "https":
            plug = ssl.create_default_context().wrap_socket(plug, server_hostname=host)
    except OSError as error:  # ssl.SSLError is one: a bad certificate sends nothing
        plug.close()
        raise NotReached(type(error).__name__) from None
    connection = http.client.HTTPConnection(host, port)
    connection.sock = plug
    return connection


def _exchange(connection, path: str, body: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
    """One deadline for everything: a server that drips a byte now and then does not hold us."""
    plug = connection.sock
    plug.settimeout(seconds)
    guard = threading.Timer(seconds, _cut, [plug])
    guard.daemon = True
    guard.start()
    try:
        connection.request("POST", path, body=body, headers=dict(headers))
        response = connection.getresponse()
        data = response.read(MOST_BYTES + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer(type(error).__name__) from None
    finally:
        guard.cancel()
    if len(data) > MOST_BYTES:
        raise NoAnswer("answer too long")
    return Answer(response.status, data)


def _cut(plug: socket.socket) -> None:
    try:
        plug.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it is over already
