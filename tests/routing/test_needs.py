"""What a call may ask of an agent: and, or, not, and what would be good."""

import pytest

from routing.events import AgentLeft, CallWaits, Offer
from routing.model import Agent, Need, Queue, Relax
from tests.routing.shift import Shift, offers

ZH_OR_EN = Need({"cards": 2}, any_of=((Need({"zh": 1}), Need({"en": 3})),))
GROWN = Need({"zh": 1}, none_of=(Need({"trainee": 1}),))
KIND = Need({"zh": 1}, prefer={"care": 2})


@pytest.mark.parametrize(
    ("need", "skills", "met"),
    [
        (ZH_OR_EN, {"cards": 2, "zh": 1}, True),
        (ZH_OR_EN, {"cards": 2, "en": 3}, True),
        (ZH_OR_EN, {"cards": 2, "en": 2}, False),
        (ZH_OR_EN, {"cards": 1, "zh": 5}, False),
        (GROWN, {"zh": 1}, True),
        (GROWN, {"zh": 5, "trainee": 1}, False),
        (KIND, {"zh": 1}, True),
        (KIND, {"care": 5}, False),
        (Need(none_of=(Need({"zh": 3, "en": 3}),)), {"zh": 3, "en": 2}, True),
        (Need(none_of=(Need({"zh": 3, "en": 3}),)), {"zh": 3, "en": 3}, False),
    ],
)
def test_who_meets_a_need(need: Need, skills: dict[str, int], met: bool) -> None:
    agent = Agent("ana", skills)
    assert need.met_by(agent) is met
    assert bool(need.shortfall(agent)) is not met


def test_a_need_says_in_words_what_it_is() -> None:
    need = Need({"cards": 2}, ZH_OR_EN.any_of, GROWN.none_of, {"care": 2})
    assert str(need) == "cards 2, zh 1 or en 3, not trainee 1, if possible care 2"
    assert str(Need()) == "anybody"


def test_what_an_agent_lacks_is_told_choice_by_choice() -> None:
    need = ZH_OR_EN.and_also(GROWN)
    assert need.shortfall(Agent("ana", {"cards": 1, "trainee": 2, "zh": 1})) == (
        "cards 2 is needed, has 1; trainee 1 is not wanted"
    )
    assert ZH_OR_EN.shortfall(Agent("ben", {"cards": 2})) == "zh 1 or en 3 is needed, has neither"


def test_needs_that_ask_the_same_are_one() -> None:
    again = Need({"cards": 2}, any_of=((Need({"zh": 1}), Need({"en": 3})),))
    assert (again, hash(again)) == (ZH_OR_EN, hash(ZH_OR_EN))
    assert again.and_also(Need()) == ZH_OR_EN


def test_a_choice_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="one of no needs"):
        Need(any_of=((),))


def test_a_preferred_skill_comes_before_being_free_longer() -> None:
    shift = Shift()
    shift.arrive("ana", zh=3)
    shift.wait(600)
    shift.arrive("ben", zh=1, care=2)
    assert offers(shift.tell(CallWaits("c1", "general", KIND))) == [("c1", "ben")]


def test_a_preferred_skill_keeps_nobody_waiting() -> None:
    shift = Shift()
    shift.arrive("ana", zh=3)
    assert offers(shift.tell(CallWaits("c1", "general", KIND))) == [("c1", "ana")]


def test_who_alone_has_a_skill_the_call_does_not_need_is_spared() -> None:
    shift = Shift()
    shift.arrive("yui", zh=3, ja=5)
    shift.wait(50)
    shift.arrive("ana", zh=3)
    (order,) = shift.tell(CallWaits("c1", "general", Need({"zh": 1})))
    assert isinstance(order, Offer)
    assert [verdict.sentence() for verdict in order.decision.verdicts] == [
        "ana is offered the call: free the longest of all who fit, for 0 s.",
        "yui is free too, but ana has more points for this call, 0 against -10.",
    ]


def test_sparing_ends_with_a_minute_of_being_free_longer() -> None:
    shift = Shift()
    shift.arrive("yui", zh=3, ja=5)
    shift.wait(61)
    shift.arrive("ana", zh=3)
    assert offers(shift.tell(CallWaits("c1", "general", Need({"zh": 1})))) == [("c1", "yui")]


def test_a_step_nobody_logged_in_could_serve_is_skipped_at_once() -> None:
    queue = Queue("q", Need({"ja": 2}), (Relax(20, Need({"ja": 1})), Relax(60, Need())))
    shift = Shift({"q": queue})
    shift.arrive("ana")
    assert shift.ring("c1", "q") == [("c1", "ana")]


def test_a_step_is_skipped_when_the_last_who_could_serve_it_logs_out() -> None:
    queue = Queue("q", Need({"ja": 2}), (Relax(60, Need()),))
    shift = Shift({"q": queue})
    shift.arrive("yui", ja=2)
    shift.ring("busy", "q")
    shift.arrive("ana")
    assert shift.ring("c1", "q") == []
    orders = shift.tell(AgentLeft("yui"))
    assert set(offers(orders)) == {("busy", "ana")}
    assert {one.stage for one in shift.floor.waiting()} == {1}


def test_a_need_nobody_at_all_could_serve_waits_for_somebody_who_can() -> None:
    queue = Queue("q", Need({"ja": 2}), (Relax(60, Need({"ja": 1})),))
    shift = Shift({"q": queue})
    shift.arrive("ana")
    shift.ring("c1", "q")
    assert shift.arrive("ben", ja=1) == [("c1", "ben")]
