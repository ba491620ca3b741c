"""Who enters the staff side, what its base closes, how its menu is made."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch, reverse

from accounts.admin import menu, pages
from accounts.admin.base import ScopedAdmin
from accounts.admin.site import HouseAdminSite
from accounts.models import AuditLine, Person, Posting, Unit
from accounts.rules.roles import Role
from accounts.rules.viewer import NOBODY, Held, Viewer
from appeals.models import ReplyTemplate
from tests.accounts.conftest import sign_in_staff
from tests.cast import MONDAY
from tests.house.walking import signed_in

pytestmark = pytest.mark.django_db
OPEN_TO_ALL_STAFF = {"notices"}  # one's own messages
ADMINS = list(admin.site._registry.items())


def looking(*roles: str) -> Viewer:
    return Viewer(person_id=1, held=tuple(Held(unit_id=1, role=role) for role in roles), second_factor=True)


# --- who enters --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/admin/", "/admin/appeals/appeal/", "/admin/accounts/person/", "/admin/nothing/"])
def test_without_the_second_step_every_address_leads_to_the_sign_in(cast, path):
    for client in (signed_in(cast.handler, second_factor=False), signed_in(None), signed_in(cast.driver)):
        response = client.get(path)
        assert response.status_code == 302 and response.url.startswith("/admin/login/")
        assert client.get(response.url).url.startswith("/accounts/staff/")


def test_flags_of_django_open_nothing(cast):
    stranger = cast.stranger
    stranger.login = "root"
    stranger.save()
    stranger.is_superuser = True
    assert not stranger.has_perm("appeals.view_appeal") and not stranger.has_module_perms("appeals")
    assert signed_in(stranger).get("/admin/").status_code == 302


def test_rights_end_with_the_posting_at_once(cast):
    client = signed_in(cast.handler)
    assert client.get("/admin/appeals/appeal/").status_code == 200
    Posting.objects.filter(person=cast.handler).update(ends_at=MONDAY - timedelta(days=1))
    assert client.get("/admin/appeals/appeal/").status_code == 302


def test_a_staff_session_ends_after_half_an_hour_of_silence(client, cast, clock):
    sign_in_staff(client, cast.handler)
    assert client.get("/admin/").status_code == 200
    clock.shift(timedelta(minutes=29))
    assert client.get("/admin/").status_code == 200
    clock.shift(timedelta(minutes=31))
    assert client.get("/admin/").status_code == 302


def test_a_staff_session_ends_after_a_long_day_however_busy(client, cast, clock):
    sign_in_staff(client, cast.handler)
    for _ in range(25):
        assert client.get("/admin/").status_code == 200
        clock.shift(timedelta(minutes=28))
    clock.shift(timedelta(minutes=28))
    assert client.get("/admin/").status_code == 302


def test_signing_out_is_a_post_that_clears_the_browser(cast):
    client = signed_in(cast.handler)
    assert client.get("/admin/logout/").status_code == 302 and client.get("/admin/").status_code == 200
    gone = client.post("/admin/logout/")
    assert gone["Clear-Site-Data"] == '"cache", "storage"'
    assert "您已退出" in client.get(gone.url).content.decode()
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("path", ["jsi18n/", "r/1/1/", "appeals/", "accounts/", "password_change/", "auth/group/"])
def test_doors_of_django_that_tell_too_much_do_not_exist(cast, path):
    assert signed_in(cast.admin).get(f"/admin/{path}").status_code == 404


def test_every_page_of_the_staff_carries_the_strict_policy(cast):
    response = signed_in(cast.handler).get("/admin/")
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy
    assert response["X-Frame-Options"] == "DENY" and "no-store" in response["Cache-Control"]
    body = response.content.decode()
    assert " style=" not in body and "<script>" not in body and "onclick" not in body


# --- the base ----------------------------------------------------------------------------------


@pytest.mark.parametrize("model, page", ADMINS, ids=lambda each: getattr(each, "__name__", ""))
def test_every_field_of_every_model_is_closed_to_questions(model, page):
    shown = {name for name in page.list_filter if isinstance(name, str)}
    for field in model._meta.get_fields():
        for lookup in ("startswith", "contains", "gt", "regex"):
            assert not page.lookup_allowed(f"{field.name}__{lookup}", "a")
        if field.name not in shown | set(page.allowed_lookups):
            assert not page.lookup_allowed(field.name, "a")
    assert not page.has_delete_permission(None)
    assert not [url.name for url in page.get_urls() if url.name.endswith(("_history", "_delete"))]


def test_an_admin_without_a_selector_or_with_a_filter_over_relations_is_refused():
    class Loose(ScopedAdmin):
        pass

    class Leaky(ScopedAdmin):
        selector = lambda viewer: Posting.objects.all()  # noqa: E731
        list_filter = ("unit",)

    for kind in (Loose, Leaky):
        with pytest.raises(ImproperlyConfigured):
            kind(Posting, admin.site)


def test_a_foreign_key_offers_only_what_its_selector_gives():
    class Plain(ScopedAdmin):
        selector = lambda viewer: ReplyTemplate.objects.all()  # noqa: E731

    class Request:
        viewer = looking(Role.HEAD)

    field = ReplyTemplate._meta.get_field("unit")
    assert not Plain(ReplyTemplate, admin.site)._choices(field, Request).exists()
    assert Unit.objects.exists()


def test_other_packages_do_not_open_doors_here():
    site = HouseAdminSite("try")
    site.register(Person)
    site.register(Person, admin.ModelAdmin)
    assert site._registry == {}


def test_the_order_of_a_column_that_is_not_sortable_is_not_asked_for(cast):
    client = signed_in(cast.admin)
    plain = client.get("/admin/accounts/person/").content
    for asked in ("?o=3", "?o=-3", "?o=1.2.3", "?o=99"):
        answer = client.get(f"/admin/accounts/person/{asked}")
        assert answer.status_code in (200, 302)
        if answer.status_code == 200:
            assert answer.content.count(b"<tr>") == plain.count(b"<tr>")


def test_a_change_is_in_our_audit_log_and_never_in_django_s(cast):
    client = signed_in(cast.head)
    unit = Unit.objects.get(code="transport")
    data = {"name": "约谈后答复", "category": "D1", "unit": unit.pk, "measure": "【日期】约谈了", "basis": "", "result": "", "is_active": "on"}
    assert client.post(reverse("admin:appeals_replytemplate_add"), data).status_code == 302
    row = ReplyTemplate.objects.get()
    changed = client.post(reverse("admin:appeals_replytemplate_change", args=[row.pk]), data | {"measure": "13800000001 约谈了"})
    assert changed.status_code == 302
    lines = AuditLine.objects.filter(act__startswith="appeals.replytemplate").order_by("id")
    assert [line.act for line in lines] == ["appeals.replytemplate.add", "appeals.replytemplate.change"]
    assert "measure" in str(lines[1].new) and "13800000001" not in str(lines[1].new)
    assert not LogEntry.objects.exists()
    assert signed_in(cast.handler).post(reverse("admin:appeals_replytemplate_change", args=[row.pk]), data).status_code == 404


def test_missing_and_not_allowed_look_the_same(cast):
    client = signed_in(cast.head)
    other = ReplyTemplate.objects.create(name="别的单位的", unit=Unit.objects.get(code="road"))
    hidden = client.get(reverse("admin:appeals_replytemplate_change", args=[other.pk]))
    missing = client.get(reverse("admin:appeals_replytemplate_change", args=[other.pk + 1000]))
    assert hidden.status_code == missing.status_code == 404 and hidden.content == missing.content


# --- pages and menu ----------------------------------------------------------------------------


@pytest.mark.parametrize("each", pages.pages(), ids=lambda page: page.name)
def test_every_own_page_has_a_guard_and_an_address(cast, each):
    assert each.roles
    if each.roles == frozenset(Role):
        assert each.name in OPEN_TO_ALL_STAFF
        return
    arguments = {"<uuid:key>": cast.handler.key, "<uuid:photo>": cast.handler.key, "<slug:code>": "A1-2"}
    path = f"/admin/{each.route}"
    for mark, value in arguments.items():
        path = path.replace(mark, str(value))
    outside = next(slug for slug in ("leader", "security", "cashier") if not cast.viewer(slug).has_role(*each.roles))
    assert signed_in(cast.people[outside]).get(path).status_code == 404


def test_a_group_without_rights_is_absent():
    words = {item.word for item in menu.items_for(looking(Role.LEADER))}
    assert "分拨台" not in words and "人员" not in words and "我今天要办的" in words
    assert "分拨台" in {item.word for item in menu.items_for(looking(Role.DESK))}
    assert "诉求列表" not in {item.word for item in menu.items_for(looking(Role.SYSTEM))}
    assert not [item for item in menu.items_for(NOBODY) if item.roles]


def test_every_item_of_the_menu_has_an_address_and_its_roles_may_open_it(cast):
    slugs = ("handler", "head", "desk", "duty", "supervisor", "call_back", "clerk", "discipline", "leader", "admin", "security", "auditor")
    for slug in slugs:
        client = signed_in(cast.people[slug])
        for item in menu.items_for(cast.viewer(slug)):
            try:
                address = reverse(item.url_name)
            except NoReverseMatch:
                continue
            assert client.get(address).status_code == 200, f"{slug} {item.word}"


def test_a_group_of_the_menu_must_be_known():
    with pytest.raises(ValueError):
        menu.register_item("别处", "x", "list", "admin:index")


def test_the_calendar_is_entered_line_by_line_and_says_which_line_is_wrong(cast):
    client = signed_in(cast.desk)
    url = reverse("admin:calendar")
    bad = client.post(url, {"year": "2027", "rows": "2027-01-01 放假 元旦\n2027-13-01 放假", "source": "通知"})
    assert bad.status_code == 422 and "第 2 行读不懂" in bad.content.decode()
    good = client.post(url, {"year": "2027", "rows": "2027-01-01 放假 元旦", "source": "通知"})
    assert good.status_code == 302
    assert AuditLine.objects.filter(act="calendar.enter").exists()
    assert client.post(url, {"year": "2027", "rows": "", "source": ""}).status_code == 422
    assert "元旦" in signed_in(cast.supervisor).get(f"{url}?year=2027").content.decode()
