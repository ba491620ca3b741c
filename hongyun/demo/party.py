"""The Party side of the demo's register: claims of the census verified, placed, led; and what waits today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from django.conf import settings

from accounts.models import Person, Place
from accounts.rules.viewer import Viewer
from branches import registry
from branches.models import Branch, Coverage, Membership, Placement
from branches.rules.dates import add_years
from branches.rules.kinds import Kind
from branches.services import coverage, membership, officers, placement, transfers
from branches.services.officers import Post
from common import stored_files
from common.uploads import check_picture
from hongyun.demo import names, pictures
from hongyun.demo.stage import Stage, secretary_login
from members.models import Claim, Outreach
from members.selectors.claim_routing import route
from members.services import claims, claims_many

OUTSIDE = "外地"
FIRST = "branch-03"  # verified long ago; the demo's secretary leads it
FIRST_AGO = 205
HOMES = (
    "河南永城双桥镇", "安徽萧县黄口镇", "山东微山韩庄镇", "安徽砀山程庄镇", "江苏睢宁双沟镇", "山东枣庄阴平镇", "江苏邳州土山镇",
    "安徽灵璧渔沟镇", "河南夏邑会亭镇", "江苏丰县华山镇",
)  # fmt: skip
VILLAGES = ("前王村", "后李村", "大刘庄", "小张庄", "赵楼村", "孙集村", "马场村", "陈洼村")
GROUPS = {FIRST: ("第一党小组", "第二党小组"), "branch-05": ("第一党小组",)}
PLACED_BECAUSE = "按居住和跑车的镇街"


def admit_all(stage: Stage) -> None:
    """双找 by the census: looked for, verified by the committee's secretary, placed by the branch's own."""
    by_branch: dict[str, list[Claim]] = {}
    for claim in _census_claims(stage):
        by_branch.setdefault(claim.branch.unit.code, []).append(claim)
    for index, code in enumerate(sorted(by_branch)):
        days = FIRST_AGO if code == FIRST else 172 - 9 * index
        _look_for(stage, code, by_branch[code], days)
        verdicts = [_verdict(stage, claim, names.chance("verdict", code, n)) for n, claim in enumerate(by_branch[code])]
        done = claims_many.verify(verdicts=verdicts, by=stage.staff("party"), now=stage.ago(days))
        claims_many.place(
            places=[(claim, claim.branch) for claim in done], by=stage.secretary(code), reason=PLACED_BECAUSE,
            now=stage.ago(days - 2, 15),
        )  # fmt: skip


def _census_claims(stage: Stage) -> list[Claim]:
    """All of them with a branch: where the places settle none, the committee names one."""
    rows = list(Claim.objects.filter(source=Claim.Source.CENSUS, state=Claim.State.OPEN).select_related("person", "branch__unit").order_by("pk"))
    spare = Branch.objects.select_related("unit").order_by("unit__code").first()
    return [
        row if row.branch_id else claims.assign(claim=row, branch=spare, by=stage.staff("party"), now=stage.ago(FIRST_AGO + 2))
        for row in rows
    ]


def _look_for(stage: Stage, code: str, rows: Sequence[Claim], days: int) -> None:
    """Calls and visits before the verification; most were reached, some of them at the second try."""
    by = stage.secretary(code)
    for number, row in enumerate(rows):
        draw = names.chance("look", code, number)
        luck = draw.random()
        tries = (False, True) if luck < 0.14 else (False,) if luck > 0.91 else (True,)
        for n, reached in enumerate(tries):
            how = Outreach.How.VISIT if draw.random() < 0.25 else Outreach.How.CALL
            claims.reach_out(
                claim=row, by=by, how=how, reached=reached, note="" if reached else "没人接，过两天再找",
                now=stage.ago(days + 5 - 2 * n, 9 + draw.randrange(8), draw.randrange(60)),
            )  # fmt: skip


def _verdict(stage: Stage, claim: Claim, draw: Random) -> claims_many.Verdict:
    """Probationary with the day that the home branch names; relation elsewhere is floating; all others full."""
    if claim.kind == Kind.PROBATIONARY:
        near = claim.branch.unit.code == FIRST  # there the year is nearly over, or has just ended
        joined = stage.today - timedelta(days=draw.randrange(340, 368) if near else draw.randrange(FIRST_AGO + 12, 330))
        return claims_many.Verdict(claim, Kind.PROBATIONARY, Membership.How.TOWN_LIST, joined_on=joined)
    if claim.relation_place == OUTSIDE:
        home = f"{draw.choice(HOMES)}{draw.choice(VILLAGES)}党支部"
        return claims_many.Verdict(claim, Kind.FLOATING, Membership.How.TELEPHONE, home_branch=home)
    return claims_many.Verdict(claim, Kind.FULL, Membership.How.TOWN_LIST)


def lead(stage: Stage) -> None:
    """Committees with their terms, groups with their leaders, the committee of the trade itself."""
    party = stage.staff("party")
    for index, branch in enumerate(Branch.objects.select_related("unit").order_by("unit__code")):
        code = branch.unit.code
        days = FIRST_AGO - 10 if code == FIRST else 60
        # the term of the demo's own branch is nearly over, one more ends within the quarter
        since = add_years(stage.today + timedelta(days={FIRST: 27, "branch-07": 70}.get(code, 300 + 40 * index)), -3)
        secretary = stage.cast.staff[secretary_login(code)]
        officers.elect(unit=branch.unit, person=secretary, post=Post.SECRETARY, since=since, by=party, now=stage.ago(days))
        voters = _voters(branch)
        posts = (Post.ORGANISATION, Post.PUBLICITY, Post.DISCIPLINE, *((Post.DEPUTY,) if index % 3 == 2 else ()))
        for post, person in zip(posts, voters, strict=False):
            officers.elect(unit=branch.unit, person=person, post=post, since=stage.ago(days).date(), by=party, now=stage.ago(days))
        for name in GROUPS.get(code, ()):
            _group(stage, branch, name, voters[len(posts) :], days)
    _trade_committee(stage, party)


def _voters(branch: Branch) -> list[Person]:
    rows = Placement.objects.filter(branch=branch, until=None, membership__kind=Kind.FULL).order_by("pk")
    return [row.membership.person for row in rows.select_related("membership__person")[:8]]


def _group(stage: Stage, branch: Branch, name: str, voters: Sequence[Person], days: int) -> None:
    """A group of half the branch's members (of a third where there is one group alone), with its leader."""
    by, code = stage.secretary(branch.unit.code), branch.unit.code
    group = placement.make_group(branch=branch, name=name, by=by, now=stage.ago(days))
    rows = list(Placement.objects.filter(branch=branch, until=None).order_by("pk"))
    share = [row for n, row in enumerate(rows) if n % max(2, 4 - len(GROUPS[code])) == GROUPS[code].index(name)]
    for row in share:
        placement.set_group(placement=row, group=group, by=by, now=stage.ago(days))
    leader = voters[GROUPS[code].index(name)]
    officers.elect(
        unit=branch.unit, person=leader, post=Post.GROUP_LEADER, group=group, since=stage.ago(days).date(),
        by=stage.staff("party"), now=stage.ago(days),
    )  # fmt: skip


def _trade_committee(stage: Stage, party: Viewer) -> None:
    """The industry committee: cadres of the trade."""
    unit_of = stage.cast.staff["party"].postings.get(unit__code="committee").unit
    for post, login in ((Post.DEPUTY, "brigade-chief"), (Post.DISCIPLINE, "discipline"), (Post.ORGANISATION, "head")):
        since = add_years(stage.today + timedelta(days=410), -3)
        officers.elect(unit=unit_of, person=stage.cast.staff[login], post=post, since=since, by=party, now=stage.ago(150))


def keep_in_touch(stage: Stage) -> None:
    """The first branch has heard of its members lately, but for two who are silent; one probation is nearly over."""
    by = stage.secretary(FIRST)
    rows = Membership.objects.filter(placements__branch__unit__code=FIRST, placements__until=None).order_by("pk")
    silent = list(rows.filter(kind=Kind.FLOATING).values_list("pk", flat=True)[:2])
    for number, row in enumerate(rows.exclude(pk__in=silent)):
        draw = names.chance("heard", number)
        on = stage.ago(draw.randrange(3, 75)).date()
        membership.record_contact(membership=row, on=on, by=by, now=stage.ago((stage.today - on).days, 17), note="电话问过")


def cover(stage: Stage) -> None:
    """Enterprises and trades fall to branches; one of each is left open, one is held by two: people settle it."""
    party = stage.staff("party")
    branches = list(Branch.objects.order_by("unit__code"))
    for kind in ("enterprise", "trade"):
        keys = sorted(each.key for each in registry.keys_of(kind))
        for n, key in enumerate(keys[:-1]):
            coverage.cover(branch=branches[n % len(branches)], kind=kind, key=key, by=party, now=stage.ago(140))
    coverage.cover(branch=branches[-1], kind="trade", key=keys[0], by=party, now=stage.ago(30))


def move_one(stage: Stage) -> None:
    """Somebody wants to go over to the first branch: his own has let him go, ours has to take him."""
    row = Membership.objects.filter(placements__branch__unit__code="branch-05", placements__until=None, kind=Kind.FULL).order_by("-pk")[0]
    to, by = Branch.objects.get(unit__code=FIRST), stage.secretary("branch-05")
    asked = transfers.ask(membership=row, to_branch=to, by=by, now=stage.ago(4), reason="搬到铜山街道住了，跑车也在这边")
    transfers.give(transfer=asked, by=stage.staff("party"), now=stage.ago(3))


def come_by_phone(stage: Stage, drivers: Sequence[Person]) -> None:
    """Drivers who look for the organisation themselves: waiting, refused and asking again, verified and not placed yet."""
    lives = living_in(FIRST, drivers)
    near = sorted(lives, key=lambda one: not _falls_to_first(one))  # an enterprise may take him elsewhere
    away = [one for one in drivers if one not in near]
    _claim(stage, near[0], 2, "full", "原来在老家村里", proof="slip")
    _claim(stage, near[1], 1, "full", "在老家，没有转出来", home_branch="安徽萧县黄口镇赵楼村党支部")
    _claim(stage, near[2], 8, "probationary", "在物流公司支部")
    _claim(stage, away[0], 1, "full", "不清楚")
    _claim(stage, away[1], 6, "full", "在以前的运输公司")
    refused = _claim(stage, near[3], 13, "full", "记不清了，是在部队入的")
    claims.refuse(claim=refused, by=_verifier(stage, refused), why="原支部查不到这个人", now=stage.ago(9))
    claims.contest(claim=refused, by=Viewer(person_id=near[3].pk), words="我在部队入的党，转业到粮食局，请再帮我查一下档案", now=stage.ago(7, 20))
    true = _claim(stage, near[4], 11, "full", "在镇里的支部", home_branch="铜山区汉王镇南望村党支部")
    by = _verifier(stage, true)
    claims.reach_out(claim=true, by=by, how="call", reached=True, note="和南望村支部通过电话", now=stage.ago(5))
    claims.verify(claim=true, by=by, how=Membership.How.TELEPHONE, kind=Kind.FULL, now=stage.ago(4), note="南望村支部确认")


def _falls_to_first(person: Person) -> bool:
    branch, _why = route(Viewer(person_id=person.pk), person=person, place=person.place)
    return branch is not None and Branch.objects.filter(pk=branch, unit__code=FIRST).exists()


def _verifier(stage: Stage, claim: Claim) -> Viewer:
    """The secretary whose claim it is; the committee's where it fell to no branch."""
    return stage.secretary(claim.branch.unit.code) if claim.branch else stage.staff("party")


def living_in(code: str, drivers: Sequence[Person]) -> list[Person]:
    """Those of them whose place this branch covers."""
    keys = Coverage.objects.filter(branch__unit__code=code, kind="place", until=None).values("key")
    places = set(Place.objects.filter(code__in=keys).values_list("pk", flat=True))
    return [one for one in drivers if one.place_id in places]


def _claim(
    stage: Stage, person: Person, days: int, kind: str, relation: str, *, home_branch: str = "", proof: str = ""
) -> Claim:  # fmt: skip
    name = ""
    if proof:
        picture = check_picture(pictures.draw(proof, "claim"), field="proof")
        name = stored_files.store_sealed(picture.data, root=settings.DATA_DIR)
    said = claims.Said(
        name=person.name, kind=kind, relation=relation, home_branch=home_branch, place=person.place, proof=name,
        joined_on=add_years(stage.today.replace(day=1), -1 if kind == "probationary" else -12),
    )  # fmt: skip
    return claims.open_claim(person=person, said=said, by=Viewer(person_id=person.pk), now=_evening(stage, days))


def _evening(stage: Stage, days: int) -> datetime:
    return stage.ago(days, 19, 20)
