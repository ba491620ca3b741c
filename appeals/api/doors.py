"""Doors of appeals: what every API shares, with number and code as an authority of their own."""

from __future__ import annotations

from rest_framework.request import Request

from accounts.api import doors
from accounts.api.doors import STAFF_ACTS, answers, checked
from appeals.api.auth import SessionOrGrant, staff

__all__ = ["Door", "StaffDoor", "answers", "checked"]


class Door(doors.Door):
    """One address of appeals: a session, or number and code."""

    authentication_classes = [SessionOrGrant]


class StaffDoor(Door):
    """A door of the staff: for anybody else there is none."""

    limits = STAFF_ACTS

    def may_enter(self, request: Request) -> None:
        staff(request)

    def who(self, request: Request) -> str:
        return f"staff:{request.viewer.person_id}"
