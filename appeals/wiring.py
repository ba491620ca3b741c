"""What appeals registers downward: its sweeps, its kinds of notice, and who may receive them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.registry import registry
from accounts.rules.viewer import Viewer
from notices import registry as notices
from notices.rules.states import Hours

# Closed templates: nothing but dates and counts; no name, plate, unit or text ever gets in.
DRIVER_WORDS = {
    "appeal.received": _("您的事项收到了，请凭收据上的编号和查询码查看"),
    "appeal.spoken": _("有人按您的同意替您交了一件，请登录查看；不是您的意思可以撤回"),
    "appeal.routed": _("您的事项有新进展，已有单位来办，请凭编号查看"),
    "appeal.accepted": _("您的事项有新进展，请凭编号查看"),
    "appeal.progress": _("您的事项有新进展，请凭编号查看"),
    "appeal.question": _("您的事项需要您补充一点，请凭编号查看"),
    "appeal.extended": _("您的事项日期有变，请凭编号查看"),
    "appeal.answered": _("您的事项有答复了，请凭编号查看，看完请评一评"),
    "appeal.reopened": _("您的事项换人重新办，请凭编号查看"),
    "appeal.closed": _("您的事项办结了，60 天内还能要求重新办"),
    "appeal.declined": _("您的事项有答复了，请凭编号查看"),
}
STAFF_WORDS = {
    "appeal.task": _("您有 1 件待办，请登录查看"),
    "appeal.desk": _("您有 1 件待分拨，请登录查看"),
    "appeal.approve": _("您有 1 件待批，请登录查看"),
    "appeal.decide": _("您有 1 件申请待定，请登录查看"),
    "appeal.decided": _("您的申请有结果了，请登录查看"),
    "appeal.nudged": _("您有 1 件被催办，请登录查看"),
    "appeal.material": _("您有 1 件有新材料，请登录查看"),
    "appeal.rung.task": _("您有 1 件待办，请登录查看"),
    "appeal.rung.reminder": _("您有 1 件快到期，请登录查看"),
    "appeal.rung.due_today": _("您有 1 件今天到期，请登录查看"),
    "appeal.rung.nudge": _("催办：您有 1 件已超期，请登录查看"),
    "appeal.rung.escalate": _("督办：有 1 件已超期，请登录查看"),
    "appeal.rung.circulate": _("通报：有 1 件严重超期，请登录查看"),
}


def may_receive_many(person_id: int, about_pks: Collection[str], *, now: datetime) -> set[str]:
    """The appeals among `about_pks` that this person may still know of."""
    from accounts.models import Person
    from accounts.selectors.viewer import viewer_for
    from appeals.selectors.scope import may_hear_of

    person = Person.objects.filter(pk=person_id).first()
    return {str(pk) for pk in may_hear_of(viewer_for(person, now=now), about_pks)}


def staff_pages(viewer: Viewer, pks: Collection[str]) -> dict[str, notices.Where]:
    """Where messages of the staff lead: of whatever he may hear of the last digits, the page where he may open it."""
    from django.urls import reverse

    from appeals.models import Appeal
    from appeals.selectors.scope import appeals_for

    open_to_him = set(appeals_for(viewer).filter(pk__in=pks).order_by().values_list("pk", flat=True))
    rows = Appeal.objects.filter(pk__in=pks).values_list("pk", "key", "number")
    return {
        str(pk): notices.Where(
            reverse("admin:appeals_one", args=[key]) if pk in open_to_him else "",
            _("尾号 %s") % f"{number[-8:-4]} {number[-4:]}",
        )
        for pk, key, number in rows
    }


def may_hear_results(person_id: int, pks: Collection[str], *, now: datetime) -> set[str]:
    """The requests among `pks` whose result this person may be told."""
    from accounts.models import Person
    from accounts.selectors.viewer import viewer_for
    from appeals.selectors.scope import may_hear_result

    person = Person.objects.filter(pk=person_id).first()
    return {str(pk) for pk in may_hear_result(viewer_for(person, now=now), pks)}


def request_pages(viewer: Viewer, pks: Collection[str]) -> dict[str, notices.Where]:
    """A request is found on the page of its appeal."""
    from appeals.models import Request

    about = {str(pk): str(appeal) for pk, appeal in Request.objects.filter(pk__in=pks).values_list("pk", "appeal_id")}
    pages = staff_pages(viewer, set(about.values()))
    return {pk: pages[appeal] for pk, appeal in about.items() if appeal in pages}


def driver_link(pk: str) -> str:
    """Where a driver's own message leads: his page of the appeal, which asks for his right again."""
    from django.urls import reverse

    from appeals.models import Appeal

    key = Appeal.objects.filter(pk=pk).values_list("key", flat=True).first()
    return reverse("appeals:view", args=[key]) if key else ""


def needs(person_id: int, *, now: datetime) -> bool:
    """Whoever has an appeal under way is reached by his phone until it has ended."""
    from django.db.models import Q

    from appeals.models import Appeal
    from appeals.rules.life import ENDED

    return Appeal.objects.filter(Q(person=person_id) | Q(filed_by=person_id)).exclude(state__in=ENDED).exists()


def connect() -> None:
    """Called once, when the apps are ready."""
    from appeals.services import drafts, joined, reminders, ripening, routing

    notices.register_kind(
        "appeals.appeal", may_receive_many=may_receive_many,
        driver_link=driver_link, where_many=staff_pages,
    )  # fmt: skip
    notices.register_kind(
        "appeals.request", may_receive_many=may_hear_results, where_many=request_pages
    )
    for name, words in DRIVER_WORDS.items():
        notices.register_template(name, words=words, hours=Hours.ANY, audience="driver")
    for name, words in STAFF_WORDS.items():
        notices.register_template(name, words=words, hours=Hours.OFFICE, audience="staff")
    notices.register_template("appeal.urgent", words=_("特急：您有 1 件待办，请马上登录"), hours=Hours.ANY, audience="staff")
    registry.sweep("routing", routing.sweep)
    registry.sweep("recusals", ripening.keep_out)
    registry.sweep("pauses", ripening.end_pauses)
    registry.sweep("extensions", ripening.lapse_extensions)
    registry.sweep("calendar", ripening.recalendar)
    registry.sweep("closing", ripening.close_ripe)
    registry.sweep("reminders", reminders.sweep)
    registry.tidy("drafts", drafts.sweep_old)
    registry.when_joined(joined.move)
    registry.still_needed(needs)
