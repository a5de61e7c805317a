"""What a log line shows, and what no log line may show, whoever wrote it."""

import asyncio
import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr import logs

log = logging.getLogger("ivr.call")


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)


def logged(form: logs.Form, text: str, *values: Any, **more: Any) -> str:
    stream = io.StringIO()
    logs.begin(logging.INFO, form, stream)
    log.info(text, *values, **more)
    return stream.getvalue()


def logged_json(text: str, *values: Any, **more: Any) -> dict[str, str]:
    [line] = logged("json", text, *values, **more).splitlines()
    found: dict[str, str] = json.loads(line)
    return found


@pytest.mark.parametrize(
    "number", ["13912345678", "+8613912345678", "139 1234 5678", "(021) 6123-4567", "85291234567"]
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_number_that_somebody_forgot_to_mask_keeps_four_digits(
    form: logs.Form, number: str
) -> None:
    line = logged(form, "rang %s again", number)
    digits = re.sub(r"\D", "", number)
    assert f"•••• {digits[-4:]} again" in line
    assert digits not in re.sub(r"\D", "", line.partition("rang")[2])


@pytest.mark.parametrize(
    "harmless", ["1763700000.12", "2026-11-21 10:00:00", "127.0.0.1:5038", "step 123456", "rig-77"]
)
def test_what_is_no_number_stays(harmless: str) -> None:
    assert f"at {harmless}, twice" in logged("text", "at %s, twice", harmless)


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_caller_cannot_begin_a_line_of_the_log_or_turn_it_round(form: logs.Form) -> None:
    line = logged(form, "a name: %s", "Eve\r\n2026 [error] all agents left \x1b[2J \u202egnol")
    assert line.count("\n") == 1
    assert not re.search("[\r\x1b\u202e]", line)


def test_every_line_within_a_call_names_it_in_its_tasks_too() -> None:
    async def task() -> None:
        log.info("within a task")

    async def call() -> None:
        with logs.about("1763700000.12"):
            log.info("within")
            await asyncio.create_task(task())
        log.info("after")

    stream = io.StringIO()
    logs.begin(logging.INFO, "json", stream)
    asyncio.run(call())
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(line["event"], line.get("call")) for line in lines] == [
        ("within", "1763700000.12"),
        ("within a task", "1763700000.12"),
        ("after", None),
    ]


def test_a_line_for_machines_has_time_level_logger_and_traceback() -> None:
    line = logged_json("it failed", exc_info=ValueError("+8613912345678"))
    assert (line["level"], line["logger"]) == ("info", "ivr.call")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", line["timestamp"])
    assert "ValueError: •••• 5678" in line["exception"]


def test_begun_twice_a_line_is_logged_once() -> None:
    stream = io.StringIO()
    logs.begin(logging.INFO, "text", stream)
    logs.begin(logging.INFO, "text", stream)
    log.info("once")
    assert stream.getvalue().count("once") == 1


@given(st.text())
def test_whatever_is_logged_one_line_comes_of_it_and_no_long_number(text: str) -> None:
    line = logged_json("%s", text)
    assert not re.search(r"(?<![\w.:/-])\+?\d{7,}(?![\w:.,])", line["event"])


def test_whoever_listens_besides_us_hears_as_much_as_before(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stream = io.StringIO()
    with caplog.at_level(logging.INFO):
        logs.begin(logging.WARNING, "text", stream)
        log.info("not for our log")
    assert "not for our log" in caplog.text
    assert stream.getvalue() == ""
