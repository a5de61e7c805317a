"""What do agents do by their phones: dial a feature code, be reachable, or let calls ring?"""

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from ivr.agent import AgentAccount
from ivr.control.overseer import SPY_CODE, Overseer
from ivr.desk import Desk
from ivr.errors import CallerHungUp, CarelineError, LineError
from ivr.flow.hotline import Hotline
from ivr.flow.wording import MORE_TIME_GIVEN
from ivr.line.asterisk.ami import Ami
from ivr.line.asterisk.devices import Reach
from ivr.line.asterisk.wire import AmiMessage
from ivr.line.commands import Hangup, Play
from ivr.line.line import Line
from ivr.lookout import Lookout
from ivr.roster import Roster
from ivr.tasks import Tasks

log = logging.getLogger(__name__)

# What a feature code does to an agent, and what the agent hears then.
FEATURES: dict[str, tuple[bool | None, str | None, str]] = {
    "*45": (True, None, "feature_logged_in"),
    "*46": (False, None, "feature_logged_out"),
    "*47": (None, "break", "feature_paused"),
    "*48": (True, None, "feature_ready"),
}

MORE_TIME = "*49"
"""Makes the wrap-up that is on `MORE` seconds longer."""
MORE = 120.0

LOOK_EVERY = 2.0
"""Seconds between two looks whether the phones that ring are there. The switch, which looks every
half minute by itself, gives them three seconds to answer (careline_pjsip_agents.conf)."""

Spy = Callable[[Line, str, str], Awaitable[None]]
"""Lets a line hear the talk of a call: `Inbound.spy`."""


class Phones:
    """The agents' phones. `hotline` is the live one, whose wording agents hear."""

    def __init__(
        self,
        ami: Ami,
        desk: Desk,
        roster: Roster,
        overseer: Overseer,
        tasks: Tasks,
        hotline: Callable[[], Hotline],
        spy: Spy,
    ) -> None:
        self._ami = ami
        self._desk = desk
        self._roster = roster
        self._overseer = overseer
        self._tasks = tasks
        self._hotline = hotline
        self._spy = spy
        self._reach = Reach()
        self._ringing = Lookout("ringing phones", self._look_at_ringing, LOOK_EVERY)
        ami.subscribe("DeviceStateChange", self._changed)
        ami.subscribe("ContactStatus", self._changed)
        ami.on_up(lambda: tasks.start(self.see(), "see phones"))

    async def open(self) -> None:
        """See which phones there are, and watch those that ring."""
        await self.see()
        self._ringing.open()

    async def close(self) -> None:
        """Watch no longer."""
        await self._ringing.close()

    async def see(self) -> None:
        """Ask the switch which phones can be reached."""
        with suppress(LineError):  # a link that is lost again is seen when it is up again
            for device in await self._ami.list("DeviceStateList"):
                self._changed(device)

    def _changed(self, event: AmiMessage) -> None:
        if (seen := self._reach.learn(event)) is not None:
            name, reachable = seen
            self._desk.phone_seen(name, reachable=reachable)

    async def _look_at_ringing(self) -> None:
        """Ask phones that ring whether they are there: one whose cable was pulled rings for ever."""
        for seat in self._desk.floor.agents():
            if seat.state == "ringing":
                with suppress(LineError):
                    await self._ami.action("PJSIPQualify", {"Endpoint": seat.name})

    async def feature(self, agent: str, code: str, line: Line) -> None:
        """An agent has dialled a feature code."""
        with self._tasks.until_stopped():
            try:
                await self._obey(agent, code, line)
            except CallerHungUp:
                return
            except CarelineError as error:
                log.error("the code %s of agent %s was not obeyed: %s", code, agent, error)
            finally:  # an agent who hears nothing knows that it was not
                with suppress(CallerHungUp, LineError):
                    await line.perform(Hangup())

    async def _obey(self, agent: str, code: str, line: Line) -> None:
        if code == SPY_CODE:
            granted = await self._overseer.take(agent)
            if granted is not None:
                await self._spy(line, *granted)
            return
        if code == MORE_TIME:
            if self._desk.extend_wrap_up(agent, MORE):
                await self._say(line, MORE_TIME_GIVEN, self._roster.account(agent))
            return
        logged_in, paused, prompt = FEATURES[code]
        account = await self._roster.change(agent, logged_in=logged_in, paused=paused)
        if prompt == "feature_ready":  # ends a wrap-up or rest, of which the store knows nothing
            self._desk.resume(agent)
        await self._say(line, prompt, account)

    async def _say(self, line: Line, prompt: str, account: AgentAccount | None) -> None:
        wording = self._hotline().wording
        language = account.language if account is not None else ""
        spoken = wording.spoken(prompt, language or wording.default)
        if spoken is not None:
            await line.perform(Play((spoken,)))
