"""Somebody who watches a floor: keeps apart from it what the instructions say, and compares."""

from collections.abc import Iterator

from routing.events import (
    CallbackPostponed,
    CallLeft,
    CallWaits,
    Event,
    Offer,
    OfferAccepted,
    OfferRefused,
    Release,
    SetAside,
    TalkOver,
    Withdraw,
)
from routing.model import Reserve, Seat, Waiting
from tests.routing.shift import Shift


def could_take(seat: Seat, waiting: Waiting) -> bool:
    return waiting.need.met_by(seat.agent) and seat.name not in waiting.excluded


class Watch:
    """Tells a shift's floor what happens, and fails when a promise is broken."""

    def __init__(self, shift: Shift) -> None:
        self.shift = shift
        self.calls: set[str] = set()  # waiting or ringing
        self.ringing: dict[str, str] = {}  # call → agent, by instructions alone
        self.talking: dict[str, str] = {}
        self.refused: set[tuple[str, str]] = set()
        self.withdrawn: list[tuple[str, str]] = []
        self.released: list[Release] = []
        self.events = 0

    def tell(self, event: Event) -> None:
        """Hand an event to the floor; the promises that every event keeps are looked at."""
        self.events += 1
        self._before(event)
        offers = []
        for order in self.shift.tell(event):
            match order:
                case Offer():
                    self._offered(order)
                    offers.append(order)
                case Withdraw(call, agent):
                    assert self.ringing.pop(call) == agent
                    self.withdrawn.append((call, agent))
                case Release():
                    assert order.call not in self.ringing
                    self.calls.remove(order.call)
                    self.released.append(order)
                case SetAside(agent):
                    assert self.shift.state(agent) == "paused"
        for offer in offers:
            self._nobody_was_overtaken(offer, alone=len(offers) == 1)
            self._what_is_kept_is_left(offer)
        self.nobody_is_idle_without_a_reason()

    def _before(self, event: Event) -> None:
        match event:
            case CallWaits(call=call):
                self.calls.add(call)
            case CallLeft(call):
                self.calls.discard(call)
                self.ringing.pop(call, None)
            case CallbackPostponed(call):
                self.ringing.pop(call, None)
            case OfferAccepted(call, agent) if call in self.calls:
                self.calls.remove(call)
                if self.ringing.get(call) == agent:
                    del self.ringing[call]
                if self.shift.floor.agent(agent) is not None:
                    self.talking[call] = agent
            case OfferRefused(call, agent):
                if self.ringing.get(call) == agent:
                    del self.ringing[call]
                self.refused.add((call, agent))
            case TalkOver(call):
                self.talking.pop(call, None)

    def _offered(self, offer: Offer) -> None:
        assert offer.agent not in self.ringing.values(), "an agent was offered two calls"
        assert offer.agent not in self.talking.values(), "an agent was offered a call in a talk"
        assert offer.call in self.calls, "a call was offered that does not wait"
        assert offer.call not in self.ringing, "a call was offered to two agents"
        self.ringing[offer.call] = offer.agent
        seat = self.shift.floor.agent(offer.agent)
        assert seat is not None
        assert could_take(seat, offer.decision.waiting)

    def _nobody_was_overtaken(self, offer: Offer, *, alone: bool) -> None:
        """No call that stands ahead could have had the agent, but for a stated reason.

        A callback may have been behind a call that was served in the very same event.
        """
        seat = self.shift.floor.agent(offer.agent)
        assert seat is not None
        served = offer.decision.waiting
        for other in self.waiting():
            if other.place < served.place and could_take(seat, other):
                postponed = other.not_before is not None
                assert not served.callback or postponed, "a callback overtook a call"
                behind = other.callback and not alone
                assert behind or self.reason(seat, other), "order was inverted"

    def _what_is_kept_is_left(self, offer: Offer) -> None:
        """A call of lower standing was not given one of the last whom a queue keeps free."""
        for reserve, them in self._kept_from(offer.decision.waiting):
            if any(seat.name == offer.agent for seat in them):
                free = sum(seat.offerable for seat in them)
                assert free >= min(reserve.free, len(them) - 1), "the reserve was given away"

    def _kept_from(self, waiting: Waiting) -> Iterator[tuple[Reserve, list[Seat]]]:
        """The reserves of queues whose next caller would be ahead of the call, with those who are
        at work and could serve that caller at once."""
        seats = self.shift.floor.agents()
        for queue in self.shift.queues.values():
            reserve = queue.reserve
            if reserve is None or waiting.place[0] + reserve.head_start <= self.shift.now:
                continue
            needs = [reserve.need, *(stage.need for stage in reserve.relax)]
            staffed = (n for n in needs if any(not s.leaving and n.met_by(s.agent) for s in seats))
            need = next(staffed, reserve.need)
            at_work = [s for s in seats if s.working and s.rest is None and need.met_by(s.agent)]
            yield reserve, at_work

    def kept_free(self, seat: Seat, waiting: Waiting) -> bool:
        """Whether a free agent is one of the last whom a queue keeps for others than this call."""
        return any(
            seat in them
            and sum(one.offerable for one in them) - 1 < min(reserve.free, len(them) - 1)
            for reserve, them in self._kept_from(waiting)
        )

    def waiting(self) -> list[Waiting]:
        """The calls no phone rings for."""
        return [one for one in self.shift.floor.waiting() if one.offered_to is None]

    def nobody_is_idle_without_a_reason(self) -> None:
        """Nobody is free beside a caller they could serve, longer than one event."""
        free = [seat for seat in self.shift.floor.agents() if seat.offerable]
        for waiting in self.waiting() if free else ():
            for seat in free:
                reason = self.reason(seat, waiting) or self.kept_free(seat, waiting)
                assert reason or not could_take(seat, waiting), (
                    f"{seat.name} is idle beside {waiting.call}"
                )

    def reason(self, seat: Seat, waiting: Waiting) -> str:
        """Why a free agent is not offered a call they could serve: the bounded exceptions, all."""
        now = self.shift.now
        if waiting.not_before is not None:
            return "postponed" if waiting.not_before > now and waiting.callback else ""
        if waiting.own_until is not None:
            own = self.shift.floor.agent(waiting.preferred or "")
            at_work = own is not None and own.working and own.rest is None
            busy = own is not None and not own.offerable
            return "own agent" if waiting.own_until > now and (at_work or busy) else ""
        if waiting.spare_until is not None and waiting.spare_until > now:
            bound = waiting.since + waiting.queue.spare
            return "spared" if waiting.spare_until <= bound else ""
        if seat.rest is not None and seat.rests_until is not None and seat.rests_until > now:
            others = (other for other in self.shift.floor.agents() if other is not seat)
            if any(o.working and o.rest is None and could_take(o, waiting) for o in others):
                return "rests"
        if waiting.callback:
            for other in self.waiting():
                if other.place < waiting.place and could_take(seat, other):
                    return "behind" if other.not_before is None else ""
        return ""

    def agrees(self) -> None:
        """No call is lost, and floor and instructions tell the same."""
        floor = self.shift.floor
        calls, seats = floor.waiting(), floor.agents()
        assert {waiting.call for waiting in calls} == self.calls
        assert {one.call: one.offered_to for one in calls if one.offered_to} == self.ringing
        assert {s.call: s.name for s in seats if s.state == "ringing"} == self.ringing
        assert {s.call: s.name for s in seats if s.state == "talking"} == self.talking
