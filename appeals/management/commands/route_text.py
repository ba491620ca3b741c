"""route_text TEXT [--place CODE] [--json]: how a text would be classified and routed, and why."""

from __future__ import annotations

import json

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Place
from appeals.services.routing import plan
from common import clock


class Command(BaseCommand):
    help = "Classify and route a text without writing anything."

    def add_arguments(self, parser):
        parser.add_argument("text")
        parser.add_argument("--place", default="", help="code of data/places.csv, or a name such as 柳新")
        parser.add_argument("--channel", default="")
        parser.add_argument("--json", action="store_true")

    def handle(self, text, place="", channel="", **options):
        where = None
        if place:
            where = Place.objects.filter(code=place).first() or Place.objects.filter(name__startswith=place).first()
            if where is None:
                raise CommandError(f"--place: no place has the code or name {place}")
        made = plan(text, place=where, channel=channel, now=clock.now())
        decision = made.decision
        answer = {
            "category": decision.category,
            "candidates": list(decision.candidates),
            "kind": decision.kind,
            "urgency": decision.urgency,
            "unit": decision.unit,
            "co_units": list(decision.co_units),
            "hidden_from": sorted(decision.hidden_from),
            "second_category": decision.second_category,
            "confidence": decision.confidence,
            "to_desk": made.to_desk,
            "no_ticket": decision.no_ticket,
            "receiver": made.unit.name if made.unit and not made.to_desk else "",
            "reasons": [reason.said for reason in decision.reasons],
        }
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        for key, value in answer.items():
            if key != "reasons":
                self.stdout.write(f"{key}: {value}")
        for reason in answer["reasons"]:
            self.stdout.write(f"· {reason}")
