"""Ten times the expected calls: who is turned away, who is not, and what they hear."""

import asyncio
import logging
import shutil
from datetime import date
from pathlib import Path

import pytest

from ivr.line.far_end import Answers, Press, Script
from ivr.line.virtual_time import run
from ivr.resources import flows
from ivr.trial.hall import Trial
from tests.call.hall import Hall, heard

ZH = {"zh": 5, "accounts": 3, "cards": 3, "senior_care": 5}
TO_HUMAN = Script((Press("0"),))
YES, IT_IS = Press("1"), Press("1")
ELDERLY = date(1950, 1, 1)


@pytest.fixture
def hotline(tmp_path: Path) -> Path:
    """The hotline we ship, to be changed."""
    return Path(shutil.copytree(flows(), tmp_path / "flows"))


def admission(hotline: Path, line: str) -> Path:
    """Give center.yaml another `admission:`."""
    file = hotline / "center.yaml"
    lines = file.read_text().splitlines()
    (place,) = [n for n, one in enumerate(lines) if one.startswith("admission:")]
    lines[place] = f"admission: {line}"
    file.write_text("\n".join(lines) + "\n")
    return hotline


async def crowd(hall: Hall, calls: int, seconds: float, first: int = 0) -> list[Trial]:
    """So many callers, evenly over so much time, each of whom wants a human."""
    ringing = []
    for number in range(first, first + calls):
        ringing.append(asyncio.ensure_future(hall.ring(f"139{number:08}", TO_HUMAN)))
        await asyncio.sleep(seconds / calls)
    return list(await asyncio.gather(*ringing))


def outcomes(trials: list[Trial]) -> dict[str, int]:
    found = [trial.summary.outcome for trial in trials]
    return {outcome: found.count(outcome) for outcome in sorted(set(found))}


def test_at_ten_times_the_calls_most_are_turned_away_and_the_others_are_answered(
    hotline: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Ten agents and talks of a minute: ten calls a minute are expected, and a hundred come."""
    admission(hotline, "{most_waiting: 10, say: too_many_calls}")
    longest = 0

    async def day() -> tuple[list[Trial], Trial]:
        nonlocal longest
        agents = {f"a{n}": (ZH, Answers(after=2, talks=60)) for n in range(10)}
        hall = Hall(agents, folder=hotline)
        peak = asyncio.ensure_future(crowd(hall, 1000, 600))
        while not peak.done():
            longest = max(longest, hall.desk.floor.callers_waiting())
            await asyncio.sleep(1)
        assert (hall.gate.taken, hall.gate.told) == (0, 0)
        return await peak, await hall.ring("13800000000", TO_HUMAN)

    with caplog.at_level(logging.WARNING):
        peak, after = run(day())
    found = outcomes(peak)
    assert set(found) == {"answered", "turned_away"}
    assert found["answered"] > 80, "agents are kept busy all the time"
    assert longest < 30, "who was in a menu as the queue became full may still come to it"
    waits = [one.summary.waited_s for one in peak if one.summary.outcome == "answered"]
    assert max(wait for wait in waits if wait is not None) < 240
    turned = next(one for one in peak if one.summary.outcome == "turned_away")
    assert heard(turned) == ["too_many_calls"]
    assert turned.summary.hung_up_by == "hotline"
    assert after.summary.outcome == "answered"
    told = [record.getMessage() for record in caplog.records if "full" in record.getMessage()]
    assert told[0] == "the hotline is full (waiting): callers are turned away"
    assert len(told) < 200, "once for each time it was full, and not once a call"


def test_calls_are_taken_again_as_soon_as_there_is_room(hotline: Path) -> None:
    admission(hotline, "{most_calls: 1, say: too_many_calls}")

    async def day() -> tuple[Trial, Trial, float]:
        hall = Hall({"ana": (ZH, Answers(after=1, talks=30))}, folder=hotline)
        first = asyncio.ensure_future(hall.ring("13900000001", TO_HUMAN))
        await asyncio.sleep(10)
        second = await hall.ring("13900000002", TO_HUMAN)
        await first
        return second, await hall.ring("13900000003", TO_HUMAN), hall.gate.taken

    turned, taken, left = run(day())
    assert (turned.summary.outcome, taken.summary.outcome) == ("turned_away", "answered")
    assert left == 0


async def full_hall(hotline: Path) -> Hall:
    """All agents talk, and as many wait as may."""
    hall = Hall({"ana": (ZH, Answers(after=1, talks=600))}, folder=hotline)
    UNDER_WAY.update(asyncio.ensure_future(hall.ring(f"1390000000{n}", TO_HUMAN)) for n in range(2))
    await asyncio.sleep(60)
    return hall


UNDER_WAY: set[asyncio.Future[Trial]] = set()


def test_the_elderly_get_through_however_full_the_hotline_is(hotline: Path) -> None:
    admission(hotline, "{most_waiting: 1, say: too_many_calls}")

    async def day() -> tuple[Trial, Trial]:
        hall = await full_hall(hotline)
        young = await hall.ring("13700000001", TO_HUMAN)
        return young, await hall.ring("13700000002", birth=ELDERLY)

    young, elderly = run(day())
    assert young.summary.outcome == "turned_away"
    assert elderly.summary.outcome == "answered"
    assert heard(elderly)[0] == "straight_elder"


def test_who_else_gets_through_is_said_in_center_yaml(hotline: Path) -> None:
    line = "{most_waiting: 1, say: too_many_calls, unless: 'caller.tier == \"gold\"'}"
    admission(hotline, line)

    async def day() -> tuple[Trial, Trial]:
        hall = await full_hall(hotline)
        silver = await hall.ring("13700000001", TO_HUMAN, tier="silver")
        return silver, await hall.ring("13700000002", TO_HUMAN, tier="gold")

    silver, gold = run(day())
    assert (silver.summary.outcome, gold.summary.outcome) == ("turned_away", "answered")


def test_who_was_cut_off_in_the_queue_and_rings_again_gets_through(hotline: Path) -> None:
    admission(hotline, "{most_waiting: 1, say: too_many_calls}")

    async def day() -> Trial:
        hall = await full_hall(hotline)
        hall.desk.returns.cut_off("+8613700000001", hall.now(), 30.0, in_talk=False)
        return await hall.ring("13700000001", TO_HUMAN)

    assert run(day()).summary.outcome == "answered"


def test_who_is_turned_away_may_be_rung_back(hotline: Path) -> None:
    admission(hotline, "{most_waiting: 1, say: too_many_calls, callback: general}")

    async def day() -> tuple[Trial, Trial, Hall]:
        hall = await full_hall(hotline)
        agrees = await hall.ring("13700000001", Script((YES, IT_IS)))
        return agrees, await hall.ring("13700000002", Script((Press("0"),))), hall

    agrees, wants_a_human, hall = run(day())
    assert heard(agrees)[:2] == ["too_many_calls", "callback_instead"]
    assert heard(agrees)[-1] == "callback_kept"
    assert agrees.summary.outcome == "callback"
    (kept,) = hall.promised.kept
    assert (kept.number, kept.queue) == ("+8613700000001", "general")
    assert wants_a_human.summary.outcome == "turned_away", "0 finds no human who is free"


def test_no_more_are_promised_to_be_rung_back_than_can_be(hotline: Path) -> None:
    line = "{most_waiting: 1, say: too_many_calls, callback: general, most_callbacks: 1}"
    admission(hotline, line)

    async def day() -> Trial:
        hall = await full_hall(hotline)
        hall.gate.calls_back = lambda terms: False  # type: ignore[method-assign]
        return await hall.ring("13700000002", Script((YES, IT_IS)))

    assert heard(run(day())) == ["too_many_calls"]


def test_no_more_hear_so_at_a_time_than_lines_are_kept_for_that(hotline: Path) -> None:
    admission(hotline, "{most_waiting: 1, say: too_many_calls, most_told: 5}")

    async def day() -> list[Trial]:
        hall = await full_hall(hotline)
        return await crowd(hall, 20, 1, first=100)

    turned = run(day())
    assert outcomes(turned) == {"turned_away": 20}
    assert [len(heard(one)) for one in turned] == [1] * 5 + [0] * 15
    assert [one.all("turned_away")[0].data["told"] for one in turned].count(True) == 5
