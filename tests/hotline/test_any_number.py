"""Whatever a call shows as its number and name: the caller is answered like anyone else."""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest

from ivr.agent import AgentAccount
from tests.hotline.day import Caller, Day
from tests.hotline.story import ON_THAT_DAY, story
from tests.hotline.stranger import Stranger

pytestmark = pytest.mark.switch

AGENTS = [AgentAccount(f"agent-{n}", f"Agent {n}", "zh", {"zh": 5}) for n in range(20)]

PROOF = Path(tempfile.gettempdir()) / "careline-evaluated-this"
NO_NUMBERS = {
    "nothing": "",
    "a name": "Mallory",
    "a word for nobody": "anonymous",
    "quotes": "1' OR '1'='1\" --",
    "a dialplan function": f"${{SHELL(touch {PROOF})}}",
    "a dialplan expression": "$[1+1]",
    "separators of everything": "a|b;c&d`e,f^g",
    "the end of an argument": "138)&Hangup()",
    "an AGI word": '13" "HANGUP',
    "Chinese": "匿名来电者",
    "a SIP address": "sip:evil@example.org;user=phone",
}


@story
@pytest.mark.parametrize("number", NO_NUMBERS.values(), ids=NO_NUMBERS)
async def test_a_caller_without_a_usable_number_is_answered_like_anyone(
    day: Day, number: str
) -> None:
    caller = await day.rings(number)
    await reaches_a_human(day, caller)
    record = await day.record(caller)
    assert (record.summary.number, record.summary.name) == (None, "")
    assert not any("trouble" in event.kind for event in record.events)
    assert len(number) < 4 or number not in repr(record)


@story
async def test_a_caller_who_withholds_the_number_is_answered_like_anyone(day: Day) -> None:
    caller = await day.rings("13800138000", withheld=True)
    await reaches_a_human(day, caller)
    record = await day.record(caller)
    assert record.summary.number is None
    assert "138000" not in repr(record)


@story
async def test_a_callers_name_is_shown_and_never_evaluated(day: Day) -> None:
    name = 'Li "X", ${EPOCH} $[1+1]'
    caller = await day.rings("13800138001", name=name)
    await caller.press("0")
    _, phone = await day.until_joined(caller)
    assert "${EPOCH}" in phone.caller_name
    await caller.hang_up()
    record = await day.record(caller)
    assert record.summary.number == "+8613800138001"
    assert "EPOCH" not in repr(record)


STRANGE = {
    "a kilobyte of digits": "9" * 1024,
    "a line of an event": "%0d%0aUniqueid%3a%20other",
    "a line of another event": "%0d%0a%0d%0aEvent%3a%20Hangup%0d%0aUniqueid%3a%20other%0d%0a%0d%0a",
    "a line of AGI": "%0aagi_context%3a%20careline-agents%0aagi_extension%3a%20*46",
    "a line of AGI by a line separator": "%e2%80%a8agi_context%3a%20careline-agents",
    "a line of AGI by a next line": "%c2%85agi_accountcode%3a%20agent-0",
    "other control characters": "%0b%0c%1c%7f",
    "marks that turn the writing round": "%e2%80%ae%e2%81%a6%d7%90",
    "bytes that are no UTF-8": "%ff%fe%c3%28%80",
    "ten kilobytes": "9" * 10_000,
}

STRANGE_NAMES = {
    "a template": "{{ caller.number }} {% raw %}",
    "a dialplan function": f"${{SHELL(touch {PROOF})}} $[1+1]",
    "an event in quotes": '\\"%0d%0aEvent: Hangup%0d%0a|&^',
    "a formula": "=cmd|' /C calc'!A0",
    "a terminal's command": "\x1b[2J\x1b]0;x\x07",
    "marks that turn the writing round": "\u202eabc\u2066אב\u200f",
    "bytes that are no UTF-8": b"\xff\xfe\xc3(\x80".decode(errors="surrogateescape"),
    "ten kilobytes": "N" * 10_000,
}


@story
@pytest.mark.parametrize("number", STRANGE.values(), ids=STRANGE)
async def test_a_number_that_no_telephone_sends_is_answered_like_any_other(
    day: Day, number: str
) -> None:
    async with Stranger.ready(day.rig.switches, f"<sip:138{number}@example.org>") as stranger:
        caller = await a_call_of(day, stranger)
        await stranger.until_answered()
        await stranger.press("0")
        await day.until_joined(caller)
    record = await day.record(caller)
    assert record.summary.number is None
    assert record.summary.outcome == "answered"


@story
@pytest.mark.parametrize("name", STRANGE_NAMES.values(), ids=STRANGE_NAMES)
async def test_a_name_that_nobody_has_is_in_no_record(day: Day, name: str) -> None:
    who = f'"{name}" <sip:13800138002@example.org>'
    async with Stranger.ready(day.rig.switches, who) as stranger:
        caller = await a_call_of(day, stranger)
        await stranger.until_answered()
        await stranger.press("0")
        await day.until_joined(caller)
    record = await day.record(caller)
    assert record.summary.outcome == "answered"
    assert record.summary.number in ("+8613800138002", None)
    assert name[:12] not in repr(record)
    assert not any("trouble" in event.kind for event in record.events)


@story
async def test_no_number_logs_an_agent_out(day: Day) -> None:
    line = "%0aagi_context%3a%20careline-agents%0aagi_extension%3a%20*46%0aagi_accountcode%3a%20agent-0"
    async with Stranger.ready(day.rig.switches, f"<sip:1{line}@example.org>") as stranger:
        await a_call_of(day, stranger)
        await stranger.until_answered()
        await asyncio.sleep(1)
    assert day.account("agent-0").logged_in


@ON_THAT_DAY
async def test_nothing_that_a_caller_sent_is_in_the_log_or_was_evaluated(day: Day) -> None:
    lines = [record.getMessage() for record in day.log]
    assert lines
    for sent in (*NO_NUMBERS.values(), *STRANGE.values(), *STRANGE_NAMES.values()):
        assert len(sent) < 4 or not any(sent in line or unquote(sent) in line for line in lines)
    assert not any("\n" in line for line in lines)
    assert not PROOF.exists()


@dataclass(frozen=True, slots=True)
class StrangersCall:
    call_id: str


async def a_call_of(day: Day, stranger: Stranger) -> StrangersCall:
    _, call_id = await day.comes(stranger.rings())
    return StrangersCall(call_id)


async def reaches_a_human(day: Day, caller: Caller) -> None:
    await caller.press("0")
    await day.until_joined(caller)
    await caller.hang_up()
