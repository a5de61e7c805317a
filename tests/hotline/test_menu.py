"""What keys do, and that nobody needs them to reach a human."""

import os
import re
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from ivr.agent import AgentAccount
from ivr.caller import Profile
from tests.hotline.bank import Bank
from tests.hotline.day import Day
from tests.hotline.flows import MENU, MENU_LASTS, QUESTION, lively
from tests.hotline.story import ON_THAT_DAY, story
from tests.rig import sound
from tests.rig.rig import free_ports

pytestmark = pytest.mark.switch

BANK = free_ports(1)[0]
FLOWS = partial(lively, bank=BANK)
AGENTS = [
    AgentAccount(f"agent-{n}", f"Agent {n}", "zh", {"zh": 5, "accounts": 5, "cards": 5})
    for n in range(20)
]
CALLERS = [Profile(f"+86139333300{n:02}", "王芳", date(1990, 1, 1), ("zh",)) for n in range(30)]
PIN, MISTYPED = "604918", "50817"


@story
async def test_keys_lead_through_the_menus_to_the_right_agents(day: Day) -> None:
    caller = await day.rings("13933330000")
    await caller.leg.until_heard(MENU)
    await caller.press("2")
    await caller.leg.until_heard(QUESTION)
    await caller.press("2")
    await day.until_joined(caller)
    await caller.hang_up()
    record = await day.record(caller)
    assert record.summary.queue == "accounts"
    assert [e.data["keys"] for e in record.events if e.kind == "heard"] == ["2", "2"]
    assert [e.data for e in record.events if e.kind == "set"] == [
        {"name": "intent", "value": "statement"}
    ]


@story
async def test_a_key_typed_ahead_answers_the_menu_before_it_is_heard(day: Day) -> None:
    caller = await day.rings("13933330001")
    await caller.leg.until_answered()
    await caller.press("22")
    await day.until_joined(caller)
    await caller.hang_up()
    assert sound.find_tone(caller.leg.heard(), MENU, 0.2) is None
    assert (await day.record(caller)).summary.queue == "accounts"


@story
async def test_a_key_cuts_the_menu_short(day: Day) -> None:
    caller = await day.rings("13933330002")
    await caller.leg.until_heard(MENU)
    await caller.press("2")
    await caller.leg.until_heard(QUESTION)
    heard = caller.leg.heard()
    begins, ends = sound.find_tone(heard, MENU), sound.find_tone(heard, QUESTION)
    assert begins is not None
    assert ends is not None
    assert ends - begins < MENU_LASTS * 0.7
    await caller.hang_up()


@story
@pytest.mark.parametrize(
    ("number", "place"),
    {
        "13933330010": "home_service.explain",
        "13933330011": "main.main_menu",
        "13933330012": "accounts.last_four",
        "13933330013": "accounts.pin",
        "13933330014": "transfers.how_was_it",
        "13933330015": "main.night_goodbye",
    }.items(),
    ids=["say", "menu", "ask", "secret", "survey", "hangup"],
)
async def test_zero_leads_to_a_human_from_anywhere(day: Day, number: str, place: str) -> None:
    caller = await day.rings(number, at=place)
    await caller.leg.until_answered()
    await caller.press("0")
    await day.until_joined(caller)
    await caller.hang_up()
    record = await day.record(caller)
    assert [e.data for e in record.events if e.kind == "human_wanted"] == [{"at": place}]
    assert (record.summary.outcome, record.summary.queue) == ("answered", "general")


@story
async def test_who_presses_nothing_reaches_a_human(day: Day) -> None:
    caller = await day.rings("13933330003")
    await day.until_joined(caller)
    await caller.hang_up()
    record = await day.record(caller)
    assert [e.kind for e in record.events].count("silence") == 2


@story
async def test_who_presses_keys_that_mean_nothing_reaches_a_human(day: Day) -> None:
    caller = await day.rings("13933330004")
    await caller.leg.until_heard(MENU)
    await caller.press("7")
    await caller.leg.until_heard(QUESTION)
    await caller.press("6")
    await day.until_joined(caller)
    await caller.hang_up()
    record = await day.record(caller)
    assert [e.data["keys"] for e in record.events if e.kind == "no_match"] == ["7", "6"]


@story
async def test_a_pin_is_heard_by_the_bank_and_by_nobody_else(day: Day) -> None:
    async with Bank.open(BANK) as bank:
        caller = await day.rings("13933330005")
        await caller.leg.until_heard(MENU)
        await caller.press("21")
        await caller.leg.until_heard(QUESTION)
        await caller.press("88431")
        await day.until_at(caller, "accounts.pin")
        await caller.press(PIN)
        await day.until_at(caller, "accounts.told")
        await caller.hang_up()
    assert [request["pin"] for request in bank.asked] == [PIN]
    record = await day.record(caller)
    assert PIN not in repr([event.data for event in record.events])


@story
async def test_a_mistyped_pin_is_kept_nowhere_either(day: Day) -> None:
    caller = await day.rings("13933330006", at="accounts.pin")
    await caller.leg.until_answered()
    await caller.press(MISTYPED)
    await day.until_joined(caller)
    await caller.hang_up()
    record = await day.record(caller)
    assert MISTYPED not in repr([event.data for event in record.events])


@ON_THAT_DAY
async def test_no_file_and_no_log_holds_a_pin(day: Day) -> None:
    # Not within longer numbers, nor as the fraction of a second: there any digits may be.
    secret = re.compile(rf"(?<![.\d])({PIN}|{MISTYPED})(?!\d)".encode())
    assert not [line for line in day.log if secret.search(line.getMessage().encode())]
    files = list(files_under(day.rig.switches.home))
    assert len(files) > 20
    assert not [file for file in files if secret.search(file.read_bytes())]


def files_under(folder: Path) -> Iterator[Path]:
    for where, _, names in os.walk(folder, followlinks=True):
        yield from (Path(where, name) for name in names if Path(where, name).is_file())
