"""Everything the register holds about whoever looks: for his own eyes, his ID behind its mask."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.models import Person
from accounts.rules.consents import WORDS
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.selectors.consents import consents_of
from branches.models import Membership
from common import clock
from common.masks import mask_id
from common.words import whole_day_words
from members.models import Claim, Driver, DriverVehicle, UnionMember
from members.models.requests import DataRequest
from members.selectors.own_history import own_history
from members.selectors.union import own_join


def own_facts(viewer: Viewer) -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of (word, value). Nothing for whoever is not signed in; after a long silence the number alone."""
    person = Person.objects.select_related("place").filter(pk=viewer.person_id or 0).first()
    if person is None:
        return []
    if viewer.hidden_before:
        return [("账号", [("手机号", person.phone or "没有")])]
    groups = [("账号", [("姓名", person.name or "没写"), ("手机号", person.phone or "没有"), ("身份证号", mask_id(person.id_number) or "没有")])]
    driver = Driver.objects.filter(person=person, merged_into=None).select_related("place", "living_place", "enterprise").first()
    if driver:
        groups.append(("司机登记", _driver(driver)))
    member = Membership.objects.filter(person=person, ended_on=None).first()
    if member:
        groups.append(("支部", _member(member)))
    union = UnionMember.objects.filter(person=person, ended_on=None).select_related("enterprise").first()
    if union:
        groups.append(("工会", [("单位", union.enterprise.name if union.enterprise else "没写"), ("职业", str(union.get_occupation_display()))]))
    asked = own_join(viewer)
    if asked and not union:
        employer = asked.enterprise.name if asked.enterprise else asked.employer_words
        groups.append(("入会申请", [("单位", employer or "没写"), ("到哪一步", str(asked.get_state_display()))]))
    claim = Claim.objects.filter(person=person).exclude(source=Claim.Source.CENSUS).order_by("-at").first()
    if claim:
        groups.append(("找支部", [("组织关系在", claim.relation_place or "没写"), ("到哪一步", str(claim.get_state_display()))]))
    return groups + own_history(viewer)


def own_row(viewer: Viewer) -> Driver | None:
    """His row of the register, whatever its state; None after a long silence."""
    if viewer.person_id is None or viewer.hidden_before:
        return None
    rows = Driver.objects.filter(person_id=viewer.person_id, merged_into=None)
    return rows.select_related("place", "enterprise").first()


def may_match(viewer: Viewer) -> bool:
    """Whether he has an account by his phone alone, in which no register knows him."""
    if viewer.person_id is None or viewer.hidden_before:
        return False
    return Person.objects.filter(pk=viewer.person_id, login=None, id_index=None, driver=None).exists()


def own_consents(viewer: Viewer) -> list[dict[str, Any]]:
    """Each consent that stands, with what it allows and what withdrawing does."""
    return [
        {"purpose": each.purpose, "words": WORDS[each.purpose], "since": clock.local(each.given_at)}
        for each in consents_of(viewer).filter(withdrawn_at=None)
    ]


def own_requests(viewer: Viewer) -> QuerySet[DataRequest]:
    """What he asked for, newest first."""
    rows = DataRequest.objects.filter(person_id=viewer.person_id or 0)
    if viewer.hidden_before:
        rows = rows.filter(asked_at__gte=viewer.hidden_before)
    return rows.order_by("-asked_at", "-id")


def requests_to_answer(viewer: Viewer) -> QuerySet[DataRequest]:
    """Open requests for the keeper of the register; never his own."""
    if not viewer.has_role(Role.REGISTRAR):
        return DataRequest.objects.none()
    return DataRequest.objects.exclude(person_id=viewer.person_id).select_related("person").order_by("asked_at", "id")


def _driver(driver: Driver) -> list[tuple[str, str]]:
    plates = DriverVehicle.objects.filter(driver=driver, until=None).values_list("vehicle__plate", flat=True)
    return [
        ("镇街", driver.place.name), ("单位", driver.enterprise.name if driver.enterprise else str(driver.get_engagement_display())),
        ("行业", driver.trade or "没写"), ("准驾车型", driver.licence_class or "没写"), ("从业资格证", mask_id(driver.certificate_number) or "没写"),
        ("证有效到", whole_day_words(driver.certificate_expiry) if driver.certificate_expiry else "没写"), ("车", "、".join(plates) or "没写"),
        ("住在", driver.living_place.name if driver.living_place else "没写"), ("组织关系所在地", driver.relation_place or "没写"),
        ("劳动关系所在地", driver.work_place or "没写"), ("业务开展地", driver.business_place or "没写"), ("备注", driver.note or "没写"),
        ("自己报的政治面貌", driver.claimed_status or "没写"), ("登记的日子", whole_day_words(driver.registered_at)),
    ]  # fmt: skip


def _member(member: Membership) -> list[tuple[str, str]]:
    placed = member.placements.filter(until=None).select_related("branch__unit").first()
    return [
        ("类别", str(member.get_kind_display())), ("支部", placed.branch.unit.name if placed else "还没编入"),
        ("入党", f"{member.joined_on:%Y} 年 {member.joined_on.month} 月" if member.joined_on else "没写"),
    ]  # fmt: skip
