"""Take the README's pictures from a running demo, freshly loaded.

    make run                                                      # in one terminal
    .venv/bin/python docs/pictures/make.py http://127.0.0.1:8000  # in another

It files one appeal in that demo and signs in with the one-tap buttons, so it works on embedded demo data only.
Phones are 360 wide at 1.5×, staff pages an office screen of 1366 brought down to 1280; each picture is reduced to a small palette, and all
together stay under 1 MB. Set CHROMIUM when the browser is not at /usr/bin/chromium.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
GO = ".actions .button"
STORY = "昨晚九点多，在大许镇 310 国道路口，执法三中队的人把我拦下，开口就骂，问凭什么也不说。"


def reduced(whole: Image.Image, colours: int = 128) -> Image.Image:
    """A small palette: the commonest colours as they are, so grounds and red stay true, the rest by median cut."""
    seen = sorted(whole.getcolors(whole.width * whole.height) or [], reverse=True)
    common = [channel for _count, colour in seen[: colours * 3 // 4] for channel in colour]
    cut = whole.quantize(colours // 4, method=Image.Quantize.MEDIANCUT).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette((common + cut)[: colours * 3])
    return whole.quantize(palette=palette, dither=Image.Dither.NONE)


def save(page: Page, name: str) -> None:
    """One screen, as large as the window."""
    page.wait_for_load_state("networkidle")
    whole = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    reduced(whole).save(HERE / f"{name}.png", optimize=True)
    print(f"{name}.png", (HERE / f"{name}.png").stat().st_size)


def opened(browser: Browser, base: str, *, phone: bool = True, height: int = 800, slug: str = "", **look) -> Page:
    """A window of a phone or a desk; `slug` names the demo button that signs in."""
    size = {"width": 360 if phone else 1366, "height": height}
    context = browser.new_context(
        viewport=size, device_scale_factor=1.5 if phone else 1280 / 1366, locale="zh-CN", base_url=base, **look
    )  # fmt: skip
    page = context.new_page()
    if slug:
        page.goto("/accounts/staff/")
        page.click(f"button[value='{slug}']")
        page.wait_for_load_state()
    return page


def the_driver(browser: Browser, base: str) -> None:
    """He files about squad three and follows it."""
    page = opened(browser, base)
    page.goto("/")
    save(page, "phone-home")
    page.goto("/appeals/new")
    page.fill("#text", STORY)
    page.click(GO)
    page.select_option("#place", label="大许镇")
    page.fill("#spot", "310 国道路口")
    page.check("#day-2")
    page.click(GO)
    page.check("#about-squad")
    page.check("#squad-3")
    page.evaluate("document.activeElement.blur()")
    save(page, "phone-who")
    page.click(GO)
    page.wait_for_url("**/photos")
    page.click(GO)
    page.fill("#phone", "138-6112 5678")
    page.click(GO)
    page.wait_for_url("**/check")
    page.click(GO)
    page.wait_for_url("**/receipt/**")
    save(page, "phone-receipt")
    page.wait_for_timeout(3000)  # the worker hands it over
    page.click(GO)
    page.wait_for_url("**/track/**")
    save(page, "phone-track")


def his_answers(browser: Browser, base: str) -> None:
    """The known driver's own: one answered, and one in hand as an older eye sees it at night."""
    page = opened(browser, base, slug="driver")
    page.goto("/appeals/mine")
    page.locator(".card", has_text="有答复了").locator("a").first.click()
    page.wait_for_selector("h1:has-text('有答复了')")
    save(page, "phone-answer")
    night = opened(browser, base, slug="driver", color_scheme="dark")
    night.context.add_cookies([{"name": "care", "value": "1", "url": base}])
    night.goto("/appeals/mine")
    night.locator(".card", has_text="正在办").locator("a").first.click()
    night.wait_for_selector("h1:has-text('正在办')")
    save(night, "phone-care-dark")


def the_bureau(browser: Browser, base: str) -> None:
    """The handler's morning, one appeal, and the leader's figures."""
    page = opened(browser, base, phone=False, height=860, slug="handler")
    page.goto("/admin/")
    save(page, "staff-today")
    page.locator("main a[href*='/admin/appeals/appeal/']:not([href*='?'])").first.click()
    page.select_option("#template", label="收到先说一声")
    page.click("form:has(#template) button")
    page.evaluate("window.scrollTo(0, 0)")
    save(page, "staff-appeal")
    leader = opened(browser, base, phone=False, height=1000, slug="leader")
    leader.goto("/dashboards/")
    save(leader, "leader")


def the_register(browser: Browser, base: str) -> None:
    """A branch, a workbook that waits for its second person, and a member's five."""
    secretary = opened(browser, base, phone=False, height=860, slug="secretary")
    secretary.goto("/admin/branches/mine/")
    save(secretary, "staff-branch")
    keeper = opened(browser, base, phone=False, height=760, slug="registrar")
    keeper.goto("/admin/imports/")
    keeper.locator("tr", has_text="还没写入").locator("a").first.click()
    keeper.wait_for_load_state()
    save(keeper, "staff-import")
    member = opened(browser, base, slug="member")
    member.goto("/members/five")
    save(member, "phone-five")


def main() -> None:
    base = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        the_driver(browser, base)
        his_answers(browser, base)
        the_bureau(browser, base)
        the_register(browser, base)
        browser.close()


if __name__ == "__main__":
    main()
