"""What stories need to know of a day at the hotline: its callers, its phones, its records."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from ivr.agent import AgentAccount
from ivr.app import App
from ivr.errors import NotFound
from ivr.flow.hotline import Hotline
from ivr.line.commands import Spoken
from ivr.record import CallEvent, CallRecord
from ivr.store.database import Database
from tests.hotline.story import IN_A_CALL, Stories, Story
from tests.rig import sound
from tests.rig.ami import Message
from tests.rig.carrier import Keys
from tests.rig.leg import Leg
from tests.rig.rig import Rig
from tests.rig.sound import Sound

T = TypeVar("T")

LATE = 40.0
"""Seconds after which something that should have happened counts as never happening."""


class InACall(Protocol):
    """Whoever rings the hotline."""

    @property
    def call_id(self) -> str:
        """The call's id at the hotline."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller of the rig's carrier."""

    leg: Leg
    call_id: str

    async def press(self, keys: str) -> None:
        """Press keys, one after the other."""
        await self.leg.press(keys)

    async def hang_up(self) -> None:
        """Put the receiver down."""
        await self.leg.hang_up()


class Day:
    """The running hotline (`app`) and the rig around it."""

    def __init__(self, app: App, rig: Rig, stories: Sequence[Story], at_once: int = 100) -> None:
        self.app = app
        self.rig = rig
        self.stories = Stories(stories, self, at_once)
        self.log: list[logging.LogRecord] = []
        """Everything that was logged."""
        self.arrivals: list[Message] = []
        """What the switch told of each caller whom it handed to the engine."""
        self.door = asyncio.Lock()
        """Held by whoever rings, so that an arrival is known to be theirs."""
        rig.ami.on_event(self._happened)

    # -- calls -----------------------------------------------------------------------------------

    async def rings(
        self,
        number: str,
        *,
        name: str = "",
        withheld: bool = False,
        at: str | None = None,
        keys: Keys = "rfc4733",
    ) -> Caller:
        """Ring the hotline; returns when the engine has the call.

        Callers whom no rule puts straight through begin `at` a place such as "accounts.pin".
        `keys` is how their telephone sends keys.
        """
        call = self.rig.carrier.call(number, name=name, withheld=withheld, keys=keys)
        leg, call_id = await self.comes(call, at)
        return Caller(leg, call_id)

    async def comes(self, call: Awaitable[T], at: str | None = None) -> tuple[T, str]:
        """Have a call placed, one at a time, and wait until it has come; its id at the hotline."""
        async with self.door:
            edition, known = self.app.live.edition, len(self.arrivals)
            if at is not None:
                self.app.live.edition = replace(edition, hotline=_entered_at(at, edition.hotline))
            placed = await call
            if isinstance(placed, Leg):
                IN_A_CALL.get([]).append(placed)
            await until("the switch has the call", lambda: len(self.arrivals) > known)
            call_id = self.arrivals[known]["Uniqueid"]
            await until("the engine has the call", lambda: self._has_begun(call_id))
            self.app.live.edition = edition
            return placed, call_id

    def _has_begun(self, call_id: str) -> bool:
        """Whether the engine has seen who calls, which it logs."""
        begins = f"call {call_id} from "
        return any(line.getMessage().startswith(begins) for line in reversed(self.log[-200:]))

    async def until_offered(self, caller: InACall, within: float = LATE) -> tuple[str, Leg]:
        """Wait until an agent's phone rings for the caller; the agent and the phone's leg."""
        found: list[tuple[str, Leg]] = []

        def rung() -> bool:
            found[:] = [
                (seat.name, leg)
                for seat in self.app.desk.floor.agents()
                if seat.call == caller.call_id and (leg := self.live(seat.name)) is not None
            ]
            return bool(found)

        await until(f"a phone rings for {caller.call_id}", rung, within)
        return found[0]

    async def until_joined(self, caller: InACall, within: float = LATE) -> tuple[str, Leg]:
        """Wait until the caller talks to an agent; the agent and the phone's leg."""
        floor = self.app.desk.floor

        def talking() -> bool:
            return any(s.call == caller.call_id and s.state == "talking" for s in floor.agents())

        await until(f"{caller.call_id} talks to an agent", talking, within)
        return await self.until_offered(caller)

    def live(self, agent: str) -> Leg | None:
        """The call that is at an agent's phone now."""
        calls = self.rig.carrier.phone(agent).calls
        return calls[-1] if calls and not calls[-1].ended else None

    async def record(self, caller: InACall, within: float = LATE) -> CallRecord:
        """What Careline kept of a call, once it is over."""
        with Database.open(self.app.settings.url) as database:
            calls = database.calls

            def ended() -> bool:
                return any(
                    summary.call_id == caller.call_id and summary.ended is not None
                    for summary in calls.list(limit=500)
                )

            await until(f"the record of {caller.call_id} is complete", ended, within)
            return calls.show(caller.call_id)

    async def until_at(self, caller: InACall, place: str, within: float = LATE) -> None:
        """Wait until the call has come to a place such as "accounts.pin"."""
        flow, _, step = place.partition(".")
        with Database.open(self.app.settings.url) as database:

            def there() -> bool:
                last: Mapping[str, Any] = {}
                for event in _events(database, caller.call_id):
                    last = event.data if event.kind == "step" else last
                return (last.get("flow"), last.get("step")) == (flow, step)

            await until(f"{caller.call_id} comes to {place}", there, within)

    async def until_noted(self, caller: InACall, kind: str, within: float = LATE) -> None:
        """Wait until the record of a call has an event of this kind."""
        with Database.open(self.app.settings.url) as database:

            def noted() -> bool:
                return any(event.kind == kind for event in _events(database, caller.call_id))

            await until(f"{caller.call_id} has {kind}", noted, within)

    def waiting(self, skill: str) -> list[str]:
        """The calls that wait for an agent with the skill, the next one first."""
        waiting = self.app.desk.floor.waiting()
        return [one.call for one in waiting if skill in one.need.skills]

    # -- agents ----------------------------------------------------------------------------------

    def state(self, agent: str) -> str:
        """What an agent does, in the floor's words; "away" if not logged in."""
        seat = self.app.desk.floor.agent(agent)
        return seat.state if seat is not None else "away"

    async def until_state(self, agent: str, *states: str, within: float = LATE) -> None:
        """Wait until an agent does one of these."""
        await until(
            f"{agent} is {' or '.join(states)}", lambda: self.state(agent) in states, within
        )

    def account(self, agent: str) -> AgentAccount:
        """An agent as the store has it."""
        with Database.open(self.app.settings.url) as database:
            return database.agents.get(agent)

    # -- sounds ----------------------------------------------------------------------------------

    def spoken(self, name: str, language: str, *, slow: bool = False, **values: Any) -> Spoken:
        """A prompt as it is said in a language."""
        wording = self.app.hotline.wording
        spoken = wording.spoken(name, language, announced=values, slow=slow)
        assert spoken is not None
        return spoken

    def sound(self, name: str, language: str, *, slow: bool = False, **values: Any) -> Sound:
        """The audio of a prompt."""
        return sound.read_wav(self.path(name, language, slow=slow, **values))

    def path(self, name: str, language: str, *, slow: bool = False, **values: Any) -> Path:
        """The file of a prompt's audio."""
        return self.app.prompts.make(self.spoken(name, language, slow=slow, **values))

    # -- behind the scenes -----------------------------------------------------------------------

    def errors(self, expected: str = "") -> list[str]:
        """Everything that was logged as an error, but for lines with the regex `expected`."""
        lines = [line.getMessage() for line in self.log if line.levelno >= logging.ERROR]
        return [line for line in lines if not expected or not re.search(expected, line)]

    def _happened(self, message: Message) -> None:
        if message["Event"] == "AsyncAGIStart" and message["Context"] == "from-carrier":
            self.arrivals.append(message)


def _events(database: Database, call_id: str) -> Sequence[CallEvent]:
    """The events of a call so far; none as long as the call is not in the store."""
    with suppress(NotFound):
        return database.calls.show(call_id).events
    return ()


def _entered_at(place: str, hotline: Hotline) -> Hotline:
    center = hotline.center
    identity = center.center.model_copy(update={"entry": place})
    return replace(hotline, center=center.model_copy(update={"center": identity}))


async def until(what: str, holds: Callable[[], bool], within: float = LATE) -> None:
    """Wait until something holds that nobody announces; `what` it is, for whoever waits in vain."""
    try:
        async with asyncio.timeout(within):
            while not holds():  # noqa: ASYNC110  it is looked at from outside
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"not within {within:g} s: {what}") from None


OF_THE_CALLER, OF_THE_AGENT = 700, 900
"""Hertz."""


async def until_both_hear_each_other(caller: Leg, agent: Leg, within: float = 10) -> None:
    """Let both hum until each hears the other from now on."""
    await asyncio.gather(caller.hum_on(OF_THE_CALLER), agent.hum_on(OF_THE_AGENT))
    await asyncio.gather(
        _until_hears(caller, OF_THE_AGENT, within), _until_hears(agent, OF_THE_CALLER, within)
    )
    await asyncio.gather(caller.be_silent(), agent.be_silent())


async def _until_hears(leg: Leg, hertz: int, within: float) -> None:
    begin = len(leg.heard())

    def hears() -> bool:
        return sound.find_tone(leg.heard()[begin:], hertz, 0.4) is not None

    await until(f"{leg.unique_id} hears {hertz} Hz", hears, within)


@contextmanager
def listening(log: list[logging.LogRecord]) -> Iterator[None]:
    """Keep everything that is logged, to the least detail."""
    handler, root = logging.Handler(logging.DEBUG), logging.getLogger()
    handler.emit = log.append  # type: ignore[assignment, method-assign]
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.setLevel(before)
        root.removeHandler(handler)
