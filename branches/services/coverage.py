"""Who covers what, and the branches themselves: an eleventh or another host takes rows, never code."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Place, Unit
from accounts.rules.viewer import Viewer
from accounts.services import audit, units
from branches import registry
from branches.models import Branch, Coverage
from branches.rules.coverage import KINDS, PLACE
from branches.selectors.coverage import hosts_for
from branches.selectors.scope import is_committee
from common import clock
from common.errors import DomainError, NotThere

MAX_NAME = 60


@transaction.atomic
def cover(*, branch: Branch, kind: str, key: str, by: Viewer, now: datetime) -> Coverage:
    """A place, an enterprise or a trade falls to a branch from today on. Two branches are an overlap: seen, not refused.

    Raises NotThere, DomainError."""
    _must_be_committee(by)
    key = key.strip()[:40]
    if kind not in KINDS or not key:
        raise DomainError(_("请选要管的镇街、企业或者行业"), field="key")
    if kind == PLACE and not Place.objects.filter(code=key).exists():
        raise DomainError(_("没有这个镇街"), field="key")
    known = registry.keys_of(kind)
    if known and key not in {each.key for each in known}:
        raise DomainError(_("信息库里没有这一家或者这一行"), field="key")
    if branch.ended_on is not None:
        raise DomainError(_("这个支部已经撤销了"), field="branch")
    if Coverage.objects.filter(branch=branch, kind=kind, key=key, until=None).exists():
        raise DomainError(_("这个支部已经在管它了"), field="branch", code="already")
    one = Coverage.objects.create(branch=branch, kind=kind, key=key, since=clock.today(now))
    audit.write(act="coverage.cover", by=by, about=one, new={"branch": branch.pk, "kind": kind, "key": key}, now=now)
    return one


@transaction.atomic
def uncover(*, coverage: Coverage, by: Viewer, now: datetime) -> Coverage:
    """It falls to this branch no longer; what nobody covers then is listed as a gap. Raises NotThere."""
    _must_be_committee(by)
    one = Coverage.objects.select_for_update().filter(pk=coverage.pk, until=None).first()
    if one is None:
        raise NotThere
    one.until = max(clock.today(now), one.since)
    one.save(update_fields=["until"])
    audit.write(
        act="coverage.uncover", by=by, about=one, old={"branch": one.branch_id, "kind": one.kind, "key": one.key}, now=now
    )
    return one


@transaction.atomic
def found(*, name: str, host: Unit, by: Viewer, now: datetime) -> Branch:
    """A new branch: its unit under the host squad, and the branch itself. It covers nothing until `cover` is called.

    Three full members form a branch (rules.size warns until they are placed). Raises NotThere, DomainError."""
    _must_be_committee(by)
    _host(host, by)
    name = name.strip()
    if not 4 <= len(name) <= MAX_NAME:
        raise DomainError(_("写上支部的全名"), field="name")
    if Unit.objects.filter(name=name, is_active=True).exists():
        raise DomainError(_("已经有叫这个名字的支部了"), field="name", code="already")
    unit = units.make_branch(name=name, host=host, by=by, now=now)
    branch = Branch.objects.create(unit=unit, founded_on=clock.today(now))
    audit.write(act="branch.found", by=by, about=branch, new={"unit": unit.code, "host": host.code}, now=now)
    return branch


@transaction.atomic
def move_host(*, branch: Branch, host: Unit, by: Viewer, now: datetime) -> Branch:
    """Another squad hosts the branch from now on; recusal follows the tree at once. Coverage stays: people settle it.

    Raises NotThere, DomainError."""
    _must_be_committee(by)
    one = Branch.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=branch.pk, ended_on=None).first()
    if one is None:
        raise NotThere
    _host(host, by)
    if one.unit.parent_id == host.pk:
        raise DomainError(_("现在就是依托这个中队"), field="host", code="already")
    old = one.unit.parent_id
    units.move_branch(unit=one.unit, host=host, by=by, now=now)
    audit.write(act="branch.host", by=by, about=one, old={"host": old}, new={"host": host.pk}, now=now)
    return one


def _must_be_committee(by: Viewer) -> None:
    if not is_committee(by):
        raise NotThere


def _host(host: Unit, by: Viewer) -> None:
    if not hosts_for(by).filter(pk=host.pk).exists():
        raise DomainError(_("支部要依托一个执法中队"), field="host")
