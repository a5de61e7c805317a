"""A call while a flow runs it: what a step may ask, say, keep and know, and whom it may reach."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from ivr.caller import Caller
from ivr.flow.box import Dictated, Kept, TooShort
from ivr.flow.expression import Expression
from ivr.flow.global_keys import HumanWanted
from ivr.flow.hotline import Hotline
from ivr.flow.outside import Failed, Found, Locked, Missing, Sent, TextMessage, Ticket
from ivr.flow.reaching import Reaching
from ivr.flow.serving import (
    House,
)
from ivr.flow.step import SLOW_PATIENCE
from ivr.line.commands import (
    HUMAN_KEY,
    Keyed,
    Listen,
    Play,
    Played,
    Record,
    Recorded,
    Spoken,
)
from ivr.line.line import Line

AT_ONCE = 0.2  # seconds; what takes no longer than that is not worth listening meanwhile
MOST_SILENCE = 120.0  # seconds: more than anything takes that is waited for
MOST_SENT = 3  # SMS and tickets a call, each: who rings to have us send them is no caller


class Conversation(Reaching):
    """One call under way. Steps talk to the caller and to the house only through this."""

    def __init__(self, line: Line, hotline: Hotline, caller: Caller, house: House) -> None:
        super().__init__(line, hotline, caller, house)
        self._sent = {"sms": 0, "ticket": 0}

    def aside(self, line: Line) -> "Conversation":
        """The same caller, spoken to in the same way on another line; nothing keyed is known there."""
        other = Conversation(line, self.hotline, self.caller, self.house)
        other.language, other.slow = self.language, self.slow
        other.place, other.within = self.place, self.within
        return other

    async def look_up(
        self,
        name: str,
        arguments: Mapping[str, Expression],
        secret: str | None,
        *,
        meanwhile: str | None = None,
    ) -> Found | Missing | Failed:
        """Ask one of the bank's systems, and say `meanwhile` until it answers.

        What was kept as the secret `secret` is spent with it. Raises `HumanWanted` at the human key
        and where a wrong secret was keyed too often, and `CallerHungUp` without waiting for the answer.
        """
        given = self.known(arguments)
        keyed = self.memory.spend(secret) if secret is not None else None
        if given.keys() != arguments.keys() or (secret is not None and keyed is None):
            # A hidden number, say: that is for the flow to deal with, and nobody's trouble.
            self.note("lookup", name=name, outcome="not_asked")
            return Failed("it was not given all it needs")
        asked = asyncio.ensure_future(self.house.look_up(name, given, keyed))
        try:
            if meanwhile is not None:
                await self.say(meanwhile)
            await self._hear_until(asked)
            result = await asked
        finally:
            asked.cancel()
        self.note("lookup", name=name, outcome=type(result).__name__.lower())
        if isinstance(result, Failed):
            self.house.trouble(f"the lookup {name} failed: {result.why}")
        if isinstance(result, Locked):
            raise HumanWanted
        return result

    async def _hear_until(self, done: "asyncio.Future[Any]") -> None:
        """Listen in silence until something is done. Keys but the human one are for what follows."""
        await asyncio.wait({done}, timeout=AT_ONCE)
        if done.done() or self._typed:
            return
        nothing = Listen((), most=1, patience=MOST_SILENCE, end_key="")
        listening = asyncio.ensure_future(self.line.perform(nothing))
        try:
            await asyncio.wait({done, listening}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not listening.done():
                listening.cancel()
                await asyncio.wait({listening})
        outcome = None if listening.cancelled() else listening.result()
        keys = outcome.keys if isinstance(outcome, Keyed) else ""
        if keys == HUMAN_KEY:
            self.note("heard", keys=HUMAN_KEY)
            raise HumanWanted
        self._typed = keys

    async def send_text(self, prompt: str) -> bool:
        """Send the caller a prompt as an SMS; whether a gateway took it."""
        spoken, number, key = self.word(prompt), self.caller.number, self._next_key("sms")
        sent: Sent | Failed | None = None
        if spoken is not None and number is not None and key is not None:
            message = TextMessage(key, number, spoken.text, spoken.language)
            sent = await self.house.send_text(message)
        return self._told("sms", sent, prompt=prompt)

    async def open_ticket(self, topic: str, fields: Mapping[str, Expression]) -> bool:
        """Leave work for somebody; whether a gateway took it. It is in the record in any case."""
        given = self.worked_out(fields)
        key, caller = self._next_key("ticket"), self.caller
        sent: Sent | Failed | None = None
        if key is not None:
            ticket = Ticket(key, topic, caller.number, caller.name, self.language, given)
            sent = await self.house.open_ticket(ticket)
        return self._told("ticket", sent, topic=topic, fields=given)

    async def consent(self, *, recording: bool) -> None:
        """Keep with the call whether the caller agrees to be recorded, and see that it is obeyed."""
        if not recording:
            await self.monitoring.end()
        self.house.consent(recording=recording)
        self.note("consent", recording=recording)

    # -- what the caller says, to be heard later -------------------------------------------------

    async def record(self, prompt: str, file: Path, most: float, silence: float) -> Recorded:
        """Say a prompt and take down what the caller says. Raises `HumanWanted` at the human key."""
        await self.say(prompt)
        self._typed = ""  # who cut the prompt short has begun to talk
        patience = silence * (SLOW_PATIENCE if self.slow else 1.0)
        outcome = await self.line.perform(Record(file, most, patience, f"#{HUMAN_KEY}"))
        assert isinstance(outcome, Recorded)
        self.note("recorded", seconds=round(outcome.seconds, 1), ended=outcome.stopped_by)
        if outcome.key == HUMAN_KEY:
            self.note("heard", keys=HUMAN_KEY)
            raise HumanWanted
        return outcome

    async def play_back(self, file: Path) -> None:
        """Let the caller hear it. Raises `HumanWanted`; other keys belong to the next entry."""
        spoken = Spoken("", self.language, private=True, recording=file)
        outcome = await self.line.perform(Play((spoken,)))
        assert isinstance(outcome, Played)
        if outcome.stopped_by == HUMAN_KEY:
            self.note("heard", keys=HUMAN_KEY)
            raise HumanWanted
        self._typed = outcome.stopped_by or ""

    async def keep_message(
        self,
        file: Path,
        kind: Literal["message", "recording"],
        at_least: float,
        queue: str | None = None,
        notify: str | None = None,
    ) -> Kept | TooShort | Failed:
        """Keep what was taken down into `file`, if it lasts `at_least` seconds.

        Whoever center.yaml names under `tickets:` is told by a ticket on the topic `notify`. It
        holds no number in full: who may listen to the message finds that there.
        """
        caller = self.caller
        result = await self.house.keep_message(
            Dictated(file, kind, at_least, caller.number, self.language, queue)
        )
        kept = result if isinstance(result, Kept) else None
        told: dict[str, Any] = {"name": file.stem} if isinstance(result, Failed) else {}
        if kept is not None:
            told = {"name": kept.name, "seconds": round(kept.seconds, 1)}
        self.note("message", kind=kind, queue=queue, kept=kept is not None, **told)
        if isinstance(result, Failed):
            self.house.trouble(f"what the caller said was not kept: {result.why}")
        if kept is not None and notify is not None and (key := self._next_key("ticket")):
            fields = {"message": kept.name, "seconds": told["seconds"], "from": caller.masked}
            fields |= {"queue": queue} if queue is not None else {}
            ticket = Ticket(key, notify, None, "", self.language, fields)
            self._told("ticket", await self.house.open_ticket(ticket), topic=notify, fields=fields)
        return result

    def _next_key(self, kind: str) -> str | None:
        """What a gateway can tell two of a call from one sent twice by; None when it is enough."""
        self._sent[kind] += 1
        count = self._sent[kind]
        return f"{self.house.call_id}-{kind}-{count}" if count <= MOST_SENT else None

    def _told(self, kind: str, sent: Sent | Failed | None, **data: Any) -> bool:
        taken = isinstance(sent, Sent)
        self.note(kind, taken=taken, **data)
        if isinstance(sent, Failed):
            self.house.trouble(f"the {kind} was not taken: {sent.why}")
        return taken
