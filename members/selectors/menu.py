"""What waits in the register's menu, for each role."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from members.models import Claim, DataRequest, Upload
from members.selectors.claims import claims_for
from members.selectors.conflicts import open_conflicts
from members.selectors.duplicates import open_duplicates
from members.selectors.exports import to_decide
from members.selectors.own import requests_to_answer
from members.selectors.union import join_requests_for, left_out_for
from members.selectors.uploads import uploads_for
from members.selectors.zones import waiting_for


def rows_that_wait(viewer: Viewer) -> dict[str, QuerySet]:
    """url_name -> rows behind it, for what this viewer may open; nothing for who has no page of the register."""
    rows: dict[str, QuerySet] = {}
    if viewer.has_role(Role.REGISTRAR):
        rows |= {
            "admin:members_conflicts": open_conflicts(viewer),
            "admin:members_duplicates": open_duplicates(viewer),
            "admin:members_data_requests": requests_to_answer(viewer).filter(state=DataRequest.State.OPEN),
        }
    if viewer.has_role(Role.REGISTRAR, Role.UNION):
        own = Q(state=Upload.State.ASKING, by=viewer.person_id)
        others = Q(state=Upload.State.CHECKED) & ~Q(by=None) & ~Q(by=viewer.person_id)
        rows["admin:members_uploads"] = uploads_for(viewer).filter(own | others)
    if viewer.has_role(Role.UNION):
        rows |= {"admin:members_joins": join_requests_for(viewer), "admin:members_left_out": left_out_for(viewer)}
    if viewer.has_role(Role.SECRETARY):
        came = Q(state=Claim.State.OPEN, source=Claim.Source.PHONE) | Q(state=Claim.State.VERIFIED)
        rows |= {"admin:members_claims": claims_for(viewer).filter(came), "admin:members_waiting": waiting_for(viewer)}
    if viewer.has_role(Role.REGISTRAR, Role.SECRETARY):
        rows["admin:members_exports"] = to_decide(viewer)
    return rows
