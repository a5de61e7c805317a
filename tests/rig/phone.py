"""How does an agent's phone (or any phone the hotline rings) behave when a call comes?"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from tests.rig.leg import Leg

CAUSES = {"busy": 17, "declined": 21, "no_answer": 19}


@dataclass(frozen=True, slots=True)
class Answers:
    """Picks up `after` seconds and hangs up `talks_for` seconds later.

    Without `talks_for` it stays until the other side, or the test, ends the call.
    """

    after: float = 0.3
    talks_for: float | None = None


@dataclass(frozen=True, slots=True)
class RingsOut:
    """Rings, and nobody picks up."""


@dataclass(frozen=True, slots=True)
class Refuses:
    """Refuses after `after` seconds."""

    how: Literal["busy", "declined", "no_answer"] = "declined"
    after: float = 0.0


Behaviour = Answers | RingsOut | Refuses


class Phone:
    """A phone by its name (an agent's) or number (an outside one)."""

    def __init__(self, name: str, dial: Callable[[str, str], Awaitable[Leg]]) -> None:
        self.name = name
        self.behaviour: Behaviour = Answers()
        """What it does with a call that nothing else was said about."""
        self.calls: list[Leg] = []
        """Every call that has reached it."""
        self._next: deque[Behaviour] = deque()
        self._came: asyncio.Queue[Leg] = asyncio.Queue()
        self._dial = dial

    def next(self, *behaviours: Behaviour) -> None:
        """Behave so with the next calls, in this order."""
        self._next.extend(behaviours)

    async def rung(self, within: float = 15.0) -> Leg:
        """Wait for the next call that nobody has waited for yet."""
        return await asyncio.wait_for(self._came.get(), within)

    def forget_ended(self) -> None:
        """Forget the calls that are over, but for the newest."""
        self.calls[:] = [leg for leg in self.calls if not leg.ended] or self.calls[-1:]
        for _ in range(self._came.qsize()):
            leg = self._came.get_nowait()
            if not leg.ended:
                self._came.put_nowait(leg)

    async def dial(self, number: str) -> Leg:
        """Ring somebody from this phone, such as "*45"."""
        return await self._dial(number, self.name)

    async def take(self, leg: Leg) -> None:
        """A call has come: do what this phone does."""
        self.calls.append(leg)
        behaviour = self._next.popleft() if self._next else self.behaviour
        self._came.put_nowait(leg)
        await leg.ring()
        match behaviour:
            case Answers():
                await self._answer(leg, behaviour)
            case Refuses():
                await asyncio.sleep(behaviour.after)
                await leg.refuse(CAUSES[behaviour.how])

    async def _answer(self, leg: Leg, behaviour: Answers) -> None:
        await asyncio.sleep(behaviour.after)
        if leg.ended:
            return
        await leg.answer()
        if behaviour.talks_for is not None:
            await asyncio.sleep(behaviour.talks_for)
            await leg.hang_up()
