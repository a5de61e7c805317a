"""How far a human is: the figures are right, and no real call takes longer than is proven."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.flow.figures import MOST_ROUNDS, Figures, measure
from ivr.flow.graph import Edge, Graph
from ivr.flow.hotline import Hotline, Place
from ivr.flow.inspection import Inspection
from ivr.flow.load import check, load
from ivr.flow.proof import Proof
from ivr.flow.situation import Situation
from ivr.flow.step import Way
from ivr.line.commands import Listen
from ivr.line.far_end import Moment, Press, Reaction, Silent
from ivr.line.virtual_time import run
from ivr.resources import flows
from ivr.trial.hall import Hall, Trial, enough_agents
from tests.call.hall import WEDNESDAY_10
from tests.flow.test_load import HERE


def proof_of(folder: Path, main: str = "", center: str = "") -> Proof:
    """The proof of `ok/` with more steps in main.yaml and more lines in center.yaml."""
    hotline = folder / "flows"
    shutil.copytree(HERE / "ok", hotline)
    for name, more in (("main.yaml", main), ("center.yaml", center)):
        (hotline / name).write_text((hotline / name).read_text() + more)
    checked = check(hotline)
    assert checked.inspection is not None
    return checked.inspection.proof


def main_step(name: str) -> Place:
    return Place("main", name)


# -- what the figures say ----------------------------------------------------------------------


def test_a_queue_is_a_human_and_zero_is_one_input_away(tmp_path: Path) -> None:
    day = proof_of(tmp_path).day
    assert (day.inputs[main_step("agent")], day.seconds[main_step("agent")]) == (0, 0)
    assert day.inputs[main_step("human")] == 0
    assert day.inputs[main_step("pin")] == 1
    assert day.in_words(day.quickest(main_step("pin"))).startswith("main.pin → key 0 → main.human")


def test_an_announcement_without_interruption_costs_its_length_and_no_input(tmp_path: Path) -> None:
    day = proof_of(tmp_path, "  law: {say: notice, interrupt: no, next: human}\n").day
    assert day.inputs[main_step("law")] == 0
    assert day.seconds[main_step("law")] == pytest.approx(7 / 4)  # 通话将被录音。


def test_a_menu_lasts_as_long_as_all_its_prompts_and_as_many_times_its_patience(
    tmp_path: Path,
) -> None:
    step = "  slow: {menu: again, no_input: [again], no_match: [again, again], patience: 7s, "
    day = proof_of(tmp_path, step + "choices: {1: bye}, otherwise: human}\n").day
    again = 6 / 4  # 请再选一次。
    assert day.seconds[main_step("slow")] == pytest.approx(4 * (again + 7))


def test_an_entry_cut_short_waits_for_its_next_key_once_each_time(tmp_path: Path) -> None:
    step = "  number: {ask: again, into: x, digits: 8, no_match: [again], patience: 7s, "
    day = proof_of(tmp_path, step + "between: 3s, next: human, otherwise: human}\n").day
    again = 6 / 4  # 请再选一次。
    assert day.seconds[main_step("number")] == pytest.approx(2 * (again + 7 + 3))


def test_the_slowest_language_counts(tmp_path: Path) -> None:
    day = proof_of(tmp_path, "  hello: {say: whisper, next: human}\n").day
    assert day.seconds[main_step("hello")] == pytest.approx(5 / 4)  # 老年客户。 beside 15 letters


def test_tries_count_how_often_a_call_goes_round(tmp_path: Path) -> None:
    day = proof_of(
        tmp_path,
        "  round: {say: notice, interrupt: no, next: more}\n"
        "  more: {tries: 3, next: round, otherwise: human}\n",
    ).day
    assert day.seconds[main_step("round")] == pytest.approx(4 * 7 / 4)


def test_what_a_sub_dialog_takes_counts_until_it_has_come_back(tmp_path: Path) -> None:
    day = proof_of(
        tmp_path,
        "  before: {do: part, next: human}\n"
        "  part: {say: notice, interrupt: no, next: done}\n"
        "  done: {return: {}}\n",
    ).day
    assert day.seconds[main_step("before")] == pytest.approx(7 / 4)
    assert day.inputs[main_step("before")] == 0


def test_a_transfer_may_fail_and_what_comes_then_counts(tmp_path: Path) -> None:
    day = proof_of(tmp_path, "  out2: {transfer: duty, ring: 30s, failed: human}\n").day
    assert day.seconds[main_step("out2")] == 30


def test_by_day_the_condition_that_asks_for_the_hours_is_decided(tmp_path: Path) -> None:
    branch = "  now: {branch: [{when: '!open(\"office\")', to: bye}], otherwise: human}\n"
    proof = proof_of(tmp_path, branch)
    assert proof.day.seconds[main_step("now")] == 0
    assert main_step("now") not in proof.day.ends
    assert main_step("now") in proof.night.ends


def test_hours_the_limits_do_not_name_may_be_either_by_day(tmp_path: Path) -> None:
    more = "  late: {hours: evening, open: human, closed: bye}\n"
    center = "limits: {hours: office}\n"
    hotline = tmp_path / "one" / "flows"
    shutil.copytree(HERE / "ok", hotline)
    (hotline / "main.yaml").write_text((hotline / "main.yaml").read_text() + more)
    text = (hotline / "center.yaml").read_text() + center
    text = text.replace("  office:", '  evening: {open: {mon-sun: "20:00-22:00"}}\n  office:')
    (hotline / "center.yaml").write_text(text)
    inspection = check(hotline).inspection
    assert inspection is not None
    assert main_step("late") in inspection.proof.day.ends
    assert main_step("human") not in inspection.proof.day.ends


def test_an_elderly_caller_is_tried_in_every_language_and_at_several_ages(tmp_path: Path) -> None:
    straight = proof_of(tmp_path).straight
    tried = [(one.caller.language, one.caller.age) for one in straight]
    assert {("zh", 60), ("en", 60), ("zh", 90), ("en", 100), ("en", None)} <= set(tried)
    assert ("zh", None) not in tried
    assert all(one.inputs == 0 and not one.walks for one in straight)


def test_where_elderly_callers_walk_the_flow_everything_is_slow(tmp_path: Path) -> None:
    swift = proof_of(tmp_path / "a").day
    hotline = tmp_path / "b"
    shutil.copytree(HERE / "ok", hotline)
    text = (hotline / "center.yaml").read_text().replace("caller.age >=", "caller.age <")
    (hotline / "center.yaml").write_text(text)
    inspection = check(hotline).inspection
    assert inspection is not None
    slow = inspection.proof
    assert any(one.walks for one in slow.straight)
    pin = main_step("pin")
    assert slow.day.seconds[pin] > 1.25 * swift.seconds[pin]


# -- the figures against what they mean, on graphs of every shape ------------------------------

PLACES = tuple(Place("f", name) for name in "abcdef")
WAYS: tuple[Way, ...] = ("onward", "input", "gave_up")


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Any graph of six places, with choices, silence, ways on, humans, and ends."""
    edges = {
        place: tuple(
            Edge(place, target, way, most=most if way == "onward" else None)
            for target, way, most in draw(
                st.lists(
                    st.tuples(
                        st.sampled_from(PLACES),
                        st.sampled_from(WAYS),
                        st.sampled_from((None, None, None, 1, 2)),
                    ),
                    max_size=3,
                )
            )
        )
        for place in PLACES
    }
    some = st.frozensets(st.sampled_from(PLACES))
    return Graph(edges, draw(some), draw(some), PLACES[0], draw(st.sampled_from(PLACES)), {})


def figures_of(graph: Graph) -> Figures:
    own = {place: float(number + 1) for number, place in enumerate(PLACES)}
    return measure(graph, Situation("any", {}, None, {}), own)


def longest_walk(figures: Figures, place: Place, taken: Mapping[Edge, int], seen: int) -> float:
    """By trying every walk: the time of the longest, infinite where one has no end."""
    if seen > 60:
        return inf
    onward = [
        figures.own[place] * 0
        + longest_walk(figures, e.target, {**taken, e: taken.get(e, 0) + 1}, seen + 1)
        for e in figures.graph.edges[place]
        if e.way != "input" and (e.most is None or taken.get(e, 0) < e.most)
    ]
    return figures.own[place] + max(onward, default=0.0)


@settings(max_examples=60)
@given(graphs())
def test_no_walk_is_longer_than_the_longest_time(graph: Graph) -> None:
    loose = [e for edges in graph.edges.values() for e in edges if e.way == "onward"]
    if len([e for e in loose if e.most is not None]) > 3:
        return  # trying every walk would take too long
    figures = figures_of(graph)
    for place in PLACES:
        if figures.seconds[place] < inf:
            assert longest_walk(figures, place, {}, 0) <= figures.seconds[place]


@settings(max_examples=120)
@given(graphs())
def test_without_counted_loops_the_longest_time_is_that_of_a_real_walk(graph: Graph) -> None:
    plain = {p: tuple(replace(e, most=None) for e in edges) for p, edges in graph.edges.items()}
    figures = figures_of(replace(graph, edges=plain))
    for place in PLACES:
        way = figures.longest(place)
        if figures.seconds[place] < inf:
            assert sum(figures.own[step] for step in way) == figures.seconds[place]
        else:
            assert len(set(way)) < len(way)


def needed(graph: Graph, place: Place, moves: int, memo: dict[tuple[Place, int], float]) -> float:
    """By playing: the fewest inputs within so many moves, against a world that does its worst."""
    if (place, moves) in memo:
        return memo[place, moves]
    forced = [0.0] if place in graph.reaching else []
    chosen = []
    if moves:
        for edge in graph.edges[place]:
            ahead = needed(graph, edge.target, moves - 1, memo)
            if edge.way == "input":
                chosen.append(ahead + 1)
            elif edge.way == "onward":
                forced.append(ahead)
        if place in graph.hears_zero:
            chosen.append(needed(graph, graph.human, moves - 1, memo) + 1)
    elif any(edge.way == "onward" for edge in graph.edges[place]):
        forced = [inf]
    memo[place, moves] = min([max(forced, default=inf), *chosen])
    return memo[place, moves]


@settings(max_examples=120)
@given(graphs())
def test_the_fewest_inputs_are_what_the_best_player_needs(graph: Graph) -> None:
    figures = figures_of(graph)
    memo: dict[tuple[Place, int], float] = {}
    for place in PLACES:
        assert figures.inputs[place] == needed(graph, place, 4 * len(PLACES), memo)


@settings(max_examples=80)
@given(graphs())
def test_the_way_in_words_has_as_many_inputs_as_the_figure(graph: Graph) -> None:
    figures = figures_of(graph)
    for place in PLACES:
        if figures.inputs[place] < inf:
            words = figures.in_words(figures.quickest(place))
            assert words.count("key 0") + words.count("an entry") == figures.inputs[place]


def test_loops_within_loops_beyond_all_reason_are_taken_for_endless() -> None:
    a, b = PLACES[:2]
    edges = dict.fromkeys(PLACES, ()) | {
        a: (Edge(a, a, "onward", most=MOST_ROUNDS), Edge(a, b, "onward")),
        b: (Edge(b, a, "onward", most=1),),
    }
    graph = Graph(edges, frozenset(), frozenset(), a, b, {})
    assert figures_of(graph).seconds[a] == inf


def test_whose_language_is_not_recognized_leaves_at_once_and_the_farther_of_both_ways_counts() -> (
    None
):
    asked, menu, human, after = PLACES[:4]
    edges = dict.fromkeys(PLACES, ()) | {
        asked: (
            Edge(asked, menu, "unheard"),
            Edge(asked, human, "input", says="lost_card"),
            Edge(asked, human, "gave_up"),
        ),
        menu: (Edge(menu, after, "input", key="1"), Edge(menu, human, "gave_up")),
        after: (Edge(after, human, "input", key="1"),),
    }
    figures = figures_of(Graph(edges, frozenset({human}), frozenset(), asked, human, {}))
    assert figures.inputs[asked] == 2  # heard it is one, and the menu takes two
    assert figures.seconds[asked] == max(1 + 3, 2 + 3)
    assert figures.longest(asked) == (asked, menu, human)


# -- the figures against real calls -----------------------------------------------------------

SHIPPED = load(flows())
DAY = Inspection(SHIPPED).proof.day
BY_DAY = [p for p in DAY.graph.edges if p in DAY.reached and p.flow and p not in DAY.ends]


class Clumsy:
    """A caller who says nothing or keys only what is wrong, each time for so many seconds."""

    def __init__(self, doings: Sequence[float | None]) -> None:
        self._doings = list(doings)

    def react(self, moment: Moment) -> Reaction:
        """A key no menu has, too few digits for any question; none of them is a command."""
        if not isinstance(moment.command, Listen) or not self._doings:
            return Silent()
        after = self._doings.pop(0)
        return Silent() if after is None else Press("7", after=after)


async def until_a_human(hotline: Hotline, place: Place, caller: Clumsy, number: str) -> float:
    """Seconds from `place` until the call stands in a queue."""
    identity = hotline.center.center.model_copy(update={"entry": str(place)})
    center = hotline.center.model_copy(update={"center": identity, "rules": ()})
    hall = Hall(replace(hotline, center=center), enough_agents(hotline), at=WEDNESDAY_10)
    trial: Trial = await hall.call(number, caller)
    hall.close()
    steps = trial.all("step")
    queued = next(event for event in steps if event.data["kind"] == "queue")
    return (queued.at - steps[0].at).total_seconds()


@settings(max_examples=12, deadline=None)
@given(
    place=st.sampled_from(BY_DAY),
    doings=st.lists(st.none() | st.floats(0, 30), max_size=6),
    number=st.sampled_from(["13800001111", "anonymous", "+79161234567", "+14155550100"]),
)
def test_no_clumsy_or_silent_caller_waits_longer_for_a_human_than_is_proven(
    place: Place, doings: list[float | None], number: str
) -> None:
    waited = run(until_a_human(SHIPPED, place, Clumsy(doings), number))
    assert waited <= DAY.seconds[place] + 0.01


@pytest.mark.parametrize("place", BY_DAY, ids=str)
def test_a_silent_caller_reaches_a_human_from_every_step_in_the_time_that_is_proven(
    place: Place,
) -> None:
    waited = run(until_a_human(SHIPPED, place, Clumsy([]), "13800001111"))
    assert waited <= DAY.seconds[place] + 0.01 <= SHIPPED.center.limits.time
