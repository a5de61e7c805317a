"""What holds on every floor whatever happens: calls and agents do as they please, and we watch."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from random import Random
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from routing.events import (
    AgentArrived,
    AgentLeft,
    AgentPaused,
    AgentResumed,
    CallbackAsked,
    CallbackPostponed,
    CallLeft,
    CallMoved,
    CallReordered,
    CallWaits,
    CallWithdrawn,
    Event,
    Offer,
    OfferAccepted,
    OfferRefused,
    PhoneSeen,
    QueuesChanged,
    TalkOver,
    TimePassed,
    WrapUpExtended,
)
from routing.floor import Floor
from routing.match import verdicts
from routing.model import Agent, Need, Queue, Relax, Reserve
from routing.rest import CoolDowns, Missed
from tests.routing.shift import Shift, run_day
from tests.routing.watch import Watch

STEADY = settings(derandomize=True, database=None, deadline=None)

QUEUES = {
    "general": Queue("general", wrap_up=5.0, spare=6.0),
    "quick": Queue("quick", wrap_up=0.0, head_start=10.0, most=2, longest=40.0),
    "senior": Queue(
        "senior",
        need=Need({"care": 3}),
        relax=(Relax(10.0, Need({"care": 1})), Relax(25.0, Need())),
        head_start=30.0,
        reserve=Reserve(1, Need({"care": 3}), (Relax(10.0, Need({"care": 1})),), head_start=30.0),
    ),
    "foreign": Queue(
        "foreign",
        need=Need({"ja": 2}, prefer={"care": 1}),
        head_start=12.0,
        reserve=Reserve(2, Need({"ja": 1}), head_start=12.0),
    ),
    "either": Queue("either", need=Need(any_of=((Need({"ja": 1}), Need({"care": 4})),))),
    "grown": Queue("grown", need=Need(none_of=(Need({"trainee": 1}),))),
}
OTHER_QUEUES = {
    name: replace(queue, reserve=None, wrap_up=8.0, cool_downs=CoolDowns(0, 0, 0, 0))
    for name, queue in QUEUES.items()
}
"""The same after somebody has published: nobody is kept, and nobody rests after a missed call."""
NAMES = st.sampled_from(["ana", "ben", "cid", "dora"])
SKILLS = st.dictionaries(st.sampled_from(["care", "ja", "trainee"]), st.integers(1, 5))
CAUSES = st.sampled_from(get_args(Missed))


class AnyDay(RuleBasedStateMachine):
    """Everything that can happen on a floor, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.shift = Shift(QUEUES, occupancy=0.01)
        self.watch = Watch(self.shift)
        self.tell = self.watch.tell
        self.count = 0

    def one_of(self, data: st.DataObject, what: set[str] | dict[str, str]) -> str:
        return data.draw(st.sampled_from(sorted(what)))

    @rule(name=NAMES, skills=SKILLS, paused=st.sampled_from([None, None, "briefing"]))
    def agent_arrives(self, name: str, skills: dict[str, int], paused: str | None) -> None:
        self.tell(AgentArrived(Agent(name, skills), paused))

    @rule(name=NAMES)
    def agent_leaves(self, name: str) -> None:
        self.tell(AgentLeft(name))

    @rule(name=NAMES)
    def agent_pauses(self, name: str) -> None:
        self.tell(AgentPaused(name, "lunch"))

    @rule(name=NAMES)
    def agent_resumes(self, name: str) -> None:
        self.tell(AgentResumed(name))

    @rule(name=NAMES)
    def agent_needs_longer(self, name: str) -> None:
        self.tell(WrapUpExtended(name, 10.0))

    @rule(name=NAMES, reachable=st.booleans())
    def phone_seen(self, name: str, reachable: bool) -> None:
        self.tell(PhoneSeen(name, reachable))

    @rule(
        queue=st.sampled_from(sorted(QUEUES)),
        head_start=st.sampled_from([0.0, 0.0, 7.0]),
        preferred=st.none() | NAMES,
        patience=st.sampled_from([0.0, 15.0]),
        waited=st.sampled_from([0.0, 0.0, 12.0]),
    )
    def call_waits(
        self, queue: str, head_start: float, preferred: str | None, patience: float, waited: float
    ) -> None:
        self.count += 1
        self.tell(
            CallWaits(
                f"c{self.count}",
                queue,
                head_start=head_start,
                preferred=preferred,
                patience=patience,
                since=self.shift.now - waited,
            )
        )

    @precondition(lambda self: self.watch.calls)
    @rule(data=st.data())
    def caller_hangs_up(self, data: st.DataObject) -> None:
        self.tell(CallLeft(self.one_of(data, self.watch.calls)))

    @precondition(lambda self: self.watch.calls)
    @rule(data=st.data(), place=st.integers(1, 4))
    def supervisor_reorders(self, data: st.DataObject, place: int) -> None:
        self.tell(CallReordered(self.one_of(data, self.watch.calls), place))

    @precondition(lambda self: self.watch.calls)
    @rule(data=st.data(), queue=st.sampled_from(sorted(QUEUES)))
    def supervisor_moves(self, data: st.DataObject, queue: str) -> None:
        self.tell(CallMoved(self.one_of(data, self.watch.calls), queue))

    @precondition(lambda self: self.watch.calls)
    @rule(data=st.data())
    def supervisor_withdraws(self, data: st.DataObject) -> None:
        self.tell(CallWithdrawn(self.one_of(data, self.watch.calls)))

    @precondition(lambda self: self.watch.calls)
    @rule(data=st.data(), later=st.sampled_from([0.0, 9.0]))
    def caller_wishes_to_be_rung_back(self, data: st.DataObject, later: float) -> None:
        call = self.one_of(data, self.watch.calls)
        self.tell(CallbackAsked(call))
        if call in self.watch.calls:
            self.tell(CallbackPostponed(call, self.shift.now + later))

    @precondition(lambda self: self.watch.ringing)
    @rule(data=st.data())
    def agent_answers(self, data: st.DataObject) -> None:
        call = self.one_of(data, self.watch.ringing)
        self.tell(OfferAccepted(call, self.watch.ringing[call]))

    @precondition(lambda self: self.watch.ringing)
    @rule(data=st.data(), cause=CAUSES)
    def agent_does_not_answer(self, data: st.DataObject, cause: Missed) -> None:
        call = self.one_of(data, self.watch.ringing)
        self.tell(OfferRefused(call, self.watch.ringing[call], cause))

    @precondition(lambda self: self.watch.withdrawn)
    @rule()
    def answer_crosses_withdrawal(self) -> None:
        call, agent = self.watch.withdrawn.pop()
        if agent not in self.watch.talking.values() and call not in self.watch.talking:
            self.tell(OfferAccepted(call, agent))

    @precondition(lambda self: self.watch.talking)
    @rule(data=st.data())
    def talk_ends(self, data: st.DataObject) -> None:
        call = self.one_of(data, self.watch.talking)
        self.tell(TalkOver(call, self.watch.talking[call]))

    @rule(queues=st.sampled_from([QUEUES, OTHER_QUEUES]))
    def supervisor_publishes(self, queues: Mapping[str, Queue]) -> None:
        self.shift.queues = queues
        self.tell(QueuesChanged(queues))

    @rule(seconds=st.sampled_from([0.0, 1.0, 4.0, 15.0]))
    def time_passes(self, seconds: float) -> None:
        self.shift.now += seconds
        self.tell(TimePassed())

    @invariant()
    def floor_and_instructions_agree(self) -> None:
        self.watch.agrees()

    @invariant()
    def nobody_is_passed_over_but_for_a_refusal_and_no_call_is_stuck(self) -> None:
        for waiting in self.shift.floor.waiting():
            for agent in waiting.excluded:
                assert (waiting.call, agent) in self.watch.refused
            needs = [stage.need for stage in waiting.stages[waiting.stage :]]
            others = [
                seat
                for seat in self.shift.floor.agents()
                if seat.working
                and seat.name not in waiting.excluded
                and any(need.met_by(seat.agent) for need in needs)
            ]
            assert others or not waiting.excluded

    @invariant()
    def a_waiting_call_is_in_the_stage_it_has_earned_or_in_one_that_can_be_served(self) -> None:
        floor = self.shift.floor
        for waiting in floor.waiting():
            waited = self.shift.now - waiting.since
            begun = [stage for stage in waiting.stages if stage.after <= waited]
            assert waiting.stage >= len(begun) - 1
            if not floor.can_ever_serve(waiting.need):
                later = waiting.stages[waiting.stage :]
                assert not any(floor.can_ever_serve(stage.need) for stage in later)

    @invariant()
    def no_limit_of_a_queue_is_passed(self) -> None:
        quick = [one for one in self.watch.waiting() if one.queue.name == "quick"]
        callers = [one for one in quick if not one.callback]
        assert all(self.shift.now - one.since < 40.0 for one in callers)

    @invariant()
    def positions_are_those_counted_by_hand(self) -> None:
        floor = self.shift.floor
        waiting = [one for one in floor.waiting() if one.offered_to is None]
        working = [seat.agent for seat in floor.agents() if seat.working]
        for at, one in enumerate(waiting):
            ahead = [
                other
                for other in waiting[:at]
                if other.need == one.need
                or any(one.need.met_by(a) and other.need.met_by(a) for a in working)
            ]
            assert floor.position(one.call) == 1 + len(ahead)

    @invariant()
    def everybody_has_an_obstacle_for_a_call_that_waits(self) -> None:
        seats = self.shift.floor.agents()
        for one in self.shift.floor.waiting():
            if one.offered_to is None:
                reasons = verdicts(one, seats, None, self.shift.now)
                assert {seat.name for seat in seats} <= {reason.agent for reason in reasons}

    @invariant()
    def the_next_wake_is_ahead(self) -> None:
        wake = self.shift.floor.next_wake()
        assert wake is None or wake > self.shift.now

    def teardown(self) -> None:
        """The same events bring the same instructions."""
        again = Floor(QUEUES, occupancy_limit=0.01)
        for now, event, instructions in self.shift.log:
            assert again.handle(event, now) == instructions


TestAnyDay = AnyDay.TestCase
TestAnyDay.settings = settings(STEADY, max_examples=80, stateful_step_count=40)


def to_an_agent(dice: Random, name: str) -> Event:
    skills = {s: dice.randint(1, 5) for s in ("care", "ja", "trainee") if dice.random() < 0.5}
    arrives = AgentArrived(Agent(name, skills))
    goes: list[Event] = [
        AgentLeft(name),
        AgentPaused(name, "lunch"),
        PhoneSeen(name, reachable=False),
    ]
    here: list[Event] = [arrives, AgentResumed(name), PhoneSeen(name, reachable=True)]
    return dice.choice([arrives, arrives, dice.choice(goes), *here])


def to_a_call(dice: Random, watch: Watch) -> Event:
    call = dice.choice(sorted(watch.calls))
    what = dice.choice([CallLeft, CallWithdrawn, CallReordered, CallbackAsked, CallMoved])
    return CallMoved(call, "general") if what is CallMoved else what(call)


def answer(dice: Random, watch: Watch) -> Event:
    call = dice.choice(sorted(watch.ringing))
    if dice.random() < 0.9:
        return OfferAccepted(call, watch.ringing[call])
    return OfferRefused(call, watch.ringing[call], dice.choice(get_args(Missed)))


def new_call(dice: Random, name: str, number: int) -> CallWaits:
    return CallWaits(
        f"c{number}",
        dice.choice(sorted(QUEUES)),
        head_start=dice.choice([0.0, 0.0, 20.0]),
        preferred=dice.choice([None, None, name]),
        patience=dice.choice([0.0, 10.0]),
    )


@pytest.mark.parametrize("seed", range(20))
def test_promises_hold_through_100_000_events(seed: int) -> None:
    """Twenty long days of 5,000 events each; every event is watched, every tenth also counted. The
    same events bring the same instructions, were they told to another floor."""
    shift = long_day(seed, 5_000)
    again = Floor(QUEUES, occupancy_limit=shift.occupancy)
    for now, event, instructions in shift.log:
        assert again.handle(event, now) == instructions
    assert sum(isinstance(event, CallWaits) for _, event, _ in shift.log) > 1_000


def test_the_same_day_is_the_same_in_another_process() -> None:
    """Nothing hangs on the order of a set, which is another in every process."""
    script = "from tests.routing.test_promises import told_on; print(told_on(3))"
    surroundings = {**os.environ, "PYTHONHASHSEED": "11", "PYTHONPATH": os.pathsep.join(sys.path)}
    there = subprocess.run(
        [sys.executable, "-c", script], env=surroundings, capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == told_on(3)


def told_on(seed: int) -> str:
    """A day's instructions in short, the same if and only if all of them are."""
    short = [
        (one.call, one.agent) if isinstance(one, Offer) else one
        for _, _, instructions in long_day(seed, 2_000).log
        for one in instructions
    ]
    return sha256(repr(short).encode()).hexdigest()


def long_day(seed: int, events: int) -> Shift:
    """A day on which everything happens, watched from beginning to end."""
    dice = Random(seed)
    names = [f"agent{number}" for number in range(dice.randint(2, 9))]
    shift = Shift(QUEUES, occupancy=dice.choice([None, 0.05, 0.5]))
    watch, count = Watch(shift), 0
    while watch.events < events:
        what, name = dice.random(), dice.choice(names)
        if what < 0.30:
            count += 1
            watch.tell(new_call(dice, name, count))
        elif what < 0.55 and watch.ringing:
            watch.tell(answer(dice, watch))
        elif what < 0.78 and watch.talking:
            call = dice.choice(sorted(watch.talking))
            watch.tell(TalkOver(call, watch.talking[call]))
        elif what < 0.83 and watch.calls:
            watch.tell(to_a_call(dice, watch))
        elif what < 0.92:
            watch.tell(to_an_agent(dice, name))
        else:
            shift.now += dice.choice([1.0, 5.0, 20.0])
            watch.tell(TimePassed())
        if len(watch.calls) > 25:
            watch.tell(CallLeft(min(watch.calls)))
        if watch.events % 10 == 0:
            watch.agrees()
    return shift


TALK, WRAP_UP, RING = 60.0, 10.0, 20.0
CALLS = st.lists(
    st.tuples(
        st.integers(0, 300),  # arrives at
        st.sampled_from([0.0, 30.0, 600.0]),  # head start
        st.sampled_from([Need(), Need({"ja": 2}), Need({"care": 3})]),
    ),
    max_size=25,
)
STAFF = st.lists(SKILLS, max_size=3)


@settings(STEADY, max_examples=100)
@given(calls=CALLS, staff=STAFF)
def test_everybody_is_served_within_the_time_of_those_before_them(
    calls: list[tuple[int, float, Need]], staff: list[dict[str, int]]
) -> None:
    """With one agent who can do everything, a call waits for the talk that is on and for the calls
    whose effective arrival is earlier; nobody else can come between, whatever their priority."""
    shift = Shift({"general": Queue("general", wrap_up=WRAP_UP)})
    shift.arrive("allround", ja=5, care=5)
    for number, skills in enumerate(staff):
        shift.arrive(f"agent{number}", **skills)
    places = sorted((at - head_start, at) for at, head_start, _ in calls)
    arrivals = [
        (float(at), CallWaits(f"c{number}", "general", need=need, head_start=head_start))
        for number, (at, head_start, need) in enumerate(calls)
    ]
    answered = run_day(shift, arrivals, TALK)
    assert len(answered) == len(calls)
    for number, (at, head_start, _) in enumerate(calls):
        before = sum(place <= (at - head_start, at) for place in places)
        assert answered[f"c{number}"] - at <= before * (TALK + WRAP_UP)


@settings(STEADY, max_examples=100)
@given(calls=CALLS, staff=STAFF, elderly=st.sets(st.integers(0, 24)), free=st.integers(1, 3))
def test_a_reserve_delays_nobody_longer_than_the_callers_it_is_for_come_ahead(
    calls: list[tuple[int, float, Need]],
    staff: list[dict[str, int]],
    elderly: set[int],
    free: int,
) -> None:
    """Once a caller who came now would not be ahead of a call, it waits as if nobody were kept: for
    the talk that is on, and for the calls whose effective arrival is earlier."""
    care, ahead = Need({"care": 3}), 300.0
    shift = Shift(
        {
            "general": Queue("general", wrap_up=WRAP_UP),
            "senior": Queue(
                "senior", care, (), ahead, wrap_up=WRAP_UP, reserve=Reserve(free, care, (), ahead)
            ),
        }
    )
    shift.arrive("allround", ja=5, care=5)
    for number, skills in enumerate(staff):
        shift.arrive(f"agent{number}", **skills)
    arrivals, came = [], []
    for number, (at, head_start, need) in enumerate(calls):
        call = f"c{number}"
        if number in elderly:
            came.append((at - ahead, at, float(at)))
            arrivals.append((float(at), CallWaits(call, "senior")))
        else:
            came.append((at - head_start, at, max(float(at), at - head_start + ahead)))
            general = CallWaits(call, "general", need=need, head_start=head_start)
            arrivals.append((float(at), general))
    answered = run_day(shift, arrivals, TALK)
    assert len(answered) == len(calls)
    for number, (effective, at, kept_until) in enumerate(came):
        before = sum(one[:2] <= (effective, at) for one in came)
        assert answered[f"c{number}"] <= kept_until + before * (TALK + WRAP_UP)


@settings(STEADY, max_examples=60)
@given(calls=CALLS, lazy=st.integers(1, 3), every=st.integers(2, 4))
def test_phones_that_are_not_answered_delay_calls_but_lose_none(
    calls: list[tuple[int, float, Need]], lazy: int, every: int
) -> None:
    """One agent answers every time, some never, and one now and then."""
    shift = Shift({"general": Queue("general", wrap_up=WRAP_UP, ring=RING)})
    shift.arrive("faithful", ja=5, care=5)
    shift.arrive("fickle", ja=5, care=5)
    for number in range(lazy):
        shift.arrive(f"lazy{number}", ja=5, care=5)
    rung = {"fickle": 0}

    def answers(offer: Offer) -> bool:
        if offer.agent == "fickle":
            rung["fickle"] += 1
            return rung["fickle"] % every == 0
        return offer.agent == "faithful"

    arrivals = [
        (float(at), CallWaits(f"c{number}", "general", head_start=head_start))
        for number, (at, head_start, _) in enumerate(calls)
    ]
    answered = run_day(shift, arrivals, TALK, answers)
    assert len(answered) == len(calls)
    assert shift.state("faithful") == "free"
    aside = [seat for seat in shift.floor.agents() if seat.state == "paused"]
    assert all(seat.misses == 2 for seat in aside)
