"""Figures and how sure they are, by hand."""

import pytest

from ivr.replay.figures import Estimate, differences, figures_of
from ivr.replay.table import markdown, percent, seconds
from tests.replay.made import answered, gone


def test_service_level_counts_who_gave_up_as_not_served_in_time() -> None:
    calls = [answered("a", 0, 10, "x", 1), answered("b", 0, 25, "x", 1), gone("c", 0, 5)]
    found = figures_of([*calls, gone("d", 0, 99)])
    assert found.in_time == (0.25, 0.25, 0.5)
    assert (found.answered, found.quick, found.wait) == (0.5, 0.5, 17.5)
    assert found.wait_all == pytest.approx(139 / 4)


def test_no_calls_give_figures_of_nothing() -> None:
    assert figures_of([]).offered == 0


def test_the_interval_is_students() -> None:
    found = Estimate.of([1.0, 2.0, 3.0])
    assert found.mean == 2.0
    assert found.within == pytest.approx(4.303 / 3**0.5, rel=1e-3)
    assert not Estimate.of([5.0]).within


def test_a_difference_is_taken_seed_by_seed() -> None:
    one = [figures_of([gone("a", 0, 9)]), figures_of([answered("a", 0, 9, "x", 1)])]
    other = [figures_of([answered("a", 0, 9, "x", 1)]), figures_of([answered("a", 0, 9, "x", 1)])]
    found = differences(one, other)["answered"]
    assert found.mean == 0.5
    assert not found.differs


def test_the_table_is_markdown() -> None:
    assert percent(Estimate(0.7211, 0.0042)) == "72.1 ± 0.4 %"
    assert seconds(Estimate(123.4, 3.6)) == "123 ± 4 s"
    assert seconds(Estimate(4.26, 0.1)) == "4.3 s"
    assert markdown(("", "a"), [("x", "1")]) == "|  | a |\n| --- | ---: |\n| x | 1 |"
