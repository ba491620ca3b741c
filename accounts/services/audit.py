"""Write, seal and verify the audit log.

ASVS 5.0 V16, GB/T 22239-2019 安全审计: each act of each user, protected against change.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction

from accounts.models import AuditHead, AuditLine
from accounts.rules.viewer import Viewer
from common import clock
from common.masks import scrub

SEAL_BATCH = 1000


def write(
    *,
    act: str,
    now: datetime,
    by: Viewer | None = None,
    about: models.Model | tuple[str, str] | None = None,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    reason: str = "",
    actor_word: str = "",
) -> AuditLine:
    """One line, in the caller's transaction. Values are scrubbed: no clear phone, ID or plate gets in."""
    kind, pk = _about(about)
    return AuditLine.objects.create(
        at=now,
        actor_id=by.person_id if by else None,
        actor_word=actor_word or ("" if by and by.person_id else "driver"),
        act=act,
        about_kind=kind,
        about_pk=pk,
        old=_clean(old),
        new=_clean(new),
        reason=scrub(reason)[:300],
    )


def _about(about: models.Model | tuple[str, str] | None) -> tuple[str, str]:
    if about is None:
        return "", ""
    if isinstance(about, tuple):
        return about[0], str(about[1])
    return about._meta.label_lower, str(about.pk)


def _clean(values: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        key: scrub(value)[:500] if isinstance(value, str) else value if isinstance(value, int | float | bool | None) else str(value)
        for key, value in (values or {}).items()
    }


def _mac(previous: str, line: AuditLine, seq: int) -> str:
    body = json.dumps(
        [
            previous, seq, line.pk, line.at.astimezone(clock.UTC).isoformat(), line.actor_id, line.actor_word, line.act,
            line.about_kind, line.about_pk, line.old, line.new, line.reason,
        ],
        ensure_ascii=False, sort_keys=True,
    )  # fmt: skip
    return hmac.new(settings.AUDIT_KEY.encode(), body.encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def seal(*, now: datetime) -> int:
    """Chain every unsealed line, in order. Returns how many. Two sealers: the second waits or finds none."""
    last = AuditLine.objects.filter(seq__isnull=False).select_for_update().order_by("-seq").first()
    seq, previous = (last.seq, last.mac) if last else (0, "")
    lines = list(AuditLine.objects.filter(seq=None).select_for_update().order_by("id")[:SEAL_BATCH])
    for line in lines:
        seq += 1
        line.seq, line.mac = seq, _mac(previous, line, seq)
        previous = line.mac
    AuditLine.objects.bulk_update(lines, ["seq", "mac"])
    if lines:
        AuditHead.objects.update_or_create(
            day=clock.today(now), defaults={"seq": seq, "mac": previous, "made_at": now}
        )
    return len(lines)


def first_broken() -> str:
    """What is wrong with the chain, naming the first bad line; "" when it holds."""
    seq, previous = 0, ""
    heads = {head.seq: head for head in AuditHead.objects.all()}
    for line in AuditLine.objects.filter(seq__isnull=False).order_by("seq").iterator(chunk_size=2000):
        if line.seq != seq + 1:
            return f"line {seq + 1} is missing before line {line.seq} (row {line.pk})"
        seq = line.seq
        if not hmac.compare_digest(line.mac, _mac(previous, line, seq)):
            return f"line {seq} (row {line.pk}, act {line.act}) was changed"
        previous = line.mac
        head = heads.pop(seq, None)
        if head and head.mac != previous:
            return f"line {seq} does not fit the head of {head.day}"
    if heads:
        cut = min(heads)
        return f"line {cut} is missing: the head of {heads[cut].day} names it"
    return ""
