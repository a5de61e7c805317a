"""A whole hotline in virtual time: real flows, floor, desk and calls; only telephones are played."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ivr.agent import AgentAccount
from ivr.call import Call
from ivr.caller import Caller, Profile, parse_number, recognise
from ivr.desk import Desk
from ivr.flow.hotline import Hotline
from ivr.flow.load import load
from ivr.line.far_end import FarEnd, Phone, Script
from ivr.line.line import Arrival, Line
from ivr.line.simulated import SimulatedLine
from ivr.queues import queues_of
from ivr.record import CallEvent, CallSummary
from ivr.resources import flows
from routing.floor import Floor

# A Wednesday that is no holiday, at ten in the morning in Shanghai.
WEDNESDAY_10 = datetime(2026, 11, 18, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@dataclass(slots=True)
class Story:
    """What became of one call."""

    entries: list[CallEvent | CallSummary] = field(default_factory=list)
    line: SimulatedLine | None = None

    def add(self, entry: CallEvent | CallSummary) -> None:
        self.entries.append(entry)

    @property
    def summary(self) -> CallSummary:
        return [entry for entry in self.entries if isinstance(entry, CallSummary)][-1]

    @property
    def events(self) -> list[CallEvent]:
        return [entry for entry in self.entries if isinstance(entry, CallEvent)]

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]

    def all(self, kind: str) -> list[CallEvent]:
        return [event for event in self.events if event.kind == kind]

    def steps(self) -> list[str]:
        return [f"{event.data['flow']}.{event.data['step']}" for event in self.all("step")]

    def heard(self) -> list[str]:
        assert self.line is not None
        return [one.spoken.name or one.spoken.text for one in self.line.heard]

    def whispered(self) -> list[str]:
        assert self.line is not None
        return [spoken.text for spoken in self.line.whispered]


class Hall:
    """The hotline, its agents at their phones, and calls that come in. Use inside a virtual loop."""

    def __init__(
        self,
        agents: Mapping[str, tuple[Mapping[str, int], Phone]],
        *,
        at: datetime = WEDNESDAY_10,
        folder: Path | None = None,
        outside: Mapping[str, Phone] | None = None,
    ) -> None:
        self.hotline: Hotline = load(folder or flows())
        self._loop = asyncio.get_running_loop()
        self._begins = at
        self.set_aside: list[tuple[str, int]] = []
        self.desk = Desk(
            Floor(queues_of(self.hotline.center)),
            self._loop.time,
            lambda agent, misses: self.set_aside.append((agent, misses)),
        )
        self.phones: dict[str, Phone] = dict(outside or {})
        for name, (skills, phone) in agents.items():
            self.phones[name] = phone
            self.desk.log_in(AgentAccount(name, name, "zh", skills, logged_in=True))

    def now(self) -> datetime:
        """The time in the hall."""
        return (self._begins + timedelta(seconds=self._loop.time())).astimezone(UTC)

    async def call(
        self,
        number: str = "13800138000",
        far_end: FarEnd | None = None,
        *,
        birth: date | None = None,
        languages: tuple[str, ...] = (),
        tier: str = "",
        line: Line | None = None,
    ) -> Story:
        """Place a call and follow it to its end. A birth date or languages make the caller known."""
        story = Story()
        story.line = SimulatedLine(far_end or Script(), self.phones)
        center = self.hotline.center
        calling = parse_number(number, center.center.country)
        profile = None
        if (birth or languages or tier) and calling.number:
            profile = Profile(calling.number, "王芳", birth, languages, tier)

        async def find_caller() -> Caller:
            today = self.now().astimezone(center.zone).date()
            return recognise(
                calling, profile, today, center.center.languages, center.center.country
            )

        arrival = Arrival(f"call-{id(story)}", number, "95588", self.now())
        call = Call(arrival, line or story.line, self.hotline, self.desk, story, self.now)
        await call.run(find_caller)
        return story
