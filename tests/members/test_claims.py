"""双找: a claim is a claim until one verified it and another placed it; it shows nowhere before."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditLine, Consent, Place
from accounts.rules.viewer import NOBODY, Viewer
from branches.models import Branch, Membership, Placement
from branches.selectors.figures import district_total, tallies
from common.errors import DomainError, NotThere
from members.models import Claim
from members.selectors.claims import claims_for, own_claim, reach
from members.services import claims as services
from tests.branches.members import branch
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db
TANGZHANG = "320312111"  # covered by branch seven
TONGSHAN = "320312009"  # covered by branch three


def said(**more) -> services.Said:
    values = {"name": "张大路", "kind": "full", "relation": "本区铜山街道", "place": Place.objects.get(code=TONGSHAN)} | more
    return services.Said(**values)


def opened(cast, **more) -> Claim:
    return services.open_claim(person=cast.driver, said=said(**more), by=Viewer(person_id=cast.driver.pk), now=MONDAY)


@pytest.fixture
def people(db):
    return make_cast(
        "driver", "neighbour", "secretary", "secretary_five", "committee_secretary", "registrar", "squad_three", "leader", "stranger"
    )


def test_verified_by_one_placed_by_another_and_a_member_nowhere_before(people):
    claim = opened(people)
    branch = Branch.objects.get(unit__code="branch-03")
    assert claim.branch == branch
    assert not Membership.objects.exists()
    secretary, committee = people.viewer("secretary"), people.viewer("committee_secretary")
    services.verify(claim=claim, by=secretary, how="telephone", kind="full", now=MONDAY)
    assert tallies(committee) == {} and district_total(committee) == 0  # verified, and still counted nowhere
    with pytest.raises(DomainError):
        services.place(claim=claim, branch=branch, by=secretary, now=MONDAY)
    services.place(claim=claim, branch=branch, by=committee, now=MONDAY)
    placement = Placement.objects.get()
    assert (placement.branch, placement.membership.verified_by, placement.placed_by) == (
        branch, people.secretary, people.committee_secretary,
    )  # fmt: skip
    assert tallies(committee)[branch.pk].total == district_total(committee) == 1
    acts = list(AuditLine.objects.filter(act__startswith="claim").order_by("pk").values_list("act", flat=True))
    assert acts == ["claim.open", "claim.verify", "claim.place"]


def test_the_database_refuses_one_person_in_both_roles(people):
    claim = opened(people)
    services.verify(claim=claim, by=people.viewer("secretary"), how="telephone", kind="full", now=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(placed_by=people.secretary)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(verified_by=people.driver)


def test_a_double_tap_is_one_claim(people):
    assert opened(people) == opened(people)
    assert Claim.objects.count() == Consent.objects.count() == 1


def test_a_secretary_sees_the_claims_of_his_branch_only_and_others_none(people):
    claim = opened(people)
    assert list(claims_for(people.viewer("secretary"))) == [claim]
    assert list(claims_for(people.viewer("committee_secretary"))) == [claim]
    for slug in ("secretary_five", "registrar", "squad_three", "leader", "neighbour", "stranger"):
        assert not claims_for(people.viewer(slug)).exists(), slug
    assert not claims_for(NOBODY).exists()
    with pytest.raises(NotThere):
        services.verify(claim=claim, by=people.viewer("secretary_five"), how="telephone", kind="full", now=MONDAY)


def test_a_secretary_never_works_on_his_own_claim(people):
    own = Claim.objects.create(person=people.secretary, source="phone", at=MONDAY, branch=branch(3))
    assert not claims_for(people.viewer("secretary")).exists()
    with pytest.raises(NotThere):
        services.verify(claim=own, by=people.viewer("secretary"), how="telephone", kind="full", now=MONDAY)


def test_a_refusal_says_why_and_the_second_look_is_somebody_elses(people):
    claim = opened(people)
    secretary = people.viewer("secretary")
    with pytest.raises(DomainError):
        services.refuse(claim=claim, by=secretary, why="", now=MONDAY)
    services.refuse(claim=claim, by=secretary, why="原支部查不到这个人", now=MONDAY)
    driver = Viewer(person_id=people.driver.pk)
    claim = services.contest(claim=own_claim(driver), by=driver, words="我的关系在老家，电话换过", now=MONDAY + timedelta(days=1))
    assert claim.branch is None and not claims_for(secretary).exists()
    committee = people.viewer("committee_secretary")
    services.assign(claim=claim, branch=Branch.objects.get(unit__code="branch-03"), by=committee, now=MONDAY)
    with pytest.raises(DomainError):
        services.verify(claim=claim, by=secretary, how="telephone", kind="full", now=MONDAY)
    services.verify(claim=claim, by=committee, how="telephone", kind="floating", home_branch="永城物流支部", now=MONDAY)
    assert Membership.objects.get().kind == "floating"


def test_taken_back_after_verification_leaves_no_member_and_no_consent(people):
    claim = opened(people)
    services.verify(claim=claim, by=people.viewer("secretary"), how="telephone", kind="full", now=MONDAY)
    services.withdraw(claim=claim, by=Viewer(person_id=people.driver.pk), now=MONDAY)
    assert not Membership.objects.filter(ended_on=None).exists()
    assert not Consent.objects.filter(withdrawn_at=None).exists()
    with pytest.raises(NotThere):
        services.withdraw(claim=claim, by=Viewer(person_id=people.neighbour.pk), now=MONDAY)


def test_proof_cannot_be_claimed_where_none_was_handed_in(people):
    claim = opened(people)
    with pytest.raises(DomainError) as refused:
        services.verify(claim=claim, by=people.viewer("secretary"), how="proof", kind="full", now=MONDAY)
    assert refused.value.field == "how"


def test_the_organisation_looks_too_and_the_rate_has_its_denominator(people):
    branch = Branch.objects.get(unit__code="branch-03")
    first = Claim.objects.create(person=people.driver, source="census", at=MONDAY, branch=branch)
    Claim.objects.create(person=people.neighbour, source="census", at=MONDAY, branch=branch)
    secretary = people.viewer("secretary")
    services.reach_out(claim=first, by=secretary, how="call", reached=False, now=MONDAY)
    assert (reach(secretary).reached, reach(secretary).of) == (0, 2)
    services.reach_out(claim=first, by=secretary, how="visit", reached=True, now=MONDAY)
    assert (reach(secretary).reached, reach(secretary).of) == (1, 2)
    assert reach(people.viewer("secretary_five")).of == 0
    assert opened(people).pk == first.pk  # he came himself: the same claim, now with his consent
    assert Claim.objects.get(pk=first.pk).source == "phone"


def test_who_was_found_and_then_came_himself_stays_in_the_reach_rate(people):
    from dashboards.selectors import register
    from members.models import Upload

    branch = Branch.objects.get(unit__code="branch-03")
    upload = Upload.objects.create(kind="census", name="铜山街道.xlsx", sha256="0" * 64, at=MONDAY)
    first = Claim.objects.create(person=people.driver, source="census", at=MONDAY, branch=branch, upload=upload)
    Claim.objects.create(person=people.neighbour, source="census", at=MONDAY, branch=branch, upload=upload)
    secretary = people.viewer("secretary")
    services.reach_out(claim=first, by=secretary, how="visit", reached=True, now=MONDAY)
    assert opened(people).source == "phone"
    assert (reach(secretary).reached, reach(secretary).of) == (1, 2)
    leader = people.viewer("leader")
    assert [register.rows(leader, key, now=MONDAY).count() for key in ("reached", "sought")] == [1, 2]


def test_who_was_sought_and_came_himself_before_anybody_called_was_reached_and_each_figure_counts_its_rows(people):
    from dashboards.selectors import register
    from members.models import Upload

    upload = Upload.objects.create(kind="census", name="铜山街道.xlsx", sha256="0" * 64, at=MONDAY)
    for who in (people.driver, people.neighbour):
        Claim.objects.create(person=who, source="census", at=MONDAY, branch=branch(3), upload=upload)
    secretary, leader = people.viewer("secretary"), people.viewer("leader")
    assert (reach(secretary).reached, reach(secretary).of) == (0, 2)
    opened(people)
    assert (reach(secretary).reached, reach(secretary).of) == (1, 2)
    found = register.register_for(leader, now=MONDAY)
    for part in ("", "branch-03"):
        assert [found.value(key, part) for key in ("reached", "sought")] == [1, 2]
        assert [register.rows(leader, key, part, now=MONDAY).count() for key in ("reached", "sought")] == [1, 2]


def test_who_came_and_was_never_sought_is_in_neither_number(people):
    opened(people)
    assert (reach(people.viewer("secretary")).reached, reach(people.viewer("secretary")).of) == (0, 0)


@pytest.mark.parametrize(
    ("more", "field"),
    [({"name": ""}, "name"), ({"kind": "secretary"}, "kind"), ({"relation": ""}, "relation"), ({"home_phone": "12"}, "home_phone")],
)
def test_bad_input_is_told_at_its_field_and_stores_nothing(people, more, field):
    with pytest.raises(DomainError) as refused:
        opened(people, **more)
    assert refused.value.field == field
    assert not Claim.objects.exists() and not Consent.objects.exists()


def test_many_at_once_keep_the_rule_of_two_and_are_all_or_none(people):
    from members.services import claims_many

    branch = Branch.objects.get(unit__code="branch-03")
    rows = [
        Claim.objects.create(person=person, source="census", at=MONDAY, branch=branch, joined_on=MONDAY.date())
        for person in (people.driver, people.neighbour)
    ]
    secretary, committee = people.viewer("secretary"), people.viewer("committee_secretary")
    verdicts = [claims_many.Verdict(row, "full") for row in rows]
    with pytest.raises(NotThere):
        claims_many.verify(verdicts=verdicts, by=people.viewer("secretary_five"), now=MONDAY)
    claims_many.verify(verdicts=verdicts, by=committee, now=MONDAY)
    with pytest.raises(DomainError):
        claims_many.place(places=[(row, branch) for row in rows], by=committee, now=MONDAY)
    assert not Placement.objects.exists()
    claims_many.place(places=[(row, branch) for row in rows], by=secretary, now=MONDAY)
    assert tallies(committee)[branch.pk].total == 2
    assert set(Claim.objects.values_list("state", "verified_by", "placed_by")) == {
        ("placed", people.committee_secretary.pk, people.secretary.pk)
    }


def test_taking_the_consent_back_ends_the_claim_that_ran_on_it(people):
    from members.services import own

    claim = opened(people)
    own.withdraw_consent(purpose="find_branch", by=Viewer(person_id=people.driver.pk), now=MONDAY)
    claim.refresh_from_db()
    assert claim.state == Claim.State.WITHDRAWN
    with pytest.raises(NotThere):
        services.verify(claim=claim, by=people.viewer("secretary"), how="telephone", kind="full", now=MONDAY)


def test_a_consent_gone_by_any_other_way_closes_the_branchs_door(people):
    from accounts.services import consents

    claim = opened(people)
    consents.withdraw(person=people.driver, purpose="find_branch", now=MONDAY)
    assert not claims_for(people.viewer("committee_secretary")).filter(pk=claim.pk).exists()
    with pytest.raises(NotThere):
        services.verify(claim=claim, by=people.viewer("secretary"), how="telephone", kind="full", now=MONDAY)


def test_no_second_look_is_asked_for_on_a_consent_that_was_taken_back(people):
    """Nobody could look at it: it would wait for ever, and he could ask for nothing else."""
    from members.services import own

    claim, me = opened(people), Viewer(person_id=people.driver.pk)
    services.refuse(claim=claim, by=people.viewer("secretary"), why="原支部查不到这个人", now=MONDAY)
    own.withdraw_consent(purpose="find_branch", by=me, now=MONDAY)
    with pytest.raises(DomainError) as refused:
        services.contest(claim=claim, by=me, words="请再看一次吧", now=MONDAY)
    assert refused.value.code == "no_consent"
    again = opened(people)
    assert again.pk != claim.pk and claims_for(people.viewer("secretary")).filter(pk=again.pk).exists()


def test_who_agrees_again_to_newer_words_keeps_the_claim_that_runs(people, monkeypatch):
    from dataclasses import replace

    from accounts.rules import consents as words
    from accounts.services import consents

    claim = opened(people)
    newer = replace(words.current("find_branch"), version=99)
    monkeypatch.setattr(consents, "current", lambda purpose: newer)
    assert opened(people) == claim
    assert claims_for(people.viewer("secretary")).filter(pk=claim.pk).exists()


def test_what_was_taken_back_is_forgotten_with_its_photo_and_nobody_finds_it(people, settings, tmp_path, django_capture_on_commit_callbacks):
    from common import stored_files

    settings.DATA_DIR = tmp_path
    name = stored_files.store_sealed(b"photo", root=tmp_path)
    claim = opened(people, proof=name, home_branch="三堡物流支部", home_phone="0516-55501232")
    with django_capture_on_commit_callbacks(execute=True):
        services.withdraw(claim=claim, by=Viewer(person_id=people.driver.pk), now=MONDAY)
    claim.refresh_from_db()
    assert (claim.proof, claim.home_branch, claim.relation_place, claim.home_phone) == ("", "", "", None)
    assert not claims_for(people.viewer("secretary")).exists()
    with pytest.raises(FileNotFoundError):
        stored_files.open_sealed(name, root=tmp_path)


def test_placed_on_the_branchs_own_page_the_claim_follows_and_leaving_frees_him(people):
    from branches.services import membership as memberships
    from branches.services import placement

    claim = opened(people)
    services.verify(claim=claim, by=people.viewer("committee_secretary"), how="telephone", kind="full", now=MONDAY)
    member = Membership.objects.get()
    placement.place(
        membership=member, branch=Branch.objects.get(unit__code="branch-03"), by=people.viewer("secretary"), now=MONDAY
    )
    claim.refresh_from_db()
    assert (claim.state, claim.placed_by) == (Claim.State.PLACED, people.secretary)
    memberships.end(membership=member, by=people.viewer("committee_secretary"), reason="关系转走了", now=MONDAY)
    again = services.open_claim(person=people.driver, said=said(), by=Viewer(person_id=people.driver.pk), now=MONDAY)
    assert again.pk != claim.pk and again.state == Claim.State.OPEN


def test_verified_and_gone_before_anybody_placed_him_he_may_ask_anew(people):
    from branches.services import membership as memberships

    claim = opened(people)
    services.verify(claim=claim, by=people.viewer("secretary"), how="telephone", kind="full", now=MONDAY)
    memberships.end(membership=Membership.objects.get(), by=people.viewer("committee_secretary"), reason="关系转走了", now=MONDAY)
    claim.refresh_from_db()
    assert claim.state == Claim.State.REFUSED and claim.refused_why
    assert opened(people).pk != claim.pk


@pytest.mark.parametrize("year", ["99999999999999999999", "0", "x", "²", "1" * 80])
def test_a_year_that_is_none_is_told_at_its_field(people, year):
    from tests.house.walking import signed_in

    answer = signed_in(people.driver).post("/members/branch", {"name": "张大路", "kind": "full", "relation": "铜山", "year": year, "agree": "1"})
    assert answer.status_code == 422 and "从名单里选年和月" in answer.content.decode()
    assert not Claim.objects.exists()
