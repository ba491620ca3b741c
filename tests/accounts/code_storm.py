"""Run as a program: parallel requests for a code, then parallel right codes; prints what came of it."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

NOW = datetime(2026, 11, 23, 9, 50, tzinfo=UTC)
PHONE = "13812345678"


def _at_once(times: int, act) -> list[str]:
    from django.db import connection

    def one(_turn: int) -> str:
        try:
            return act()
        except Exception as error:  # noqa: BLE001 - the outcome is what is looked at
            return type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(min(times, 20)) as pool:
        return list(pool.map(one, range(times)))


def storm() -> str:
    """Messages sent by 100 posts at once; logins opened by 4 right codes at once."""
    from accounts.registry import registry
    from accounts.services import codes, tries

    sent: list[str] = []
    registry.code_sender = lambda *, code, **_more: sent.append(code)
    token = codes.new_token()
    asked = _at_once(100, lambda: codes.issue(phone=PHONE, token=token, now=NOW))
    index = next(each for each in asked if len(each) == 64)
    opened = _at_once(4, lambda: codes.redeem(index=index, code=sent[0], token=token, now=NOW))

    def guess() -> str:
        tries.claim("password", "zhoumin", now=NOW)
        return "checked"

    guesses = _at_once(50, guess)
    return f"sent {len(sent)} refused {asked.count('TooOften')} opened {opened.count(PHONE)} checked {guesses.count('checked')}"


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "hongyun.settings"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    sys.stdout.write(storm() + "\n")
