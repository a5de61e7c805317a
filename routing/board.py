"""Where does every call and every agent stand? The floor's records, kept in order in all lanes.

The board decides nothing. Whoever replaces a record here keeps the lanes true by that alone.
"""

from collections import Counter
from collections.abc import Iterator

from routing.lane import Lane, Ranked
from routing.model import Need, Place, Reserve, Seat, Waiting
from routing.roll import Roll


class Board:
    """All waiting and ringing calls, all logged-in agents, and the lane of every need.

    The mappings are for reading. Lanes are never thrown away: needs are written in the hotline's
    files, so there are only so many, and a lane already sorted makes the next call cheap. `ready`
    are the lanes with a call and an agent, `own` the calls that wait for one agent only, `holders`
    says how many logged-in agents have a skill, and `reserves` whom queues keep free.
    """

    def __init__(self) -> None:
        self.calls: dict[str, Waiting] = {}
        self.seats: dict[str, Seat] = {}
        self.roll = Roll()
        self.lanes: dict[Need, Lane] = {}
        self.ready: dict[Need, Lane] = {}
        self.own: dict[str, Ranked[Place]] = {}
        self.refused: dict[str, None] = {}  # calls that exclude somebody, oldest refusal first
        self.holders: Counter[str] = Counter()
        self.queued: Counter[str] = Counter()  # queue → calls no phone rings for
        self.reserves: dict[str, Reserve] = {}  # by queue; set by the floor
        self.opened = 0  # calls anybody may be offered
        self.offerable = 0  # agents who can be offered a call
        self._lanes_of: dict[str, list[Lane]] = {}  # agent → lanes of the needs they meet

    # Calls

    def keep(self, waiting: Waiting) -> None:
        """Add a call or replace its record; it stands in its lane unless a phone rings for it."""
        self.drop(waiting.call)
        self.calls[waiting.call] = waiting
        if waiting.excluded:
            self.refused[waiting.call] = None
        standing = waiting.standing
        if standing == "ringing":
            return
        self.queued[waiting.queue.name] += 1
        lane, place = self.lane(waiting.need), waiting.place
        lane.waiting.add(place)
        if standing == "open":
            lane.open.add(place)
            self.opened += 1
            if lane.free or lane.resting:
                self.ready[lane.need] = lane
        elif standing == "own" and waiting.preferred is not None:
            self.own.setdefault(waiting.preferred, Ranked()).add(place)

    def drop(self, call: str) -> None:
        """Forget a call; one that is not here is fine."""
        waiting = self.calls.pop(call, None)
        if waiting is None:
            return
        if waiting.excluded:
            del self.refused[call]
        standing = waiting.standing
        if standing == "ringing":
            return
        self.queued[waiting.queue.name] -= 1
        lane, place = self.lanes[waiting.need], waiting.place
        lane.waiting.remove(place)
        if standing == "open":
            lane.open.remove(place)
            self.opened -= 1
            if not lane.open:
                self.ready.pop(lane.need, None)
        elif standing == "own" and waiting.preferred is not None:
            own = self.own[waiting.preferred]
            own.remove(place)
            if not own:
                del self.own[waiting.preferred]

    def lane(self, need: Need) -> Lane:
        """The lane of `need`, opened if it is new."""
        lane = self.lanes.get(need)
        if lane is None:
            lane = self.lanes[need] = Lane(need)
            for seat in self.seats.values():
                if need.met_by(seat.agent):
                    self._lanes_of[seat.name].append(lane)
                    lane.enter(seat)
        return lane

    # Agents

    def put(self, seat: Seat) -> None:
        """Add an agent or replace the record of one."""
        name, before = seat.name, self.seats.get(seat.name)
        self.seats[name] = seat
        self.roll.put(seat)
        if before is not None and before.agent is seat.agent and _stands_alike(before, seat):
            return
        lanes = self._lanes_of.get(name, [])
        if before is not None and before.agent is seat.agent and _counts_alike(before, seat):
            self.offerable += seat.offerable - before.offerable
            for lane in lanes:
                lane.change(before, seat)
                if lane.open:
                    self._note(lane)
            return
        if before is not None:
            self._count(before, -1)
            for lane in lanes:
                lane.leave(before)
        if before is None or before.agent != seat.agent:
            for lane in lanes:
                self._note(lane)
            lanes = [lane for lane in self.lanes.values() if lane.need.met_by(seat.agent)]
            self._lanes_of[name] = lanes
        self._count(seat, 1)
        for lane in lanes:
            lane.enter(seat)
            self._note(lane)

    def remove(self, agent: str) -> None:
        """Forget an agent, who must be here."""
        seat = self.seats.pop(agent)
        self.roll.remove(agent)
        self._count(seat, -1)
        for lane in self._lanes_of.pop(agent):
            lane.leave(seat)
            self._note(lane)

    def lanes_of(self, agent: str) -> list[Lane]:
        """The lanes of the needs a logged-in agent meets."""
        return self._lanes_of[agent]

    def staffed(self, need: Need) -> bool:
        """Whether somebody logged in, and not about to leave, meets `need`, in whatever state."""
        lane = self.lanes.get(need)
        if lane is not None:
            return bool(lane.staff)
        return any(not seat.leaving and need.met_by(seat.agent) for seat in self.seats.values())

    # Both

    def only_excluded(self) -> list[Waiting]:
        """The calls whose every agent at work, now and in stages to come, is one they exclude."""
        return [w for w in (self.calls[call] for call in self.refused) if not self._has_other(w)]

    def stranded(self) -> Iterator[Waiting]:
        """The calls that wait in a stage nobody logged in could serve."""
        for lane in self.lanes.values():
            if lane.waiting and not lane.staff:
                for place in tuple(lane.waiting):
                    yield self.calls[place[-1]]

    def _has_other(self, waiting: Waiting) -> bool:
        return any(
            self.lane(stage.need).has_other(waiting.excluded)
            for stage in waiting.stages[waiting.stage :]
        )

    def _count(self, seat: Seat, by: int) -> None:
        self.offerable += by * seat.offerable
        if not seat.leaving:
            for skill in seat.agent.skills:
                self.holders[skill] += by

    def _note(self, lane: Lane) -> None:
        if lane.ready:
            self.ready[lane.need] = lane
        else:
            self.ready.pop(lane.need, None)


def _counts_alike(one: Seat, other: Seat) -> bool:
    """Whether at most the agent's place among the free is another."""
    return (
        one.working == other.working
        and one.leaving == other.leaving
        and (one.rest is None) == (other.rest is None)
    )


def _stands_alike(one: Seat, other: Seat) -> bool:
    """Whether every lane counts the two alike: most changes of state leave all lanes as they are."""
    return (
        _counts_alike(one, other)
        and one.offerable == other.offerable
        and (not one.offerable or one.idle_since == other.idle_since)
    )
