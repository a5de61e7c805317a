"""What becomes of callers whose queue is full or slow, whom a supervisor moves, who are cut off."""

import asyncio
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from ivr.line.far_end import Answers, Phone, Press, Script
from ivr.line.virtual_time import run
from ivr.resources import flows
from ivr.trial.hall import Trial
from tests.call.hall import Hall, heard

ZH = {"zh": 5, "accounts": 3, "cards": 3}
LONG = Answers(after=3, talks=600)
TO_HUMAN = Script((Press("0"),))
UNDER_WAY: set[asyncio.Future[Trial]] = set()  # so that calls nobody awaits are not collected


@pytest.fixture
def hotline(tmp_path: Path) -> Path:
    """The hotline we ship, to be changed."""
    folder = Path(shutil.copytree(flows(), tmp_path / "flows"))
    text = (folder / "center.yaml").read_text()
    if "\nreturning:" not in text:
        (folder / "center.yaml").write_text(f"{text}\nreturning: {{within: 5 min}}\n")
    return folder


def queue(hotline: Path, name: str, line: str) -> None:
    """Give a queue of center.yaml another line."""
    center = hotline / "center.yaml"
    text = center.read_text()
    assert f"\n  {name}:\n" in text
    center.write_text(text.replace(f"\n  {name}:\n", f"\n  {name}:\n    {line}\n"))


async def hall_with_all_busy(hotline: Path, agents: Mapping[str, Phone]) -> Hall:
    """Every agent talks for ten minutes; the calls that keep them busy are on their way."""
    hall = Hall({name: (ZH, phone) for name, phone in agents.items()}, folder=hotline)
    UNDER_WAY.update(
        asyncio.ensure_future(hall.ring(f"1390000000{number}", TO_HUMAN))
        for number in range(len(agents))
    )
    await asyncio.sleep(60)
    return hall


def waits(trial: Trial) -> list[object]:
    return [event.data["queue"] for event in trial.all("waiting")]


def test_a_caller_who_waits_too_long_goes_on_in_another_queue_and_has_waited_there(
    hotline: Path,
) -> None:
    queue(hotline, "general", "overflow: {after: 2 min, queue: accounts}")

    async def day() -> Trial:
        hall = await hall_with_all_busy(hotline, {"ana": LONG})
        return await hall.ring(far_end=TO_HUMAN)

    story = run(day())
    assert waits(story) == ["general", "accounts"]
    assert len(story.all("waited_too_long")) == 1
    assert story.summary.agent == "ana"


def test_two_queues_that_overflow_into_each_other_do_not_send_a_caller_round(
    hotline: Path,
) -> None:
    queue(hotline, "general", "overflow: {after: 1 min, queue: accounts}")
    queue(hotline, "accounts", "overflow: {after: 2 min, queue: general}")

    async def day() -> Trial:
        hall = await hall_with_all_busy(hotline, {"ana": LONG})
        return await hall.ring(far_end=TO_HUMAN)

    story = run(day())
    assert waits(story) == ["general", "accounts"]
    assert story.summary.outcome == "answered"


def test_a_caller_who_finds_the_queue_full_is_sent_to_the_step_for_it(hotline: Path) -> None:
    queue(hotline, "general", "overflow: {length: 0, to: main.nobody}")

    async def day() -> Trial:
        hall = await hall_with_all_busy(hotline, {"ana": LONG})
        return await hall.ring(far_end=TO_HUMAN)

    story = run(day())
    assert len(story.all("queue_full")) == 1
    assert "main.nobody" in story.steps()


def test_a_supervisor_moves_a_waiting_call_to_another_queue(hotline: Path) -> None:
    async def day() -> tuple[Trial, str]:
        hall = await hall_with_all_busy(hotline, {"ana": LONG})
        ringing = asyncio.ensure_future(hall.ring(far_end=TO_HUMAN))
        await asyncio.sleep(30)
        (waiting,) = hall.desk.floor.waiting()
        assert hall.desk.move(waiting.call, "cards")
        moved = hall.desk.floor.call(waiting.call)
        assert moved is not None
        assert not hall.desk.move("nobody", "cards")
        return await ringing, moved.queue.name

    story, name = run(day())
    assert name == "cards"
    assert story.summary.agent == "ana"


def test_a_supervisor_puts_the_last_call_in_front(hotline: Path) -> None:
    async def day() -> list[Trial]:
        hall = await hall_with_all_busy(hotline, {"ana": LONG})
        calls = []
        for number in ("13700000001", "13700000002"):
            calls.append(asyncio.ensure_future(hall.ring(number, TO_HUMAN)))
            await asyncio.sleep(30)
        first, last = hall.desk.floor.waiting()
        assert hall.desk.reorder(last.call)
        assert [one.call for one in hall.desk.floor.waiting()] == [last.call, first.call]
        return list(await asyncio.gather(*calls))

    first, last = run(day())
    assert (first.summary.waited_s or 0) > (last.summary.waited_s or 0)


def test_a_supervisor_takes_a_call_out_of_the_queue(hotline: Path) -> None:
    async def day() -> Trial:
        hall = await hall_with_all_busy(hotline, {"ana": LONG})
        ringing = asyncio.ensure_future(hall.ring(far_end=TO_HUMAN))
        await asyncio.sleep(30)
        (waiting,) = hall.desk.floor.waiting()
        assert hall.desk.withdraw(waiting.call)
        assert not hall.desk.withdraw(waiting.call)
        return await ringing

    story = run(day())
    assert len(story.all("taken_out")) == 1
    assert "main.nobody" in story.steps()


def test_who_was_cut_off_while_waiting_keeps_the_time_waited_on_return(hotline: Path) -> None:
    async def day() -> tuple[Trial, Trial, Trial]:
        hall = await hall_with_all_busy(hotline, {"ana": LONG})
        cut_off = await hall.ring(far_end=Script((Press("0"),), hang_up_at=100))
        again = asyncio.ensure_future(hall.ring(far_end=TO_HUMAN))
        await asyncio.sleep(10)
        return cut_off, await again, await hall.ring(far_end=TO_HUMAN)

    cut_off, again, later = run(day())
    assert cut_off.summary.outcome == "abandoned"
    (returned,) = again.all("returns")
    assert returned.data["head_start"] == round(cut_off.summary.waited_s or 0)
    assert later.all("returns") == []


def test_who_rings_again_after_an_hour_begins_anew(hotline: Path) -> None:
    async def day() -> Trial:
        hall = await hall_with_all_busy(hotline, {"ana": LONG})
        await hall.ring(far_end=Script((Press("0"),), hang_up_at=100))
        await asyncio.sleep(3600)
        return await hall.ring(far_end=TO_HUMAN)

    story = run(day())
    assert story.all("returns") == []
    assert heard(story)
