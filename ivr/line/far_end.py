"""What do the people at the other ends of a simulated line do?

The caller reacts to prompts, agents' phones to ringing. Everything here is data: a `Script` may
serve any number of calls.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

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
class HangUp:
    """The caller hangs up `after` seconds from now."""

    after: float = 1.0


Reaction = Silent | Press | HangUp


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
    `leaves_whisper`, while the whisper is still being said.
    """

    after: float = 2.0
    talks: float | None = 60.0
    leaves_whisper: bool = False


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
