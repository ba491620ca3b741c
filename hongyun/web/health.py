"""Alive, able to serve, and figures for a monitor. The last two answer loopback or a token only."""

from __future__ import annotations

import hmac
import ipaddress

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpResponse, JsonResponse

from appeals.selectors.health import backlog
from common import clock
from notices.selectors.health import outbox_depth

SPARED = frozenset({"broker"})  # without it the portal serves; what waits is found by the sweep once it is back
PROXY_SAYS = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")


def _insider(request) -> bool:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(token.encode(), settings.METRICS_TOKEN.encode()):
        return True
    if any(request.headers.get(name) for name in PROXY_SAYS):
        return False  # came through a proxy: loopback is only the proxy's
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def healthz(request):
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def readyz(request):
    """Able to serve; says what is missing."""
    if not _insider(request):
        raise Http404
    missing = _missing()
    able = not set(missing) - SPARED
    return JsonResponse({"ready": able, "missing": missing}, status=200 if able else 503)


def _missing() -> list[str]:
    return [*_database(), *_broker()]


def _database() -> list[str]:
    try:
        executor = MigrationExecutor(connection)
        return ["migrations"] if executor.migration_plan(executor.loader.graph.leaf_nodes()) else []
    except DatabaseError:  # a monitor must hear which part it is, not that something broke
        return ["database"]


def _broker() -> list[str]:
    if not settings.REDIS_URL:
        return []
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.3, socket_connect_timeout=0.3) as client:
            client.ping()
        return []
    except redis.RedisError:
        return ["broker"]


def metrics(request):
    """Prometheus text: counts only, no names."""
    if not _insider(request):
        raise Http404
    now = clock.now()
    lines = []
    for name, value in {**backlog(now=now), **outbox_depth(now=now)}.items():
        lines += [f"# TYPE hongyun_{name} gauge", f"hongyun_{name} {value}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")
