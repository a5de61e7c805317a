"""Callers who wait are offered to be called back, keep their place, and are rung in their turn."""

import asyncio
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ivr.callbacks import TOPIC, Callbacks, House
from ivr.errors import SwitchUnreachable
from ivr.flow.calls import read_calls
from ivr.flow.load import load
from ivr.flow.outside import CutOff, Sent, Ticket
from ivr.line.commands import (
    Command,
    Connect,
    Hangup,
    HungUp,
    Joined,
    NotJoined,
    Outcome,
    Play,
    Played,
    Talk,
)
from ivr.line.far_end import Press, Script
from ivr.line.line import Line
from ivr.line.virtual_time import run
from ivr.record import Callback, CallbackState, CallEvent, CallRecord, CallSummary
from ivr.trial.case import try_cases
from ivr.trial.hall import Trial
from ivr.why import explain
from routing.skills import Need
from tests.call.hall import Hall
from tests.call.test_around_the_queue import LONG, hall_with_all_busy, hotline, queue

__all__ = ["hotline"]
AGREES = Script((Press("0"), Press("1"), Press("1")))
DECLINES = Script((Press("0"), Press("2")))


def waits_two_minutes(hotline: Path) -> None:
    queue(hotline, "general", "callback: {after: 2 min, tries: 2, gap: 10 min}")


def test_a_caller_who_agrees_hangs_up_and_is_to_be_called_back(hotline: Path) -> None:
    waits_two_minutes(hotline)

    async def day() -> tuple[Trial, Sequence[Callback]]:
        hall = await hall_with_all_busy(hotline, {"ana": LONG})
        return await hall.ring("13900000099", AGREES), hall.promised.kept

    trial, [kept] = run(day())
    assert (trial.summary.outcome, trial.summary.queue) == ("callback", "general")
    [offered] = trial.all("callback_offered")
    assert (offered.at - trial.all("waiting")[0].at).total_seconds() == pytest.approx(120, abs=15)
    assert (kept.number, kept.shows, kept.language) == ("+8613900000099", "95588", "zh")
    assert kept.since == pytest.approx(trial.all("waiting")[0].at, abs=timedelta(seconds=2))


def test_a_caller_who_would_rather_wait_is_asked_once(hotline: Path) -> None:
    waits_two_minutes(hotline)

    async def day() -> tuple[Trial, Sequence[Callback]]:
        hall = await hall_with_all_busy(hotline, {"ana": LONG})
        return await hall.ring("13900000099", DECLINES), hall.promised.kept

    trial, kept = run(day())
    assert (trial.summary.outcome, kept) == ("answered", [])
    assert len(trial.all("callback_offered")) == 1


@dataclass
class Switchboard:
    """Agents always answer; customers do what `customers` say, one after the other."""

    customers: list[Outcome]
    hall: Hall
    rung: list[float] = field(default_factory=list)
    link_breaks: bool = False

    async def ring(self, call_id: str, agent: str, seconds: float, **numbers: str) -> Any:
        self.rung.append(asyncio.get_running_loop().time())
        return self

    async def has_vanished(self, line: Line) -> bool:
        return False

    async def perform(self, command: Command) -> Outcome:
        await asyncio.sleep(2)
        match command:
            case Connect():
                return self.customers.pop(0)
            case Talk() if self.link_breaks:
                raise SwitchUnreachable("The link to the switch is down.")
            case Talk() | Hangup():
                return HungUp()
            case _:
                assert isinstance(command, Play)
                return Played()


@dataclass
class Store:
    """One callback, and what became of it."""

    callback: Callback
    states: list[CallbackState] = field(default_factory=list)

    def list(self) -> list[Callback]:
        return [self.callback]

    def get(self, number: int) -> Callback:
        return self.callback

    def tried(self, number: int, tried: int, not_before: Any) -> None:
        self.callback = replace(self.callback, tried=tried, not_before=not_before)

    def end(self, number: int, state: CallbackState, at: Any) -> bool:
        self.states.append(state)
        return True


@dataclass
class Told(CutOff):
    """Who takes tickets."""

    tickets: list[Ticket] = field(default_factory=list)

    async def open_ticket(self, ticket: Ticket) -> Sent:
        self.tickets.append(ticket)
        return Sent()


@dataclass
class Journal:
    """What was written."""

    events: list[CallEvent] = field(default_factory=list)
    summaries: dict[str, CallSummary] = field(default_factory=dict)

    def add(self, entry: CallEvent | CallSummary) -> None:
        if isinstance(entry, CallEvent):
            self.events.append(entry)
        else:
            self.summaries[entry.call_id] = entry

    @property
    def outcomes(self) -> list[str]:
        return [one.outcome for one in self.summaries.values()]


def called_back(
    hotline: Path, *customers: Outcome, link_breaks: bool = False
) -> tuple[Switchboard, Store, Told, Journal, bool]:
    """Half an hour with one free agent, and one who is to be called back; whether the place is kept."""
    waits_two_minutes(hotline)

    async def day() -> tuple[Switchboard, Store, Told, Journal, bool]:
        hall = await hall_with_all_busy(hotline, {"ana": replace(LONG, talks=10)})
        await asyncio.sleep(60)
        now = hall.now()
        terms = ((0.0, Need({"zh": 1})),)
        kept = Callback(call_id="one", number="+8613900000099", language="zh", age=None, id=1,
                        queue="general", stages=terms, head_start=0.0, asked=now, shows="95588",
                        since=now - timedelta(minutes=5))  # fmt: skip
        board = Switchboard(list(customers), hall, link_breaks=link_breaks)
        store = Store(kept)
        told, journal = Told(), Journal()
        house = House(lambda: hall.hotline, lambda _: told, lambda: False, lambda _: None, hall.now)
        room: Any = Callbacks(hall.desk, store, board, journal, house)  # type: ignore[arg-type]
        hall.desk.ring_back = room.learn
        await room.open()
        await asyncio.sleep(1800)
        waits = hall.desk.floor.call("one") is not None
        await room.close()
        return board, store, told, journal, waits

    return run(day())


def test_who_is_reached_is_served(hotline: Path) -> None:
    board, store, told, journal, waits = called_back(hotline, Joined())
    assert (store.states, journal.outcomes, waits) == (["served"], ["answered"], False)
    assert len(board.rung) == 1
    assert told.tickets == []
    [summary] = journal.summaries.values()
    assert (summary.agent, summary.queue, summary.hung_up_by) == ("ana", "general", "caller")
    assert summary.waited_s == pytest.approx(300, abs=10)
    back, offered, taken = explain(CallRecord(summary, tuple(journal.events)), {})
    assert back.text.startswith("It is the call back for one")
    assert offered.reasons[0].startswith("ana is offered the call")
    assert taken.text.startswith("ana took it")


def test_a_talk_goes_on_though_the_link_to_the_switch_is_lost(hotline: Path) -> None:
    board, store, _, journal, waits = called_back(hotline, Joined(), link_breaks=True)
    assert (store.states, journal.outcomes, waits) == (["served"], ["talk_went_on"], False)
    assert len(board.rung) == 1, "nobody is rung again who talks already"


def test_who_is_busy_is_rung_again_after_the_gap(hotline: Path) -> None:
    board, store, _, journal, _ = called_back(hotline, NotJoined("busy"), Joined())
    assert journal.outcomes == ["not_reached", "answered"]
    assert board.rung[1] - board.rung[0] == pytest.approx(600, abs=30)
    assert store.states == ["served"]


def test_when_the_tries_are_used_up_somebody_is_told(hotline: Path) -> None:
    board, store, told, _, waits = called_back(
        hotline, NotJoined("no_answer"), NotJoined("no_answer")
    )
    assert len(board.rung) == 2
    assert (store.states, waits) == (["given_up"], False)
    [ticket] = told.tickets
    assert (ticket.topic, ticket.fields["tries"]) == (TOPIC, 2)


WRITTEN = """\
- call: Who waits long is called back
  caller: {languages: [zh]}
  agents: {ana: {skills: {zh: 5}, phone: rings out}}
  talk: [key: 0, hear: callback_offer, key: 1, hear: callback_number, key: 1, hear: callback_kept]
  ends: {callback: general, outcome: callback}
"""


@pytest.mark.parametrize(
    ("ends", "problems"),
    [("general", []), ("cards", ['a callback was asked for the queue "general"'])],
)
def test_a_call_can_be_written_that_ends_so(hotline: Path, ends: str, problems: list[str]) -> None:
    waits_two_minutes(hotline)
    file = hotline / "main.calls.yaml"
    flows_say = file.read_text().partition("\ncalls:")[0]
    lines = WRITTEN.replace("callback: general", f"callback: {ends}")
    file.write_text(f"{flows_say}\ncalls:\n" + textwrap.indent(lines, "  "), encoding="utf-8")
    loaded = load(hotline)
    [tried] = try_cases(loaded, read_calls(file, loaded))
    found = [str(problem).splitlines()[0] for problem in tried.problems]
    assert [any(said in one for said in problems) for one in found] == [True] * len(problems)
