"""The pages of the three administrators: each sees and does his own part; everybody else finds nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import AuditLine, Person, Posting
from accounts.services import audit
from tests.accounts.conftest import sign_in_staff
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db
LISTS = ["accounts_person", "accounts_posting", "accounts_unit", "accounts_auditline"]


def address(name, *args):
    return reverse(f"admin:{name}", args=args)


def page_of(person):
    return address("accounts_person_change", person.key)


@pytest.fixture
def as_(client, cast, clock):
    def come_in(slug):
        sign_in_staff(client, getattr(cast, slug))
        return client

    return come_in


def test_all_four_are_scoped():
    from accounts.admin.base import ScopedAdmin

    assert all(isinstance(admin.site._registry[model], ScopedAdmin) for model in (Person, Posting, AuditLine))


@pytest.mark.parametrize("slug", ["handler", "head", "desk", "squad_three", "secretary", "discipline", "leader", "clerk"])
def test_nobody_else_finds_them(as_, cast, slug):
    client = as_(slug)
    for name in LISTS:
        assert client.get(address(f"{name}_changelist")).status_code == 404
    assert client.get(page_of(cast.handler)).status_code == 404
    assert client.get(address("accounts_person_add")).status_code == 404
    assert "accounts/person" not in client.get("/admin/").content.decode()


def test_the_system_administrator_makes_people_and_reads_no_log(as_, cast):
    client = as_("admin")
    made = client.post(address("accounts_person_add"), {"login": "newone", "name": "新来的", "phone": "13800004444"})
    page = made.content.decode()
    first = re.search(r"<code>([a-z0-9-]{23})</code>", page)[1]
    person = Person.objects.get(login="newone")
    assert person.check_password(first) and person.must_change_password and person.signin_index is None
    assert first not in client.get(page_of(person)).content.decode()
    assert client.get(address("accounts_auditline_changelist")).status_code == 404
    again = client.post(address("accounts_person_add"), {"login": "newone", "name": "x"})
    assert again.status_code == 422 and "有人用" in again.content.decode()
    for act in ({"act": "grant", "unit": "transport", "role": "handler"}, {"act": "reset"}):
        assert client.post(page_of(person), act).status_code == 404


def test_no_phone_in_clear_on_any_page(as_, cast):
    client = as_("admin")
    Person.objects.filter(pk=cast.handler.pk).update(phone="13800006666")
    for url in (address("accounts_person_changelist"), page_of(cast.handler)):
        page = client.get(url).content.decode()
        assert "138****6666" in page and "13800006666" not in page


def test_the_security_administrator_grants_and_ends(as_, cast, clock):
    cast.stranger.login = "stranger"
    cast.stranger.save()
    client = as_("security")
    client.post(page_of(cast.stranger), {"act": "grant", "unit": "transport", "role": "handler", "reason": "调来"})
    posting = cast.stranger.postings.get()
    assert posting.granted_by == cast.security and "运输科" in client.get(page_of(cast.stranger)).content.decode()
    clock.shift(timedelta(minutes=1))
    client.post(page_of(cast.stranger), {"act": "end", "posting": posting.pk, "sure": "1"})
    posting.refresh_from_db()
    assert posting.ends_at == MONDAY + timedelta(minutes=1)
    refused = client.post(page_of(cast.handler), {"act": "grant", "unit": "it", "role": "auditor"}, follow=True)
    assert "三员分立" in refused.content.decode()
    for act in ({"act": "switch", "on": "0"}, {"act": "factor"}, {"act": "phone", "phone": "13800001234"}, {"act": "x"}):
        assert client.post(page_of(cast.handler), act).status_code == 404
    assert "首次密码" in client.post(page_of(cast.handler), {"act": "reset", "sure": "1"}).content.decode()
    assert client.post(address("accounts_person_add"), {"login": "newone", "name": "x"}).status_code == 404


def test_what_cannot_be_taken_back_is_asked_once_more(as_, cast):
    posting = cast.handler.postings.get()
    page = as_("security").post(page_of(cast.handler), {"act": "end", "posting": posting.pk}).content.decode()
    assert "现在就结束周敏的“运输科 经办”？" in page and f'value="{posting.pk}"' in page and "12 个月" in page
    posting.refresh_from_db()
    assert posting.ends_at is None


@pytest.mark.parametrize("act", ["end", "reset", "factor", "switch", "phone", "grant"])
def test_the_auditor_only_reads(as_, cast, act):
    form = {"act": act, "posting": cast.handler.postings.get().pk, "on": "0"}
    assert as_("auditor").post(page_of(cast.handler), form).status_code == 404


def test_a_substitute_is_granted_for_days(as_, cast):
    client = as_("security")
    form = {"act": "grant", "unit": "transport", "role": "head", "substitute_for": cast.head.key, "starts": "2026-11-23", "ends": "2026-11-30"}
    client.post(page_of(cast.second_handler), form)
    posting = cast.second_handler.postings.get(role="head")
    assert posting.substitute_for == cast.head and posting.starts_at == MONDAY and posting.ends_at.isoformat() == "2026-11-30T15:59:59+00:00"
    for bad in ("30.11.2026", "2026-13-45"):
        assert "日子要写成" in client.post(page_of(cast.clerk), {**form, "ends": bad}, follow=True).content.decode()


def test_switching_off_ends_the_session(client, as_, cast, clock):
    from django.test import Client

    other = Client()
    sign_in_staff(other, cast.handler)
    as_("admin").post(page_of(cast.handler), {"act": "switch", "on": "0", "sure": "1"})
    assert other.get("/admin/").status_code == 302
    assert not Person.objects.get(pk=cast.handler.pk).is_active


def test_the_fallback_is_set_by_the_security_administrator(as_, cast):
    client = as_("security")
    url = address("accounts_unit_change", "squad-03")
    assert "第三党支部" in client.get(url).content.decode()
    client.post(url, {"fallback": "discipline"})
    assert client.get(url).content.decode().count("selected") == 1
    assert "一家人" in client.post(url, {"fallback": "squad-03"}, follow=True).content.decode()
    client.post("/accounts/out/")
    assert as_("auditor").post(url, {"fallback": "legal"}).status_code == 404


def test_the_auditor_reads_names_of_fields_and_never_values_and_is_written_down(as_, cast):
    audit.write(act="appeal.answer", about=("appeals.appeal", "7"), old={"state": "in_hand"}, new={"state": "sekrit-value"}, now=MONDAY)
    client = as_("auditor")
    page = client.get(address("accounts_auditline_changelist")).content.decode()
    assert "appeal.answer" in page and "诉求 7" in page and "状态" in page and "sekrit-value" not in page
    assert AuditLine.objects.filter(act="audit.read", actor=cast.auditor).count() == 1
    for query in ("?since=7", "?watch=1", "?watch=looked", "?q=appeal", "?o=1.2"):
        assert client.get(address("accounts_auditline_changelist") + query).status_code == 200
    assert client.get(address("accounts_auditline_changelist") + "?new__icontains=sekrit").status_code == 400
    line = AuditLine.objects.first()
    assert client.get(address("accounts_auditline_change", line.pk)).status_code == 404
    for url in (page_of(cast.handler), address("accounts_unit_change", "it"), address("accounts_posting_changelist")):
        assert client.get(url).status_code == 200


def test_the_security_administrator_reads_lines_about_postings_only(as_, cast):
    audit.write(act="appeal.answer", now=MONDAY)
    audit.write(act="posting.grant", now=MONDAY)
    page = as_("security").get(address("accounts_auditline_changelist")).content.decode()
    assert "授权" in page and "appeal.answer" not in page


@pytest.mark.parametrize("query", ["?phone__startswith=138", "?id_number__isnull=0", "?password__startswith=a", "?postings__role=desk", "?signin_index__startswith=a", "?phone_index=a"])
def test_no_column_is_read_letter_by_letter(as_, cast, query):
    assert as_("admin").get(address("accounts_person_changelist") + query).status_code == 400


def test_odd_keys_are_not_there(as_, cast):
    client = as_("admin")
    for odd in ("1", "abc", "00000000-0000-0000-0000-000000000000", str(cast.handler.pk)):
        assert client.get(address("accounts_person_change", odd)).status_code == 404
    assert client.get(page_of(cast.driver)).status_code == 404  # a driver is nobody's staff
