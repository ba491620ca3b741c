"""换届: who holds which office until when; somebody elected is written down, somebody leaves. Never about oneself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import paging
from accounts.api.doors import RoleDoor, checked, told
from accounts.models import Person, Unit
from accounts.rules.roles import Role
from branches.admin.mine import staff_or_masked
from branches.admin.terms import postings_of
from branches.api import inputs, outputs
from branches.models import Group, Officer
from branches.selectors.members import groups_for, member_by_key
from branches.selectors.scope import branches_for, is_committee, officers_for
from branches.services import officers as services
from common import clock
from common.errors import NotThere

TAG = "换届"
ROLES = frozenset({Role.SECRETARY})
NOT_THERE = "没有这一件，或者不归您记"
LABEL = Officer._meta.label_lower


def _row(each: Officer) -> dict[str, Any]:
    return {
        "officer": paging.sealed(each.pk, LABEL), "unit": each.unit.code, "unit_name": each.unit.name, "post": each.post,
        "post_word": each.get_post_display(), "group": each.group.name if each.group else "", "name": staff_or_masked(each),
        "since": each.since, "term_ends": each.term_ends, "reminded_at": each.warned_at, "ended_on": each.ended_on,
    }  # fmt: skip


class Terms(RoleDoor):
    roles = ROLES
    query = frozenset(paging.QUERY)

    @told(
        "terms", TAG, "职务和任期", "自己支部的；党委书记看全部。任期三年，到期前提醒。", {200: (paging.envelope(outputs.OfficerOut), "一页")},
        parameters=paging.PARAMETERS,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Offices held now."""
        return paging.answer(request, officers_for(request.viewer).select_related("unit", "person", "group"), outputs.OfficerOut, _row)


class Posted(RoleDoor):
    roles = ROLES

    @told("terms_posted", TAG, "可以记成书记的人", "派到支部当书记的人；党员用他在支部里的 key。", {200: (outputs.PostedOut, "全部")})
    def get(self, request: Request) -> Response:
        """Secretaries by their posting, whom nobody has written down yet."""
        held = postings_of(request.viewer, officers_for(request.viewer), now=clock.now())
        items = [{"person": each.person.key, "name": each.person.name, "unit": each.unit.code, "unit_name": each.unit.name} for each in held]
        return Response(outputs.PostedOut({"items": items}).data)


def _unit(request: Request, code: str) -> Unit:
    """A branch of the viewer, or the committee for its secretary. Raises NotThere."""
    viewer = request.viewer
    rows = Unit.objects.filter(pk__in=branches_for(viewer).values("unit_id"))
    if is_committee(viewer):
        rows |= Unit.objects.filter(kind=Unit.Kind.COMMITTEE)
    found = rows.filter(code=code).first()
    if found is None:
        raise NotThere(_(NOT_THERE))
    return found


def _person(request: Request, unit: Unit, key: UUID) -> Person:
    """A member this viewer may know of, or whoever is posted to the unit. Raises ValidationError at person."""
    member = member_by_key(request.viewer, key)
    if member is not None:
        return member.person
    held = postings_of(request.viewer, officers_for(request.viewer).none(), now=clock.now())
    found = next((each.person for each in held if each.person.key == key and each.unit_id == unit.pk), None)
    if found is None:
        raise serializers.ValidationError({"person": [_("没有这个人，或者他不在这个支部")]})
    return found


def _group(request: Request, unit: Unit, name: str) -> Group | None:
    if not name:
        return None
    found = groups_for(request.viewer).filter(branch__unit=unit, name=name).first()
    if found is None:
        raise serializers.ValidationError({"group": [_("这个支部没有这个小组")]})
    return found


class Elect(RoleDoor):
    roles = ROLES

    @told(
        "term_elect", TAG, "记当选", "原来的人同时卸任，任期三年。再发一次还是这一次。自己当选要别人来记。", {200: (outputs.OfficerOut, "记下了")},
        takes=inputs.ElectIn,
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Write down that somebody was elected; sent again it is the same election."""
        said, viewer = checked(inputs.ElectIn, request), request.viewer
        unit = _unit(request, said["unit"])
        asked = {"unit": unit, "person": _person(request, unit, said["person"]), "group": _group(request, unit, said["group"]),
                 "post": said["post"], "since": said["since"]}  # fmt: skip
        rows = officers_for(viewer).select_related("unit", "person", "group")
        known = rows.filter(**asked).first()
        made = known or services.elect(**asked, by=viewer, now=clock.now())
        return Response(outputs.OfficerOut(_row(made)).data)


class End(RoleDoor):
    roles = ROLES

    @told(
        "term_end", TAG, "记卸任", "到期或者提前；自己的要别人来记。卸过的是 404。", {200: (outputs.OfficerOut, "记下了")}, takes=inputs.EndTermIn,
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """He leaves the office."""
        said = checked(inputs.EndTermIn, request)
        row = officers_for(request.viewer).select_related("unit", "person", "group").filter(pk=paging.opened(said["officer"], LABEL)).first()
        if row is None:
            raise NotThere(_(NOT_THERE))
        return Response(outputs.OfficerOut(_row(services.end(officer=row, reason=said["reason"], by=request.viewer, now=clock.now()))).data)
