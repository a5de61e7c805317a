"""How is an agent's phone rung for a callback, when there is no call yet to ring it from?

By AMI's Originate. The phone that is picked up runs the dialplan's context careline-callback and is
parked in AsyncAGI like any call, where `Inbound` finds it and hands it to whoever had it rung.
"""

import asyncio
from contextlib import suppress

from ivr.errors import LineError
from ivr.line.asterisk import dial
from ivr.line.asterisk.ami import Ami, Refused
from ivr.line.asterisk.line import AsteriskLine
from ivr.line.asterisk.wire import AmiMessage
from ivr.line.commands import AgentPhone, NotJoined, NotJoinedCause
from ivr.line.line import Line

CALLBACKS = "careline-callback"
"""The context of the dialplan in which agents' phones that are rung by the engine begin."""

LATE = 5.0
"""Seconds beyond the ringing within which the switch must have said what came of it."""

CAUSES: dict[str, NotJoinedCause] = {
    **{str(cause): meaning for cause, meaning in dial.CAUSES.items()},
    "16": "no_answer",  # the switch has stopped ringing
}


class Outbound:
    """The agents' phones that the engine has rung, until they are picked up or are not."""

    def __init__(self, ami: Ami) -> None:
        self._ami = ami
        self._rung: dict[str, asyncio.Future[AsteriskLine | NotJoined]] = {}
        ami.subscribe("Hangup", self._ended)
        ami.subscribe("OriginateResponse", self._answered)

    async def ring(
        self, call_id: str, agent: str, seconds: float, *, shown: str, shows: str
    ) -> AsteriskLine | NotJoined:
        """Ring an agent's phone, which shows the number `shown`; its line, once it is picked up.

        `call_id` becomes the channel's own. Whoever is rung from that line sees the number `shows`.
        Raises LineError when the switch does not do it.
        """
        picked_up = self._rung[call_id] = asyncio.get_running_loop().create_future()
        try:
            await self._ami.action(
                "Originate",
                {
                    "Channel": dial.target(AgentPhone(agent)),
                    "ChannelId": call_id,
                    "Context": CALLBACKS,
                    "Exten": "s",
                    "Priority": "1",
                    "CallerID": _digits(shown),
                    "Timeout": str(round(seconds * 1000)),
                    "Async": "true",
                    "Variable": f"CARELINE_SHOWS={_digits(shows)}",
                },
            )
            async with asyncio.timeout(seconds + LATE):
                line: AsteriskLine | NotJoined = await picked_up
        except TimeoutError:
            await self._stop(call_id)
            raise LineError("The switch did not say what came of ringing an agent.") from None
        except (asyncio.CancelledError, LineError):
            await self._stop(call_id)
            raise
        finally:
            del self._rung[call_id]
        return line

    def picked_up(self, line: AsteriskLine) -> bool:
        """Take the line of a phone that was picked up; False if nobody has rung it."""
        waiting = self._rung.get(line.call_id)
        if waiting is None or waiting.done():
            return False
        waiting.set_result(line)
        return True

    async def has_vanished(self, line: Line) -> bool:
        """Of a line that is over: whether nothing was heard of the agent's phone any more."""
        return isinstance(line, AsteriskLine) and await line.has_vanished()

    def _ended(self, message: AmiMessage) -> None:
        cause = message.get("Cause", "")
        self._not_joined(message, CAUSES.get(cause, "no_answer"))

    def _answered(self, message: AmiMessage) -> None:
        if message.get("Response") == "Failure":
            self._not_joined(message, "unreachable")

    def _not_joined(self, message: AmiMessage, cause: NotJoinedCause) -> None:
        waiting = self._rung.get(message.get("Uniqueid", ""))
        if waiting is not None and not waiting.done():
            waiting.set_result(NotJoined(cause))

    async def _stop(self, call_id: str) -> None:
        """Ring no longer. Where a channel is not known by its name, AMI takes the call's id."""
        with suppress(Refused, LineError):
            await self._ami.action("Hangup", {"Channel": call_id, "Cause": "16"})


def _digits(number: str) -> str:
    return "".join(filter(str.isdigit, number))
