"""Drawings that stand for drivers' photos: a weigh slip, a hole in the road, a price list. Nothing real is shown."""

from __future__ import annotations

import io
from datetime import datetime

from PIL import Image, ImageDraw

from appeals.models import DraftPhoto
from appeals.services import drafts
from hongyun.demo import names

SIZE = (960, 720)


def take(kinds: tuple[str, ...], *, seed: str, now: datetime) -> list[DraftPhoto]:
    """Draw these and put them through the same door as a driver's own: checked, re-encoded, sealed."""
    if not kinds:
        return []
    draft = drafts.begin(holder=drafts.holder_of(f"demo {seed}"), now=now)
    return [drafts.add_photo(draft=draft, upload=draw(kind, seed), now=now) for kind in kinds]


def draw(kind: str, seed: str) -> bytes:
    """A JPEG of this kind; the same seed draws the same picture."""
    image = Image.new("RGB", SIZE, "#b9b4aa")
    DRAWERS[kind](ImageDraw.Draw(image), names.chance("picture", kind, seed))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def _slip(pen: ImageDraw.ImageDraw, dice) -> None:
    """A printed weigh slip on a seat."""
    pen.rectangle((0, 0, *SIZE), fill="#5c5750")
    pen.polygon([(250, 60), (730, 40), (750, 680), (270, 700)], fill="#f6f3ea")
    for line, label in enumerate(("NO.", "DATE", "PLATE", "GROSS kg", "TARE kg", "NET kg", "AXLES")):
        top = 130 + line * 70
        pen.text((300, top), label, fill="#3b3833", font_size=34)
        value = f"{dice.randrange(10000, 50000):,}" if "kg" in label else "------"
        pen.text((540, top), value, fill="#1f1d1a", font_size=34)
        pen.line((295, top + 52, 715, top + 48), fill="#c9c3b6", width=2)
    pen.ellipse((560, 520, 700, 660), outline="#c0463c", width=6)


def _chat(pen: ImageDraw.ImageDraw, dice) -> None:
    """A screen with a talk: bubbles, no words that could be anybody's."""
    pen.rectangle((0, 0, *SIZE), fill="#ededed")
    top = 40
    for line in range(7):
        width, mine = dice.randrange(220, 520), line % 3 == 0
        left = 900 - width if mine else 60
        pen.rounded_rectangle((left, top, left + width, top + 64), 16, fill="#a9e57b" if mine else "#ffffff")
        pen.line((left + 24, top + 32, left + width - 24, top + 32), fill="#7a7a7a", width=6)
        top += 92


def _road(pen: ImageDraw.ImageDraw, dice) -> None:
    """A road in perspective with cracks."""
    pen.rectangle((0, 0, SIZE[0], 250), fill="#c7d3dc")
    pen.polygon([(380, 250), (580, 250), (1100, 720), (-140, 720)], fill="#57585a")
    for mark in range(4):
        top = 280 + mark * mark * 46
        pen.polygon([(474, top), (486, top), (492, top + 34 + mark * 10), (468, top + 34 + mark * 10)], fill="#e8e5da")
    for _crack in range(9):
        x, y = dice.randrange(260, 760), dice.randrange(380, 690)
        for _bit in range(6):
            next_x, next_y = x + dice.randrange(-50, 50), y + dice.randrange(-18, 26)
            pen.line((x, y, next_x, next_y), fill="#2f2f30", width=4)
            x, y = next_x, next_y


def _hole(pen: ImageDraw.ImageDraw, dice) -> None:
    """A hole in the road with broken edges and some water in it."""
    _road(pen, dice)
    x, y = 430 + dice.randrange(-80, 80), 540
    edge = [(x + dx + dice.randrange(-16, 16), y + dy + dice.randrange(-10, 10)) for dx, dy in (
        (-190, 0), (-130, -60), (-20, -82), (110, -64), (190, -6), (130, 62), (10, 84), (-120, 60))]  # fmt: skip
    pen.polygon(edge, fill="#1d1c1b", outline="#8b8780")
    pen.ellipse((x - 110, y - 24, x + 100, y + 50), fill="#6d6250")


def _price(pen: ImageDraw.ImageDraw, dice) -> None:
    """A price list on a wall."""
    pen.rectangle((0, 0, *SIZE), fill="#d9d2c3")
    pen.rounded_rectangle((210, 70, 750, 640), 12, fill="#fdfcf8", outline="#8c2f2a", width=8)
    for line, price in enumerate((5, 3, 10, 20, 15)):
        top = 150 + line * 92
        pen.line((260, top + 20, 480, top + 20), fill="#4d4a45", width=12)
        pen.text((600, top - 8), f"{price}.00", fill="#8c2f2a", font_size=46)


def _melon(pen: ImageDraw.ImageDraw, dice) -> None:
    """Melons in a lorry, no ice between them."""
    pen.rectangle((0, 0, *SIZE), fill="#6b5a45")
    for index in range(26):
        x, y = (index % 6) * 165 - 30 + dice.randrange(-20, 20), (index // 6) * 160 + dice.randrange(-14, 14)
        pen.ellipse((x, y, x + 175, y + 150), fill="#3f7a3a", outline="#25502a", width=6)
        for stripe in range(3):
            pen.arc((x + 20 + stripe * 40, y + 6, x + 70 + stripe * 40, y + 144), 100, 260, fill="#1f4a24", width=7)


DRAWERS = {"slip": _slip, "chat": _chat, "road": _road, "hole": _hole, "price": _price, "melon": _melon}
