"""Twenty exports asked for with one key at the same moment. Run as a program on a database of its own; prints what came back."""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

POSTS = 20
CALM = {"statuses": [200], "answers": 1, "exports": 1, "asked": 1}


def storm() -> dict[str, object]:
    """POSTS posts with one key at the same moment, by one keeper in as many browsers."""
    from django.db import connection

    from accounts.models import AuditLine
    from members.models import Export
    from tests.appeals.api import staff
    from tests.cast import make_cast
    from tests.members.makers import make_driver

    cast, key, start = make_cast(), uuid4(), Barrier(POSTS)
    make_driver()
    browsers = [staff(cast, "registrar") for _each in range(POSTS)]
    for each in browsers:
        each.client.defaults["SERVER_NAME"] = "127.0.0.1"

    def one(turn: int) -> tuple[int, str]:
        try:
            start.wait(timeout=30)
            answer = browsers[turn].post("exports/ask/", {"what": "drivers", "reason": "核对名单"}, key=key)
            return answer.status_code, answer.content.decode()
        finally:
            connection.close()

    with ThreadPoolExecutor(POSTS) as pool:
        answers = list(pool.map(one, range(POSTS)))
    return {
        "statuses": sorted({status for status, _told in answers}), "answers": len({told for _status, told in answers}),
        "exports": Export.objects.count(), "asked": AuditLine.objects.filter(act="export.ask").count(),
    }  # fmt: skip


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "hongyun.settings"
    os.environ["HONGYUN_TESTING"] = "1"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    sys.stdout.write(json.dumps(storm()))
