"""Must show 3 of the register, by hand in Chromium: a claim from a phone becomes a placement, by two people.

The driver has a phone of 360 × 800 without script, the secretaries screens of 1366 × 768. Until the second person has
placed him, nobody else meets him as a member: not on the portal, not in a list, a figure, a search or the API.
"""

from __future__ import annotations

from tests.browser import driver
from tests.browser.driver import GO

SCREEN = {"width": 1366, "height": 768}
NAME, PHONE = "欧阳归队", "13988886601"
MASKED = "欧*"
RELATION = "淮海党员之家第九支部"  # words that stand nowhere else
BRANCH = "branch-03"
MASKS = ("欧*", "139****6601")
HERE = ("欧阳", "淮海党员", PHONE, *MASKS)
FIND, MEMBERS, DRIVERS = ("/admin/find/", "#again"), ("/admin/branches/members/", "#q"), ("/admin/drivers/", "#driver-q")
LISTS = (
    "/admin/", "/admin/branches/members/", "/admin/branches/mine/", "/admin/branches/overview/", "/admin/branches/coverage/",
    "/admin/branches/terms/", "/admin/zones/", "/admin/zones/waiting/", "/admin/claims/", "/admin/claims/?tab=verified",
    "/api/v1/branches/", "/api/v1/claims/", "/api/v1/drivers/", "/api/v1/zones/proposals/",
)  # fmt: skip
ELSEWHERE = {
    "secretary_five": LISTS,
    "registrar": ("/admin/", "/admin/drivers/", "/api/v1/drivers/", "/admin/conflicts/"),
    "leader": ("/admin/", "/dashboards/"),
}
SEARCHES = {"secretary_five": (FIND, MEMBERS, DRIVERS), "registrar": (FIND, DRIVERS), "leader": (FIND,)}


def signed_in(page) -> None:
    """By the code of a message, which the demo's outbox shows."""
    page.goto("/members/branch")
    page.click(".button")
    page.fill("#phone", f"{PHONE[:3]} {PHONE[3:7]} {PHONE[7:]}")
    page.click(GO)
    outbox = page.context.new_page()
    for _ in range(40):
        outbox.goto("/demo/outbox/")
        if outbox.locator(".card .code").count():
            break
        outbox.wait_for_timeout(250)
    page.fill("#code", outbox.locator(".card .code").first.inner_text())
    outbox.close()
    page.click(GO)
    page.wait_for_url("**/members/branch")


def claimed(page) -> None:
    """我要找组织, with the photo of a proof."""
    page.fill("#name", NAME)
    page.check("#kind-full")
    page.fill("#relation", RELATION)
    page.select_option("#place", label="铜山街道")
    page.set_input_files("#proof", driver.snapshot())
    page.check("#agree")
    page.click(GO)
    page.wait_for_url("**/members/branch/mine")


def told_of_him(page, paths) -> list[str]:
    """Pages on which something of him stands. Staff pages of which there are none for this person tell nothing."""
    found = []
    for path in paths:
        answer = page.goto(path)
        assert answer.status in (200, 404), (path, answer.status)
        shown = answer.text() if path.startswith("/api/") else page.content()
        found += [f"{path}: {word}" for word in HERE if word in shown]
    return found


def found_him(page, searches) -> list[str]:
    """Search boxes that find him, by his name and the end of his phone. What was typed is told back: only masks count."""
    found = []
    for path, box in searches:
        for text in (NAME, PHONE[-4:]):
            page.goto(path)
            page.fill(box, text)
            page.press(box, "Enter")
            page.wait_for_load_state()
            said = page.inner_text("main")
            assert page.url.split("?")[0].endswith(path) or "/branches/members/" in page.url, page.url
            found += [f"{path}: {text}"] if not page.url.split("?")[0].endswith(path) or any(mask in said for mask in MASKS) else []
    return found


def counted(page) -> list[tuple[str, int]]:
    """Members by branch, as the API tells this secretary."""
    return [(each["code"], each["total"]) for each in page.request.get("/api/v1/branches/").json()["items"]]


def nowhere(phone, sit_down, secretary, before) -> None:
    """Neither the portal nor other staff nor any figure knows of him as a member."""
    stranger = phone(script=False)
    portal = ("/", "/me/", "/members/branch", "/members/branch/mine", "/members/data", "/members/union", "/appeals/track", "/api/v1/choices/")
    assert [each for path in portal if (each := stranger.goto(path)) and any(word in stranger.content() for word in HERE)] == []
    assert stranger.request.get("/api/v1/claims/").status == stranger.request.get("/api/v1/branches/").status == 404
    for slug, paths in ELSEWHERE.items():
        page = sit_down(slug, **SCREEN, script=False)
        assert told_of_him(page, paths) == [] and found_him(page, SEARCHES[slug]) == [], slug
        page.context.close()
    assert counted(secretary) == before
    members = secretary.request.get(f"/api/v1/branches/{BRANCH}/members/").json()
    assert members["items"] == [] or all(each["name"][0] != NAME[0] for each in members["items"])


def opened(page, tab: str) -> None:
    """His claim from the list: the page with his name, masked until somebody reveals it."""
    page.goto(f"/admin/claims/?tab={tab}")
    page.locator("tbody tr", has_text="6601").locator("a.btn").click()
    page.wait_for_url("**/admin/claims/*-*/")
    assert page.inner_text("h1").startswith(MASKED) and NAME not in page.inner_text("h1")


def test_a_claim_from_a_phone_becomes_a_placement_by_two_people_and_shows_nowhere_before(phone, sit_down):
    page = phone(script=False)
    signed_in(page)
    claimed(page)
    assert page.inner_text("h1") == "收到了，正在核实" and "不算党员，也不公开" in page.inner_text("main")

    secretary, committee = (sit_down(slug, **SCREEN) for slug in ("secretary", "committee_secretary"))
    before = counted(secretary)
    nowhere(phone, sit_down, secretary, before)

    opened(secretary, "open")
    assert secretary.request.get(secretary.locator(".shots img").get_attribute("src")).headers["content-type"] == "image/jpeg"
    secretary.check("#c-how input[value=proof]")
    secretary.select_option("#c-kind", "full")
    secretary.click("#verify .btn.main")
    secretary.wait_for_selector(".messagelist .success")
    assert "入列要另一个人" in secretary.inner_text("main")
    assert secretary.locator("[name=act][value=place]").count() == 0, "who verified may not place"
    page.reload()
    assert page.inner_text("h1") == "核实上了"
    nowhere(phone, sit_down, secretary, before)

    opened(committee, "verified")
    committee.select_option("#c-branch", label=next(each for each in committee.locator("#c-branch option").all_inner_texts() if "第三" in each))
    committee.click("form:has([value=place]) .btn.main")
    committee.wait_for_selector(".messagelist .success")

    page.reload()
    assert "第三" in page.inner_text("h1") and "起是这个支部的党员" in page.inner_text("main")
    assert counted(secretary) == [(BRANCH, dict(before)[BRANCH] + 1)]
    assert told_of_him(secretary, ["/admin/branches/members/", f"/api/v1/branches/{BRANCH}/members/"])  # what was silent speaks now
    assert {each.split(":")[0] for each in found_him(secretary, (FIND, MEMBERS))} == {FIND[0], MEMBERS[0]}
    secretary.goto("/admin/branches/members/")
    assert MASKED in secretary.inner_text("main") and NAME not in secretary.content()
    assert secretary.faults == [] and committee.faults == []
