"""What becomes of a call in a whole hotline in virtual time, where only telephones are played?

The flows, the floor, the desk and the calls are the real ones. Everything here must run inside a
loop of `ivr.line.virtual_time`; there a call of ten minutes takes a fraction of a millisecond.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ivr.admission import Gate
from ivr.agent import AgentAccount
from ivr.call import Call, Door
from ivr.caller import Caller, Profile, parse_number, recognise
from ivr.desk import Desk
from ivr.flow.hearing import Hearing
from ivr.flow.hotline import Hotline
from ivr.flow.needs import NeedSpec
from ivr.flow.outside import Outside
from ivr.line.far_end import Answers, FarEnd, Phone, Script
from ivr.line.line import Arrival, Line
from ivr.line.simulated import SimulatedLine
from ivr.queues import queues_of
from ivr.record import Callback, CallEvent, CallSummary
from ivr.trial.box import Measured
from ivr.troubles import Troubles
from routing.events import CallLeft
from routing.floor import Floor

LONGEST = 3600.0
"""Seconds after which a caller who is still there hangs up: no trial lasts for ever."""


@dataclass(slots=True)
class Trial:
    """What became of one tried call: its record, and its line. `watch` sees each event at once."""

    line: SimulatedLine
    watch: Callable[[CallEvent], None] | None = None
    summary: CallSummary = field(init=False)
    events: list[CallEvent] = field(default_factory=list)

    def add(self, entry: CallEvent | CallSummary) -> None:
        """Keep an event, or the summary as it stands now (see `ivr.call.around.Keeper`)."""
        if isinstance(entry, CallSummary):
            self.summary = entry
            return
        self.events.append(entry)
        if self.watch is not None:
            self.watch(entry)

    def all(self, kind: str) -> list[CallEvent]:
        """The events of one kind."""
        return [event for event in self.events if event.kind == kind]

    def steps(self) -> list[str]:
        """The steps that ran, as flow.step."""
        return [f"{event.data['flow']}.{event.data['step']}" for event in self.all("step")]

    def seconds(self) -> float:
        """From the arrival until somebody was joined, or to the end if nobody was."""
        ends = self.all("joined")[:1] or self.events[-1:]
        return (ends[0].at - self.events[0].at).total_seconds()


class Promised:
    """An `ivr.call.around.Ledger` in which it is only noted who is to be called back."""

    def __init__(self, desk: Desk) -> None:
        self.kept: list[Callback] = []
        self._desk = desk

    async def keep(self, callback: Callback) -> bool:
        """See `ivr.call.around.Ledger`."""
        self.kept.append(callback)
        self._desk.tell(CallLeft(callback.call_id))
        return True

    def hung_up(self, call_id: str) -> None:
        """See `ivr.call.around.Ledger`."""

    async def take_over(self, number: str, queue: str) -> float | None:
        """See `ivr.call.around.Ledger`."""
        return None


class Hall:
    """The hotline, its agents at their phones, and calls that come in from `at` (aware) on.

    `agents` are logged in, each with what their phone does; `numbers` says what outside numbers do,
    by the number; others cannot be reached. `outside` plays the bank's other systems; `hearing`
    understands callers, who only use keys without it. `close` it when the last call is over.
    """

    def __init__(
        self,
        hotline: Hotline,
        agents: Iterable[tuple[AgentAccount, Phone]],
        *,
        at: datetime,
        numbers: Mapping[str, Phone] | None = None,
        outside: Outside | None = None,
        hearing: Hearing | None = None,
    ) -> None:
        self.hotline = hotline
        self._outside = outside
        self._hearing = hearing
        self.box = Measured()
        self._loop = asyncio.get_running_loop()
        self._began, self._at = self._loop.time(), at.astimezone(UTC)
        self._calls = 0
        self.door: Door | None = None
        """Whether the hotline is closed by hand, where that is tried."""
        self.set_aside: list[tuple[str, int]] = []
        self.desk = Desk(
            Floor(queues_of(hotline.center)),
            self._loop.time,
            lambda agent, misses: self.set_aside.append((agent, misses)),
        )
        self.promised = Promised(self.desk)
        self.gate = Gate(self.desk)
        self.troubles = Troubles(only_errors=True)
        self.phones: dict[str, Phone] = dict(numbers or {})
        for account, phone in agents:
            self.phones[account.name] = phone
            self.desk.log_in(account)

    def now(self) -> datetime:
        """The time in the hall, in UTC."""
        return self._at + timedelta(seconds=self._loop.time() - self._began)

    def close(self) -> None:
        """Stop the desk's timer."""
        self.desk.close()

    async def call(
        self,
        number: str,
        far_end: FarEnd | None = None,
        *,
        profile: Profile | None = None,
        line: Line | None = None,
        watch: Callable[[CallEvent], None] | None = None,
    ) -> Trial:
        """Place a call from `number`, as the carrier sends it, and follow it to its end.

        `profile` is what the hotline knows of who rings; `line` stands in for the trial's own.
        """
        self._calls += 1
        trial = Trial(SimulatedLine(far_end or Script(), self.phones), watch)
        center = self.hotline.center
        arrival = Arrival(f"trial-{self._calls}", number, "95588", self.now())

        async def find_caller() -> Caller:
            today = self.now().astimezone(center.zone).date()
            identity = center.center
            calling = parse_number(number, identity.country)
            return recognise(calling, profile, today, identity.languages, identity.country)

        call = Call(
            arrival,
            line or trial.line,
            self.hotline,
            self.desk,
            trial,
            self.now,
            outside=self._outside,
            hearing=self._hearing,
            box=self.box,
            door=self.door,
            gate=self.gate,
            troubles=self.troubles,
            ledger=self.promised,
        )
        enough = self._loop.call_later(LONGEST, trial.line.hang_up)
        try:
            await call.run(find_caller)
        finally:
            enough.cancel()
        return trial


def enough_agents(hotline: Hotline) -> list[tuple[AgentAccount, Phone]]:
    """Somebody for every queue, rule and step, in every language that is a skill of the hotline.

    Each has one set of skills, and a name made of it: "zh", "senior-care-zh", "cards-en".
    """
    center = hotline.center
    languages = [tag for tag in center.center.languages if tag in center.skills]
    found: dict[str, AgentAccount] = {}
    for skills in _needs(hotline):
        for language in languages or [""]:
            name = "-".join([*sorted(skills), *([language] if language else [])]) or "anybody"
            name = name.replace("_", "-")[:32].strip("-")
            known = found[name].skills if name in found else {}
            levels = {skill: max(level, known.get(skill, 0)) for skill, level in skills.items()}
            levels |= {language: 5} if language else {}
            speaks = language or center.language
            found[name] = AgentAccount(name, name, speaks, levels, logged_in=True)
    return [(account, Answers(after=3.0, talks=60.0)) for account in found.values()]


def _needs(hotline: Hotline) -> Iterator[Mapping[str, int]]:
    """What queues ask for at first, alone and with what a rule or step adds."""
    queues = hotline.center.queues
    for queue in queues.values():
        yield _levels(queue.need)
    for rule in hotline.center.rules:
        if rule.need is not None:
            yield {**_levels(queues[rule.queue].need), **_levels(rule.need)}
    for flow in hotline.flows.values():
        for step in flow.steps.values():
            own = getattr(step, "need", None)
            if isinstance(own, NeedSpec):
                for mention in step.queues():
                    yield {**_levels(queues[mention.name].need), **_levels(own)}


def _levels(need: NeedSpec) -> Mapping[str, int]:
    """Skills that meet a need, its language aside: the first of each choice, and what it prefers."""
    asked = need.asked(lambda language: None)
    levels = {**asked.prefer, **asked.skills}
    for group in asked.any_of:
        levels |= group[0].skills
    return levels
