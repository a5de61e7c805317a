"""How does an agent have the caller key a secret in a talk, and learn only whether it is right?"""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from ivr.errors import CallerHungUp, LineError
from ivr.flow.conversation import Conversation
from ivr.flow.global_keys import BackWanted, HumanWanted
from ivr.flow.outside import Found, Missing
from ivr.flow.secure import SecureSpec
from ivr.flow.steps.ask import Ask
from ivr.line.commands import Spoken
from ivr.line.line import Line
from ivr.record import CallSummary

SECRET = "secret"  # noqa: S105  the name under which it is kept until it is looked up

LINGERS = 3.0
"""Seconds for which a call that is over waits for its entry to be over, too."""

Outcome = Literal["right", "wrong", "failed", "not_muted", "broken_off"]
"""`failed`: not keyed, or it cannot be checked now. `not_muted`: nothing was asked, since the
recording could have heard it. `broken_off`: somebody hung up, or the engine stopped."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an entry. With `right` comes the `token` that the lookup answered with, if the
    hotline asks for one: it is for whoever had the caller asked, and stands in no record."""

    outcome: Outcome
    token: str | None = None


class Entries:
    """The secure entries of one talk, one after the other."""

    def __init__(self) -> None:
        self.newest: Result | Literal["under_way"] | None = None
        """Under way, or what came of it."""
        self._turn = asyncio.Lock()

    async def take(self, taking: Awaitable[Result]) -> None:
        """One entry, from its beginning to its end. Raises what `taking` raises."""
        async with self._turn:
            self.newest, result = "under_way", Result("broken_off")
            try:
                result = await taking
            finally:
                self.newest = result

    async def over(self) -> None:
        """Wait until none is under way: what came of it belongs before the end of the record."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGERS), self._turn:
                pass


class Entry(Line, Protocol):
    """The caller's line while the agent is away: `ivr.line.asterisk.secure.SecureEntry`."""

    async def begin(self) -> bool:
        """See that nothing is recorded from here on; False if that is not certain."""

    async def end(self) -> bool:
        """Record again and join the two; whether the recording surely goes on."""

    async def tell(self, spoken: Spoken) -> None:
        """Say something to the agent alone."""


class Talk(Protocol):
    """A call under way, as far as its talk is concerned: `ivr.call.Call`, or a callback."""

    @property
    def summary(self) -> CallSummary:
        """The call in one line, as it stands."""

    @property
    def entries(self) -> Entries:
        """Its secure entries."""

    @property
    def has_secure_entry(self) -> bool:
        """Whether the flows that serve it have a secret to be keyed."""

    async def secure_entry(self, entry: Entry) -> None:
        """Have the caller key a secret; the agent waits."""

    def held(self, *, on_hold: bool) -> None:
        """The agent put the caller on hold, or took them off it."""

    def note(self, kind: str, /, **data: Any) -> None:
        """Write an event into the record."""

    def trouble(self, what: str, error: Exception | None = None) -> None:
        """Record a failure and tell the operator."""


async def take(entry: Entry, talk: Conversation, spec: SecureSpec, language: str) -> Result:
    """Take a secret by `spec` and tell an agent who speaks `language` what came of it.

    `talk` is the caller's conversation, on the line `entry`. Nobody is left apart: whatever happens,
    the recording goes on and the two are joined again.
    """
    result = Result("broken_off")
    try:
        result = await _take(entry, talk, spec)
    except CallerHungUp:
        pass
    except LineError as error:
        talk.house.trouble(f"the secure entry failed: {error}")
    finally:
        recording = await entry.end()
        outcome, token = result.outcome, {"token": True} if result.token is not None else {}
        talk.note("secure_entry", outcome=outcome, recording=recording, **token)
        if not recording:
            talk.house.trouble("the recording may still be muted after a secure entry")
    told = {"right": spec.right, "wrong": spec.wrong}.get(outcome, spec.failed)
    spoken = talk.hotline.wording.spoken(told, language, talk.facts, slow=False)
    if spoken is not None and outcome != "broken_off":
        await entry.tell(spoken)
    return result


async def _take(entry: Entry, talk: Conversation, spec: SecureSpec) -> Result:
    if not await entry.begin():
        talk.house.trouble("a secure entry was refused: the recording could not be muted")
        return Result("not_muted")
    talk.note("secure_entry_begins")
    ask = Ask.model_construct(
        ask=spec.ask,
        into=SECRET,
        digits=spec.digits,
        secret=True,
        no_input=spec.no_input,
        no_match=spec.no_match,
        next="keyed",
        otherwise="not_keyed",
    )
    try:
        if await ask.run(talk) == "not_keyed":
            return Result("failed")
        answer = await talk.look_up(spec.lookup, spec.with_, SECRET)
    except (HumanWanted, BackWanted):  # there is a human on the line already
        return Result("failed")
    match answer:
        case Found():
            return _right(answer, talk, spec)
        case Missing():
            return Result("wrong")
        case _:
            return Result("failed")


def _right(answer: Found, talk: Conversation, spec: SecureSpec) -> Result:
    if spec.token is None:
        return Result("right")
    token = answer.fields.get(spec.token)
    if not isinstance(token, str) or not token:
        talk.house.trouble(f"{spec.lookup} answered a secure entry without the token {spec.token}")
        return Result("failed")
    return Result("right", token)
