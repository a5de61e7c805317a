"""An agent's phone vanishes as it rings, or in the talk: the caller keeps the place and hears why."""

import asyncio

from ivr.line.commands import Command, Connect, NotJoined, Outcome
from ivr.line.far_end import Answers, Press, RingsOut, Script
from ivr.line.simulated import SimulatedLine
from ivr.line.virtual_time import run
from ivr.trial.hall import Trial
from tests.call.hall import Hall, heard

ZH = {"zh": 5, "cards": 3}
TO_HUMAN = Script((Press("0"),))
DEAD = Answers(after=2, talks=40, vanishes=True)


def test_who_loses_the_agent_in_the_talk_talks_to_another_at_once_and_heard_why() -> None:
    async def day() -> Trial:
        hall = Hall({"ana": (ZH, DEAD), "bo": (ZH, DEAD)})
        hall.phones["bo"] = Answers(after=2, talks=60)
        hall.desk.pause("bo", "break")
        ringing = asyncio.ensure_future(hall.ring(far_end=TO_HUMAN))
        await asyncio.sleep(30)
        hall.desk.resume("bo")
        return await ringing

    story = run(day())
    assert [event.data["agent"] for event in story.all("joined")] == ["ana", "bo"]
    assert [event.data["by"] for event in story.all("talk_over")] == ["phone_lost", "agent"]
    assert "agent_lost" in heard(story)
    assert (story.summary.outcome, story.summary.agent) == ("answered", "bo")
    lost, again = story.all("talk_over")[0].at, story.all("joined")[1].at
    assert (again - lost).total_seconds() < 5


def test_who_loses_the_agent_is_ahead_of_whoever_waits_already() -> None:
    async def day() -> tuple[Trial, Trial]:
        hall = Hall({"ana": (ZH, DEAD), "bo": (ZH, Answers(after=2, talks=60))})
        loses = asyncio.ensure_future(hall.ring("13900000001", TO_HUMAN))
        await asyncio.sleep(3)
        keeps = asyncio.ensure_future(hall.ring("13900000002", TO_HUMAN))
        await asyncio.sleep(20)
        waits = asyncio.ensure_future(hall.ring("13900000003", TO_HUMAN))
        both = await loses, await keeps
        lost = next(one for one in both if len(one.all("waiting")) == 2)
        return lost, await waits

    lost, waits = run(day())
    assert lost.all("joined")[1].at < waits.all("joined")[0].at
    assert waits.summary.outcome == "answered"


def test_who_hangs_up_after_losing_the_agent_has_not_been_served() -> None:
    async def day() -> Trial:
        hall = Hall({"ana": (ZH, DEAD)})
        return await hall.ring(far_end=Script((Press("0"),), hang_up_at=52))

    story = run(day())
    assert len(story.all("talk_over")) == 1
    assert (story.summary.outcome, story.summary.hung_up_by) == ("abandoned", "caller")
    assert story.summary.talked_s is None


class GoneWhileRinging(SimulatedLine):
    """The first phone is gone after it has rung for five seconds."""

    gone = False

    async def perform(self, command: Command) -> Outcome:
        if isinstance(command, Connect) and not self.gone:
            await asyncio.sleep(5)
            self.gone = True
            return NotJoined("unreachable")
        return await super().perform(command)


def test_a_phone_that_vanishes_while_it_rings_is_told_with_the_next_that_rings() -> None:
    async def day() -> Trial:
        hall = Hall({"ana": (ZH, RingsOut()), "bo": (ZH, RingsOut())})
        hall.phones |= dict.fromkeys(("ana", "bo"), Answers(after=2, talks=20))
        line = GoneWhileRinging(TO_HUMAN, hall.phones)
        story = await hall.ring(line=line)
        story.line = line
        return story

    story = run(day())
    assert [event.data["cause"] for event in story.all("refused")] == ["unreachable"]
    assert "agent_lost" in heard(story)
    offers = [event.data["agent"] for event in story.all("offer")]
    assert len(set(offers)) == 2, "offered on"
    assert story.summary.outcome == "answered"
