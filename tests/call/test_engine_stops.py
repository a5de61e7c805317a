"""When the engine stops, no caller is left in silence and no talk is cut."""

import asyncio
from datetime import date

import pytest

from ivr.line.commands import Command, Connect, HandBack, Hold, Outcome
from ivr.line.far_end import Answers, Phone, RingsOut
from ivr.line.simulated import SimulatedLine
from ivr.line.virtual_time import run
from ivr.trial.hall import Trial
from tests.call.hall import Hall

OLD = date(1954, 3, 2)
PATIENT = {"zh": 5, "senior_care": 4}


class Watched(SimulatedLine):
    """A line that keeps what was asked of it. Cancelled, it takes a moment, as real ones do."""

    def __init__(self, phones: dict[str, Phone]) -> None:
        super().__init__(phones=phones)
        self.asked: list[Command] = []

    async def perform(self, command: Command) -> Outcome:
        self.asked.append(command)
        try:
            return await super().perform(command)
        except asyncio.CancelledError:
            await asyncio.sleep(0.2)
            raise


async def stopped_after(hall: Hall, seconds: float) -> tuple[Trial, Watched]:
    """An elderly caller's call in a hotline whose engine stops after so many seconds."""
    line = Watched(hall.phones)
    call = asyncio.create_task(hall.ring(birth=OLD, line=line))
    await asyncio.sleep(seconds)
    call.cancel()
    return await call, line


@pytest.mark.parametrize(
    ("phone", "outcome"),
    [(RingsOut(), "handed_back"), (Answers(after=1, talks=None), "talk_went_on")],
    ids=["while ringing", "while talking"],
)
def test_a_call_is_handed_back_and_a_talk_goes_on(phone: Phone, outcome: str) -> None:
    async def day() -> tuple[Trial, Watched]:
        return await stopped_after(Hall({"ana": (PATIENT, phone)}), 10.0)

    trial, line = run(day())
    assert trial.summary.outcome == outcome
    assert line.asked[-1] == HandBack()
    assert trial.all("engine_stops")


def test_an_engine_that_stops_as_an_agent_becomes_free_still_stops() -> None:
    async def day() -> tuple[Trial, Watched]:
        hall = Hall({"ana": (PATIENT, Answers(after=1, talks=20))})
        first = asyncio.create_task(hall.ring(birth=OLD))
        await asyncio.sleep(2)
        line = Watched(hall.phones)
        waiting = asyncio.create_task(hall.ring(birth=OLD, line=line))
        while not line.asked or not isinstance(line.asked[-1], Hold):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        await first
        while hall.desk.floor.waiting()[0].offered_to is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        waiting.cancel()  # while the music is still being ended
        return await waiting, line

    trial, line = run(day())
    assert trial.summary.outcome == "handed_back"
    assert not any(isinstance(command, Connect) for command in line.asked)
