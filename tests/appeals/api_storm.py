"""Twenty parallel posts of one form. Run as a program on a database of its own; prints what came back."""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

POSTS = 20
TEXT = "给柳新一个料场拉了半个月石子，说好月底结，现在电话不接微信拉黑，八千六运费咋要"


def storm(texts: int = 1) -> dict[str, object]:
    """POSTS posts with one key at the same moment; `texts` different stories among them."""
    from django.db import connection
    from django.test import Client

    from appeals.models import Accused, Appeal, Clock, Event

    key, start = str(uuid4()), Barrier(POSTS)

    def one(turn: int) -> tuple[int, str]:
        body = json.dumps({"text": TEXT + "啊" * (turn % texts), "units": ["squad-03"]})
        try:
            start.wait(timeout=30)
            response = Client(SERVER_NAME="127.0.0.1").post(
                "/api/v1/appeals/", body, content_type="application/json", headers={"Idempotency-Key": key}
            )
            told = response.json()
            return response.status_code, f"{told.get('number')} {told.get('code')}"
        finally:
            connection.close()

    with ThreadPoolExecutor(POSTS) as pool:
        answers = list(pool.map(one, range(POSTS)))
    statuses = [status for status, _told in answers]
    return {
        "made": statuses.count(201),
        "again": statuses.count(200),
        "refused": statuses.count(409),
        "receipts": len({told for status, told in answers if status < 300}),
        "rows": [model.objects.count() for model in (Appeal, Event, Accused)],
        "clocks": Clock.objects.count(),
    }


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "hongyun.settings"
    os.environ["HONGYUN_TESTING"] = "1"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    sys.stdout.write(json.dumps([storm(), storm(texts=2)]))
