"""One step taken by itself: a house that notes what it is asked, and callers to take it with."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from ivr.caller import Caller, Profile
from ivr.flow.box import Dictated, Kept, TooShort
from ivr.flow.conversation import Conversation
from ivr.flow.hotline import Hotline, Place
from ivr.flow.load import load
from ivr.flow.outside import Failed, Found, Locked, Missing, Sent, TextMessage, Ticket
from ivr.flow.serving import BackRequest, NotServed, Served, ServeRequest
from ivr.flow.step import Step
from ivr.flow.steps import STEPS
from ivr.line.far_end import Answers, FarEnd, Press, Say, Script, Silent, Talks
from ivr.line.line import Line
from ivr.line.simulated import SimulatedLine
from ivr.line.virtual_time import run
from ivr.trial.box import Measured
from speech.intents import Understood
from speech.thresholds import Answer
from tests.call.hall import WEDNESDAY_10
from tests.flow.test_load import HERE


@dataclass
class House:
    """A house that keeps what is noted and serves at once, or not at all."""

    result: Served | NotServed = field(default_factory=lambda: Served("ana", over=False))
    at: datetime = WEDNESDAY_10
    notes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    asked: list[ServeRequest] = field(default_factory=list)
    call_id: str = "call-1"
    answer: Found | Missing | Failed | Locked = field(
        default_factory=lambda: Failed("nobody answers")
    )
    gateway: Sent | Failed = field(default_factory=Sent)
    lookups: list[tuple[str, Mapping[str, Any], str | None]] = field(default_factory=list)
    sent: list[TextMessage | Ticket] = field(default_factory=list)
    ears: frozenset[str] = frozenset({"zh", "en"})
    opinion: Understood = field(default_factory=lambda: Understood("unknown", None, 0.0, (), ()))
    box: Measured = field(default_factory=Measured)
    recorded: bool = True
    promised: list[BackRequest] = field(default_factory=list)
    keeps: bool = True
    dialled: str = "95588"
    tapes: list[Path] = field(default_factory=list)
    """Where what is said in the flow is recorded, one file after the other."""

    async def look_up(
        self, name: str, arguments: Mapping[str, Any], secret: str | None
    ) -> Found | Missing | Failed | Locked:
        self.lookups.append((name, arguments, secret))
        return self.answer

    async def send_text(self, message: TextMessage) -> Sent | Failed:
        self.sent.append(message)
        return self.gateway

    async def open_ticket(self, ticket: Ticket) -> Sent | Failed:
        self.sent.append(ticket)
        return self.gateway

    def hears(self, language: str) -> bool:
        return language in self.ears

    async def understand(
        self, text: str, language: str, others: Sequence[str], among: Collection[str]
    ) -> Understood:
        return self.opinion

    def ivr_file(self) -> Path | None:
        return self.tapes.pop(0) if self.tapes else None

    def message_file(self) -> Path | None:
        return self.box.place(self.call_id)

    async def keep_message(self, dictated: Dictated) -> Kept | TooShort | Failed:
        return await self.box.keep(self.call_id, dictated)

    def note(self, kind: str, /, **data: Any) -> None:
        self.notes.append((kind, data))

    def trouble(self, what: str, error: Exception | None = None) -> None:
        self.note("trouble", text=what)

    def now(self) -> datetime:
        return self.at

    def staffed(self, skill: str) -> bool:
        return skill == "zh"

    def consent(self, *, recording: bool) -> None:
        self.recorded = recording

    async def serve(self, line: Line, request: ServeRequest) -> Served | NotServed:
        self.asked.append(request)
        return self.result

    async def call_back(self, request: BackRequest) -> bool:
        self.promised.append(request)
        return self.keeps


@cache
def hotline(name: str = "ok") -> Hotline:
    return load(HERE / name)


def take(
    fields: dict[str, Any],
    caller: FarEnd | None = None,
    house: House | None = None,
    tier: str = "",
    prepare: Callable[[Conversation], None] = lambda talk: None,
    number: str | None = "+8613800138000",
    of: str = "ok",
) -> tuple[str | None, Conversation, House]:
    """Run one step and return the exit it took."""
    kind = next(name for name in fields if name in STEPS)
    step: Step = STEPS[kind].model_validate(fields)
    where = house or House()

    async def call() -> tuple[str | None, Conversation]:
        profile = Profile("+8613800138000", "王芳", None, ("zh",), tier)
        known = Caller(number, "number", profile, None, "zh", False, "CN")
        line = SimulatedLine(caller or Script(), {"8800": Answers(after=1, talks=5)})
        talk = Conversation(line, hotline(of), known, where)
        talk.place, talk.within = Place("main", "this_one"), "main"
        prepare(talk)
        return await step.run(talk), talk

    target, talk = run(call())
    return target, talk, where


def speaks(*answers: str, confidence: float = 1.0) -> Script:
    """A caller who says what is no key, and keys the rest."""
    return Script(
        tuple(
            Silent()
            if not one
            else Press(one)
            if not one.strip("0123456789*#")
            else Say(one, 3.0, confidence)
            for one in answers
        )
    )


def sure(intent: str | None, answer: Answer = "act") -> Understood:
    return Understood(answer, intent, 0.9, (), ())


def keys(*answers: str) -> Script:
    return Script(tuple(Press(one) if one else Silent() for one in answers))


def says(seconds: float, then: str = "") -> Script:
    return Script((Talks(seconds, then=then),))
