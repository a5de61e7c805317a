"""Callers drawn from a trace: what is known stays, and what is not comes from the seed alone."""

from ivr.replay.play import Stage
from ivr.replay.rules import in_order
from ivr.replay.scene import Casting
from ivr.replay.talks import Talks
from tests.replay.made import answered, gone, trace

CALLS = [
    *(answered(f"s{n}", 100.0 * n, 5.0 + n % 40, "AVI", 40.0 + n % 60) for n in range(200)),
    *(gone(f"g{n}", 100.0 * n + 50, 3.0 + n % 70) for n in range(150)),
]


def test_who_gave_up_has_the_patience_they_showed_and_the_served_have_more() -> None:
    made = trace(*CALLS)
    waited = {call.call: call for call in made.calls}
    for caller in Casting(made).scene(1):
        known = waited[caller.call]
        if known.answered:
            assert caller.patience > known.waited
        else:
            assert caller.patience == known.waited


def test_a_caller_who_finds_more_waiting_than_then_gives_up_as_others_do_in_such_a_crowd() -> None:
    # In the morning one waits at a time and gives up after 60 s or more, in the evening eight do,
    # and give up after 20 s at most.
    patient = [gone(f"p{n}", 200.0 * n, 60.0 + n % 40) for n in range(200)]
    hurried = [gone(f"h{n}", 50_000 + n / 4, 2.0 + n % 18) for n in range(200)]
    scene = {caller.call: caller for caller in Casting(trace(*patient, *hurried)).scene(1)}
    assert scene["p30"].stays(0) == scene["p30"].patience == 90.0
    assert scene["p30"].stays(1000) <= 20.0
    assert scene["h150"].stays(0) >= 60.0
    assert scene["h150"].stays(1000) == scene["h150"].patience


def test_the_stated_share_of_callers_is_elderly() -> None:
    scene = Casting(trace(*CALLS), over_60=0.2).scene(1)
    assert 0.12 < sum(caller.age > 60 for caller in scene) / len(scene) < 0.28


def test_the_same_seed_makes_the_same_callers_and_another_seed_others() -> None:
    casting = Casting(trace(*CALLS))
    assert casting.scene(3) == casting.scene(3)
    assert casting.scene(3) != casting.scene(4)


def test_a_call_answered_at_once_is_given_a_priority_its_kind_has() -> None:
    scene = Casting(trace(*CALLS, answered("now", 7.0, 0.0, "AVI", 9.0))).scene(1)
    assert next(caller for caller in scene if caller.call == "now").priority == 1


def test_a_long_matter_stays_long_with_another_agent() -> None:
    calls = [
        *(answered(f"a{n}", n, 5, "AVI", 100.0 + n) for n in range(50)),
        *(answered(f"b{n}", n, 5, "BEN", 300.0 + n) for n in range(50)),
    ]
    talks = Talks(calls)
    rank = talks.rank(calls[40], 0.5)
    assert talks.length("PS", rank, "AVI") == 140.0
    assert talks.length("PS", rank, "BEN") == 340.0
    assert talks.length("PS", 0.0, "nobody seen") == 100.0


def test_without_pace_a_talk_is_as_long_with_anybody() -> None:
    calls = [answered(f"a{n}", n, 5, "AVI" if n % 2 else "BEN", 100.0 + n) for n in range(100)]
    talks = Talks(calls, "call")
    rank = talks.rank(calls[40], 0.5)
    assert talks.length("PS", rank, "AVI") == talks.length("PS", rank, "BEN") == 140.0


def test_a_replay_of_the_same_seeds_is_identical() -> None:
    made = trace(*CALLS)
    rules = in_order("fifo", lambda _: 0.0)
    first, second = (Stage(made, (1, 2)).play(rules) for _ in range(2))
    assert first == second
    assert first[0] != first[1]
