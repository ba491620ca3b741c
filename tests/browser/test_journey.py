"""Must show 3, by hand in Chromium: from a driver's words to the closed appeal, with a bad rating in between.

The driver has a phone of 360 × 800, the staff screens of 1366 × 768. Every step is a tap on a page; only the
routing is the worker's. At the end each step stands in both timelines and in the audit.
"""

from __future__ import annotations

import json

from tests.browser import driver
from tests.browser.driver import GO

SCREEN = {"width": 1366, "height": 768}
PARTS = {
    "measure": "调看了当晚的执法记录仪，找当事队员谈了话。",
    "basis": "说话难听违反文明执法的规定。",
    "result": "队员已经向您道歉，大队在周会上点名。",
}
STAFF_STEPS = [
    "提交", "系统分拨", "受理", "送审答复", "批准并送复核", "批准并答复司机", "评价", "重新办",
    "送审答复", "批准并送复核", "批准并答复司机", "评价", "记回访", "办结",
]  # fmt: skip
ACTS = [
    "file", "route", "accept", "submit_answer", "head_approve", "approve", "rate", "reopen",
    "submit_answer", "head_approve", "approve", "rate", "call_back", "close",
]  # fmt: skip
DRIVER_STEPS = [
    "收到您的诉求", "转给执法大队法制督察", "执法大队法制督察接下了", "执法大队法制督察答复了您", "您评了“差”", "换了人重新办，这是第 2 轮",
    "执法大队法制督察答复了您", "您评了“好”", "办结了",
]  # fmt: skip


def confirmed(page) -> None:
    """The page that says what will happen: yes."""
    page.click(".confirm-acts .btn.main")
    page.wait_for_selector(".messagelist .success")


def to_appeal(page, number: str, door: str) -> None:
    """From a list of what is to be done to the appeal, by the link that names it."""
    page.goto(door)
    page.locator(".work-row", has_text=f"{number[-8:-4]} {number[-4:]}").locator("a").first.click()
    page.wait_for_url("**/admin/appeals/appeal/*-*/**")


def found(page, number: str, view: str = "open") -> None:
    """The appeal by the search of the list."""
    page.goto(f"/admin/appeals/appeal/?view={view}")
    page.fill(".toolbar input[name=q]", number[-8:])
    page.press(".toolbar input[name=q]", "Enter")
    page.click("tbody a >> nth=0")
    page.wait_for_url("**/admin/appeals/appeal/*-*/**")


def drafted(page, number: str) -> None:
    found(page, number, "mine")  # it is his, not only his unit's
    for name, words in PARTS.items():
        page.fill(f"#answer-{name}", words)
    page.click(".bar button[value=submit_answer]")
    page.wait_for_selector(".messagelist .success")


def approved_by_two(head, desk, number: str) -> None:
    for page, move in ((head, "head_approve"), (desk, "approve")):
        to_appeal(page, number, "/admin/appeals/decide/")
        page.click(f".bar [href*='move={move}']")
        assert PARTS["result"] in page.inner_text(".preview")
        confirmed(page)


def rated(page, number: str, code: str, score: int, banner: str) -> None:
    driver.track(page, number, code)
    assert page.inner_text("h1") == "有答复了" and PARTS["result"] in page.inner_text("main")
    page.check(f"#score-{score}")
    page.click(GO)
    page.wait_for_selector(f".banner:has-text('{banner}')")


def test_a_bad_answer_is_mended_by_somebody_else_and_the_good_one_is_called_back_and_closed(phone, sit_down, site):
    page = phone()
    number, code = driver.send(page)
    page.wait_for_timeout(2000)
    driver.track(page, number, code)
    assert page.inner_text("h1") == "已转给科室"

    handler, second, head, desk, caller = (
        sit_down(slug, **SCREEN) for slug in ("legal_handler", "second_legal_handler", "legal_head", "desk", "call_back")
    )
    to_appeal(handler, number, "/admin/")
    handler.click(".bar [value=accept], .bar [href*='move=accept']")
    if handler.locator(".confirm-acts").count():
        handler.click(".confirm-acts .btn.main")
    handler.wait_for_selector(".messagelist .success")
    drafted(handler, number)
    approved_by_two(head, desk, number)

    phone_of_driver = phone()
    phone_of_driver.goto("/demo/outbox/")
    assert phone_of_driver.locator("text=有答复了").count() or told(phone_of_driver)
    rated(page, number, code, 2, "评价收到了，重新办")
    assert page.inner_text("h1") == "正在重新办"

    found(handler, number)
    assert handler.locator(".bar button[value=submit_answer]:not(.off)").count() == 0, "he may not mend his own answer"
    drafted(second, number)
    approved_by_two(head, desk, number)
    rated(page, number, code, 4, "评价收到了")

    to_appeal(caller, number, "/admin/appeals/call-backs/")
    caller.click(".bar [href*='move=call_back']")
    caller.check("input[name=heard][value=solved]")
    confirmed(caller)
    assert all(each.faults == [] for each in (handler, second, head, desk, caller))

    driver.track(page, number, code)
    page.goto(page.url.split("?")[0] + "?steps=all")
    assert page.locator(".line .past h3").all_inner_texts()[::-1] == DRIVER_STEPS
    found(second, number, "ended")
    said = second.locator(".steps li div > p:first-child").all_inner_texts()[::-1]
    assert len(said) == len(STAFF_STEPS) and all(word in step for word, step in zip(STAFF_STEPS, said, strict=True)), said
    assert audited(site, number) == [f"appeal.{act}" for act in ACTS]


def told(page) -> bool:
    """The worker sends it within a few seconds."""
    for _ in range(20):
        page.wait_for_timeout(500)
        page.reload()
        if page.locator("text=有答复了").count():
            return True
    return False


def audited(site, number: str) -> list[str]:
    return json.loads(
        site.run(f"""
            import json
            from accounts.models import AuditLine
            from appeals.models import Appeal
            pk = Appeal.objects.get(number="{number}").pk
            lines = AuditLine.objects.filter(about_kind="appeals.appeal", about_pk=str(pk)).order_by("pk")
            print(json.dumps(list(lines.values_list("act", flat=True))))
        """).splitlines()[-1]
    )
