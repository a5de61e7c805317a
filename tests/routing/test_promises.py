"""What holds on every floor whatever happens: calls and agents do as they please, and we watch."""

from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from routing.events import (
    AgentArrived,
    AgentLeft,
    AgentPaused,
    AgentResumed,
    CallLeft,
    CallWaits,
    Event,
    Offer,
    OfferAccepted,
    OfferRefused,
    PhoneSeen,
    RefusalCause,
    SetAside,
    TalkOver,
    TimePassed,
    Withdraw,
)
from routing.floor import Floor
from routing.match import verdicts
from routing.model import Agent, Need, Queue, Relax, Seat, Waiting
from tests.routing.shift import Shift, run_day

STEADY = settings(derandomize=True, database=None, deadline=None)

QUEUES = {
    "general": Queue("general", wrap_up=5.0),
    "quick": Queue("quick", wrap_up=0.0, head_start=10.0),
    "senior": Queue(
        "senior",
        need=Need({"care": 3}),
        relax=(Relax(10.0, Need({"care": 1})), Relax(25.0, Need())),
        head_start=30.0,
    ),
    "foreign": Queue("foreign", need=Need({"ja": 2})),
}
NAMES = st.sampled_from(["ana", "ben", "cid", "dora"])
SKILLS = st.dictionaries(st.sampled_from(["care", "ja"]), st.integers(1, 5))
CAUSES = st.sampled_from(get_args(RefusalCause))


def could_take(seat: Seat, waiting: Waiting) -> bool:
    return waiting.need.met_by(seat.agent) and seat.name not in waiting.excluded


class AnyDay(RuleBasedStateMachine):
    """What the instructions say is kept here apart from the floor, and compared."""

    def __init__(self) -> None:
        super().__init__()
        self.shift = Shift(QUEUES)
        self.calls: dict[str, float] = {}  # waiting or ringing → effective arrival
        self.ringing: dict[str, str] = {}  # call → agent, by instructions alone
        self.talking: dict[str, str] = {}
        self.refused: set[tuple[str, str]] = set()
        self.withdrawn: list[tuple[str, str]] = []
        self.count = 0

    def tell(self, event: Event) -> None:
        for order in self.shift.tell(event):
            match order:
                case Offer():
                    self.offered(order)
                case Withdraw(call, agent):
                    assert self.ringing.pop(call) == agent
                    self.withdrawn.append((call, agent))
                case SetAside(agent):
                    assert self.shift.state(agent) == "paused"

    def offered(self, offer: Offer) -> None:
        assert offer.agent not in self.ringing.values(), "an agent was offered two calls"
        assert offer.agent not in self.talking.values(), "an agent was offered a call in a talk"
        assert offer.call in self.calls, "a call was offered that does not wait"
        assert offer.call not in self.ringing, "a call was offered to two agents"
        self.ringing[offer.call] = offer.agent
        seat = self.shift.floor.agent(offer.agent)
        assert seat is not None
        assert could_take(seat, offer.decision.waiting)
        for other in self.shift.floor.waiting():  # as it is after the whole event
            if other.offered_to is None and could_take(seat, other):
                assert self.calls[other.call] >= self.calls[offer.call], "order was inverted"
        codes = [verdict.code for verdict in offer.decision.verdicts]
        assert codes.count("chosen") == 1
        assert len(codes) - codes.count("away") == len(offer.decision.seats)

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

    @rule(name=NAMES, reachable=st.booleans())
    def phone_seen(self, name: str, reachable: bool) -> None:
        self.tell(PhoneSeen(name, reachable))

    @rule(
        queue=st.sampled_from(sorted(QUEUES)),
        head_start=st.sampled_from([0.0, 0.0, 7.0]),
        preferred=st.none() | NAMES,
        waited=st.sampled_from([0.0, 0.0, 12.0]),
    )
    def call_waits(
        self, queue: str, head_start: float, preferred: str | None, waited: float
    ) -> None:
        self.count += 1
        call, since = f"c{self.count}", self.shift.now - waited
        self.calls[call] = since - QUEUES[queue].head_start - head_start
        self.tell(CallWaits(call, queue, head_start=head_start, preferred=preferred, since=since))

    @precondition(lambda self: self.calls)
    @rule(data=st.data())
    def caller_hangs_up(self, data: st.DataObject) -> None:
        call = data.draw(st.sampled_from(sorted(self.calls)))
        del self.calls[call]
        self.ringing.pop(call, None)
        self.tell(CallLeft(call))

    @precondition(lambda self: self.ringing)
    @rule(data=st.data())
    def agent_answers(self, data: st.DataObject) -> None:
        call = data.draw(st.sampled_from(sorted(self.ringing)))
        agent = self.ringing.pop(call)
        del self.calls[call]
        self.talking[call] = agent
        self.tell(OfferAccepted(call, agent))

    @precondition(lambda self: self.ringing)
    @rule(data=st.data(), cause=CAUSES)
    def agent_does_not_answer(self, data: st.DataObject, cause: RefusalCause) -> None:
        call = data.draw(st.sampled_from(sorted(self.ringing)))
        agent = self.ringing.pop(call)
        self.refused.add((call, agent))
        self.tell(OfferRefused(call, agent, cause))

    @precondition(lambda self: self.withdrawn)
    @rule()
    def answer_crosses_withdrawal(self) -> None:
        call, agent = self.withdrawn.pop()
        if agent in self.talking.values():
            return
        if call in self.calls:
            del self.calls[call]
            seat = self.shift.floor.agent(agent)
            if seat is not None:
                self.talking[call] = agent
            if self.ringing.get(call) == agent:
                del self.ringing[call]
        self.tell(OfferAccepted(call, agent))

    @precondition(lambda self: self.talking)
    @rule(data=st.data())
    def talk_ends(self, data: st.DataObject) -> None:
        call = data.draw(st.sampled_from(sorted(self.talking)))
        self.tell(TalkOver(call, self.talking.pop(call)))

    @rule(seconds=st.sampled_from([0.0, 1.0, 4.0, 15.0]))
    def time_passes(self, seconds: float) -> None:
        self.shift.now += seconds
        self.tell(TimePassed())

    @invariant()
    def no_call_is_lost(self) -> None:
        assert {waiting.call for waiting in self.shift.floor.waiting()} == set(self.calls)

    @invariant()
    def floor_and_instructions_agree(self) -> None:
        calls, seats = self.shift.floor.waiting(), self.shift.floor.agents()
        rung = {waiting.call: waiting.offered_to for waiting in calls if waiting.offered_to}
        assert rung == self.ringing
        assert {s.call: s.name for s in seats if s.state == "ringing"} == self.ringing
        assert {s.call: s.name for s in seats if s.state == "talking"} == self.talking

    @invariant()
    def nobody_is_free_while_a_caller_they_could_serve_waits(self) -> None:
        free = [seat for seat in self.shift.floor.agents() if seat.offerable]
        for waiting in self.shift.floor.waiting():
            if waiting.offered_to is None:
                assert not any(could_take(seat, waiting) for seat in free)

    @invariant()
    def nobody_is_passed_over_but_for_a_refusal_and_no_call_is_stuck(self) -> None:
        for waiting in self.shift.floor.waiting():
            for agent in waiting.excluded:
                assert (waiting.call, agent) in self.refused
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
    def a_waiting_call_is_in_the_stage_it_has_earned(self) -> None:
        for waiting in self.shift.floor.waiting():
            waited = self.shift.now - waiting.since
            begun = [stage for stage in waiting.stages if stage.after <= waited]
            assert waiting.need == begun[-1].need

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
        again = Floor(QUEUES)
        for now, event, instructions in self.shift.log:
            assert again.handle(event, now) == instructions


TestAnyDay = AnyDay.TestCase
TestAnyDay.settings = settings(STEADY, max_examples=150, stateful_step_count=40)

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
