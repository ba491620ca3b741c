"""疑似重复: two rows that may be one human, masked side by side; merged, kept apart, taken apart again by the keeper."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import paging
from accounts.api.doors import RoleDoor, checked, told
from accounts.rules.roles import Role
from common import clock
from common.errors import NotThere
from members.admin.duplicates import side_of
from members.api import inputs
from members.api import union_outputs as outputs
from members.api.outline import with_lines
from members.models import Driver, Duplicate
from members.selectors import duplicates as selectors
from members.services import duplicates as services

TAG = "信息库"
ROLES = frozenset({Role.REGISTRAR})
NOT_THERE = "没有这一对，或者不归您定"
LABEL = Duplicate._meta.label_lower
VIEWS = {"open": selectors.open_duplicates, "merged": selectors.merged_duplicates, "apart": selectors.apart_duplicates}


class Duplicates(RoleDoor):
    roles = ROLES
    query = frozenset({*paging.QUERY, "view"})

    @told(
        "duplicates", TAG, "疑似重复", "手机和姓名一样，或者车牌和姓名一样，可能是同一个人。", {200: (paging.envelope(outputs.PairOut), "一页")},
        parameters=[OpenApiParameter("view", str, description="open 等着定的（默认），merged 合并了的，apart 分开的", enum=list(VIEWS)), *paging.PARAMETERS],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """One page of pairs."""
        view = request.query_params.get("view", "open")
        if view not in VIEWS:
            raise serializers.ValidationError({"view": [_("只能是：%s") % "、".join(VIEWS)]})
        drivers = with_lines(Driver.objects.all()).defer(None)
        rows = VIEWS[view](request.viewer).select_related("decided_by").prefetch_related(Prefetch("one", drivers), Prefetch("other", drivers))
        return paging.answer(request, rows, outputs.PairOut, _pair)


def _pair(row: Duplicate) -> dict[str, Any]:
    return {
        "pair": paging.sealed(row.pk, LABEL), "why": row.get_why_display(), "found_at": row.found_at,
        "lines": [
            {"word": word, "one": one, "other": other, "same": clear == other_clear}  # what is hidden is compared, not its mask
            for (word, one, clear), (_word, other, other_clear) in zip(side_of(row.one), side_of(row.other), strict=True)
        ],
        "merged": bool(row.merged) and row.undone_at is None, "decided_by": row.decided_by.name if row.decided_by else "", "decided_at": row.decided_at,
    }  # fmt: skip


class Look(RoleDoor):
    roles = ROLES

    @told("duplicates_look", TAG, "再找一遍重复", "把整个库看一遍；提过的不再提。", {200: (outputs.FoundOut, "找过了")}, takes=inputs.NothingIn)
    def post(self, request: Request) -> Response:
        """Look through the register."""
        checked(inputs.NothingIn, request)
        return Response(outputs.FoundOut({"found": services.propose(by=request.viewer, now=clock.now())}).data)


class DecidePair(RoleDoor):
    roles = ROLES

    @told(
        "duplicate_decide", TAG, "定一对重复", "合并时写留哪一条；合并了可以撤。别人先定了是 409。", {204: (None, "定了")}, takes=inputs.PairIn,
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Merge, keep apart, or take the merge back."""
        said, by, now = checked(inputs.PairIn, request), request.viewer, clock.now()
        rows = selectors.duplicates_for(by).select_related("one", "other")
        row = rows.filter(pk=paging.opened(said["pair"], LABEL)).first()
        if row is None:
            raise NotThere(_(NOT_THERE))
        if said["do"] == "apart":
            services.keep_apart(duplicate=row, by=by, now=now)
        elif said["do"] == "undo":
            services.undo(duplicate=row, by=by, now=now)
        else:
            services.merge(duplicate=row, keep=getattr(row, said["do"]), by=by, now=now)
        return Response(status=204)
