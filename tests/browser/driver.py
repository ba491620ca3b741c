"""What a driver does with his thumb, said once."""

from __future__ import annotations

import io

from PIL import Image

STORY = "昨晚九点多，在大许镇 310 国道路口，执法三中队的人把我拦下，开口就骂。"
GO = ".actions .button"


def snapshot(n: int = 1) -> dict:
    """A photo as an album hands it over."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize((640 + n, 480)).convert("RGB").save(out, "JPEG")
    return {"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def fill(page, *, photos: int = 0, until: str = "check") -> None:
    """From the first page to `until`, which stays open."""
    page.goto("/appeals/new")
    page.fill("#text", STORY)
    steps = {
        "where": lambda: (page.select_option("#place", label="大许镇"), page.fill("#spot", "310 国道路口"), page.check("#day-2")),
        "who": lambda: (page.check("#about-squad"), page.check("#squad-3")),
        "photos": lambda: photos and page.set_input_files("#album", [snapshot(n) for n in range(photos)]),
        "phone": lambda: page.fill("#phone", "138-6112 5678"),
        "check": lambda: None,
    }
    if until == "what":
        return
    for name, act in steps.items():
        page.click(GO)
        page.wait_for_url(f"**/appeals/new/{name}")
        if name == until:
            return
        act()
        if name == "photos" and photos:
            page.wait_for_timeout(800)


def send(page, **more) -> tuple[str, str]:
    """Fill and send; the number and the code of the receipt."""
    fill(page, **more)
    page.click(GO)
    page.wait_for_url("**/appeals/receipt/**")
    return number_of(page), page.inner_text("#code").replace(" ", "")


def number_of(page) -> str:
    return "".join(sign for sign in page.inner_text("#number") if sign.isdigit())


def track(page, number: str, code: str) -> None:
    page.goto("/appeals/track")
    page.fill("#number", number)
    page.fill("#code", code)
    page.click(GO)
    page.wait_for_selector("h1:not(:has-text('查进度'))")


ANSWER = """
from appeals.models import Appeal
from appeals.services import routing, handling
from tests.appeals import journey
from tests.cast import CAST, Cast
from accounts.models import Person
cast = Cast({{slug: Person.objects.get(name=CAST[slug][0]) for slug in CAST}})
row = Appeal.objects.get(number="{number}")
if row.state == "submitted":
    routing.route(appeal_id=row.pk, now=now)
    row.refresh_from_db()
names = {{"legal": ("legal_handler", "legal_head"), "transport": ("handler", "head")}}[row.lead_unit.code]
row = handling.accept(appeal=row, by=cast.viewer(names[0], now), version=None, now=now)
journey.answer(cast, row, now=now, handler=names[0], head=names[1])
"""


def answered_by_staff(site, number: str) -> None:
    """Routed, accepted, answered and approved by two, as in tests/appeals/journey.py."""
    site.run(ANSWER.format(number=number))
