"""What does a supervisor see of the floor, and what becomes of an act on it?

Every act is written into the record of the call it concerns, into the audit log and into the log.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from ivr.control.lately import Lately
from ivr.control.roles import SPYING, Act, Person, require
from ivr.desk import Desk
from ivr.door import Door
from ivr.errors import BadInput, NotFound
from ivr.record import CallSummary
from ivr.secure_entry import Entries, Result
from ivr.store.database import Database
from routing.model import Seat, Waiting

log = logging.getLogger(__name__)

OWN = "careline-"  # what the hotline's own switch begins every call's id with (its systemname)
GRANT = 60.0
"""Seconds in which the code must be dialled at the phone that was named."""
SPY_CODE = "*50"
LONGEST_WRAP_UP = 1800.0
"""Seconds that a wrap-up may be made longer at once; who needs more than that is paused."""


class Supervised(Protocol):
    """A call under way, as far as a supervisor sees it: `ivr.call.Call`."""

    @property
    def summary(self) -> CallSummary:
        """The call in one line, as it stands."""

    @property
    def entries(self) -> Entries:
        """Its secure entries."""

    @property
    def has_secure_entry(self) -> bool:
        """Whether the flows that serve it have a secret to be keyed."""

    def note(self, kind: str, /, **data: Any) -> None:
        """Write an event into the call's record."""


async def _nobody_aside(call: str) -> None:
    raise NotFound(f"No caller can be taken aside in {call[:80]!r}.")


class Overseer:
    """The floor in a supervisor's hands. `calls` are those under way, by id; `now` is the time and
    `clock` the floor's own (monotonic) clock in seconds; `queues` names those callers can get into,
    `lately` knows how they were served, `take_aside` begins a secure entry in a talk."""

    def __init__(
        self,
        desk: Desk,
        door: Door,
        calls: Mapping[str, Supervised],
        database: Database,
        now: Callable[[], datetime],
        clock: Callable[[], float],
        queues: Callable[[], Iterable[str]] = tuple,
        lately: Lately | None = None,
        take_aside: Callable[[str], Awaitable[None]] = _nobody_aside,
    ) -> None:
        self._take_aside = take_aside
        self._desk = desk
        self._door = door
        self._calls = calls
        self._database = database
        self._now = now
        self._clock = clock
        self._queues = queues
        self._lately = lately or Lately(now)
        self._grants: dict[str, tuple[float, str, Act, Person]] = {}

    # -- seeing ----------------------------------------------------------------------------------

    def view(self, who: Person) -> dict[str, Any]:
        """Who waits (first to be served first), who does what, how the queues stand, and whether the
        hotline is closed."""
        require(who, "see")
        floor, closure = self._desk.floor, self._door.closed
        return {
            "calls": len(self._calls),
            "queues": [self._queue(one) for one in self._queue_names()],
            "waiting": [self._waiting(one) for one in floor.waiting()],
            "agents": [self._agent(one) for one in floor.agents()],
            "closed": None
            if closure is None
            else {
                "since": closure.at.isoformat(),
                "who": closure.who,
                "prompt": closure.prompt,
                "recording": closure.recording,
            },
        }

    def _queue_names(self) -> Iterable[str]:
        waiting = (one.queue.name for one in self._desk.floor.waiting())
        return dict.fromkeys((*self._queues(), *waiting))

    def _queue(self, name: str) -> dict[str, Any]:
        now, level = self._clock(), self._lately.of(name)
        waits = [now - one.since for one in self._desk.floor.waiting() if one.queue.name == name]
        return {
            "queue": name,
            "waiting": len(waits),
            "longest": round(max(waits, default=0.0)),
            "answered": level.answered,
            "abandoned": level.abandoned,
            "level": None if level.level is None else round(level.level, 3),
        }

    def _waiting(self, waiting: Waiting) -> dict[str, Any]:
        now, floor = self._clock(), self._desk.floor
        expected = floor.expected_wait(waiting.call, now)
        call = self._calls.get(waiting.call)
        return {
            "call": waiting.call,
            "caller": call.summary.masked if call is not None else "",
            "queue": waiting.queue.name,
            "need": str(waiting.need),
            "waited": round(now - waiting.since),
            "head_start": round(waiting.head_start),
            "position": floor.position(waiting.call),
            "expected": None if expected is None else [round(one) for one in expected],
            "ringing": waiting.offered_to,
            "callback": waiting.callback,
        }

    def _agent(self, seat: Seat) -> dict[str, Any]:
        now = self._clock()
        rests = seat.state == "free" and seat.rest is not None
        until = seat.rests_until if rests else seat.until
        return {
            "agent": seat.name,
            "state": ("resting" if rests else seat.state) if seat.reachable else "unreachable",
            "for": round(now - seat.since),
            "left": None if until is None else round(max(0.0, until - now)),
            "pause": seat.pause,
            "rest": seat.rest if rests else None,
            "call": seat.call,
            "queue": seat.queue.name if seat.queue is not None and seat.call is not None else None,
        }

    # -- waiting calls ---------------------------------------------------------------------------

    async def front(self, who: Person, call: str) -> str:
        """Serve a waiting call next of those it competes with. Raises NotFound, NotAllowed."""
        return await self._act(who, "front", call, self._desk.reorder)

    async def withdraw(self, who: Person, call: str) -> str:
        """Take a call out of its queue; it goes on as the flow says. Raises NotFound, NotAllowed."""
        return await self._act(who, "withdraw", call, self._desk.withdraw)

    async def move(self, who: Person, call: str, queue: str) -> str:
        """Move a waiting call to another queue. Raises NotFound, BadInput, NotAllowed."""

        def moved(name: str) -> bool:
            try:
                return self._desk.move(name, queue)
            except KeyError:
                raise BadInput(f'There is no queue "{queue}" in the flows of that call.') from None

        return await self._act(who, "move", call, moved, queue=queue)

    async def _act(
        self, who: Person, act: Act, call: str, do: Callable[[str], bool], **data: str
    ) -> str:
        require(who, act)
        name = call if self._desk.floor.call(call) is not None else OWN + call
        if not do(name):
            raise NotFound(f"There is no call {call[:80]!r} that waits; `careline floor` has them.")
        await self._keep(who, act, name, data)
        return name

    # -- agents ----------------------------------------------------------------------------------

    async def extend(self, who: Person, agent: str, seconds: float) -> float:
        """Give an agent longer for the wrap-up that is on; how many seconds of it are left now.

        Raises NotFound, BadInput, NotAllowed.
        """
        require(who, "extend")
        if not 0 < seconds <= LONGEST_WRAP_UP:
            raise BadInput(
                f"A wrap-up is made longer by up to {LONGEST_WRAP_UP / 60:g} minutes at a time."
            )
        if not self._desk.extend_wrap_up(agent, seconds):
            raise NotFound(f"Agent {agent[:40]!r} is in no wrap-up now.")
        data = {"seconds": f"{seconds:g}"}
        log.warning("%s (%s) did extend to agent %s %s", who.name, who.role, agent, data)
        await asyncio.to_thread(
            self._database.audit.add, self._now(), who.name, "extend", agent, data
        )
        seat = self._desk.floor.agent(agent)
        return max(0.0, seat.until - self._clock()) if seat is not None and seat.until else 0.0

    # -- talks -----------------------------------------------------------------------------------

    async def begin_entry(self, who: Person, call: str) -> str:
        """Have the caller of a talk key a secret, as if the agent had dialled *9; the call's whole id.

        Raises NotFound, BadInput, LineError, NotAllowed.
        """
        require(who, "secure_entry")
        name, under_way = self._under_way(call)
        if not under_way.has_secure_entry:
            raise BadInput("center.yaml has no secure_entry in the version that serves this call.")
        await self._take_aside(name)
        await self._keep(who, "secure_entry", name, {})
        return name

    async def entry(self, who: Person, call: str) -> dict[str, Any]:
        """What came of a call's newest secure entry: right, wrong, … or under_way. Whoever is given a
        token for it stands in the audit log. Raises NotFound, NotAllowed."""
        require(who, "secure_result")
        name, under_way = self._under_way(call)
        match under_way.entries.newest:
            case None:
                raise NotFound(f"No secret was keyed in the call {call[:80]!r}.")
            case Result(outcome, token):
                if token is not None:
                    await self._keep(who, "secure_result", name, {})
                return {"call": name, "outcome": outcome, "token": token}
            case state:
                return {"call": name, "outcome": state, "token": None}

    def _under_way(self, call: str) -> tuple[str, Supervised]:
        name = call if call in self._calls else OWN + call
        if name not in self._calls:
            raise NotFound(f"There is no call {call[:80]!r} under way; `careline floor` has them.")
        return name, self._calls[name]

    async def grant(self, who: Person, act: Act, agent: str, phone: str) -> str:
        """Let `phone` listen to the agent's talk, by dialling the code returned within `GRANT`.

        The switch is asked for nothing by this: whoever wants to hear must be at a phone of the
        hotline and dial, so the engine needs no right to place calls. Raises NotFound, NotAllowed.
        """
        require(who, act)
        if act not in SPYING:
            raise BadInput(f"{act} is nothing that is done by telephone.")
        seat = self._desk.floor.agent(agent)
        if seat is None or seat.state != "talking" or seat.call is None:
            raise NotFound(f"Agent {agent[:40]!r} talks to nobody now.")
        await asyncio.to_thread(self._database.agents.get, phone)  # NotFound: nobody's phone
        self._grants[phone] = (self._clock() + GRANT, agent, act, who)
        return SPY_CODE

    async def take(self, phone: str) -> tuple[str, Act] | None:
        """What `phone`, which has dialled the code, may hear: the call and how; None for nothing.

        A grant is good once.
        """
        until, agent, act, who = self._grants.pop(phone, (0.0, "", "see", Person("", "agent")))
        seat = self._desk.floor.agent(agent)
        if self._clock() > until or seat is None or seat.state != "talking" or seat.call is None:
            log.warning("the phone %s dialled %s without leave", phone, SPY_CODE)
            return None
        await self._keep(who, act, seat.call, {"agent": agent, "phone": phone})
        return seat.call, act

    async def _keep(self, who: Person, act: Act, call: str, data: Mapping[str, str]) -> None:
        log.warning("%s (%s) did %s to call %s %s", who.name, who.role, act, call, dict(data))
        if (under_way := self._calls.get(call)) is not None:
            under_way.note("supervised", act=act, by=who.name, **data)
        await asyncio.to_thread(
            self._database.audit.add, self._now(), who.name, act, call, dict(data)
        )
