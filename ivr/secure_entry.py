"""How does an agent have the caller key a secret in a talk, and learn only whether it is right?"""

from typing import Literal, Protocol

from ivr.errors import CallerHungUp, LineError
from ivr.flow.conversation import Conversation
from ivr.flow.secure import SecureSpec
from ivr.flow.serving import Found, Missing
from ivr.flow.steps.ask import Ask
from ivr.flow.talking import BackWanted, HumanWanted
from ivr.line.commands import Spoken
from ivr.line.line import Line

SECRET = "secret"  # noqa: S105  the name under which it is kept until it is looked up

Outcome = Literal["right", "wrong", "failed", "not_muted", "broken_off"]
"""`failed`: not keyed, or it cannot be checked now. `not_muted`: nothing was asked, since the
recording could have heard it. `broken_off`: somebody hung up, or the engine stopped."""


class Entry(Line, Protocol):
    """The caller's line while the agent is away: `ivr.line.asterisk.secure.SecureEntry`."""

    async def begin(self) -> bool:
        """See that nothing is recorded from here on; False if that is not certain."""

    async def end(self) -> bool:
        """Record again and join the two; whether the recording surely goes on."""

    async def tell(self, spoken: Spoken) -> None:
        """Say something to the agent alone."""


async def take(entry: Entry, talk: Conversation, spec: SecureSpec, language: str) -> Outcome:
    """Take a secret by `spec` and tell an agent who speaks `language` what came of it.

    `talk` is the caller's conversation, on the line `entry`. Nobody is left apart: whatever happens,
    the recording goes on and the two are joined again.
    """
    outcome: Outcome = "broken_off"
    try:
        outcome = await _take(entry, talk, spec)
    except CallerHungUp:
        pass
    except LineError as error:
        talk.house.trouble(f"the secure entry failed: {error}")
    finally:
        recording = await entry.end()
        talk.note("secure_entry", outcome=outcome, recording=recording)
        if not recording:
            talk.house.trouble("the recording may still be muted after a secure entry")
    told = {"right": spec.right, "wrong": spec.wrong}.get(outcome, spec.failed)
    spoken = talk.hotline.wording.spoken(told, language, talk.facts, slow=False)
    if spoken is not None and outcome != "broken_off":
        await entry.tell(spoken)
    return outcome


async def _take(entry: Entry, talk: Conversation, spec: SecureSpec) -> Outcome:
    if not await entry.begin():
        talk.house.trouble("a secure entry was refused: the recording could not be muted")
        return "not_muted"
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
            return "failed"
        result = await talk.look_up(spec.lookup, spec.with_, SECRET)
    except (HumanWanted, BackWanted):  # there is a human on the line already
        return "failed"
    match result:
        case Found():
            return "right"
        case Missing():
            return "wrong"
        case _:
            return "failed"
