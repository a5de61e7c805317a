"""How long agents pause where nobody can see it."""

from random import Random

import pytest

from ivr.replay.pauses import Bounds, Pauses

SHORT_AND_LONG = [4.0] * 50 + [300.0] * 50


def _drawn(pauses: Pauses, bounds: Bounds, times: int = 400) -> list[float]:
    chance = Random(5)
    return [pauses.drawn(bounds, chance.random()) for _ in range(times)]


def test_a_pause_is_never_longer_than_the_gap_it_is_in() -> None:
    pauses = Pauses(SHORT_AND_LONG, [], 1800.0)
    assert max(_drawn(pauses, Bounds(0.0, 200.0))) <= 200.0


def test_a_pause_is_longer_than_a_caller_waited_in_it() -> None:
    pauses = Pauses(SHORT_AND_LONG, [], 1800.0)
    assert min(_drawn(pauses, Bounds(100.0, 1000.0))) > 100.0


def test_the_longer_the_gap_the_less_a_short_pause_explains_it() -> None:
    pauses = Pauses(SHORT_AND_LONG, [], 1800.0)
    short = [
        sum(length < 10 for length in _drawn(pauses, Bounds(0.0, gap))) for gap in (20.0, 320.0)
    ]
    assert short[0] == pytest.approx(400, abs=40)
    assert short[1] < 40


def test_gaps_that_only_a_long_pause_explains_make_long_pauses_likelier() -> None:
    bounds = [Bounds(200.0, 400.0)] * 100
    alone = Pauses(SHORT_AND_LONG, [], 1800.0)
    taught = Pauses(SHORT_AND_LONG, bounds, 1800.0)
    gap = Bounds(0.0, 350.0)
    long = [sum(length > 100 for length in _drawn(one, gap)) for one in (alone, taught)]
    assert long[1] >= long[0]
    assert sum(length > 100 for length in _drawn(taught, Bounds(0.0, 120.0))) < 80


def test_where_no_pause_was_ever_seen_whole_nobody_pauses() -> None:
    pauses = Pauses([], [Bounds(0.0, 900.0)], 1800.0)
    assert pauses.drawn(Bounds(0.0, 900.0), 0.9) == 0.0
