"""How does a caller key a secret in the middle of a talk, while neither agent nor recording hears it?

The agent dials *9, and Asterisk takes the caller's channel out of the bridge, which stays, into the
dialplan's careline-secure: their sound and keys go nowhere but to us, the agent hears silence. With
the end of that subroutine, which needs no engine, the two are together again. On top of that the
recording, which is on the agent's channel, is muted; if the switch does not confirm it, nothing is
asked. Should nobody be there to end that, the dialplan records the rest of the talk on the caller's
channel, once the caller is back in it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from ivr.errors import LineError, SwitchUnreachable
from ivr.line.asterisk import agi
from ivr.line.asterisk.ami import Ami, Refused
from ivr.line.asterisk.wire import AmiMessage
from ivr.line.commands import Command, Listen, Outcome, Play, Spoken
from ivr.line.ending import Cause, Ended, Ending
from ivr.line.keypad import Keypad

EVENT = "CarelineSecure"
"""The UserEvent of careline-secure; its State is asked, said (a prompt was), or over."""

CONFIRMED = 2.0
"""Seconds within which the switch must say that the recording is muted, or is not."""
TRIES = 3
"""How often we try to have the recording go on."""
STAYS = 8
"""Seconds the caller stays with us without a word from the engine; a whole number."""
STAYS_AGAIN = 2.0
MUTED, ON = "1", "0"
"""States of MixMonitorMute."""
GONE: tuple[Cause | None, ...] = ("caller", "switch")
"""The causes with which the talk is over, and its recording with it."""
LAST_TONE = 0.4
"""Seconds in which the sound of the last key fades away before the two are joined again."""
LONGEST_SOUND = 60.0
STOP_AGAIN = 0.25
CLEAR_UP = 5.0
TELL_KEY, ASK_KEY = "C", "B"
"""Keys that no telephone for people has; careline_features.conf says what they do."""


async def ask(ami: Ami, agent: str) -> None:
    """Have the caller taken aside as if the agent, whose channel it is, had dialled *9."""
    await _press(ami, agent, ASK_KEY)


async def record_again(ami: Ami, caller: str, agent: str) -> None:
    """End the muting that an entry has left behind, and what the dialplan recorded because of it."""
    with suppress(SwitchUnreachable):  # when it can be reached, the talk is found again
        with suppress(Refused):  # nothing is recorded there, or the channel is gone
            await ami.action("MixMonitorMute", {"Channel": agent, "Direction": "both", "State": ON})
        await _nothing_left(ami, caller)


async def _nothing_left(ami: Ami, caller: str) -> None:
    """The recording goes on: what the dialplan does where it does not is not needed."""
    steps = (
        ("Setvar", {"Channel": caller, "Variable": "CARELINE_MUTED", "Value": ""}),
        ("StopMixMonitor", {"Channel": caller}),
    )
    for name, fields in steps:
        with suppress(Refused):
            await ami.action(name, fields)


class SecureEntry:
    """A talk's caller while the agent is away: a `Line` that can say and listen, and nothing else.

    It is made and fed by `AsteriskLine`. `caller` and `agent` are their channels; `recorded` says
    that the talk is to be recorded. Use `begin`, then perform, then `end` in any case.
    """

    def __init__(
        self,
        ami: Ami,
        caller: str,
        agent: str,
        audio: Callable[[Spoken], Awaitable[Path]],
        *,
        recorded: bool,
    ) -> None:
        self._ami = ami
        self._caller = caller
        self._agent = agent
        self._audio = audio
        self._recorded = recorded
        self._keypad = Keypad()
        self._ending = Ending()
        self._said = asyncio.Event()
        self._muted = asyncio.Event()
        self._wanted = ""
        self._staying: asyncio.Task[None] | None = None

    # What happens

    def press(self, key: str) -> None:
        """The caller pressed a key."""
        self._keypad.press(key)

    def event(self, message: AmiMessage) -> None:
        """Take in an event of the caller's channel or of the agent's."""
        match message["Event"]:
            case "UserEvent" if message.get("State") == "said":
                self._said.set()
            case "MixMonitorMute" if message.get("Channel") == self._agent:
                both = message.get("Direction") == "both"
                if both and message.get("State") == self._wanted:
                    self._muted.set()

    def come_to_an_end(self, cause: Cause) -> None:
        """It is over: the caller hung up, the agent did or the dialplan joined them, or the link."""
        self._ending.come(cause)

    # What is asked of it

    async def begin(self) -> bool:
        """See that nothing is recorded from here on; False if the switch does not confirm it.

        Raises CallerHungUp and LineError.
        """
        await self._stay()
        self._staying = asyncio.create_task(self._go_on_staying(), name="secure entry")
        try:
            if self._recorded:
                await self._set(self._caller, "CARELINE_MUTED", "yes")
            return not self._recorded or await self._ending.cuts(self._muted_to(MUTED))
        except Ended:
            raise self._ending.error() from None

    async def perform(self, command: Command) -> Outcome:
        """See `ivr.line.line.Line`."""
        try:
            match command:
                case Play():
                    say = partial(self._say, command.spoken)
                    return await self._ending.cuts(self._keypad.play(command, say))
                case Listen():
                    say = partial(self._say, command.spoken)
                    return await self._ending.cuts(self._keypad.listen(command, say))
                case _:
                    raise LineError(f"{type(command).__name__} cannot be performed in a talk.")
        except Ended:
            raise self._ending.error() from None

    async def end(self) -> bool:
        """Record again, then join the two again; whether the recording surely goes on.

        Neither is needed any more where one of them has hung up.
        """
        if self._staying is not None:
            self._staying.cancel()
        with suppress(Ended):  # whoever is gone makes no sound
            await self._ending.cuts(asyncio.sleep(LAST_TONE))
        recording = not self._recorded or await self._on_again()
        with suppress(LineError):
            await self._set(self._caller, "CARELINE_SECURE", "over")
        return recording

    async def tell(self, spoken: Spoken) -> None:
        """Say something to the agent alone."""
        await self._set(self._agent, "CARELINE_TELL", agi.sound(await self._audio(spoken)))
        await _press(self._ami, self._agent, TELL_KEY)

    async def _on_again(self) -> bool:
        for _ in range(TRIES):
            if self._ending.cause in GONE:
                return True
            if await self._muted_to(ON):
                with suppress(LineError):
                    await _nothing_left(self._ami, self._caller)
                return True
        return self._ending.cause in GONE

    async def _muted_to(self, state: str) -> bool:
        """Mute the recording, or end that; whether the switch says that it is done."""
        self._wanted = state
        self._muted.clear()
        how = {"Channel": self._agent, "Direction": "both", "State": state}
        with suppress(LineError, TimeoutError):
            async with asyncio.timeout(CONFIRMED):
                await self._ami.action("MixMonitorMute", how)
                await self._muted.wait()
        return self._muted.is_set()

    async def _go_on_staying(self) -> None:
        while True:
            await asyncio.sleep(STAYS_AGAIN)
            with suppress(LineError):
                await self._stay()

    async def _stay(self) -> None:
        await self._set(self._caller, "CARELINE_UNTIL", str(int(time.time()) + STAYS))

    async def _say(self, spoken: Sequence[Spoken], interrupt: str) -> None:
        for one in spoken:
            sound = agi.sound(await self._audio(one))
            self._said.clear()
            await self._set(self._caller, "CARELINE_SAY", sound)
            try:
                async with asyncio.timeout(LONGEST_SOUND):
                    await self._said.wait()
            except asyncio.CancelledError:
                await self._stop()
                raise
            except TimeoutError:
                raise LineError("The switch did not finish a prompt in time.") from None

    async def _stop(self) -> None:
        """Cut the prompt short. A stop that comes before it has begun is lost, so it is repeated."""
        with suppress(LineError, TimeoutError):
            async with asyncio.timeout(CLEAR_UP):
                while not self._said.is_set() and not self._ending.cause:
                    stop = {"Channel": self._caller, "Control": "stop"}
                    await self._ami.action("ControlPlayback", stop)
                    with suppress(TimeoutError):
                        async with asyncio.timeout(STOP_AGAIN):
                            await self._said.wait()

    async def _set(self, channel: str, name: str, value: str) -> None:
        variable = {"Channel": channel, "Variable": name, "Value": value}
        await self._ami.action("Setvar", variable)


async def _press(ami: Ami, agent: str, key: str) -> None:
    pressed = {"Digit": key, "Duration": "100", "Receive": "true"}
    await ami.action("PlayDTMF", {"Channel": agent, **pressed})
