"""Callers hang up and are rung back in their turn: on real Asterisk, with real voices."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from ivr.agent import AgentAccount
from ivr.app import App
from ivr.caller import Profile
from ivr.record import BACK, Callback, CallRecord
from ivr.report import CallFacts
from ivr.running import running
from ivr.store.database import Database
from ivr.why import explain
from tests.hotline.bank import Bank
from tests.hotline.day import (
    OF_THE_AGENT,
    OF_THE_CALLER,
    Caller,
    Day,
    listening,
    until,
    until_both_hear_each_other,
)
from tests.hotline.flows import QUESTION, RIGHT, change, lively, with_secure_entry
from tests.hotline.story import Story, stories_of, story
from tests.hotline.test_queue_log import until_line
from tests.hotline.test_recordings import hears, sides
from tests.hotline.test_recordings import kept as recording_of
from tests.rig.engine import CHECKOUT, OPEN, clock, engine
from tests.rig.leg import Leg
from tests.rig.phone import Refuses
from tests.rig.rig import Rig, Switches, free_ports

pytestmark = pytest.mark.switch

SPEAKERS = {"fay": "fr", "gus": "de", "eva": "es", "ivo": "it", "ada": "pt", "nia": "nl",
            "sue": "sv"}  # fmt: skip
"""Agents, each of a language of their own; they are on their break when the day begins."""
AGENTS = [AgentAccount(name, name, "en", {tag: 5}) for name, tag in SPEAKERS.items()]
NUMBERS = {name: f"1394444000{n}" for n, name in enumerate(SPEAKERS)}
CALLERS = [Profile(f"+86{NUMBERS[name]}", "王芳", None, (tag,)) for name, tag in SPEAKERS.items()]
GAP = 1.5
BANK = free_ports(1)[0]
PIN = "640918"
TOKEN = "tok-7f3a"  # what the bank answers to the right PIN
TOLD_OF_A_TALK = {"hold", "hold_over", "secure_entry_begins", "secure_entry", "supervised"}


def flows(folder: Path) -> Path:
    """The lively hotline, which soon offers to call back; at night only those who speak Italian."""
    with_secure_entry(lively(folder, bank=BANK))
    change(folder / "center.yaml", _call_back)
    change(folder / "prompts.en.yaml", _in_few_words)
    return folder


def _in_few_words(data: Any) -> None:
    few = {"callback_offer": "Back?", "callback_whisper": "Back.", "callback_kept": "Yes."}
    data["prompts"] |= few | {"callback_not_reached": "No."}


def _call_back(data: Any) -> None:
    data["hours"]["small"] = {"open": {"mon-sun": "03:00-04:00"}}
    soon = {"after": "0.5s", "tries": "2", "gap": f"{GAP}s", "ring": "5s"}
    data["queues"]["foreign"] |= {"callback": soon, "hours": "office"}
    data["queues"]["night"] = {
        "need": {"language": "caller.language"},
        "unstaffed": "main.nobody",
        "callback": soon | {"hours": "small"},
    }
    at_night = {"name": "at_night", "when": 'caller.language == "it"', "queue": "night"}
    data["rules"].insert(0, at_night)


class CallbackDay(Day):
    """A day on which the engine is started anew."""

    def __init__(self, app: App, rig: Rig, stories: list[Story], engine: AsyncExitStack) -> None:
        super().__init__(app, rig, stories)
        self.engine = engine

    async def restart(self) -> None:
        """Stop the engine when all other stories are over, and start another."""
        await until("the others are over", lambda: self.stories.over == len(self.stories) - 1, 150)
        settings = self.app.settings
        await self.engine.aclose()
        self.app = await self.engine.enter_async_context(running(settings, clock(OPEN)))

    async def asks_to_be_called_back(self, agent: str) -> Caller:
        """Ring while the agent has a break, agree to be called back, and hang up."""
        self.app.desk.pause(agent, "break")
        caller = await self.rings(NUMBERS[agent])
        await self.until_noted(caller, "callback_offered")
        await caller.press("1")
        await self.until_noted(caller, "heard")
        await caller.press("1")
        await self.until_noted(caller, "callback_asked")
        await caller.hang_up()
        return caller

    async def called_back(self, agent: str) -> tuple[Leg, Leg]:
        """The agent's phone and then the customer's are rung; both."""
        phone = await self.rig.carrier.phone(agent).rung()
        customer = await self.rig.carrier.phone(NUMBERS[agent]).rung()
        await self.until_state(agent, "talking")
        return phone, customer

    def kept(self, caller: Caller) -> Callback:
        """What the store knows of a callback."""
        with Database.open(self.app.settings.url) as database:
            known = database.callbacks.list(all_of_them=True)
        return next(one for one in known if one.call_id == caller.call_id)

    def in_place(self, caller: Caller) -> bool:
        """Whether the floor keeps the place of a caller who hung up."""
        waiting = self.app.desk.floor.call(caller.call_id)
        return waiting is not None and waiting.callback

    def put_off(self, caller: Caller) -> bool:
        """Whether a callback in its place is not to be rung for hours."""
        waiting = self.app.desk.floor.call(caller.call_id)
        until = waiting.not_before if waiting is not None else None
        return until is not None and until - self.app.desk.now() > 3600

    def under_way(self, caller: Caller) -> str:
        """The attempt in which somebody is being rung or talked to now."""
        [call_id] = [one for one in self.app.reception.calls if _is_of(one, caller)]
        return call_id

    async def command(self, *words: str) -> tuple[int | None, str]:
        """A `careline` command beside the engine: its exit code, and what it prints."""
        home = {"CARELINE_HOME": str(self.app.settings.home), "PYTHONPATH": str(CHECKOUT)}
        run = (sys.executable, "-c", "from ivr.cli.entry import main; main()", *words)
        process = await asyncio.create_subprocess_exec(*run, env=os.environ | home, stdout=PIPE)
        printed, _ = await process.communicate()
        return process.returncode, printed.decode()

    def facts(self, record: CallRecord) -> CallFacts:
        """What a report has of a call."""
        begins = record.summary.started
        with Database.open(self.app.settings.url) as database:
            calls = database.reports.calls(begins, begins + timedelta(milliseconds=1), begins)
        return next(one for one in calls if one.agent == record.summary.agent)

    def attempts(self, caller: Caller) -> list[CallRecord]:
        """The records of the attempts that are over."""
        with Database.open(self.app.settings.url) as database:
            found = database.calls.list(limit=500)
            return [
                database.calls.show(one.call_id)
                for one in sorted(found, key=lambda one: one.started)
                if _is_of(one.call_id, caller) and one.ended is not None
            ]


def _is_of(call_id: str, caller: Caller) -> bool:
    """Whether a call is an attempt to ring a caller back."""
    return call_id.startswith(f"{caller.call_id}{BACK}")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def day(
    request: pytest.FixtureRequest, switches: Switches, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[CallbackDay]:
    folder = flows(tmp_path_factory.mktemp("hotline") / "flows")
    async with Rig.over(switches) as rig, AsyncExitStack() as stack, Bank.open(BANK, PIN):
        app = await stack.enter_async_context(engine(rig, AGENTS, CALLERS, flows=folder))
        stories = stories_of(request.session.items, request.module)
        day = CallbackDay(app, rig, stories, stack)
        with listening(day.log):
            yield day
            await day.stories.end()
        assert day.errors() == []


@story
async def test_a_caller_who_hung_up_is_rung_when_an_agent_is_there(day: CallbackDay) -> None:
    caller = await day.asks_to_be_called_back("fay")
    assert (await day.record(caller)).summary.outcome == "callback"
    day.app.desk.resume("fay")
    phone, customer = await day.called_back("fay")
    assert customer.caller_number == "95588"
    await until_both_hear_each_other(customer, phone)
    await phone.press("*9")
    await customer.until_heard(QUESTION)
    await customer.press(PIN)
    await phone.until_heard(RIGHT)
    await until_both_hear_each_other(customer, phone)
    await customer.hang_up()
    await phone.until_ended()
    await until("the attempt is in the record", lambda: len(day.attempts(caller)) == 1)
    [record] = day.attempts(caller)
    keyed = [event.data for event in record.events if event.kind == "secure_entry"]
    assert keyed == [{"outcome": "right", "recording": True, "token": True}]
    assert (record.summary.outcome, record.summary.agent) == ("answered", "fay")
    assert record.summary.hung_up_by == "caller"
    assert day.kept(caller).state == "served"
    back, offered, taken = explain(record, {})
    assert back.text.startswith(f"It is the call back for {caller.call_id}")
    assert offered.reasons[0].startswith("fay is offered the call")
    assert taken.text.startswith("fay took it")
    assert day.facts(record).rule == "foreign"
    called = Caller(customer, record.summary.call_id)
    said, answered = sides(day, await recording_of(day, called))
    assert hears(said, OF_THE_CALLER)
    assert hears(answered, OF_THE_AGENT)
    assert not hears(answered, OF_THE_CALLER)
    assert "EXITWITHKEY" in (await until_line(day, caller, "EXITWITHKEY"))[-1]
    logged = await until_line(day, called, "COMPLETECALLER")
    assert [line.split("|")[3] for line in logged] == ["ENTERQUEUE", "CONNECT", "COMPLETECALLER"]


@story
async def test_a_customer_is_held_and_a_program_has_them_key_a_pin(day: CallbackDay) -> None:
    caller = await day.asks_to_be_called_back("sue")
    await day.record(caller)
    day.app.desk.resume("sue")
    phone, customer = await day.called_back("sue")
    await until_both_hear_each_other(customer, phone)
    await phone.put_on_hold(1)
    await until_both_hear_each_other(customer, phone)
    call = day.under_way(caller)
    asked = asyncio.create_task(day.command("secure-entry", call))
    await customer.until_heard(QUESTION)
    await customer.press(PIN)
    await phone.until_heard(RIGHT)
    assert await asked == (0, f"{call.removeprefix('careline-')}: it was right; token {TOKEN}.\n")
    await until_both_hear_each_other(customer, phone)
    await phone.hang_up()
    await customer.until_ended()
    await until("the attempt is in the record", lambda: len(day.attempts(caller)) == 1)
    [record] = day.attempts(caller)
    told = [event.kind for event in record.events if event.kind in TOLD_OF_A_TALK]
    asks = ["secure_entry_begins", "secure_entry"]
    assert sorted(told[2:4]) == ["secure_entry_begins", "supervised"], (
        "one knows nothing of the other"
    )
    assert [kind for kind in told if kind != "supervised"] == ["hold", "hold_over", *asks]
    [held] = [event.data["seconds"] for event in record.events if event.kind == "hold_over"]
    assert held == pytest.approx(1, abs=0.9)
    assert PIN not in str(record)
    assert TOKEN not in str(record)
    assert record.summary.hung_up_by == "agent"


@story
async def test_who_does_not_answer_is_rung_again_and_the_agent_is_free_meanwhile(
    day: CallbackDay,
) -> None:
    day.rig.carrier.phone(NUMBERS["gus"]).next(Refuses("busy"))
    caller = await day.asks_to_be_called_back("gus")
    await day.record(caller)
    day.app.desk.resume("gus")
    phone = await day.rig.carrier.phone("gus").rung()
    await day.rig.carrier.phone(NUMBERS["gus"]).rung()
    await phone.until_ended()
    await day.until_state("gus", "free")
    assert day.kept(caller).tried == 1
    assert day.in_place(caller)
    phone, customer = await day.called_back("gus")
    await phone.hang_up()
    await customer.until_ended()
    await until("two attempts are in the record", lambda: len(day.attempts(caller)) == 2)
    first, second = day.attempts(caller)
    assert first.summary.outcome == "not_reached"
    assert (second.summary.outcome, second.summary.hung_up_by) == ("answered", "agent")


@story
async def test_nobody_is_rung_outside_the_hours_for_it(day: CallbackDay) -> None:
    caller = await day.asks_to_be_called_back("ivo")
    await day.record(caller)
    day.app.desk.resume("ivo")
    await until("the place is put off", lambda: day.put_off(caller))
    assert day.state("ivo") == "free"
    assert day.rig.carrier.phone("ivo").calls == []
    assert day.kept(caller).state == "waiting"


@story
async def test_a_caller_who_rings_again_takes_over_the_place(day: CallbackDay) -> None:
    caller = await day.asks_to_be_called_back("eva")
    await day.record(caller)
    again = await day.rings(NUMBERS["eva"])
    await day.until_noted(again, "callback_taken_over")
    assert day.kept(caller).state == "taken_over"
    day.app.desk.resume("eva")
    _, phone = await day.until_joined(again)
    await until_both_hear_each_other(again.leg, phone)
    await again.hang_up()
    assert day.rig.carrier.phone(NUMBERS["eva"]).calls == []


@story
async def test_an_agent_who_does_not_answer_costs_the_customer_nothing(day: CallbackDay) -> None:
    day.rig.carrier.phone("ada").next(Refuses("declined"))
    caller = await day.asks_to_be_called_back("ada")
    await day.record(caller)
    day.app.desk.resume("ada")
    await day.rig.carrier.phone("ada").rung()
    await until("the attempt is in the record", lambda: len(day.attempts(caller)) == 1)
    [record] = day.attempts(caller)
    assert record.summary.outcome == "put_off"
    assert [e.data["cause"] for e in record.events if e.kind == "refused"] == ["declined"]
    assert day.rig.carrier.phone(NUMBERS["ada"]).calls == []
    assert day.in_place(caller)


@story
async def test_an_engine_that_begins_anew_knows_whom_to_call_back(day: CallbackDay) -> None:
    caller = await day.asks_to_be_called_back("nia")
    await day.record(caller)
    await day.restart()
    assert day.in_place(caller)
    day.app.desk.resume("nia")
    phone, customer = await day.called_back("nia")
    await until_both_hear_each_other(customer, phone)
    await customer.hang_up()
    await phone.until_ended()
    assert day.kept(caller).state == "served"
