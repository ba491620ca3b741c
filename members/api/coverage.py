"""覆盖与缺报: per town and enterprise, declared, held, checked, missing, stale; who has not handed in; drivers on a past day."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.doors import RoleDoor, told
from accounts.rules.roles import Role
from common import clock
from members.admin.coverage import FIRST_DAY
from members.api import coverage_outputs as outputs
from members.api.drivers import TAG
from members.selectors import coverage as selectors
from members.selectors.register import as_of


class Coverage(RoleDoor):
    roles = frozenset({Role.REGISTRAR})
    query = frozenset({"as_of"})

    @told(
        "census_coverage", TAG, "覆盖与缺报", "每个镇街、企业报了几名、库里几名、一年内核过几名；一年内没报的镇街排在前面。as_of：那一天结束时在册几名，哪天来数都一样。",
        {200: (outputs.CensusCoverageOut, "现在")}, parameters=[OpenApiParameter("as_of", date, description="过去的一天，比如 2026-06-30；不写就没有 then")],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Every town, those that owe us something first."""
        viewer, now = request.viewer, clock.now()
        day = _day(request.query_params.get("as_of", ""), now)
        places, enterprises = selectors.by_place(viewer, now=now), selectors.by_enterprise(viewer, now=now)
        end = min(now, datetime.combine(day, time.max, tzinfo=clock.local(now).tzinfo)) if day else None
        answer = {
            "at": now, "places": [_place(each) for each in places], "enterprises": [_enterprise(each) for each in enterprises],
            "towns": len(places), "handed_in": sum(not each.late for each in places), "held": sum(each.held for each in places),
            "checked": sum(each.checked for each in places), "stale": sum(each.stale for each in places),
            "missing": sum(each.missing or 0 for each in places), "as_of": day, "then": as_of(viewer, end) if end else None,
        }  # fmt: skip
        return Response(outputs.CensusCoverageOut(answer).data)


def _day(typed: str, now: datetime) -> date | None:
    """The day asked for. Raises ValidationError at as_of for no day, or one to come."""
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise serializers.ValidationError({"as_of": [_("日期写成 2026-11-25")]}) from None
    if not FIRST_DAY <= day <= clock.today(now):
        raise serializers.ValidationError({"as_of": [_("要是过去的一天")]})
    return day


def _counts(each: Any) -> dict[str, Any]:
    return {"declared": each.declared, "held": each.held, "checked": each.checked, "missing": each.missing, "stale": each.stale}


def _place(each: selectors.PlaceLine) -> dict[str, Any]:
    return {"code": each.code, "name": each.name, "handed_in": each.handed_in, "late": each.late} | _counts(each)


def _enterprise(each: selectors.EnterpriseLine) -> dict[str, Any]:
    return {"code": each.code, "name": each.name, "in_union": each.in_union} | _counts(each)
