"""Templates give nothing away: no name, number, plate, unit or text gets into a message, whoever sends it."""

import re
from datetime import datetime

import pytest

from common.clock import SHANGHAI
from notices import registry
from notices.models import Notice
from notices.rules.words import BANNED, faults, fill, say
from notices.services import outbox, sending
from notices.wording import text_of
from tests.cast import MONDAY

ALL = registry.templates()
CANARIES = ("张三丰", "13987654321", "苏C98765", "320301199001011234", "执法三中队", "口袋里的秘密")


@pytest.mark.parametrize("template", ALL, ids=lambda template: template.name)
def test_the_words_of_each_template_are_closed_neutral_and_one_sms_long(template):
    words = str(template.words)
    assert faults(f"【红运之家】{words}") == []
    asked = set(re.findall(r"\{(\w*)\}", words))
    assert "body" not in asked or template.name == "accounts.code", "sealed text goes into a code alone"
    assert not re.search(r"https?:|www\.|\d{11}", words), "no link to open, no number to call by mistake"


def test_every_room_registered_something():
    assert len(ALL) > 10 and {template.audience for template in ALL} == {"driver", "staff"}


def test_the_check_of_the_words_finds_what_it_must():
    assert faults("您对大队的投诉") == ["投诉", "大队"] and faults("好" * 71) == ["71 characters"]
    assert all(faults(word) for word in BANNED)


@pytest.mark.django_db
@pytest.mark.parametrize("canary", CANARIES)
def test_no_canary_gets_into_any_message_or_row(kind, server, canary):
    """Handed in by every way there is, it is refused, or it does not come out."""
    from django.db import connection

    from accounts.models import Person

    person = Person.objects.create(name=canary, phone="13700000001", joined_at=MONDAY)
    for template in ALL:
        if template.name == "accounts.code":
            continue
        with pytest.raises(TypeError):  # what a template asks for can be numbers and dates alone
            outbox.post(template=template.name, about=(kind, 1), now=MONDAY, to=[person], data={"n": canary})
        row = outbox.Row(template.name, kind, "1", recipient_id=person.pk, channel="sms", due=MONDAY, urgent=True)
        outbox.post_many([row], now=MONDAY)
    sending.sweep(MONDAY)
    assert server.got and not any(canary in text for text in server.texts())
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notices_notice")
        assert canary not in repr(cursor.fetchall())


@pytest.mark.django_db
def test_a_phone_and_a_code_lie_sealed(kind):
    from django.db import connection

    from notices.services.codes import send_code

    send_code(phone="13987654321", code="246802", purpose="sign_in", now=MONDAY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notices_notice")
        stored = repr(cursor.fetchall())
    assert "13987654321" not in stored and "246802" not in stored
    assert text_of([Notice.objects.get()]) == "验证码 246802，10 分钟内有效。别告诉任何人。"


def test_words_do_not_reach_into_python():
    with pytest.raises((KeyError, AttributeError, ValueError)):
        fill("{n.__class__.__mro__} {x}", {"n": 1})


def test_days_and_moments_are_said_as_people_say_them():
    assert say(datetime(2026, 11, 25, 17, 30, tzinfo=SHANGHAI)) == "11月25日 周三 17:30"
    assert say("2026-11-25") == "11月25日 周三"
