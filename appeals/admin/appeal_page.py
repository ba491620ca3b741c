"""One appeal: what the driver said, by when, why it came here, what happened, and the acts of the table."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.rules.roles import HANDLING, Role
from accounts.rules.viewer import Viewer
from appeals.admin import cards, parts, reply
from appeals.admin.acts import ACTS
from appeals.admin.appeal_list import ROLES
from appeals.models import Answer, Appeal
from appeals.rules.life import FILED_BY_WORDS, State
from appeals.rules.moves import Move, Offer
from appeals.rules.routing_names import category_name
from appeals.selectors import staff
from appeals.selectors.facts import offers_for
from appeals.selectors.scope import appeals_for
from appeals.services import answers
from common import clock
from common.masks import mask_name, mask_phone, mask_plate
from common.selectors import calendar
from common.words import short_words

REVEAL_REASONS = (("call", "打电话核实"), ("reply", "电话答复"), ("call_back", "回访"), ("urgent", "有危险，马上联系"))
ON_SHEET = {Move.PROGRESS: 2, Move.ASK_DRIVER: 3, Move.NOTE: 4}
OFF_BAR = frozenset({Move.NOTE, Move.RECUSE, Move.ADD_ACCUSED, Move.REMOVE_ACCUSED, Move.RECLASSIFY,
                     Move.ASSIGN_HANDLER})  # fmt: skip


def appeal_or_404(request: HttpRequest, key: UUID) -> Appeal:
    """The appeal, or the 404 of an address that does not exist."""
    rows = appeals_for(request.viewer).select_related("place", "lead_unit", "handler")
    found = rows.filter(key=key).first()
    if found is None:
        raise Http404
    return found


@page("appeals/appeal/<uuid:key>/", name="appeals_one", roles=ROLES)
def appeal_page(request: HttpRequest, key: UUID) -> HttpResponse:
    return show(request, appeal_or_404(request, key))


def _cannot(offers: list[Offer]) -> list[dict[str, str]]:
    """What cannot be done, with its reason; a reason that several share is seen once (`by` names the first of them)."""
    said: dict[str, str] = {}
    for each in offers:
        said.setdefault(each.why_not, each.move.value)
    return [{"value": each.move.value, "word": each.legal.word, "why": each.why_not, "by": said[each.why_not]} for each in offers]


def show(request: HttpRequest, appeal: Appeal, *, errors=(), typed: Mapping[str, str] | None = None, status: int = 200,
         clear_phone: str = "") -> HttpResponse:  # fmt: skip
    """The page; after an error with everything that was typed still in it."""
    viewer, now = request.viewer, clock.now()
    offers = offers_for(appeal, viewer, now=now)
    sees_inside = parts.sees_inside(viewer)
    decision = appeal.decisions.order_by("-id").first()
    marks = cards.marks_of_decision(decision, appeal.text)
    before, after = staff.neighbours(viewer, appeal)
    only_public = request.GET.get("public") == "1" or not sees_inside
    answer = Answer.objects.filter(appeal=appeal, round=appeal.round).select_related("drafted_by").first()
    title = parts.title_of(appeal)
    context = {
        "title": title,
        "crumbs": [(_("诉求"), None), (_("诉求列表"), reverse("admin:appeals_list")), (_("尾号 %s") % parts.tail(appeal.number), None)],
        "lead": _lead(appeal),
        "state": parts.state_badge(appeal.state),
        "urgent": parts.is_urgent(appeal),
        "plain_badges": list(filter(None, (parts.kind_word(appeal.kind), category_name(appeal.category) if appeal.category else ""))),
        "previous_url": reverse("admin:appeals_one", args=[before.key]) if before else "",
        "next_url": reverse("admin:appeals_one", args=[after.key]) if after else "",
        "story": parts.split_marks(appeal.text, marks),
        "facts": facts_of(appeal, viewer),
        "photos": photos_of(appeal),
        "reveal": reveal_of(appeal, viewer, clear_phone),
        "only_public": only_public,
        "clock": cards.clock_card(appeal, now=now, calendar=calendar()),
        "why": cards.why_card(appeal, decision),
        "requests": cards.request_cards(appeal, now=now) if sees_inside else [],
        "moves": moves_of(offers, appeal, errors),
        "cannot": _cannot([each for each in offers if each.why_not and each.move not in ON_SHEET]),
        "more": more_of(offers, appeal),
        "errors": errors,
        "version": (typed or {}).get("version") or appeal.version,
        "act_url": reverse("admin:appeals_act", args=[appeal.key]),
    }
    context |= cards.steps_card(appeal, now=now, only_public=only_public)
    context |= reply.context_of(request, appeal, offers, answer, typed=typed, errors=errors)
    context |= _answer_shown(appeal, answer, viewer, offers)
    return render_page(request, "appeals/admin/appeal.html", status=status, **context)


def _lead(appeal: Appeal) -> str:
    who = _("%(unit)s主办") % {"unit": appeal.lead_unit.name} if appeal.lead_unit else _("还没转给单位")
    if appeal.handler:
        who += _("，经办 %s") % appeal.handler.name
    return _("编号 %(number)s · %(who)s · 第 %(round)s 轮") % {
        "number": parts.grouped(appeal.number), "who": who, "round": appeal.round,
    }  # fmt: skip


def facts_of(appeal: Appeal, viewer: Viewer) -> list[tuple[str, str]]:
    """The facts beside the story; whom it is about is shown to the discipline officer and the desk alone."""
    place = " ".join(filter(None, (appeal.place.name if appeal.place else "", appeal.spot)))
    facts = [
        (_("地点"), place),
        (_("发生"), appeal.happened),
        (_("渠道"), FILED_BY_WORDS.get(appeal.channel, appeal.channel)),
        (_("收到"), short_words(appeal.received_at, now=clock.now())),
        (_("处罚决定"), f"{appeal.fine_on:%Y-%m-%d}" if appeal.fine_on else ""),
        (_("人数"), _("%s 人") % appeal.persons if appeal.persons > 1 else ""),
    ]
    if viewer.has_role(Role.DISCIPLINE):
        named = "、".join(row.unit.name for row in appeal.accused.filter(removed_at=None).select_related("unit"))
        facts.append((_("被反映"), named or _("没有")))
    return [(word, value) for word, value in facts if value]


def photos_of(appeal: Appeal) -> list[dict]:
    return [
        {"url": reverse("admin:appeals_photo", args=[appeal.key, photo.key]), "alt": _("司机的第 %s 张照片") % number}
        for number, photo in enumerate(appeal.photos.all(), start=1)
    ]


def reveal_of(appeal: Appeal, viewer: Viewer, clear_phone: str) -> dict | None:
    """Masked name, phone and plate; the reasons for which the number may be shown, where the role allows it."""
    if not parts.shows_driver(viewer, appeal):
        return None
    may = appeal.phone and viewer.has_role(*HANDLING, Role.DESK, Role.DUTY, Role.CALL_BACK, Role.DISCIPLINE)
    return {
        "name": mask_name(appeal.caller_name) or _("没留称呼"),
        "phone": mask_phone(appeal.phone) or _("没留电话"),
        "plate": mask_plate(appeal.plate),
        "clear": clear_phone,
        "reasons": REVEAL_REASONS if may else (),
        "url": reverse("admin:appeals_reveal", args=[appeal.key]),
    }


def _place(offer: Offer) -> tuple[bool, int]:
    """Primary acts first, then what an approver does, then the sheets, then the rest in the order of the table."""
    order = (Move.SEND_BACK_DRAFT, Move.PROGRESS, Move.ASK_DRIVER)
    return not offer.legal.primary, order.index(offer.move) if offer.move in order else len(order)


def moves_of(offers: list[Offer], appeal: Appeal, errors) -> list[dict]:
    """Buttons of the bar, from the table: the first possible primary one is the page's one red act."""
    act_url = reverse("admin:appeals_act", args=[appeal.key])
    here = reverse("admin:appeals_one", args=[appeal.key])
    buttons = []
    main_given = False
    for offer in sorted(offers, key=_place):
        if offer.why_not or offer.move not in ACTS | {Move.SUBMIT_ANSWER: None} or offer.move in OFF_BAR:
            continue
        # red once: the first primary act that can be made
        main = offer.legal.primary and not main_given
        main_given = main_given or main
        button = {"word": offer.legal.word, "value": offer.move.value, "main": main, "form": "", "url": "", "small": ""}
        if offer.move == Move.SUBMIT_ANSWER:
            button["form"] = "form-answer"
        elif offer.move in ON_SHEET:
            button["url"] = f"{here}?sheet={ON_SHEET[offer.move]}#reply"
        else:
            button["url"] = f"{act_url}?move={offer.move.value}"
        buttons.append(button)
    return buttons


def more_of(offers: list[Offer], appeal: Appeal) -> list[dict]:
    """Rarer acts, under 更多."""
    act_url = reverse("admin:appeals_act", args=[appeal.key])
    return [
        {"word": offer.legal.word, "url": f"{act_url}?move={offer.move.value}"}
        for offer in offers
        if not offer.why_not and offer.move in OFF_BAR and offer.move != Move.NOTE and offer.move in ACTS
    ]


def _answer_shown(appeal: Appeal, answer: Answer | None, viewer: Viewer, offers: list[Offer]) -> dict:
    """The answer as text: once approved for all, before that for those who approve it."""
    approves = any(offer.move in (Move.APPROVE, Move.HEAD_APPROVE, Move.SEND_BACK_DRAFT) for offer in offers)
    if answer is None or answer.state == Answer.State.DRAFT:
        return {}
    if answer.state != Answer.State.APPROVED and not (approves or viewer.person_id == answer.drafted_by_id):
        return {}
    words = "\n".join(getattr(answer, part) for part in answers.PARTS if getattr(answer, part))
    title = _("给司机的答复") if answer.state == Answer.State.APPROVED else _("送审的答复，%s 起草") % answer.drafted_by.name
    return {"answer_text": words, "answer_title": title, "answer_done": appeal.state != State.IN_HAND}
