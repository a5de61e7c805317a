"""What callers say and hear in the flow is recorded where a setting says so, and no secret ever is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ivr.flow.kept import KeptSpec
from ivr.flow.monitoring import Monitoring
from ivr.flow.step import Step
from ivr.flow.steps import STEPS
from ivr.line.commands import (
    Command,
    EndMonitor,
    Monitor,
    Monitored,
    Mute,
    Muted,
    Outcome,
)
from tests.flow.house import House

SAY: Step = STEPS["say"].model_validate({"say": "welcome", "next": "pin"})
PIN: Step = STEPS["ask"].model_validate(
    {"ask": "pin", "into": "pin", "digits": "6", "secret": "yes", "next": "a", "otherwise": "b"}
)
ELSEWHERE: Step = STEPS["transfer"].model_validate(
    {"transfer": "head_office", "next": "bye", "failed": "again"}
)
AGENT: Step = STEPS["queue"].model_validate({"queue": "general", "next": "bye"})
FIRST, SECOND = Path("/var/c-1.2-1.ivr.raw"), Path("/var/c-1.2-2.ivr.raw")


@dataclass
class Switch:
    """A line of a switch that records and mutes, unless it does not confirm it."""

    records: bool = True
    mutes: bool = True
    hears: bool = True
    told: list[Command] = field(default_factory=list)

    async def perform(self, command: Command) -> Outcome:
        self.told.append(command)
        match command:
            case Monitor():
                return Monitored(self.records)
            case Mute(on):
                return Muted(self.mutes if on else self.hears)
            case _:
                assert isinstance(command, EndMonitor)
                return Monitored(on=False)


def recorded(
    line: Switch, ivr: Any = "all", tapes: tuple[Path, ...] = (FIRST, SECOND)
) -> tuple[Monitoring, House]:
    """The recording of a call that rang 95588."""
    house = House(tapes=list(tapes))
    return Monitoring(line, house, KeptSpec.model_validate({"ivr": ivr}).ivr), house


def noted(house: House) -> list[tuple[str, Mapping[str, Any]]]:
    return [(kind, data) for kind, data in house.notes if kind != "trouble"]


async def test_a_call_is_recorded_from_its_first_step_to_its_queue() -> None:
    line = Switch()
    monitoring, house = recorded(line)
    for step in (SAY, SAY, AGENT):
        assert await monitoring.before(step, "main")
    assert line.told == [Monitor(FIRST), EndMonitor()]
    assert noted(house) == [("ivr_recorded", {"recording": "c-1.2-1", "recorded": True})]


async def test_what_comes_after_a_talk_is_a_recording_of_its_own() -> None:
    line = Switch()
    monitoring, _ = recorded(line)
    for step in (SAY, AGENT, SAY):
        await monitoring.before(step, "main")
    assert line.told == [Monitor(FIRST), EndMonitor(), Monitor(SECOND)]


async def test_a_step_with_a_secret_is_muted_and_the_next_is_heard_again() -> None:
    line = Switch()
    monitoring, house = recorded(line)
    for step in (SAY, PIN, PIN, SAY):
        assert await monitoring.before(step, "main")
    assert line.told == [Monitor(FIRST), Mute(), Mute(on=False)]
    assert noted(house)[1:] == [("ivr_muted", {"certain": True}), ("ivr_heard", {"certain": True})]


async def test_a_call_that_begins_with_a_secret_is_recorded_from_the_step_after_it() -> None:
    line = Switch()
    monitoring, _ = recorded(line)
    assert await monitoring.before(PIN, "main")
    assert line.told == []
    await monitoring.before(SAY, "main")
    assert line.told == [Monitor(FIRST)]


async def test_no_secret_is_asked_for_that_could_be_recorded() -> None:
    line = Switch(mutes=False)
    monitoring, house = recorded(line)
    await monitoring.before(SAY, "main")
    assert not await monitoring.before(PIN, "main")
    await monitoring.before(SAY, "main")
    assert line.told[-1] == Mute(on=False), "a muting that nobody confirmed may be one"
    assert ("ivr_muted", {"certain": False}) in house.notes
    assert "trouble" in dict(house.notes)


async def test_where_a_muting_does_not_end_another_recording_is_begun() -> None:
    line = Switch(hears=False)
    monitoring, house = recorded(line)
    for step in (SAY, PIN, SAY):
        await monitoring.before(step, "main")
    assert line.told[-2:] == [EndMonitor(), Monitor(SECOND)]
    assert noted(house)[-1] == ("ivr_recorded", {"recording": "c-1.2-2", "recorded": True})


async def test_whoever_comes_from_a_secret_to_a_human_need_not_wait_for_the_recording() -> None:
    line = Switch()
    monitoring, _ = recorded(line)
    for step in (SAY, PIN, AGENT):
        await monitoring.before(step, "main")
    assert line.told == [Monitor(FIRST), Mute(), EndMonitor()]


async def test_after_a_transfer_that_failed_it_is_recorded_again_though_it_was_muted() -> None:
    line = Switch()
    monitoring, _ = recorded(line)
    for step in (SAY, PIN, ELSEWHERE, SAY, PIN, SAY):
        assert await monitoring.before(step, "main")
    first = [Monitor(FIRST), Mute(), EndMonitor()]
    assert line.told == [*first, Monitor(SECOND), Mute(), Mute(on=False)]


async def test_a_switch_that_does_not_record_is_told_of_and_not_asked_in_every_step() -> None:
    line = Switch(records=False)
    monitoring, house = recorded(line)
    for step in (SAY, SAY, PIN):
        assert await monitoring.before(step, "main"), "the call goes on"
    assert line.told == [Monitor(FIRST)]
    assert noted(house) == [("ivr_recorded", {"recording": "c-1.2-1", "recorded": False})]
    assert "trouble" in dict(house.notes)


async def test_a_caller_who_must_not_be_recorded_is_not() -> None:
    line = Switch()
    monitoring, house = recorded(line, tapes=())
    await monitoring.before(SAY, "main")
    assert (line.told, house.notes) == ([], [])


@pytest.mark.parametrize(
    ("ivr", "flows"),
    [
        ("no", []),
        ("all", ["main", "card"]),
        ({"flows": "card"}, ["card"]),
        ({"numbers": ["+95588"]}, ["main", "card"]),
        ({"numbers": ["4008001234"]}, []),
        ({"numbers": ["95588", "4008001234"], "flows": ["main"]}, ["main"]),
    ],
)
async def test_the_setting_says_which_numbers_and_flows_are_recorded(
    ivr: Any, flows: list[str]
) -> None:
    found = []
    for flow in ("main", "card"):
        line = Switch()
        monitoring, _ = recorded(line, ivr)
        await monitoring.before(SAY, flow)
        found += [flow] if Monitor(FIRST) in line.told else []
    assert found == flows


async def test_a_recording_ends_where_a_call_leaves_the_flows_that_are_recorded() -> None:
    line = Switch()
    monitoring, _ = recorded(line, {"flows": "card"})
    for flow in ("main", "card", "main"):
        await monitoring.before(SAY, flow)
    assert line.told == [Monitor(FIRST), EndMonitor()]
