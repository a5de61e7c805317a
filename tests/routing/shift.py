"""A shift on a floor: a clock, a log of all told and asked, and a way to run a whole day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from routing.events import (
    AgentArrived,
    CallWaits,
    Event,
    Instruction,
    Offer,
    OfferAccepted,
    OfferRefused,
    TalkOver,
    TimePassed,
)
from routing.floor import Floor
from routing.model import Agent, Queue, State

GENERAL = Queue("general", wrap_up=10.0)


@dataclass
class Shift:
    """A floor told one thing after another; `now` moves only by `wait`."""

    queues: Mapping[str, Queue] = field(default_factory=lambda: {"general": GENERAL})
    misses: int = 2
    now: float = 0.0
    occupancy: float | None = None
    keep_log: bool = True

    def __post_init__(self) -> None:
        self.floor = Floor(self.queues, self.misses, occupancy_limit=self.occupancy)
        self.log: list[tuple[float, Event, list[Instruction]]] = []

    def tell(self, event: Event) -> list[Instruction]:
        """Hand `event` to the floor and keep what it asks for."""
        instructions = self.floor.handle(event, self.now)
        if self.keep_log:
            self.log.append((self.now, event, instructions))
        return instructions

    def wait(self, seconds: float) -> list[Instruction]:
        """Let time pass."""
        self.now += seconds
        return self.tell(TimePassed())

    def arrive(self, name: str, **skills: int) -> list[tuple[str, str]]:
        """An agent logs in."""
        return offers(self.tell(AgentArrived(Agent(name, skills))))

    def ring(self, call: str, queue: str = "general") -> list[tuple[str, str]]:
        """A call begins to wait."""
        return offers(self.tell(CallWaits(call, queue)))

    def accept(self, call: str, agent: str) -> list[tuple[str, str]]:
        """The agent answers."""
        return offers(self.tell(OfferAccepted(call, agent)))

    def refuse(self, call: str, agent: str) -> list[Instruction]:
        """The agent lets it ring."""
        return self.tell(OfferRefused(call, agent, "no_answer"))

    def hang_up(self, call: str, agent: str) -> list[tuple[str, str]]:
        """The talk is over."""
        return offers(self.tell(TalkOver(call, agent)))

    def talk(self, call: str, agent: str, seconds: float = 60.0) -> list[tuple[str, str]]:
        """The agent answers, talks and is done; the offers are those of the end."""
        self.accept(call, agent)
        self.wait(seconds)
        return self.hang_up(call, agent)

    def state(self, agent: str) -> State:
        """What the agent is doing."""
        seat = self.floor.agent(agent)
        return "away" if seat is None else seat.state

    def queue_order(self) -> list[str]:
        """The waiting calls, first to be served first."""
        return [waiting.call for waiting in self.floor.waiting()]


def offers(instructions: list[Instruction]) -> list[tuple[str, str]]:
    """The (call, agent) pairs among `instructions`."""
    return [(order.call, order.agent) for order in instructions if isinstance(order, Offer)]


def run_day(
    shift: Shift,
    arrivals: list[tuple[float, CallWaits]],
    talk: float,
    answers: Callable[[Offer], bool] = lambda offer: True,
) -> dict[str, float]:
    """Let calls arrive and be served until nothing is left to happen; when each was answered.

    An offer that `answers` is answered at once, any other rings its full time and is not.
    """
    number = count()
    diary: list[tuple[float, int, Event]] = []
    for at, arrival in arrivals:
        heappush(diary, (at, next(number), arrival))
    answered: dict[str, float] = {}
    event: Event
    while True:
        wake = shift.floor.next_wake()
        if diary and (wake is None or diary[0][0] <= wake):
            shift.now, _, event = heappop(diary)
        elif wake is not None:
            shift.now, event = wake, TimePassed()
        else:
            return answered
        todo = shift.tell(event)
        while todo:
            order = todo.pop(0)
            if not isinstance(order, Offer):
                continue
            if answers(order):
                todo += shift.tell(OfferAccepted(order.call, order.agent))
                answered[order.call] = shift.now
                over = TalkOver(order.call, order.agent)
                heappush(diary, (shift.now + talk, next(number), over))
            else:
                missed = OfferRefused(order.call, order.agent, "no_answer")
                heappush(diary, (shift.now + order.ring, next(number), missed))
