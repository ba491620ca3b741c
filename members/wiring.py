"""What members registers downward."""

from __future__ import annotations

from collections.abc import Iterator


def stored_names() -> Iterator[str]:
    """Sealed files that rows of this room name: workbooks, proofs, exports."""
    from members.models import Claim, Export, Upload

    yield from Upload.objects.exclude(stored="").values_list("stored", flat=True)
    yield from Claim.objects.exclude(proof="").values_list("proof", flat=True)
    yield from Export.objects.exclude(stored="").values_list("stored", flat=True)


def connect() -> None:
    """Called once, when the apps are ready."""
    from accounts.registry import registry
    from branches import registry as branches
    from common import stored_files
    from members import import_wiring, union_wiring, zone_wiring
    from members import registry as members
    from members.selectors import beside, three_local
    from members.services import claims_many, exports, joined, retention, uploads

    stored_files.names_kept_by(stored_names)
    registry.sweep("imports", uploads.sweep)
    registry.sweep("exports", exports.sweep)
    registry.sweep("retention", retention.sweep)
    registry.still_needed(retention.needs)
    registry.when_joined(joined.move)
    branches.when_placed(claims_many.follow_placements)
    branches.when_leaving(claims_many.follow_leaving)
    members.when_going(claims_many.driver_gone)
    branches.when_proposing(beside.about)
    branches.when_searching(beside.found)
    branches.keys("enterprise", beside.enterprises_to_cover)
    branches.keys("trade", beside.trades_to_cover)
    branches.card("claims", where="rail", template="members/admin/_claims_card.html", build=beside.waiting_claims, order=20)
    branches.card("three_local", where="member", template="members/admin/_three_local_card.html", build=three_local.member_card, order=10)
    zone_wiring.connect()
    union_wiring.connect()
    import_wiring.connect()
