"""How long callers would have waited: Kaplan and Meier by hand."""

from random import Random

import pytest

from ivr.replay.patience import Class, Crowding, Patience, patience_by_class


def test_kaplan_and_meier_by_hand() -> None:
    # Gave up after 10 and 30 s; served after 20 and 40 s. At 10: 3 of 4 stay; at 30: 1 of 2 of those.
    patience = Patience.of([10.0, 30.0], [20.0, 40.0])
    assert patience.still_there(9.9) == 1.0
    assert patience.still_there(10.0) == pytest.approx(0.75)
    assert patience.still_there(29.0) == pytest.approx(0.75)
    assert patience.still_there(30.0) == pytest.approx(0.375)


def test_a_served_caller_is_given_more_patience_than_they_showed() -> None:
    patience = Patience.of([10.0, 20.0, 30.0, 40.0], [15.0, 25.0])
    chance = Random(1)
    assert all(patience.longer_than(20.0, chance.random()) > 20.0 for _ in range(500))


def test_drawn_patience_follows_the_estimate_of_those_who_wait_longer() -> None:
    patience = Patience.of([10.0, 20.0, 30.0, 40.0], [])
    chance = Random(2)
    drawn = [patience.longer_than(20.0, chance.random()) for _ in range(2000)]
    assert set(drawn) == {30.0, 40.0}
    assert drawn.count(30.0) / 2000 == pytest.approx(0.5, abs=0.04)


def test_who_outlasts_everybody_seen_gives_up_at_the_rate_of_all() -> None:
    patience = Patience.of([10.0], [90.0])  # one gave up in 100 s of waiting
    chance = Random(3)
    beyond = [patience.longer_than(90.0, chance.random()) - 90.0 for _ in range(4000)]
    assert sum(beyond) / 4000 == pytest.approx(100.0, rel=0.06)


def test_where_nobody_ever_gave_up_patience_is_endless() -> None:
    assert Patience.of([], [10.0, 20.0]).longer_than(5.0, 0.5) == float("inf")


def test_a_class_of_few_has_the_estimate_of_its_kind() -> None:
    waits: list[tuple[Class, float, bool]] = [
        (("PS", 1, n % 2), float(n), False) for n in range(1, 251)
    ]
    waits += [(("PS", 2, 0), 500.0, True)] * 5
    found = patience_by_class(waits)
    assert found(("PS", 2, 0)) is found(("PS", None, 0))
    assert found(("PS", 1, 0)) is not found(("PS", 1, 1))
    assert found(("PS", 1, 13)) is found(("PS", 1, 8)) is not found(("PS", 1, 1))
    assert found(("NW", 0, 0)) is found(("NE", 1, 5)) is not found(("PS", 1, 13))


def test_parts_of_a_crowd_are_told_apart() -> None:
    # They come every second, and each stays until all are there: they find 0, 1, … 27 waiting.
    crowding = Crowding([float(n) for n in range(28)], [100.0] * 28)
    assert [crowding.waiting(float(n)) for n in range(28)] == list(range(28))
    assert crowding.edges == tuple(range(2, 28, 2))
    assert [crowding.of(n) for n in (0, 1, 2, 5, 26, 90)] == [0, 0, 1, 2, 13, 13]


def test_who_gave_up_gives_up_then_again_and_keeps_the_share_of_the_more_patient() -> None:
    patience = Patience.of([10.0, 10.0, 30.0, 40.0], [])
    assert patience.left(patience.share(10.0, 0.3)) == 10.0
    assert patience.left(patience.share(30.0, 0.0)) == 30.0
    assert Patience.of([5.0, 5.0, 15.0, 20.0], []).left(patience.share(30.0, 0.5)) == 15.0
