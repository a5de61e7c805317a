"""Why this agent and why not the others: the reasons kept with a decision."""

from routing.events import AgentArrived, AgentPaused, CallWaits, Instruction, Offer, PhoneSeen
from routing.match import Decision, Verdict
from routing.model import Agent, Need, Queue, Relax
from tests.routing.shift import Shift, offers

FOREIGN = Queue("foreign", need=Need({"ja": 2}), relax=(Relax(60.0, Need()),))
QUEUES = {"foreign": FOREIGN, "general": Queue("general")}


def decision(instructions: list[Instruction]) -> Decision:
    (offer,) = [order for order in instructions if isinstance(order, Offer)]
    return offer.decision


def sentences(verdicts: tuple[Verdict, ...]) -> list[str]:
    return [verdict.sentence() for verdict in verdicts]


def test_every_logged_in_agent_gets_a_verdict() -> None:
    shift = Shift(QUEUES)
    shift.arrive("ringer", ja=2)
    shift.ring("c1")
    shift.arrive("talker", ja=2)
    shift.ring("c2")
    shift.accept("c2", "talker")
    shift.arrive("tidier", ja=2)
    shift.ring("c3")
    shift.accept("c3", "tidier")
    shift.hang_up("c3", "tidier")
    shift.arrive("sleeper", ja=2)
    shift.tell(AgentPaused("sleeper", "lunch"))
    shift.arrive("lost", ja=2)
    shift.tell(PhoneSeen("lost", reachable=False))
    shift.arrive("learner", ja=1)
    shift.arrive("yui", ja=5)
    shift.wait(2)
    shift.arrive("zen", ja=2)
    shift.wait(3)
    made = decision(shift.tell(CallWaits("c4", "foreign")))
    assert made.agent == "yui"
    assert sentences(made.verdicts) == [
        "learner lacks a skill: ja 2 is needed, has 1.",
        "lost's phone cannot be reached.",
        "ringer's phone is ringing for another call (for 5 s).",
        "sleeper is paused (lunch, for 5 s).",
        "talker is talking (for 5 s).",
        "tidier is finishing the last call (for 5 s).",
        "yui is offered the call: free the longest of all who fit, for 5 s.",
        "zen is free too, but yui has been free longer, 5 s against 3 s.",
    ]


def test_among_equals_the_reason_is_the_name() -> None:
    shift = Shift(QUEUES)
    shift.arrive("ben")
    shift.arrive("ana")
    made = decision(shift.tell(CallWaits("c1", "general")))
    assert sentences(made.verdicts)[1] == (
        "ben is free too, but ana has been free as long and comes first by name."
    )


def test_the_callers_own_agent_is_named_as_the_reason() -> None:
    shift = Shift(QUEUES)
    shift.arrive("ana")
    shift.wait(5)
    shift.arrive("ben")
    made = decision(shift.tell(CallWaits("c1", "general", preferred="ben")))
    assert sentences(made.verdicts) == [
        "ana is free too, but ben is the caller's own agent.",
        "ben is offered the call: the caller's own agent, free for 0 s.",
    ]


def test_an_own_agent_who_is_not_logged_in_is_mentioned() -> None:
    shift = Shift(QUEUES)
    shift.arrive("ana")
    made = decision(shift.tell(CallWaits("c1", "general", preferred="ben")))
    assert sentences(made.verdicts)[-1] == "ben, the caller's own agent, is not logged in."


def test_who_missed_the_call_is_mentioned_when_it_is_offered_on() -> None:
    shift = Shift(QUEUES)
    shift.arrive("ana")
    shift.arrive("ben")
    shift.ring("c1")
    made = decision(shift.refuse("c1", "ana"))
    assert sentences(made.verdicts)[0] == "ana was offered this call before and did not take it."


def test_a_decision_keeps_the_floor_as_it_was() -> None:
    shift = Shift(QUEUES)
    shift.arrive("ana")
    made = decision(shift.tell(CallWaits("c1", "general")))
    before = made.verdicts
    shift.talk("c1", "ana")
    shift.arrive("ben")
    assert made.verdicts == before


def test_a_decision_says_what_was_needed_by_then() -> None:
    shift = Shift(QUEUES)
    shift.tell(AgentArrived(Agent("yui", {"ja": 2}), paused="lunch"))
    shift.arrive("ana")
    shift.ring("c1", "foreign")
    made = decision(shift.wait(60))
    assert (made.stage, made.need, made.waited) == (1, Need(), 60.0)


def test_a_supervisor_learns_why_nobody_takes_a_call_that_waits() -> None:
    shift = Shift(QUEUES)
    shift.arrive("ana")
    shift.tell(AgentArrived(Agent("yui", {"ja": 2}), paused="lunch"))
    shift.ring("c1", "foreign")
    shift.now = 8.0
    assert sentences(shift.floor.explain("c1", shift.now)) == [
        "ana lacks a skill: ja 2 is needed, has none.",
        "yui is paused (lunch, for 8 s).",
    ]
    assert shift.floor.explain("gone", shift.now) == ()


def test_a_ringing_call_needs_no_other_explanation_than_its_decision() -> None:
    shift = Shift(QUEUES)
    shift.arrive("ana")
    shift.ring("c1")
    assert shift.floor.explain("c1", shift.now) == ()


def both_free_in_the_same_moment() -> Shift:
    """ana speaks Japanese and ben does not; their wrap-ups end at 70 s."""
    shift = Shift()
    for name, skills in (("ana", {"ja": 5}), ("ben", {})):
        shift.arrive(name, **skills)
        shift.ring(f"before {name}")
        shift.accept(f"before {name}", name)
    shift.wait(60)
    for name in ("ana", "ben"):
        shift.hang_up(f"before {name}", name)
    return shift


def test_an_agent_goes_to_the_call_that_only_they_can_take_when_another_suits_the_first() -> None:
    shift = both_free_in_the_same_moment()
    shift.tell(CallWaits("rather", "general", need=Need(prefer={"ja": 1})))
    shift.tell(CallWaits("only", "general", need=Need({"ja": 1})))
    instructions = shift.wait(10)
    assert sorted(offers(instructions)) == [("only", "ana"), ("rather", "ben")]
    [rather] = [one for one in instructions if isinstance(one, Offer) and one.call == "rather"]
    [passed] = [verdict for verdict in rather.decision.verdicts if verdict.agent == "ana"]
    assert passed.code == "needed_elsewhere"


def test_the_callers_own_agent_is_not_given_away_for_another_call() -> None:
    shift = both_free_in_the_same_moment()
    shift.tell(CallWaits("own", "general", preferred="ana"))
    shift.tell(CallWaits("only", "general", need=Need({"ja": 1})))
    assert offers(shift.wait(10)) == [("own", "ana")]
