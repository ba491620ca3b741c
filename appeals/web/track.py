"""`/appeals/track`: number and code open one appeal for half an hour; what its driver then sees."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.rules.viewer import Viewer
from accounts.web.entry import address_of
from appeals.models import Answer, Appeal, Clock, Rating
from appeals.rules.clocks import Line
from appeals.rules.life import RATING_WORDS, WITH_UNIT, State
from appeals.rules.moves import Move
from appeals.selectors.behalf import writer_words
from appeals.selectors.facts import offers_for, working_days_after
from appeals.services import deadlines, receipts
from appeals.web import browser, timeline
from appeals.web.receipt import groups_of
from common import clock
from common.errors import DomainError, NotThere, TooOften
from common.selectors import calendar
from common.words import WEEKDAYS, day_words

DONE = {
    "nudged": ("ok", "done", gettext_lazy("催过了"), gettext_lazy("已经告诉办这件事的人。")),
    "added": ("ok", "done", gettext_lazy("补充的收到了"), gettext_lazy("办这件事的人看得到。")),
    "replied": ("ok", "done", gettext_lazy("您的回话收到了"), gettext_lazy("接着办。")),
    "accused": ("ok", "done", gettext_lazy("加上了"), gettext_lazy("这个单位看不到这件诉求，也不来办。")),
    "rated": ("ok", "done", gettext_lazy("评价收到了"), gettext_lazy("回访以前都可以改。")),
    "again": ("ok", "done", gettext_lazy("评价收到了，重新办"), gettext_lazy("换了一个人来办。")),
    "withdrawn": ("ok", "done", gettext_lazy("撤回了"), gettext_lazy("想再说，随时重新写一件。")),
    "reopened": ("ok", "done", gettext_lazy("重新办了"), gettext_lazy("换了一个人来办。")),
}


def own_or_404(request: HttpRequest, key: UUID, *, now: datetime) -> tuple[Appeal, Viewer]:
    """The appeal of this address for this browser; otherwise it is not there."""
    try:
        return browser.own_appeal(request, key, now=now)
    except NotThere:
        raise Http404 from None


@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Ask for number and code. Wrong number and wrong code look the same."""
    if request.method != "POST":
        return render(request, "appeals/web/track_form.html", {"answers": {}})
    now = clock.now()
    number, code = _plain(request.POST.get("number", "")[:60]), _plain(request.POST.get("code", "")[:30])
    wrong = _misshapen(number, code)
    status, after = 422, 0
    if not wrong:
        try:
            appeal = receipts.look_up(number=number, code=code, caller=address_of(request), now=now)
        except TooOften as error:
            wrong, status, after = {"code": error.message}, 429, error.retry_after
        except DomainError as error:
            wrong = {error.field or "code": error.message}
        else:
            browser.grant(request, appeal, now=now)
            return redirect("appeals:view", key=appeal.key)
    context = {"answers": {"number": number}, "wrong": wrong, "errors": list(wrong.items())}
    response = render(request, "appeals/web/track_form.html", context, status=status)
    if after:
        response["Retry-After"] = str(after)
    return response


def _plain(text: str) -> str:
    """Full-width digits made ordinary ones."""
    return unicodedata.normalize("NFKC", text)


def _misshapen(number: str, code: str) -> dict[str, str]:
    found = {}
    digits, signs = sum(c.isdigit() for c in number), sum(c.isdigit() for c in code)
    if digits != 16:
        found["number"] = _("编号是 16 位，您填了 %(n)d 位") % {"n": digits} if digits else _("请填编号，16 位数字")
    if signs != 6:
        found["code"] = _("查询码是 6 位，您填了 %(n)d 位") % {"n": signs} if signs else _("请填查询码，6 位数字")
    return found


@require_safe
def view(request: HttpRequest, key: UUID) -> HttpResponse:
    """How far it is, who has it, by when what comes, and what he can do."""
    now = clock.now()
    appeal, viewer = own_or_404(request, key, now=now)
    return show(request, appeal, viewer, now=now)


def show(
    request: HttpRequest,
    appeal: Appeal,
    viewer: Viewer,
    *,
    now: datetime,
    wrong: dict[str, str] | None = None,
    typed: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of one appeal, also after an act that could not be done."""
    context = page(appeal, viewer, now=now, typed=typed or {})
    done = DONE.get(request.GET.get("done", ""))
    if done:
        context["said"] = dict(zip(("kind", "icon", "title", "words"), done, strict=True))
    context |= {
        "wrong": wrong or {},
        "errors": list((wrong or {}).items()),
        "all_steps": request.GET.get("steps") == "all",
        "start_url": reverse("appeals:new"),
    }
    return render(request, "appeals/web/track.html", context, status=status)


def page(appeal: Appeal, viewer: Viewer, *, now: datetime, typed: dict[str, Any]) -> dict[str, Any]:
    """What the page says, state by state."""
    clocks = {row.kind: row for row in Clock.objects.filter(appeal=appeal).select_related("rule").order_by("round", "pk")}
    events = list(appeal.events.filter(public=True).select_related("unit").order_by("-seq"))
    offers = {offer.move: offer for offer in offers_for(appeal, viewer, now=now)}
    answer = appeal.answers.filter(state=Answer.State.APPROVED).order_by("-round").first()
    told = answer is not None and answer.round == appeal.round and not appeal.is_open
    steps = timeline.steps(appeal, events, clocks, now=now)
    if told:  # its words stand above already
        steps = [{**s, "said": ""} if s["move"] == Move.APPROVE and s["round"] == answer.round else s for s in steps]
    shown = timeline.short(steps)
    state = State(appeal.state)
    return {
        "key": appeal.key,
        "version": appeal.version,
        "number": " ".join(groups_of(appeal.number)),
        "last4": appeal.number[-4:],
        "heading": _("正在重新办") if state == State.IN_HAND and appeal.round > 1 else timeline.HEADINGS[state],
        "holder": _holder(appeal, state),
        "writer": writer_words(appeal, viewer),
        "promise": _promise(appeal),
        "why": _why(clocks, appeal),
        "answer": _answer(answer, events, clocks) if told else None,
        "question": _question(appeal, events, state),
        "banner": _banner(appeal, clocks, state, events, now=now),
        "steps": steps,
        "steps_short": shown,
        "more_steps": len(shown) < len(steps),
        "can": {move.value: not offer.why_not for move, offer in offers.items()},
        "nudge_line": _nudge_line(offers),
        "nudge_short": _("一天能催一次"),
        "nudged": Move.NUDGE in offers and bool(offers[Move.NUDGE].why_not),
        "rating": _rating(appeal, clocks, typed, now=now) if _may(offers, Move.RATE) else None,
        "has_accused": appeal.accused.filter(removed_at=None).exists(),
    }


def _may(offers: dict, move: Move) -> bool:
    return move in offers and not offers[move].why_not


def _holder(appeal: Appeal, state: State) -> str:
    if state == State.SUBMITTED:
        return _("诉求分拨台")
    return appeal.lead_unit.name if state in WITH_UNIT and state != State.ANSWERED and appeal.lead_unit_id else ""


def _promise(appeal: Appeal) -> dict[str, Any] | None:
    """First promise beside the present one, always both."""
    if not appeal.is_open or appeal.due is None:
        return None
    first = appeal.first_due or appeal.due
    return {"first": _day(first, False), "due": _day(appeal.due, appeal.provisional)}


def _day(moment: datetime, provisional: bool) -> dict[str, Any]:
    at = clock.local(moment)
    return {
        "day": f"{at.month}月{at.day}日",
        "weekday": f"周{WEEKDAYS[at.weekday()]}",
        "at": f"{at.hour}:{at:%M}",
        "provisional": provisional,
    }


def _why(clocks: dict[str, Clock], appeal: Appeal) -> dict[str, Any] | None:
    """How the answer date comes about, day by day: {head, rows: [(day, word)], note}."""
    running = clocks.get("C7" if appeal.round > 1 else "C4")
    if running is None or not appeal.is_open:
        return None
    running.appeal = appeal
    due = deadlines.computed(running, calendar())
    head = _("一共 %(limit)s，收到当天不算。") % {"limit": due.spec.words}
    if due.extension_days:
        head += _("晚了的 %(n)d 个工作日也在里面。") % {"n": due.extension_days}
    years = _("、").join(str(year) for year in due.unknown_years)
    note = _("%(years)s 年哪天放假还没公布，先按周末算，日子是暂定的。") % {"years": years} if due.provisional else ""
    return {"head": head, "rows": [(day_words(line.date), _day_word(line)) for line in due.lines], "note": note}


def _day_word(line: Line) -> str:
    if line.paused and not line.number:
        return _("等您回话，不算")
    if line.number:
        return _("第 %(n)d 天") % {"n": line.number}
    return line.why if line.counted else _("%(why)s，不算") % {"why": line.why.removesuffix("不计").removesuffix("，")}


def _answer(answer: Answer, events, clocks: dict[str, Clock]) -> dict[str, Any]:
    given = next((e for e in events if e.move == Move.APPROVE and e.round == answer.round), None)
    parts = [answer.measure, answer.basis, answer.result]
    return {
        "unit": given.unit.name if given and given.unit_id else "",
        "at": timeline.moment_words(answer.approved_at),
        "paragraphs": [timeline.whole_dates(p.strip()) for part in parts for p in part.split("\n") if p.strip()],
        "rules": _kept(clocks.get("C4" if answer.round == 1 else "C7"), answer.approved_at),
    }


def _kept(row: Clock | None, at: datetime) -> list[str]:
    """How the answer compares with both promises: "最初答应 11月30日，晚了 2 个工作日"."""
    if row is None:
        return []
    pairs = [(_("最初答应"), row.first_due)]
    if row.due != row.first_due:
        pairs.append((_("改后答应"), row.due))
    said = []
    for word, due in pairs:
        day = clock.local(due)
        late = calendar().working_days_between(day.date(), clock.today(at)) if at > due else 0
        verdict = _("没有超") if at <= due else _("晚了 %(n)d 个工作日") % {"n": late} if late else _("当天晚了")
        said.append(f"{word} {day.month}月{day.day}日，{verdict}")
    return said


def _question(appeal: Appeal, events, state: State) -> dict[str, Any] | None:
    if state != State.WAITING_DRIVER:
        return None
    asked = next((e for e in events if e.move == Move.ASK_DRIVER), None)
    if asked is None:
        return None
    limit = appeal.pauses.filter(ended_at=None).values_list("limit_at", flat=True).first()
    rule = _("%(day)s前回话就行。不回也接着办，只按现有的材料。") % {"day": day_words(limit)} if limit else ""
    return {
        "unit": asked.unit.name if asked.unit_id else "",
        "at": timeline.moment_words(asked.at),
        "text": timeline.whole_dates(asked.words),
        "rule": rule,
    }


def _banner(appeal: Appeal, clocks, state: State, events, *, now: datetime) -> dict[str, Any] | None:
    """What must be known besides: where to go instead, or the last day to contest a fine."""
    if state == State.DECLINED:
        words = next((e.words or e.reason for e in events if e.move == Move.DECLINE), "")
        return {"kind": "link", "icon": "info", "title": _("该找谁"), "words": words}
    advice = clocks.get("C10")
    if advice and advice.ended_at is None and advice.due > now:
        words = _("%(day)s前可以申请行政复议。找我们不耽误，也不代替它。") % {"day": day_words(advice.due)}
        return {"kind": "link", "icon": "info", "title": _("不服罚款，还有另一条路"), "words": words}
    return None


def _nudge_line(offers: dict) -> str:
    offer = offers.get(Move.NUDGE)
    if offer is None:
        return ""
    return offer.why_not or _("今天还没催过，一天能催一次")


def _rating(appeal: Appeal, clocks, typed: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    given = Rating.objects.filter(appeal=appeal, round=appeal.round).first()
    window = clocks.get("C5")
    mended = working_days_after(now, 15, calendar())
    return {
        "words": list(RATING_WORDS.items()),
        "chosen": typed.get("score") or (given.value if given else None),
        "comment": typed.get("comment", given.words if given else ""),
        "until": day_words(window.due) if window and window.running and window.due > now else "",
        "bad_line": _("评“差”或“很差”，会换一个人重新办，%(day)s前给结果。") % {"day": day_words(mended)},
        "button": _("改评价") if given else _("提交评价"),
    }
