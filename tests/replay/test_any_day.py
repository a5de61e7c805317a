"""Whatever the day: nobody is lost, nobody waits beyond their patience, no agent serves two."""

from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.replay.agenda import Outcome
from ivr.replay.app_queue import BEST, DEFAULTS, AppQueue
from ivr.replay.app_queue import Settings as Queueing
from ivr.replay.clock import Replay
from ivr.replay.rules import Rules, elders_first, in_order
from ivr.replay.scene import Caller
from ivr.replay.shifts import Break, Shifts
from routing.floor import Floor
from tests.replay.made import caller, staff

NAMES = ("ana", "ben", "cleo")
WAYS = [
    in_order("fifo", lambda _: 0.0),
    elders_first("ours", lambda one: 90.0 * one.priority),
    elders_first("kept", lambda _: 0.0, by_kind=False, keep_free=1),
    DEFAULTS,
    BEST,
]

seconds = st.integers(0, 600).map(float)
callers = st.lists(
    st.tuples(seconds, st.integers(1, 200), st.integers(0, 2), st.sampled_from([40, 70])),
    min_size=1,
    max_size=25,
)
breaks = st.lists(st.tuples(st.sampled_from(NAMES), seconds, st.integers(1, 120)), max_size=6)


def lasts(one: Caller, agent: str) -> float:
    return 20.0 + 13 * (len(one.call) + len(agent)) + one.since % 37


def played(way: Rules | Queueing, shifts: Shifts, scene: list[Caller]) -> tuple[Outcome, ...]:
    if isinstance(way, Queueing):
        return AppQueue(way, shifts, lasts).play(scene)
    floor = Floor(way.switching(0.0))
    return Replay(floor, way.terms, shifts, way.skilled, lasts).play(scene)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
@settings(max_examples=25, deadline=None)
@given(calls=callers, pauses=breaks)
def test_a_day_holds_together_and_is_the_same_twice(
    way: Rules | Queueing,
    calls: list[tuple[float, int, int, int]],
    pauses: list[tuple[str, float, int]],
) -> None:
    scene = [
        caller(f"c{n}", since, float(patience), priority=priority, age=age)
        for n, (since, patience, priority, age) in enumerate(sorted(calls))
    ]
    taken = tuple(Break(name, at, float(lasting), away=False) for name, at, lasting in pauses)
    shifts = staff(*NAMES, until=900, breaks=taken)
    outcomes = played(way, shifts, scene)
    assert [one.caller for one in outcomes] == scene
    talks = defaultdict(list)
    for one in outcomes:
        assert one.waited <= one.caller.patience
        if one.agent is not None:
            begins = one.caller.since + one.waited
            talks[one.agent].append((begins, begins + lasts(one.caller, one.agent)))
    for spans in talks.values():
        spans.sort()
        assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert played(way, shifts, scene) == outcomes
