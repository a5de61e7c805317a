"""A replay of random calls against the formula: M/M/c+M, that is Erlang-A (Palm 1943)."""

from math import log
from random import Random

import pytest

from ivr.replay.agenda import Outcome
from ivr.replay.app_queue import BEST, AppQueue
from ivr.replay.clock import Replay
from ivr.replay.figures import figures_of
from ivr.replay.rules import in_order
from ivr.replay.scene import Caller
from routing.floor import Floor
from tests.replay.made import caller, staff

AGENTS, TALK, PATIENCE, CALLS = 5, 180.0, 240.0, 6000
FIFO = in_order("fifo", lambda _: 0.0)


def erlang_a(load: float) -> tuple[float, float]:
    """The share that gives up and the mean time in queue of everybody, by the birth-death chain."""
    arrival, service, leaving = load / TALK, 1 / TALK, 1 / PATIENCE
    weights = [1.0]
    for n in range(1, 400):
        out = min(n, AGENTS) * service + max(0, n - AGENTS) * leaving
        weights.append(weights[-1] * arrival / out)
    queue = sum(max(0, n - AGENTS) * w for n, w in enumerate(weights)) / sum(weights)
    return queue * leaving / arrival, queue / arrival


def random_calls(load: float) -> tuple[list[Caller], dict[str, float]]:
    chance = Random(load)
    at, scene, talks = 0.0, [], {}
    for n in range(CALLS):
        at -= log(1 - chance.random()) * TALK / load
        scene.append(caller(f"c{n}", at, -log(1 - chance.random()) * PATIENCE))
        talks[f"c{n}"] = -log(1 - chance.random()) * TALK
    return scene, talks


@pytest.mark.parametrize("load", [4.0, 7.0])
def test_waits_and_abandonment_are_those_of_erlang_a(load: float) -> None:
    scene, talks = random_calls(load)
    shifts = staff(*(f"a{n}" for n in range(AGENTS)), until=scene[-1].since + 1)
    floor = Floor(FIFO.switching(0.0))
    replay = Replay(floor, FIFO.terms, shifts, FIFO.skilled, lambda one, _: talks[one.call])
    found = figures_of(replay.play(scene))
    gone, wait = erlang_a(load)
    assert found.abandoned == pytest.approx(gone, abs=0.02)
    assert found.wait_all == pytest.approx(wait, rel=0.08)


def test_app_queue_at_its_best_loses_no_more_than_its_looks_take() -> None:
    scene, talks = random_calls(7.0)
    shifts = staff(*(f"a{n}" for n in range(AGENTS)), until=scene[-1].since + 1)
    outcomes: tuple[Outcome, ...] = AppQueue(BEST, shifts, lambda one, _: talks[one.call]).play(
        scene
    )
    gone, _ = erlang_a(7.0)
    found = figures_of(outcomes).abandoned
    assert gone - 0.02 < found < gone + 0.03
