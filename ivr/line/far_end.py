"""What do the people at the other ends of a simulated line do?

The caller reacts to prompts, agents' phones to ringing. Everything here is data: a `Script` may
serve any number of calls.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from ivr.line.commands import Command


@dataclass(frozen=True, slots=True)
class Silent:
    """The caller does nothing."""


@dataclass(frozen=True, slots=True)
class Press:
    """The caller presses `keys`: the first `after` seconds from now, then one each `apart` seconds.

    Half a second a key is what people need who look at the keypad for each.
    """

    keys: str
    after: float = 1.0
    apart: float = 0.5


@dataclass(frozen=True, slots=True)
class Say:
    """The caller says `text`, beginning `after` seconds from now.

    `confidence` is how sure a recognizer would be of it. Where nothing like it may be said, it is
    not understood.
    """

    text: str
    after: float = 1.0
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Mumble:
    """The caller makes a sound of `lasts` seconds of which no words can be had."""

    after: float = 1.0
    lasts: float = 1.0
    cause: Literal["not_understood", "too_long", "too_loud", "too_noisy"] = "not_understood"


@dataclass(frozen=True, slots=True)
class Talks:
    """The caller begins to talk `after` seconds from now, for `seconds`: to be taken down.

    With `then`, keys are pressed half a second after that; with `hangs_up`, the call is over then.
    """

    seconds: float
    after: float = 1.0
    then: str = ""
    hangs_up: bool = False


@dataclass(frozen=True, slots=True)
class HangUp:
    """The caller hangs up `after` seconds from now."""

    after: float = 1.0


Reaction = Silent | Press | Say | Mumble | Talks | HangUp


@dataclass(frozen=True, slots=True)
class Moment:
    """A command begins: it is the `prompt`-th that says something and the `question`-th that takes
    keys (both counted from 1; 0 when the command does not count)."""

    command: Command
    prompt: int
    question: int


class FarEnd(Protocol):
    """The caller of a simulated call."""

    def react(self, moment: Moment) -> Reaction | None:
        """What the caller does, counted from the beginning of this command; None is nothing.

        A keyboard gives None and calls `SimulatedLine.press` when somebody presses.
        """
        ...


@dataclass(frozen=True, slots=True)
class Script:
    """A caller who answers the questions (`Listen`) one after the other, then stays silent.

    `at_prompt` gives the reaction to the n-th prompt, question or not, and comes first;
    `hang_up_at` is counted from the call's beginning.
    """

    answers: tuple[Reaction, ...] = ()
    at_prompt: Mapping[int, Reaction] = field(default_factory=dict)
    hang_up_at: float | None = None

    def react(self, moment: Moment) -> Reaction | None:
        """The scripted reaction."""
        if moment.prompt in self.at_prompt:
            return self.at_prompt[moment.prompt]
        if 0 < moment.question <= len(self.answers):
            return self.answers[moment.question - 1]
        return None


@dataclass(frozen=True, slots=True)
class Answers:
    """The phone is picked up `after` seconds.

    The agent hangs up after `talks` seconds of talk (None: leaves that to the caller) or, with
    `leaves_whisper`, while the whisper is still being said. With `vanishes` the phone is gone then.
    """

    after: float = 2.0
    talks: float | None = 60.0
    leaves_whisper: bool = False
    vanishes: bool = False


@dataclass(frozen=True, slots=True)
class Busy:
    """The phone is in use."""

    after: float = 0.1


@dataclass(frozen=True, slots=True)
class Declines:
    """The agent rejects the call."""

    after: float = 1.0


@dataclass(frozen=True, slots=True)
class RingsOut:
    """Nobody picks the phone up."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """There is no such phone, or it is not connected."""


Phone = Answers | Busy | Declines | RingsOut | Unreachable
