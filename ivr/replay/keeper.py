"""Is an agent kept free for the elderly, and which?

Of every `one_in` agents who are there one is kept: the next who would be free takes no other call,
and is given to the next elderly caller at once. This is trunk reservation (a call that may wait is
served only while more than so many agents are free), done with what a supervisor can do by hand:
the kept agent is paused, and resumes when an elderly caller has come.
"""

from collections.abc import Callable

from routing.events import AgentPaused, AgentResumed, Event

KEPT = "kept for the elderly"

Tell = Callable[[Event, float], None]


class Keeper:
    """Who is kept. `tell` is how the floor hears of it; `one_in` 0 keeps nobody."""

    def __init__(self, one_in: int, tell: Tell) -> None:
        self._one_in, self._tell = one_in, tell
        self._kept: dict[str, None] = {}  # in the order in which they became free
        self.there: set[str] = set()  # agents who are neither away nor paused
        self.waiting: set[str] = set()  # elderly callers

    def wanted(self) -> bool:
        """Whether the next agent who would be free is to be kept."""
        if not self._one_in or self.waiting:
            return False
        return len(self._kept) < len(self.there) // self._one_in

    def keep(self, agent: str, at: float) -> None:
        """Pause an agent who would be free."""
        self._kept[agent] = None
        self._tell(AgentPaused(agent, KEPT), at)

    def lose(self, agent: str) -> None:
        """An agent goes home or has a break."""
        self.there.discard(agent)
        self._kept.pop(agent, None)

    def give(self, at: float) -> None:
        """Give the kept to the elderly who wait, and to everybody where too many are kept."""
        surplus = len(self._kept) - (len(self.there) // self._one_in if self._one_in else 0)
        for agent in tuple(self._kept)[: max(surplus, len(self.waiting))]:
            del self._kept[agent]
            self._tell(AgentResumed(agent), at)
