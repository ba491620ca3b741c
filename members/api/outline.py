"""Rows of the register as data, masked as on the screens."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet

from accounts.rules.viewer import Viewer
from branches.models import Branch, Membership
from branches.selectors.proposals import proposals_for
from common import clock
from common.masks import mask_id, mask_name, mask_phone, mask_plate
from members.admin.drivers import FIELD_WORDS, Names, changes_of, contact_name, names_in, said_of
from members.admin.zones import why_words
from members.models import Claim, Conflict, Driver, DriverVehicle, Export, FieldChange, Match, Upload
from members.rules import claims as claim_rules
from members.selectors.claim_routing import why_here
from members.selectors.claims import facts_of


def with_lines(rows: QuerySet[Driver]) -> QuerySet[Driver]:
    """What `driver_row` asks of each, in three questions for all."""
    drives = Prefetch("drives", DriverVehicle.objects.filter(until=None).select_related("vehicle"), to_attr="now_drives")
    return (
        rows.select_related("person", "place", "living_place", "enterprise").prefetch_related(drives)
        .defer("certificate_number", "person__id_number")
    )  # fmt: skip


def employer_of(driver: Driver) -> str:
    return driver.enterprise.name if driver.enterprise else str(driver.get_engagement_display())


def driver_row(driver: Driver) -> dict[str, Any]:
    """The line of a list (DriverRowOut)."""
    return {
        "key": driver.person.key, "name": mask_name(driver.person.name), "phone": mask_phone(driver.person.phone),
        "place": driver.place.name, "employer": employer_of(driver), "trade": driver.trade, "licence": driver.licence_class,
        "plates": [mask_plate(drive.vehicle.plate) for drive in driver.now_drives], "expiry": driver.certificate_expiry,
        "state": driver.state, "state_word": driver.get_state_display(),
    }  # fmt: skip


def driver_sheet(driver: Driver, viewer: Viewer) -> dict[str, Any]:
    """All of DriverOut. No appeal stands here, full or empty."""
    drives = DriverVehicle.objects.filter(driver=driver).select_related("vehicle").order_by("until", "-since")
    changes = changes_of(viewer, driver)
    names = names_in(changes)
    facts = (
        ("居住地", driver.living_place.name if driver.living_place else ""), ("身份", str(driver.get_engagement_display())),
        ("从业资格证", mask_id(driver.certificate_number) or ""), ("组织关系所在地", driver.relation_place),
        ("劳动关系所在地", driver.work_place), ("业务开展地", driver.business_place), ("备注", driver.note),
        ("入库", f"{clock.local(driver.registered_at):%Y-%m-%d}"), ("最近核过", f"{clock.local(driver.checked_at):%Y-%m-%d}"),
    )  # fmt: skip
    return driver_row(driver) | {
        "identity": mask_id(driver.person.id_number) or "",
        "facts": [{"word": word, "value": value} for word, value in facts],
        "vehicles": [
            {"plate": mask_plate(each.vehicle.plate), "kind": each.vehicle.get_kind_display(), "since": each.since, "until": each.until}
            for each in drives
        ],
        "contact": contact_name(viewer, driver), "changes": [change_of(each, names) for each in changes],
    }


def change_of(each: FieldChange, names: Names) -> dict[str, Any]:
    return {
        "at": each.at, "field": each.field, "word": FIELD_WORDS.get(each.field, each.field), "old": said_of(each.field, each.old, names),
        "new": said_of(each.field, each.new, names), "by": each.by.name if each.by else "",
    }  # fmt: skip


def claim_row(claim: Claim) -> dict[str, Any]:
    """The line of a list (ClaimRowOut)."""
    return {
        "key": claim.key, "name": mask_name(claim.person.name), "phone": mask_phone(claim.person.phone),
        "place": claim.place.name if claim.place else "", "source": claim.source, "source_word": claim.get_source_display(),
        "state": claim.state, "state_word": claim.get_state_display(), "kind": claim.kind, "at": claim.at,
        "branch": claim.branch.unit.name if claim.branch else "", "contested": claim.contested_at is not None,
        "has_proof": bool(claim.proof),
    }  # fmt: skip


def claim_sheet(claim: Claim, viewer: Viewer) -> dict[str, Any]:
    """All of ClaimOut. The name stays behind its mask: whoever needs it reads it on the page."""
    facts = facts_of(viewer, claim)
    tries = claim.outreach.select_related("by").order_by("-at", "-id")
    return claim_row(claim) | {
        "routed_by": claim.routed_by, "routed_words": why_here(viewer, claim),
        "relation_place": claim.relation_place, "home_branch": claim.home_branch, "home_phone": claim.home_phone or "",
        "joined_on": claim.joined_on, "refused_why": claim.refused_why, "contest_words": claim.contest_words,
        "verified_at": claim.verified_at, "verified_how": claim.verified_how,
        "why_not_verify": claim_rules.may_verify(facts, viewer.person_id), "why_not_place": claim_rules.may_place(facts, viewer.person_id),
        "tries": [{"at": each.at, "by": each.by.name, "how": each.how, "reached": each.reached, "note": each.note} for each in tries],
        "proposals": _branches(claim, viewer) if claim.state == Claim.State.VERIFIED else [],
    }  # fmt: skip


def _branches(claim: Claim, viewer: Viewer) -> list[dict[str, Any]]:
    member = Membership.objects.filter(person_id=claim.person_id, ended_on=None).select_related("person__place").first()
    best = proposals_for(viewer, [member]).get(member.pk, []) if member else []
    known = Branch.objects.select_related("unit").in_bulk([each.branch for each in best])
    return [
        {"branch": known[each.branch].unit.code, "name": known[each.branch].unit.name, "reasons": list(each.reasons), "warning": each.warning}
        for each in best
    ]


def match_row(match: Match) -> dict[str, Any]:
    """A proposal that waits (MatchOut)."""
    return {
        "contact": match.contact.key, "contact_name": mask_name(match.contact.name), "driver": match.driver.person.key,
        "driver_name": mask_name(match.driver.person.name), "place": match.driver.place.name, "employer": employer_of(match.driver),
        "trade": match.driver.trade, "why": why_words(match),
    }  # fmt: skip


def upload_row(upload: Upload) -> dict[str, Any]:
    """One import and how far it is (UploadOut)."""
    return {
        "key": upload.key, "kind": upload.kind, "name": upload.name, "state": upload.state, "state_word": upload.get_state_display(),
        "by": upload.by.name if upload.by else "", "at": upload.at, "rows": upload.rows, "read": upload.read, "written": upload.written,
        "sha256": upload.sha256, "questions": [each["header"] for each in upload.questions],
        "counts": {name: count for name, count in upload.counts.items() if isinstance(count, int)}, "why_failed": upload.why_failed,
        "applied_by": upload.applied_by.name if upload.applied_by else "", "applied_at": upload.applied_at, "undone_at": upload.undone_at,
    }  # fmt: skip


def conflict_row(row: Conflict, sealed: str) -> dict[str, Any]:
    """What a file could not settle (ConflictOut); names behind their masks on both sides."""
    ours, theirs = row.ours, row.theirs
    if row.kind == Conflict.Kind.NAME:
        ours, theirs = (f"{mask_name(each)}（{len(each)} 个字）" for each in (ours, theirs))
    return {
        "conflict": sealed, "kind": row.kind, "kind_word": row.get_kind_display(), "driver": row.driver.person.key,
        "name": mask_name(row.driver.person.name), "ours": ours, "theirs": theirs, "file": row.upload.name, "sheet": row.sheet,
        "row": row.row, "found_at": row.found_at,
    }  # fmt: skip


def export_row(row: Export) -> dict[str, Any]:
    """One export (ExportOut)."""
    return {
        "key": row.key, "what": row.what, "columns": row.columns, "rows": row.rows, "reason": row.reason, "state": row.state,
        "state_word": row.get_state_display(), "asked_by": row.asked_by.name, "asked_at": row.asked_at, "expires_at": row.expires_at,
    }  # fmt: skip
