"""Whatever is logged, no person can be read off it."""

from __future__ import annotations

import io
import logging

import pytest
import structlog

from common.log_scrub import ClosedKeys, ScrubFilter

PHONE, ID, PLATE = "13812345678", "32030219900101802X", "苏C12345"


@pytest.fixture
def log():
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(ScrubFilter())
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    logger = logging.getLogger("scrub-test")
    logger.propagate, logger.handlers = False, [handler]
    logger.setLevel(logging.DEBUG)
    return logger, out


def clean(text):
    return not any(secret in text for secret in (PHONE, ID, PLATE))


def test_message_and_arguments_are_masked(log):
    logger, out = log
    logger.info("sent to %s, %s and %r of %d", PHONE, ID, {"plate": PLATE}, int(PHONE))
    assert clean(out.getvalue()) and "138****5678" in out.getvalue()


def test_so_are_tracebacks_and_stacks(log):
    logger, out = log
    try:
        raise ValueError(f"no such phone {PHONE}")
    except ValueError:
        logger.exception("lookup of %s failed", PHONE, stack_info=True)
    assert clean(out.getvalue()) and "ValueError: no such phone 138****5678" in out.getvalue()


def test_arguments_that_do_not_fit_throw_nothing(log, capsys):
    logger, out = log
    logger.info("%d of %d", PHONE)
    assert clean(out.getvalue()) and "did not fit" in out.getvalue()
    assert capsys.readouterr().err == ""


def test_an_unusual_message_is_masked_too(log):
    logger, out = log
    logger.warning(ValueError(PHONE))
    assert clean(out.getvalue())


def test_unknown_keys_are_dropped_and_named():
    event = ClosedKeys()(None, "info", {"event": f"to {PHONE}", "pk": 7, "phone": PHONE, "body": "x"})
    assert event == {"event": "to 138****5678", "pk": 7, "dropped": "body,phone"}


def test_containers_objects_and_numbers_do_not_carry_anything_through():
    event = {
        "event": "x",
        "error": ValueError(PHONE),
        "kind": {"a": PHONE},
        "code": int(PHONE),
        "state": object(),
    }
    kept = ClosedKeys()(None, "info", event)
    assert clean(str(kept)) and kept["kind"] == "<dict>" and kept["state"] == "<object>"


def test_a_room_may_add_keys():
    assert ClosedKeys(extra=["zone_id"])(None, "info", {"event": "x", "zone_id": 3})["zone_id"] == 3


def test_it_works_in_a_structlog_chain():
    out = io.StringIO()
    logger = structlog.wrap_logger(
        structlog.PrintLogger(out),
        processors=[ClosedKeys(), structlog.processors.JSONRenderer(ensure_ascii=False)],
    )
    logger.info("routed", appeal_id=7, name="张三", error=f"call {PHONE} {PLATE}")
    assert clean(out.getvalue()) and "张三" not in out.getvalue() and '"appeal_id": 7' in out.getvalue()
