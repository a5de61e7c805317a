"""How is a channel told what to do, and when has it done it?

AGI commands are carried out one after the other; each ends with an AsyncAGIExec that names it.
"""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress

from ivr.errors import LineError
from ivr.line.asterisk import agi
from ivr.line.asterisk.ami import Ami, Refused
from ivr.line.asterisk.wire import AmiMessage
from ivr.line.ending import Ending

NEWS_OF_THE_END = 1.0
"""Seconds by which the news that a call is over may come after a command that failed because of it."""
PROMPT = 5.0
"""Seconds within which the switch must carry out a command that takes no time by itself."""
CLEAR_UP = 5.0
"""Seconds within which what is under way must have been ended."""
STOP_AGAIN = 0.25
"""A stop that comes before anything has begun is lost, so it is repeated after this long."""
SELF_STOP = 0.08
"""Seconds Asterisk gets to stop something by itself at a key before it is told to."""
NORMAL_CLEARING = "16"

Underway = asyncio.Task[agi.Result]
"""An AGI command that is being carried out."""


class Channel:
    """The channel `name` of a line that comes to `ending`.

    `gone` is called when the switch knows the channel no more.
    """

    def __init__(self, ami: Ami, name: str, ending: Ending, gone: Callable[[], None]) -> None:
        self.name = name
        self.ending = ending
        self.hung_up = asyncio.Event()
        """Set when the channel is no more, or cannot be seen any more."""
        self._ami = ami
        self._gone = gone
        self._token = secrets.token_hex(4)
        self._number = 0
        self._results: dict[str, asyncio.Future[agi.Result]] = {}
        self._begun_before: asyncio.Future[agi.Result] | None = None

    def executed(self, message: AmiMessage) -> None:
        """Take in an AsyncAGIExec."""
        waiting = self._results.pop(message.get("CommandID", ""), self._begun_before)
        if waiting and not waiting.done():
            waiting.set_result(agi.parse(message.get("Result", "")))

    def abandon(self) -> None:
        """No command will be carried out any more."""
        begun_before = [self._begun_before] if self._begun_before is not None else []
        for waiting in (*self._results.values(), *begun_before):
            if not waiting.done():
                waiting.set_result(agi.HUNG_UP)

    def begun_before(self) -> Underway:
        """A command that somebody else began, whose name is not known: any other is that one."""
        self._begun_before = asyncio.get_running_loop().create_future()
        return asyncio.create_task(_given(self._begun_before))

    def begin(self, words: str, within: float | None) -> Underway:
        """Have an AGI command carried out meanwhile; see `done`."""
        underway = asyncio.create_task(self.done(words, within))
        underway.add_done_callback(_look)
        return underway

    async def done(self, words: str, within: float | None = PROMPT) -> agi.Result:
        """Have an AGI command carried out; `within` seconds, if it has a limit.

        Raises LineError when it is not.
        """
        self._number += 1
        command_id = f"{self._token}-{self._number}"
        waiting = self._results[command_id] = asyncio.get_running_loop().create_future()
        try:
            request = {"Channel": self.name, "Command": words, "CommandID": command_id}
            await self._ami.action("AGI", request)
            async with asyncio.timeout(within):
                result: agi.Result = await waiting
        except Refused as refused:
            if refused.meaning == "channel_gone":
                self._gone()
            raise
        except TimeoutError:
            raise LineError(f"The switch did not finish {_name(words)} in time.") from None
        finally:
            self._results.pop(command_id, None)
        if result.failed:
            if result.result < 0 and not self.ending.cause:
                with suppress(TimeoutError):  # the caller may have hung up, told a moment later
                    async with asyncio.timeout(NEWS_OF_THE_END):
                        await self.hung_up.wait()
            raise LineError(f"The switch could not perform {_name(words)}: {result}")
        return result

    async def stop_sound(self) -> None:
        """Stop the prompt that is being played. One that has not begun yet is not stopped."""
        await self._ami.action("ControlPlayback", {"Channel": self.name, "Control": "stop"})

    async def press(self, key: str) -> None:
        """Press a key as if the caller had."""
        pressed = {"Digit": key, "Duration": "1", "Receive": "true"}
        await self._ami.action("PlayDTMF", {"Channel": self.name, **pressed})

    async def hang_up(self, channel: str) -> bool:
        """Hang up a channel, this one or another; whether it was there."""
        try:
            await self._ami.action("Hangup", {"Channel": channel, "Cause": NORMAL_CLEARING})
        except Refused as refused:
            if refused.meaning == "channel_gone":
                return False
            raise
        return True


async def finish(underway: Underway, within: float) -> None:
    """Wait until a command is done, `within` seconds at the most."""
    await asyncio.wait({underway}, timeout=within)


async def _given(result: "asyncio.Future[agi.Result]") -> agi.Result:
    return await result


def _name(words: str) -> str:
    return words.split(maxsplit=1)[0]


def _look(underway: Underway) -> None:
    """Look at how a command ended, so that asyncio does not report a failure as overlooked."""
    if not underway.cancelled():
        underway.exception()
