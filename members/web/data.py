"""我的信息: what is known of me, who looked, what I agreed to; copy it, correct it, ask for its deletion."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.services.reveal import who_looked
from common import clock
from common.errors import DomainError
from members import registry
from members.models import Driver
from members.rules.retention import ANSWER_WORKDAYS, KEPT
from members.selectors import own, own_history
from members.services import own as services

NOT_HELD = "没写"  # how the selector says that nothing is held


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def data(request: HttpRequest) -> HttpResponse:
    """The page; POST asks for something or withdraws a consent."""
    viewer, now = request.viewer, clock.now()
    if viewer.person_id is None:
        return redirect(f"{reverse('accounts:driver')}?next={request.path}")
    wrong: dict[str, str] = {}
    if request.method == "POST":
        if purpose := request.POST.get("withdraw"):
            services.withdraw_consent(purpose=purpose[:20], by=viewer, now=now)
            return redirect("members:data")
        try:
            services.ask(kind=request.POST.get("kind", ""), words=request.POST.get("words", ""), by=viewer, now=now)
            return redirect(f"{reverse('members:data')}#asked")
        except DomainError as error:
            wrong[error.field or "words"] = error.message
    subjects = [] if viewer.hidden_before else [request.user, *Driver.objects.filter(person_id=viewer.person_id)]
    context = {
        "groups": [(name, _said(rows)) for name, rows in own.own_facts(viewer)],
        "consents": [] if viewer.hidden_before else own.own_consents(viewer),
        "asked": [
            {"kind": each.get_kind_display(), "state": each.get_state_display(), "at": clock.local(each.asked_at), "answer": each.answer}
            for each in own.own_requests(viewer)[:5]
        ],
        "looked": who_looked(*subjects),
        "kept": [*KEPT, *registry.kept],
        "answer_days": ANSWER_WORKDAYS,
        "typed": request.POST.get("words", ""),
        "wrong": wrong,
        "errors": list(wrong.items()),
    }
    return render(request, "members/web/data.html", context, status=422 if wrong else 200)


def _said(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What is held, then one row that names what is not: ten rows of nothing hide the one that is wrong."""
    empty = [word for word, value in rows if value == NOT_HELD]
    return [*(each for each in rows if each[1] != NOT_HELD), *([(_("没登记的"), "、".join(empty))] if empty else [])]


@never_cache
@require_safe
def copy(request: HttpRequest) -> HttpResponse:
    """A copy to take away (PIPL Art. 45), as JSON; his own phone in full, his ID behind its mask."""
    if request.viewer.person_id is None:
        return redirect(f"{reverse('accounts:driver')}?next={request.path}")
    groups: dict[str, object] = {name: dict(rows) for name, rows in own.own_facts(request.viewer)}
    told = [*own_history.own_history(request.viewer), *own_history.own_rights(request.viewer)]
    groups |= {name: [{_("什么时候"): day, _("什么"): words} for day, words in rows] for name, rows in told}  # days repeat
    if not request.viewer.hidden_before:
        looked = who_looked(request.user, *Driver.objects.filter(person_id=request.viewer.person_id))
        groups[_("谁看过我的号码")] = {each.word: each.times for each in looked}
    answer = JsonResponse({_("截至"): f"{clock.local(clock.now()):%Y-%m-%d %H:%M}", **groups}, json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer
