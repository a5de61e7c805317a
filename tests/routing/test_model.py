"""Records that exist are valid."""

import pytest

from routing.events import CallWaits
from routing.lane import Ranked
from routing.model import Agent, Need, Queue, Relax
from tests.routing.shift import Shift


@pytest.mark.parametrize("level", [0, 6, -1])
def test_levels_go_from_one_to_five(level: int) -> None:
    with pytest.raises(ValueError, match=f"level of ja is {level}; give one from 1 to 5"):
        Agent("ana", {"ja": level})
    with pytest.raises(ValueError, match=f"level of ja is {level}"):
        Need({"ja": level})


@pytest.mark.parametrize("moments", [(0.0,), (20.0, 20.0), (20.0, 10.0)])
def test_stages_come_in_order_of_time(moments: tuple[float, ...]) -> None:
    relax = tuple(Relax(after, Need()) for after in moments)
    with pytest.raises(ValueError, match="Queue senior: a need relaxes after"):
        Queue("senior", relax=relax)
    shift = Shift()
    with pytest.raises(ValueError, match="Call c1: a need relaxes after"):
        shift.tell(CallWaits("c1", "general", relax=relax))
    assert shift.floor.waiting() == ()


def test_needs_are_the_same_whatever_order_they_are_written_in() -> None:
    one, other = Need({"ja": 2, "cards": 1}), Need({"cards": 1, "ja": 2})
    assert one == other
    assert hash(one) == hash(other)
    assert str(one) == str(other) == "cards 1, ja 2"
    assert str(Need()) == "anybody"


def test_a_need_is_not_changed_by_changing_what_it_was_made_from() -> None:
    skills = {"ja": 2}
    need = Need(skills)
    skills["ja"] = 5
    assert need.skills == {"ja": 2}


def test_a_place_that_is_not_in_the_ranking_cannot_be_taken_out() -> None:
    ranking: Ranked[tuple[float, str]] = Ranked()
    ranking.add((1.0, "ana"))
    for absent in [(0.0, "ana"), (2.0, "ana")]:
        with pytest.raises(KeyError):
            ranking.remove(absent)
    assert list(ranking) == [(1.0, "ana")]
