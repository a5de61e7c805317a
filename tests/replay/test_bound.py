"""What nobody can exceed: the bound, where the truth is known."""

from random import Random

from ivr.replay.app_queue import BEST, AppQueue
from ivr.replay.bound import most_answered
from tests.replay.made import caller, staff


def test_where_everybody_can_be_served_the_bound_is_everybody() -> None:
    scene = [caller(f"c{n}", 600.0 * n, 30.0) for n in range(5)]
    assert 4.99 < most_answered(scene, staff("ana", until=3600), lambda _: 100.0) <= 5.0


def test_of_ten_who_call_together_one_agent_cannot_serve_more_than_time_allows() -> None:
    # An hour of one agent and a talk's overrun, talks of 1000 s, patience without end: 4.6 talks.
    scene = [caller(f"c{n}", 0.0) for n in range(10)]
    found = most_answered(scene, staff("ana", until=3600), lambda _: 1000.0, rounds=600)
    assert 4.0 <= found < 4.9


def test_the_bound_is_above_what_a_replay_answers() -> None:
    chance = Random(7)
    scene = [caller(f"c{n}", n * 40.0, chance.uniform(10, 300)) for n in range(200)]
    shifts = staff("ana", "ben", until=8100)
    talks = {one.call: chance.uniform(30, 300) for one in scene}
    outcomes = AppQueue(BEST, shifts, lambda one, _: talks[one.call]).play(scene)
    answered = sum(one.answered for one in outcomes)
    assert answered < most_answered(scene, shifts, lambda one: talks[one.call]) < 200
