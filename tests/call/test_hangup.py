"""Wherever a caller hangs up, nothing is left behind and the record says what happened."""

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from ivr.flow.load import load
from ivr.line.far_end import Answers, RingsOut, Script
from ivr.line.virtual_time import run
from ivr.resources import flows
from ivr.trial.hall import Trial
from tests.call.hall import Hall

PLACES = [f"{flow.name}.{step}" for flow in load(flows()).flows.values() for step in flow.steps]
EVERYTHING = {"zh": 5, "en": 5, "cards": 3, "accounts": 3, "senior_care": 4}


async def hang_up_at(place: str, seconds: float, hall: Hall) -> tuple[Trial, int]:
    """Begin a call at `place`, hang up after `seconds`; the story and how many tasks were left."""
    center = hall.hotline.center
    identity = center.center.model_copy(update={"entry": place})
    hall.hotline = replace(hall.hotline, center=center.model_copy(update={"center": identity}))
    before = asyncio.all_tasks()
    story = await hall.ring(birth=date(1990, 1, 1), far_end=Script(hang_up_at=seconds))
    await asyncio.sleep(0)
    return story, len(asyncio.all_tasks() - before)


@pytest.mark.parametrize("seconds", [0.0, 0.5, 4.0, 12.0])
@pytest.mark.parametrize("place", PLACES)
def test_a_hang_up_at_any_step_leaves_no_task_and_no_waiting_entry(
    place: str, seconds: float
) -> None:
    async def day() -> tuple[Trial, int, int, str]:
        hall = Hall({"chen": (EVERYTHING, Answers(after=2, talks=None))}, outside={})
        story, tasks = await hang_up_at(place, seconds, hall)
        [seat] = hall.desk.floor.agents()
        return story, tasks, len(hall.desk.floor.waiting()), seat.state

    story, tasks, waiting, state = run(day())
    assert story.summary.ended is not None
    assert (story.summary.hung_up_by, story.summary.outcome) in {
        ("caller", "left"),
        ("caller", "abandoned"),
        ("caller", "answered"),
        ("hotline", "completed"),  # the flow ended before the caller did
    }
    assert (tasks, waiting) == (0, 0)
    assert state in ("free", "wrap_up")
    assert story.events[-1].kind == "ended"


@pytest.mark.parametrize(
    ("phone", "seconds", "outcome"),
    [
        (RingsOut(), 5.0, "abandoned"),
        (Answers(after=1, talks=None), 20.0, "answered"),
    ],
    ids=["while ringing", "while talking"],
)
def test_a_hang_up_frees_the_agent(phone: RingsOut | Answers, seconds: float, outcome: str) -> None:
    async def day() -> tuple[Trial, str]:
        hall = Hall({"chen": (EVERYTHING, phone)})
        story = await hall.ring(birth=date(1950, 1, 1), far_end=Script(hang_up_at=seconds))
        await asyncio.sleep(15)
        return story, hall.desk.floor.agents()[0].state

    story, state = run(day())
    assert story.summary.outcome == outcome
    assert state == "free"
