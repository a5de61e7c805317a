"""Where does every call and every agent stand? The floor's records, kept in order in all lanes.

The board decides nothing. Whoever replaces a record here keeps the lanes true by that alone.
"""

from routing.lane import Lane
from routing.model import Need, Seat, Waiting


class Board:
    """All waiting and ringing calls, all logged-in agents, and the lane of every need.

    The three mappings are for reading. Lanes are never thrown away: needs are written in the
    hotline's files, so there are only so many, and a lane already sorted makes the next call cheap.
    """

    def __init__(self) -> None:
        self.calls: dict[str, Waiting] = {}
        self.seats: dict[str, Seat] = {}
        self.lanes: dict[Need, Lane] = {}
        self._lanes_of: dict[str, list[Lane]] = {}  # agent → lanes of the needs they meet
        self._refused: dict[str, None] = {}  # the calls that exclude somebody, oldest refusal first

    def keep(self, waiting: Waiting) -> None:
        """Add a call or replace its record; it stands in its lane unless a phone rings for it."""
        self.drop(waiting.call)
        self.calls[waiting.call] = waiting
        if waiting.excluded:
            self._refused[waiting.call] = None
        for stage in waiting.stages:
            self._open(stage.need)
        if waiting.offered_to is None:
            self.lanes[waiting.need].waiting.add(waiting.place)

    def drop(self, call: str) -> None:
        """Forget a call; one that is not here is fine."""
        waiting = self.calls.pop(call, None)
        self._refused.pop(call, None)
        if waiting is not None and waiting.offered_to is None:
            self.lanes[waiting.need].waiting.remove(waiting.place)

    def put(self, seat: Seat) -> None:
        """Add an agent or replace the record of one."""
        before = self.seats.get(seat.name)
        self.seats[seat.name] = seat  # keeps the order of arrival
        lanes = self._lanes_of.get(seat.name, [])
        if before is not None:
            for lane in lanes:
                lane.leave(before)
        if before is None or before.agent != seat.agent:
            lanes = [lane for lane in self.lanes.values() if lane.need.met_by(seat.agent)]
            self._lanes_of[seat.name] = lanes
        for lane in lanes:
            lane.enter(seat)

    def remove(self, agent: str) -> None:
        """Forget an agent, who must be here."""
        seat = self.seats.pop(agent)
        for lane in self._lanes_of.pop(agent):
            lane.leave(seat)

    def first_servable(self) -> Waiting | None:
        """The first of all calls that a free agent may be offered; None when there is none."""
        places = [
            place
            for lane in self.lanes.values()
            if (place := lane.first_servable(self.calls)) is not None
        ]
        return self.calls[min(places)[-1]] if places else None

    def only_excluded(self) -> list[Waiting]:
        """The calls whose every agent at work, now and in stages to come, is one they exclude."""
        refused = [self.calls[call] for call in self._refused]
        return [waiting for waiting in refused if not self._has_other(waiting)]

    def _has_other(self, waiting: Waiting) -> bool:
        return any(
            self.lanes[stage.need].has_other(waiting.excluded)
            for stage in waiting.stages[waiting.stage :]
        )

    def _open(self, need: Need) -> None:
        if need in self.lanes:
            return
        lane = self.lanes[need] = Lane(need)
        for seat in self.seats.values():
            if need.met_by(seat.agent):
                self._lanes_of[seat.name].append(lane)
                lane.enter(seat)
