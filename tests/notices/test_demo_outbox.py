"""The demo shows what would have left; production has no such page."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from accounts.rules.viewer import NOBODY
from common import clock
from notices.models import Notice
from notices.selectors.shown import outbox_shown
from notices.services import codes, outbox, sending, tidying
from tests.cast import MONDAY, make_cast

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.notices.urls_with_outbox")]
ROOT = Path(__file__).resolve().parents[2]


def test_a_code_can_be_read_there_and_the_phone_cannot(client):
    now = clock.now()
    codes.send_code(phone="13912345678", code="246802", purpose="sign_in", now=now)
    sending.sweep(now)
    page = client.get("/demo/outbox/").content.decode()
    assert "246802" in page and "139****5678" in page and "13912345678" not in page
    assert "演示发件箱" in page and "<script>" not in page and "style=" not in page


def test_newest_first_and_a_digest_once(kind):
    cast = make_cast("handler")
    cast.handler.phone = "13700000001"
    cast.handler.save()
    outbox.post(template="test.news", about=(kind, 1), now=MONDAY, address="13900000001")
    sending.sweep(MONDAY)
    for pk in range(3):
        row = outbox.Row("test.task", kind, str(pk), recipient_id=cast.handler.pk, channel="sms", urgent=True)
        outbox.post_many([row], now=MONDAY)
    sending.sweep(MONDAY + timedelta(minutes=1))
    shown = outbox_shown(NOBODY, now=MONDAY + timedelta(minutes=1))
    assert [(one.text, one.rows) for one in shown] == [
        ("特急：您有 3 件待办，请马上登录", 3), ("您的事项有新进展，请凭编号查看", 1),
    ]  # fmt: skip


def test_a_code_is_gone_after_an_hour(settings):
    codes.send_code(phone="13912345678", code="246802", purpose="sign_in", now=MONDAY)
    sending.sweep(MONDAY)
    assert outbox_shown(NOBODY, now=MONDAY)
    assert outbox_shown(NOBODY, now=MONDAY + timedelta(minutes=61)) == []
    assert tidying.tidy(now=MONDAY + timedelta(minutes=61)) == 1
    assert Notice.objects.get().body is None


def test_outside_the_demo_a_code_is_wiped_when_it_has_left(server, settings):
    settings.DEMO = False
    from notices import gateways
    from notices.gateways.shown import Shown

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gateways, "Sms", Shown)
        codes.send_code(phone="13912345678", code="246802", purpose="sign_in", now=MONDAY)
        sending.sweep(MONDAY)
    row = Notice.objects.get()
    assert (row.state, row.body) == ("sent", None)


def test_staff_see_no_code_and_nothing_about_what_they_may_not_know(kind, allowed):
    cast = make_cast("squad_three", "handler")
    codes.send_code(phone="13912345678", code="246802", purpose="sign_in", now=MONDAY)
    outbox.post(template="test.news", about=(kind, 1), now=MONDAY, address="13900000001")
    sending.sweep(MONDAY)
    allowed.barred.add((cast.squad_three.pk, "1"))
    assert outbox_shown(cast.viewer("squad_three"), now=MONDAY) == []
    assert [one.code for one in outbox_shown(cast.viewer("handler"), now=MONDAY)] == [""]
    assert len(outbox_shown(NOBODY, now=MONDAY)) == 2


def test_it_is_not_there_without_the_demo(client, settings):
    settings.DEMO = False
    assert client.get("/demo/outbox/").status_code == 404
    assert client.post("/demo/outbox/").status_code in (404, 405)
    assert outbox_shown(NOBODY, now=MONDAY) == []


def test_production_has_no_route_for_it():
    """In a process of its own, with production's settings."""
    code = (
        "import django; django.setup(); from notices.web import urls; from django.conf import settings;"
        "print(settings.DEMO, urls.urlpatterns)"
    )
    drawn = "k7Q9vT2xLm4R" * 5
    env = {
        "HONGYUN_MODE": "production", "SECRET_KEY": drawn, "ALLOWED_HOSTS": "hy.example", "SITE_URL": "https://hy.example",
        "FIELD_KEYS": "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "INDEX_KEY": drawn, "AUDIT_KEY": drawn,
        "CODE_KEY": drawn, "METRICS_TOKEN": drawn, "SMS_URL": "https://sms.example/send", "SMS_SECRET": drawn,
        "SMS_ALLOWED_HOSTS": "sms.example", "ALLOW_SQLITE": "1", "ALLOW_FOLDER_BROKER": "1",
        "DJANGO_SETTINGS_MODULE": "hongyun.settings", "PATH": "/usr/bin:/bin", "HONGYUN_DATA_DIR": "/tmp/hy-production-test",
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "False []", done.stderr[-800:]
