"""What may be done with one member: each act has a page that says what follows, and a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.admin.pages import page, render_page
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from branches.admin import parts
from branches.models import Branch, Group, Membership, Officer, Placement
from branches.rules import kinds, size
from branches.rules.kinds import Kind, Tally
from branches.selectors.figures import tallies
from branches.selectors.members import placements_of, transfer_of
from branches.selectors.proposals import proposals_for
from branches.selectors.scope import branches_for
from branches.services import membership, officers, placement, transfers
from common import clock
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from common.masks import mask_name


@dataclass(frozen=True)
class Act:
    """One act: its word, the question of its page, what follows, its fields, the service behind it."""

    word: str
    question: str
    says: tuple[tuple[str, str], ...]
    fields: tuple[str, ...]
    run: Callable[..., str]
    icon: str = "pencil"
    when: Callable[[Membership, Placement | None], bool] = lambda one, current: True


def names_for(viewer: Viewer, one: Membership, current: Placement | None) -> list[str]:
    """Names of the acts that make sense now; none on oneself."""
    if one.person_id == viewer.person_id:
        return []
    moving = transfer_of(viewer, one) is not None
    return [
        name for name, act in ACTS.items()
        if act.when(one, current) and not (name == "transfer" and moving)
        and not (name == "place" and one.verified_by_id == viewer.person_id)
    ]  # fmt: skip


def acts_for(viewer: Viewer, one: Membership, current: Placement | None) -> list[dict]:
    """The same with their words and pages."""
    return [
        {"word": ACTS[name].word, "icon": ACTS[name].icon, "url": reverse("admin:branches_act", args=[one.person.key, name])}
        for name in names_for(viewer, one, current)
    ]


@page("branches/members/<uuid:person>/act/<slug:act>/", name="branches_act", roles={Role.SECRETARY})
def act_page(request: HttpRequest, person: UUID, act: str) -> HttpResponse:
    """GET shows the question and what follows; POST does it."""
    one = parts.member_or_404(request, person)
    current = placements_of(request.viewer, one).filter(until=None).first()
    found = ACTS.get(act)
    if found is None or not found.when(one, current):
        raise Http404
    error = None
    if request.method == "POST":
        try:
            said = found.run(request, one, current)
        except NotThere as missing:
            raise Http404 from missing
        except DomainError as refused:
            error = refused
        else:
            messages.success(request, said)
            still = parts.member_by_key(request.viewer, one.person.key)
            return redirect("admin:branches_member", one.person.key) if still else redirect("admin:branches_members")
    name = mask_name(one.person.name)
    back = reverse("admin:branches_member", args=[one.person.key])
    return render_page(
        request,
        "branches/admin/act.html",
        title=found.word,
        crumbs=[(_("支部"), None), (_("党员"), reverse("admin:branches_members")), (name, back), (found.word, None)],
        question=found.question % {"name": name},
        says=found.says,
        fields=[_field(each, request, one, current, error) for each in found.fields],
        error=error.message if error and error.field not in found.fields else "",
        button=found.word,
        back=back,
        status=422 if error else 200,
    )


# --- the fields --------------------------------------------------------------------------------


def _field(name: str, request: HttpRequest, one: Membership, current: Placement | None, error: DomainError | None) -> dict:
    """A field of an act's page: word, kind, choices, what was typed, what is wrong with it."""
    word, how, note = FIELDS[name]
    choices = CHOICES[name](request, one, current) if name in CHOICES else ()
    value = request.POST.get(name) if request.method == "POST" else _first(name, one, choices)
    bad = error.message if error and error.field == name else ""
    return {"name": name, "word": word, "how": how, "note": note, "choices": choices, "value": value or "", "bad": bad}


FIELDS = {
    "on": (lazy("哪一天"), "date", ""),
    "since": (lazy("哪天选的"), "date", lazy("任期从这一天起三年")),
    "until": (lazy("延长到"), "date", lazy("半年到一年")),
    "note": (lazy("说了什么"), "text", lazy("可以不填；不要写号码")),
    "reason": (lazy("为什么"), "text", ""),
    "kind": (lazy("改成"), "select", ""),
    "home_branch": (lazy("原支部"), "text", lazy("改成流动才填")),
    "branch": (lazy("哪个支部"), "radio", ""),
    "to_branch": (lazy("转到"), "select", ""),
    "group": (lazy("小组"), "select", ""),
    "post": (lazy("职务"), "select", ""),
}


def _kinds(request, one, current):
    return [(each.value, word) for each, word in ((Kind(value), word) for value, word in Membership.Kind.choices) if kinds.may_become(one.kind, each)]


def _branches(request, one, current):
    """Proposals first, with their reasons; then the other branches of the viewer."""
    names = dict(branches_for(request.viewer).order_by("unit__code").values_list("pk", "unit__name"))
    proposed = proposals_for(request.viewer, [one])[one.pk]
    lines = [(str(each.branch), names.pop(each.branch), "；".join(filter(None, (*each.reasons, each.warning)))) for each in proposed]
    return [*lines, *((str(pk), name, "") for pk, name in names.items())]


def _others(request, one, current):
    rows = Branch.objects.filter(ended_on=None).exclude(pk=current.branch_id if current else 0)
    return [(str(pk), name) for pk, name in rows.order_by("unit__code").values_list("pk", "unit__name")]


def _groups(request, one, current):
    rows = Group.objects.filter(branch_id=current.branch_id if current else 0, ended_on=None)
    return [("", _("不编小组")), *((str(pk), name) for pk, name in rows.order_by("name").values_list("pk", "name"))]


CHOICES = {
    "kind": _kinds, "branch": _branches, "to_branch": _others, "group": _groups,
    "post": lambda request, one, current: list(Officer.Post.choices),
}  # fmt: skip


def _first(name: str, one: Membership, choices) -> str:
    if name in ("on", "since"):
        return clock.today(clock.now()).isoformat()
    if name == "home_branch":
        return one.home_branch
    return str(choices[0][0]) if name == "branch" and choices else ""


# --- the acts ----------------------------------------------------------------------------------


def _base(request: HttpRequest) -> dict:
    return {"by": request.viewer, "now": clock.now()}


def _said(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").strip()[:200]


def _contact(request, one, current) -> str:
    on = parts.must_day(_said(request, "on"), "on")
    membership.record_contact(membership=one, on=on, note=_said(request, "note"), **_base(request))
    return _("记下了。")


def _kind(request, one, current) -> str:
    membership.change_kind(
        membership=one, kind=_said(request, "kind"), reason=_said(request, "reason"),
        home_branch=_said(request, "home_branch"), **_base(request),
    )  # fmt: skip
    return _("类别改好了。")


def _prolong(request, one, current) -> str:
    until = parts.must_day(_said(request, "until"), "until")
    membership.prolong(membership=one, until=until, reason=_said(request, "reason"), **_base(request))
    return _("预备期延长到 %s。") % until.isoformat()


def _place(request, one, current) -> str:
    branch = _branch_of(request, "branch", branches_for(request.viewer))
    before = tallies(request.viewer, [branch.pk]).get(branch.pk, Tally())
    placement.place(membership=one, branch=branch, reason=_said(request, "reason"), **_base(request))
    warned = size.after_one_more(before)
    if warned:
        messages.warning(request, warned.words)
    return _("编进%s了。") % branch.unit.name


def _group(request, one, current) -> str:
    number = small_number(_said(request, "group"))
    group = Group.objects.filter(pk=number).first() if number is not None else None
    placement.set_group(placement=current, group=group, **_base(request))
    return _("小组换好了。")


def _office(request, one, current) -> str:
    number = small_number(_said(request, "group"))
    post = _said(request, "post")
    group = Group.objects.filter(pk=number).first() if number is not None and post == Officer.Post.GROUP_LEADER else None
    since = parts.must_day(_said(request, "since"), "since")
    made = officers.elect(unit=current.branch.unit, person=one.person, post=post, since=since, group=group, **_base(request))
    return _("记下了，任期到 %s。") % made.term_ends.isoformat()


def _transfer(request, one, current) -> str:
    to = _branch_of(request, "to_branch", Branch.objects.filter(ended_on=None))
    transfers.ask(membership=one, to_branch=to, reason=_said(request, "reason"), **_base(request))
    return _("提出来了。两边的书记都同意，他才转；这之前他还在原来的支部。")


def _leave(request, one, current) -> str:
    membership.end(membership=one, reason=_said(request, "reason"), **_base(request))
    return _("记下了：他离开了支部。")


def _branch_of(request, name: str, rows) -> Branch:
    number = small_number(_said(request, name))
    found = rows.select_related("unit").filter(pk=number).first() if number is not None else None
    if found is None:
        raise DomainError(_("请选一个支部"), field=name, code="required")
    return found


AT_ONCE = ("clock", lazy("马上生效，谁办的、为什么，都留痕。"))
TWO = ("people", lazy("核实的人和编队的人是两个人。"))
_placed = lambda one, current: current is not None  # noqa: E731
ACTS: dict[str, Act] = {
    "place": Act(
        lazy("编进支部"), lazy("把%(name)s编进哪个支部？"), (TWO, ("flag", lazy("一个人只在一个支部；以后要换，办转支部。"))),
        ("branch", "reason"), _place, "flag", lambda one, current: current is None,
    ),
    "contact": Act(lazy("记一次联系"), lazy("哪天联系上%(name)s的？"), (("phone", lazy("满六个月没有联系会提醒；怎么定由支部定。")),), ("on", "note"), _contact, "phone"),
    "kind": Act(lazy("改类别"), lazy("%(name)s改成哪一类？"), (("scales", lazy("只有正式党员在这里有表决权；没有了表决权，职务也到此为止。")), AT_ONCE), ("kind", "home_branch", "reason"), _kind, "merge"),
    "prolong": Act(
        lazy("延长预备期"), lazy("%(name)s的预备期延长到哪天？"), (("calendar", lazy("一次延长半年到一年，由支部大会定。")),), ("until", "reason"), _prolong,
        "calendar", lambda one, current: one.kind == Kind.PROBATIONARY,
    ),
    "group": Act(lazy("换小组"), lazy("%(name)s编进哪个小组？"), (AT_ONCE,), ("group",), _group, "people", _placed),
    "office": Act(
        lazy("记当选职务"), lazy("%(name)s当选了什么？"), (("clock", lazy("任期三年，到期前 90 天、30 天提醒换届。")), ("people", lazy("同一个职务原来的人就卸任了。"))),
        ("post", "group", "since"), _office, "star", lambda one, current: current is not None and kinds.has_vote(one.kind),
    ),
    "transfer": Act(lazy("转支部"), lazy("%(name)s转到哪个支部？"), (("people", lazy("两边的书记都同意才转，要两个人。")),), ("to_branch", "reason"), _transfer, "route", _placed),
    "leave": Act(
        lazy("记离开"), lazy("%(name)s离开支部了？"), (("undo", lazy("编队和职务同时结束；他联系的五名司机同一刻转到待分配。")), AT_ONCE),
        ("reason",), _leave, "out",
    ),
}  # fmt: skip
