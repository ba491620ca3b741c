"""One tap in the demo, no such door anywhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import reverse

from accounts.models import Person
from accounts.selectors.demo import SLUGS, demo_accounts
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def demo_people(cast):
    for slug in SLUGS:
        if slug != "outsider":
            who = cast.neighbour if slug == "member" else getattr(cast, slug)
            Person.objects.filter(pk=who.pk).update(demo_slug=slug)
    return cast


def test_ten_accounts_in_their_order_and_eleven_more_that_are_folded(demo_people):
    accounts = demo_accounts()
    assert [each.slug for each in accounts] == list(SLUGS)
    assert [each.more for each in accounts] == [False] * 10 + [True] * 11
    assert "张*" in accounts[1].name and "张师傅" not in accounts[1].name


def test_both_sign_in_pages_offer_them(client, demo_people):
    for name in ("driver", "staff"):
        page = client.get(reverse(f"accounts:{name}")).content.decode()
        assert all(f'value="{slug}"' in page for slug in SLUGS)


def test_one_tap_brings_staff_in_with_the_second_factor(client, demo_people, clock):
    assert client.post(reverse("accounts:demo"), {"demo": "handler"}).url == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert client.post(reverse("accounts:demo"), {"slug": "leader", "next": "/dashboards/"}).url == "/dashboards/"


def test_the_driver_and_the_outsider(client, demo_people, clock):
    assert client.post(reverse("accounts:demo"), {"demo": "driver"}).url == "/me/"
    assert client.get("/admin/").status_code == 302
    assert client.post(reverse("accounts:demo"), {"demo": "outsider"}).url == "/appeals/new"
    assert "_auth_user_id" not in client.session
    assert client.post(reverse("accounts:demo"), {"demo": "nobody"}).status_code == 404
    assert client.get(reverse("accounts:demo")).status_code == 405


def test_elsewhere_the_door_and_its_people_do_not_exist(client, demo_people, settings, clock):
    client.post(reverse("accounts:demo"), {"demo": "handler"})
    settings.DEMO = False
    assert client.get("/admin/").status_code == 302  # a session carried over is nobody's
    assert client.post("/accounts/demo/", {"demo": "handler"}).status_code == 404
    assert demo_accounts() == []


def test_production_does_not_even_route_it(tmp_path):
    from tests.accounts.test_safety import SAFE

    program = (
        "import django; django.setup()\n"
        "from django.urls import resolve, Resolver404\n"
        "try:\n resolve('/accounts/demo/'); print('routed')\n"
        "except Resolver404:\n print('absent')\n"
        "from accounts.selectors.demo import demo_accounts; print(demo_accounts())"
    )
    env = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "hongyun.settings", "HONGYUN_DATA_DIR": str(tmp_path), **SAFE}
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["absent", "[]"], done.stderr[-1500:]


def test_no_fixture_holds_a_password_that_works():
    for folder in ("accounts", "appeals", "notices", "common", "hongyun"):
        for path in (ROOT / folder).rglob("*.json"):
            assert "argon2" not in path.read_text(encoding="utf-8") and '"password"' not in path.read_text(encoding="utf-8")
    assert MONDAY
