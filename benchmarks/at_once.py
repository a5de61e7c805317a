"""A house that answers at once: what is left of a call is its flow."""

from datetime import datetime
from pathlib import Path
from typing import Any

from ivr.caller import Profile, parse_number, recognise
from ivr.flow.box import Dictated, Kept, TooShort
from ivr.flow.conversation import Conversation
from ivr.flow.engine import converse
from ivr.flow.hearing import Deaf
from ivr.flow.hotline import Hotline
from ivr.flow.outside import CutOff, Failed
from ivr.flow.serving import BackRequest, NotServed, Served, ServeRequest
from ivr.line.far_end import Press, Script
from ivr.line.line import Line
from ivr.line.simulated import SimulatedLine


class AtOnce(CutOff, Deaf):
    """Agents are there without a floor, a phone or a talk; nothing is stored, only counted."""

    call_id = "1"
    dialled = "95588"

    def __init__(self, now: datetime) -> None:
        self._now = now
        self.events: list[str] = []
        self.queue = ""

    def note(self, kind: str, /, **data: Any) -> None:
        """See `House`."""
        self.events.append(kind)

    def trouble(self, what: str, error: Exception | None = None) -> None:
        """See `House`."""
        raise AssertionError(what)

    def now(self) -> datetime:
        """See `House`."""
        return self._now

    def staffed(self, skill: str) -> bool:
        """See `House`."""
        return True

    def consent(self, *, recording: bool) -> None:
        """See `House`."""

    def ivr_file(self) -> Path | None:
        """See `House`."""
        return None

    def message_file(self) -> Path | None:
        """See `House`."""
        return None

    async def keep_message(self, dictated: Dictated) -> Kept | TooShort | Failed:
        """See `House`."""
        return Failed("nothing is kept here")

    async def serve(self, line: Line, request: ServeRequest) -> Served | NotServed:
        """See `House`."""
        self.queue = request.queue
        return Served("agent-1", over=True)

    async def call_back(self, request: BackRequest) -> bool:
        """See `House`."""
        return False


async def through_the_flow(hotline: Hotline, profile: Profile, calls: int, now: datetime) -> None:
    """Calls one after the other: recognised, greeted, a key in each of two menus, and a queue."""
    center = hotline.center.center
    for _ in range(calls):
        number = parse_number(profile.number, center.country)
        caller = recognise(number, profile, now.date(), center.languages, center.country)
        house, far_end = AtOnce(now), Script(answers=(Press("2"), Press("2")))
        line = SimulatedLine(far_end)
        await converse(Conversation(line, hotline, caller, house))
        assert house.queue == "accounts", house.events
