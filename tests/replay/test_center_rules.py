"""A hotline's own center.yaml as the rules of a replay."""

from dataclasses import replace

import pytest

from ivr.flow.problem import BrokenFlow
from ivr.replay.center_rules import read_center, rules_of
from ivr.replay.clock import Replay
from ivr.resources import flows
from routing.events import AgentArrived
from routing.floor import Floor
from routing.model import Agent
from tests.replay.made import caller, staff

CENTER = read_center(flows() / "center.yaml")
RULES = rules_of(CENTER, "ours")


def floor(**skills: int) -> Floor:
    made = Floor(RULES.switching(0.0))
    made.handle(AgentArrived(Agent("ana", skills)), 0.0)
    return made


def test_an_elderly_caller_goes_where_the_rule_says_with_the_queues_head_start() -> None:
    waits = RULES.terms(caller("old", 0, age=70), floor(zh=3, senior_care=3))
    assert waits.queue == "senior"
    assert waits.head_start == 600.0
    assert waits.need is not None
    assert dict(waits.need.skills) == {"senior_care": 3, "zh": 1}
    assert [one.after for one in waits.relax or ()] == [20, 40, 60]


def test_a_caller_of_another_language_goes_to_who_speaks_it_if_somebody_does() -> None:
    english = replace(caller("en", 0), skill="en", kind="PE")
    assert RULES.terms(english, floor(en=3)).queue == "foreign"
    assert RULES.terms(english, floor(zh=3)).queue == next(iter(CENTER.queues))


def test_a_call_goes_to_the_queue_its_kind_names_or_to_the_first() -> None:
    cards = replace(caller("c", 0), kind="CARDS")
    assert RULES.terms(cards, floor()).queue == "cards"
    assert RULES.terms(caller("p", 0), floor()).queue == "general"


def test_an_agent_can_do_what_the_trace_shows_or_the_file_says() -> None:
    assert dict(RULES.skilled("ana", frozenset({"PS"})).skills) == {"ps": 5, "zh": 5}
    told = rules_of(CENTER, "ours", {"ana": {"zh": 2}})
    assert dict(told.skilled("ana", frozenset({"PS"})).skills) == {"zh": 2}
    assert dict(told.skilled("ben", frozenset({"PS"})).skills) == {}


def test_the_hotlines_elderly_overtake_on_the_replays_floor() -> None:
    scene = (caller("a", 0), caller("b", 10), caller("old", 50, age=70))
    shifts = staff("ana", until=1000)
    made = Floor(RULES.switching(0.0))
    replay = Replay(made, RULES.terms, shifts, RULES.skilled, lambda _caller, _agent: 100.0)
    assert [one.waited for one in replay.play(scene)] == [0, 190, 50]


def test_a_center_with_a_mistake_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("center") / "mine.yaml"
    path.write_text("center: {name: x, languages: [zh], human: main}\nqueues: {a: {ring: soon}}\n")
    with pytest.raises(BrokenFlow, match=r"mine\.yaml:2:"):
        read_center(path)
