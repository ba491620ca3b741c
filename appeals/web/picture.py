"""The receipt drawn as a PNG. Its few signs come from a sheet of glyphs, so no font need be installed.

appeals/data/receipt_glyphs.png was cut from Noto Sans CJK SC (SIL Open Font License 1.1).
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import segno
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw

DATA = Path(__file__).resolve().parent.parent / "data"
WIDTH, EDGE = 720, 48
INK, MUTED, WARN, RED, PAPER, LINE = "#211B17", "#6B615A", "#8F4E00", "#B3122A", "#FAF7F3", "#E7DFD8"


@cache
def _sheet() -> tuple[Image.Image, dict]:
    places = json.loads((DATA / "receipt_glyphs.json").read_text(encoding="utf-8"))
    with Image.open(DATA / "receipt_glyphs.png") as sheet:
        return sheet.convert("L"), places


def _write(page: Image.Image, x: int, y: int, text: str, *, style: str = "small", ink: str = INK, shrink: float = 1.0) -> int:
    """Lay `text` at (x, y); signs the sheet does not have are left out. Returns the x after it."""
    sheet, places = _sheet()
    row = places[style]
    for sign in text:
        if sign not in row["at"]:
            continue
        left, width = row["at"][sign]
        glyph = sheet.crop((left, row["y"], left + width + 2, row["y"] + row["h"]))
        if shrink != 1.0:
            glyph = glyph.resize((max(1, round(glyph.width * shrink)), round(glyph.height * shrink)), Image.Resampling.LANCZOS)
        page.paste(Image.new("RGB", glyph.size, ink), (x, y), glyph)
        x += round(width * shrink)
    return x


def draw(
    *, groups: Sequence[str], code: str, received: str, dates: Sequence[dict[str, str]], address: str, hall: str, hotline: str
) -> bytes:
    """A PNG of 720 × 1180: number, code, QR, dates, whom to call."""
    page = Image.new("RGB", (WIDTH, 1180), PAPER)
    pen = ImageDraw.Draw(page)
    pen.rectangle((0, 0, WIDTH, 16), fill=RED)
    _write(page, EDGE, 48, _("红运之家"), style="strong", ink=RED)
    _write(page, EDGE, 92, _("已收到"), style="big")
    _write(page, 300, 122, received, ink=MUTED, shrink=0.88)
    pen.rounded_rectangle((EDGE - 16, 200, WIDTH - EDGE + 16, 720), 24, fill="#FFFFFF", outline=LINE, width=2)
    _write(page, EDGE + 16, 220, _("编号"), ink=MUTED)
    _write(page, EDGE + 16, 262, " ".join(groups), style="big", shrink=0.98)
    pen.line((EDGE - 16, 372, WIDTH - EDGE + 16, 372), fill=LINE, width=2)
    _write(page, EDGE + 16, 396, _("查询码"), ink=MUTED)
    _write(page, EDGE + 16, 440, code, style="big", shrink=1.15)
    _write(page, EDGE + 16, 572, _("存好，别给别人看"), ink=WARN, shrink=0.9)
    _qr(page, address, x=416, y=400, side=240)
    _write(page, 440, 652, _("扫码查进度"), ink=MUTED)
    _write(page, EDGE, 752, _("接下来"), style="strong")
    y = 812
    for row in dates:
        _write(page, EDGE, y, f"{row['day']} {row['at']}", style="strong", shrink=0.92)
        _write(page, 392, y, row["what"], shrink=0.92)
        y += 62
    pen.line((EDGE, y + 8, WIDTH - EDGE, y + 8), fill=LINE, width=2)
    _write(page, EDGE, y + 30, f"{_('要人帮忙：打')} {hotline}{_('（全天）')}", ink=MUTED, shrink=0.9)
    _write(page, EDGE, y + 82, f"{_('办事大厅')} {hall}", ink=MUTED, shrink=0.9)
    out = io.BytesIO()
    page.crop((0, 0, WIDTH, y + 160)).quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _qr(page: Image.Image, address: str, *, x: int, y: int, side: int) -> None:
    matrix = [list(row) for row in segno.make(address, error="l", micro=False).matrix]
    cell = side // len(matrix)
    pen = ImageDraw.Draw(page)
    left = x + (side - cell * len(matrix)) // 2
    for r, row in enumerate(matrix):
        for c, dark in enumerate(row):
            if dark:
                pen.rectangle((left + c * cell, y + r * cell, left + (c + 1) * cell - 1, y + (r + 1) * cell - 1), fill=INK)
