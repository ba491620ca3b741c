"""People of the staff: made and switched off by the system administrator, posted by the security one.

No phone in clear and no password but a first one, shown once on the page that answers the POST.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin import menu
from accounts.admin.base import ScopedAdmin
from accounts.admin.pages import render_page
from accounts.models import Person, Posting, Unit
from accounts.rules.roles import ROLE_WORDS, Role
from accounts.selectors.people import KEEPERS, staff_for
from accounts.selectors.postings import postings_for
from accounts.services import people, postings, second_factor
from common import clock
from common.clock import SHANGHAI
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from common.masks import mask_phone
from common.reading import read_day
from common.words import whole_day_words


class NewPerson(forms.Form):
    login = forms.CharField(label=_("账号"), max_length=40, help_text=_("3 到 40 个字母、数字，例如 zhoumin"))
    name = forms.CharField(label=_("姓名"), max_length=80)
    phone = forms.CharField(label=_("手机号"), max_length=40, required=False, help_text=_("只用来发提醒，不能用来登录"))


@admin.register(Person)
class PersonAdmin(ScopedAdmin):
    """The list, the page of one person with the acts of the viewer's role, the page that makes one."""

    selector = staff_for
    roles_view = KEEPERS
    roles_add = frozenset({Role.SYSTEM})
    lead = _("有工作人员账号的人。系统管理员建账号，安全管理员授权，审计员只看。")
    icon = "people"
    list_display = ("who", "account", "posted", "masked_phone", "state")
    list_display_links = None
    search_fields = ("login", "name")
    search_help_text = _("姓名或账号")
    ordering = ("login",)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("postings__unit")

    @admin.display(description=_("姓名"))
    def who(self, person: Person) -> str:
        url = reverse("admin:accounts_person_change", args=[person.key])
        return format_html('<a href="{}">{}</a>', url, person.name or person.login)

    @admin.display(description=_("账号"))
    def account(self, person: Person) -> str:
        return person.login or ""

    @admin.display(description=_("任职"))
    def posted(self, person: Person) -> str:
        now = clock.now()
        held = [each for each in person.postings.all() if each.starts_at <= now and (each.ends_at is None or each.ends_at > now)]
        return "、".join(f"{each.unit.name} {ROLE_WORDS[Role(each.role)]}" for each in held) or _("没有任职")

    @admin.display(description=_("手机号"))
    def masked_phone(self, person: Person) -> str:
        return mask_phone(person.phone) or "—"

    @admin.display(description=_("状态"))
    def state(self, person: Person) -> str:
        word, tone = (_("在用"), "ok") if person.is_active else (_("已停用"), "")
        return format_html('<span class="badge {}">{}</span>', tone, word)

    def add_view(self, request: HttpRequest, form_url="", extra_context=None) -> HttpResponse:
        """Make a person; the answer to the POST shows the first password, once."""
        if not self.has_add_permission(request):
            raise Http404
        form = NewPerson(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                person, first = people.make_staff(by=request.viewer, now=clock.now(), **form.cleaned_data)
            except DomainError as refused:
                form.add_error(refused.field if refused.field in form.fields else None, refused.message)
            else:
                return _first_password(request, self, person, first)
        return render_page(
            request, "accounts/admin/person_add.html", title=_("新增人员"), crumbs=[*self.crumbs(), (_("新增人员"), None)],
            form=form, status=422 if form.is_bound else 200,
        )  # fmt: skip

    def change_view(self, request: HttpRequest, object_id: str, form_url="", extra_context=None) -> HttpResponse:
        """One person: what he is, and the acts of whoever looks."""
        person = self._find(request, object_id)
        if request.method == "POST":
            name = request.POST.get("act", "")
            if name not in ACTS or not request.viewer.has_role(NEEDS[name]):
                raise Http404
            if name in SURE and request.POST.get("sure") != "1" and request.POST.get("on") != "1":
                return self._are_you_sure(request, person, name)
            try:
                answer = ACTS[name](self, request, person)
            except NotThere as missing:
                raise Http404 from missing
            except DomainError as refused:
                messages.error(request, refused.message)
                answer = None
            return answer or redirect("admin:accounts_person_change", person.key)
        return self._page(request, person)

    def _find(self, request: HttpRequest, key: str) -> Person:
        try:
            person = staff_for(request.viewer).filter(key=key).first()
        except ValidationError:  # not even the form of a key
            person = None
        if person is None:
            raise Http404
        return person

    def _page(self, request: HttpRequest, person: Person) -> HttpResponse:
        now = clock.now()
        viewer = request.viewer
        rows = list(postings_for(viewer).filter(person=person).order_by("-starts_at"))
        context = {
            "person": person,
            "phone": mask_phone(person.phone),
            "factor": second_factor.has_factor(person),
            "held": [_row(each) for each in rows if each.ends_at is None or each.ends_at > now],
            "past": [_row(each) for each in rows if each.ends_at is not None and each.ends_at <= now],
            "may_keep": viewer.has_role(Role.SYSTEM) and viewer.person_id != person.pk,
            "may_grant": viewer.has_role(Role.SECURITY) and viewer.person_id != person.pk,
            "units": Unit.objects.filter(is_active=True).order_by("code"),
            "roles": [(role.value, word) for role, word in ROLE_WORDS.items()],
            "others": staff_for(viewer).filter(is_active=True).exclude(pk=person.pk).order_by("login"),
        }
        title = person.name or person.login
        return render_page(request, "accounts/admin/person.html", title=title, crumbs=[*self.crumbs(), (title, None)], **context)

    def _are_you_sure(self, request: HttpRequest, person: Person, name: str) -> HttpResponse:
        """What cannot be taken back is asked once more, with what follows from it."""
        question, button, says = SURE[name]
        who = person.name or person.login
        number = small_number(request.POST.get("posting", ""))
        posting = person.postings.select_related("unit").filter(pk=number).first() if number is not None else None
        if name == "end" and posting is None:
            raise Http404
        what = f"{posting.unit.name} {ROLE_WORDS[Role(posting.role)]}" if posting else ""
        keep = [(key, request.POST[key]) for key in ("act", "posting", "on") if key in request.POST]
        return render_page(
            request, "accounts/admin/person_sure.html", title=button, crumbs=[*self.crumbs(), (who, None)],
            question=str(question) % {"who": who, "what": what}, button=button, says=says, keep=keep, person=person,
        )  # fmt: skip

    # --- acts ------------------------------------------------------------------------------
    def _switch(self, request: HttpRequest, person: Person) -> None:
        on = request.POST.get("on") == "1"
        people.set_active(person=person, active=on, by=request.viewer, now=clock.now(), reason=_reason(request))
        messages.success(request, _("账号开了。") if on else _("账号停了，他已经退出。"))

    def _reset(self, request: HttpRequest, person: Person) -> HttpResponse:
        first = people.reset_password(person=person, by=request.viewer, now=clock.now())
        return _first_password(request, self, person, first)

    def _factor(self, request: HttpRequest, person: Person) -> None:
        people.reset_factor(person=person, by=request.viewer, now=clock.now())
        messages.success(request, _("第二道验证清掉了，他下次登录重新设。"))

    def _phone(self, request: HttpRequest, person: Person) -> None:
        people.set_phone(person=person, phone=request.POST.get("phone", ""), by=request.viewer, now=clock.now())
        messages.success(request, _("手机号换了。"))

    def _grant(self, request: HttpRequest, person: Person) -> None:
        now = clock.now()
        unit = Unit.objects.filter(code=request.POST.get("unit", "")).first()
        if unit is None:
            raise DomainError(_("请选一个单位"), field="unit")
        other = None
        if request.POST.get("substitute_for"):
            other = self._find(request, request.POST["substitute_for"])
        postings.grant(
            person=person,
            unit=unit,
            role=request.POST.get("role", ""),
            by=request.viewer,
            now=now,
            starts_at=_day(request.POST.get("starts", ""), time.min) or now,
            ends_at=_day(request.POST.get("ends", ""), time(23, 59, 59)),
            substitute_for=other,
            reason=_reason(request),
        )
        messages.success(request, _("授权了，马上生效。他要重新登录一次。"))

    def _end(self, request: HttpRequest, person: Person) -> None:
        number = small_number(request.POST.get("posting", ""))
        posting = Posting.objects.filter(pk=number, person=person).first() if number is not None else None
        if posting is None:
            raise NotThere
        postings.end(posting=posting, by=request.viewer, now=clock.now(), reason=_reason(request))
        messages.success(request, _("任职结束了，马上生效。"))


ACTS: dict[str, Callable[[PersonAdmin, HttpRequest, Person], HttpResponse | None]] = {
    "switch": PersonAdmin._switch,
    "reset": PersonAdmin._reset,
    "factor": PersonAdmin._factor,
    "phone": PersonAdmin._phone,
    "grant": PersonAdmin._grant,
    "end": PersonAdmin._end,
}
NEEDS = {
    "switch": Role.SYSTEM, "factor": Role.SYSTEM, "phone": Role.SYSTEM,
    "reset": Role.SECURITY, "grant": Role.SECURITY, "end": Role.SECURITY,
}  # fmt: skip
_AT_ONCE = ("clock", _("马上生效，他登录着的地方都会退出。"))
SURE = {
    "end": (_("现在就结束%(who)s的“%(what)s”？"), _("结束任职"), [_AT_ONCE, ("eye", _("他看不到这里的事了；回避还要再算 12 个月。"))]),
    "reset": (_("重设%(who)s的密码？"), _("重设密码"), [_AT_ONCE, ("key", _("原来的密码作废，给一个新的首次密码。"))]),
    "factor": (_("重设%(who)s的第二道验证？"), _("重设第二道验证"), [_AT_ONCE, ("phone", _("原来的认证器和备用码都作废，下次登录重新设。"))]),
    "switch": (_("停用%(who)s的账号？"), _("停用账号"), [_AT_ONCE, ("people", _("他的任职和办过的事都留着，可以再启用。"))]),
}


def _first_password(request: HttpRequest, page: PersonAdmin, person: Person, first: str) -> HttpResponse:
    return render_page(
        request, "accounts/admin/first_password.html", title=_("首次密码"), crumbs=[*page.crumbs(), (_("首次密码"), None)],
        person=person, first=first,
    )  # fmt: skip


def _row(posting: Posting) -> dict:
    return {
        "pk": posting.pk,
        "unit": posting.unit.name,
        "role": ROLE_WORDS[Role(posting.role)],
        "since": clock.local(posting.starts_at),
        "until": clock.local(posting.ends_at) if posting.ends_at else None,
        "instead_of": posting.substitute_for.name if posting.substitute_for else "",
    }


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").strip()[:200]


def _day(text: str, at: time) -> datetime | None:
    """A day of the form as a moment in Xuzhou; None when nothing was typed."""
    if not text.strip():
        return None
    try:
        day = read_day(text)
    except ValueError:
        raise DomainError(_("日子要写成 2026年11月30日 这样")) from None
    moment = datetime.combine(day, at, tzinfo=SHANGHAI)
    now = clock.now()
    return now if at == time.min and clock.today(now) == day else moment


@admin.register(Posting)
class PostingAdmin(ScopedAdmin):
    """Who is what, where: read only here, granted on the page of the person."""

    selector = postings_for
    roles_view = KEEPERS
    lead = _("谁在哪里是什么角色。要授权、要结束，点到人。")
    icon = "key"
    list_display = ("who", "unit_name", "role_word", "since", "until", "counts")
    list_display_links = None
    list_filter = ("role",)
    search_fields = ("person__name", "person__login", "unit__name")
    search_help_text = _("姓名、账号或单位")
    ordering = ("-starts_at", "-pk")

    @admin.display(description=_("姓名"))
    def who(self, posting: Posting) -> str:
        url = reverse("admin:accounts_person_change", args=[posting.person.key])
        return format_html('<a href="{}">{}</a>', url, posting.person.name or posting.person.login)

    @admin.display(description=_("单位"))
    def unit_name(self, posting: Posting) -> str:
        return posting.unit.name

    @admin.display(description=_("角色"))
    def role_word(self, posting: Posting) -> str:
        word = ROLE_WORDS[Role(posting.role)]
        return f"代{posting.substitute_for.name} · {word}" if posting.substitute_for else word

    @admin.display(description=_("自"))
    def since(self, posting: Posting) -> str:
        return f"{whole_day_words(posting.starts_at)}起"

    @admin.display(description=_("至"))
    def until(self, posting: Posting) -> str:
        return f"{whole_day_words(posting.ends_at)}止" if posting.ends_at else _("长期")

    @admin.display(description=_("现在"))
    def counts(self, posting: Posting) -> str:
        now = clock.now()
        on = posting.starts_at <= now and (posting.ends_at is None or posting.ends_at > now)
        return format_html('<span class="badge {}">{}</span>', "ok" if on else "", _("在任") if on else _("不在任"))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        raise Http404


menu.register_item(menu.SYSTEM, "人员", "people", "admin:accounts_person_changelist", KEEPERS, order=10)
menu.register_item(menu.SYSTEM, "任职", "key", "admin:accounts_posting_changelist", KEEPERS, order=20)
