"""What can be asked of a telephone line, and what can come of it.

Commands go in, outcomes come out; both are frozen records that know nothing of Asterisk. Silence,
busy and no answer are outcomes. Two things are not: the caller hanging up (`CallerHungUp`) and a
switch that fails (`LineError`).
"""

from dataclasses import dataclass
from typing import Literal

HUMAN_KEY = "0"
ALL_KEYS = "0123456789*#"


@dataclass(frozen=True, slots=True)
class Spoken:
    """One thing to be said: `text` in `language` (a BCP 47 primary tag such as "zh").

    `name` is the prompt's name, by which a recorded file is found; None for text made at run time.
    `slow` asks for the slower reading made for elderly callers. `private` marks text that carries a
    caller's data: its audio must not outlive the call.
    """

    text: str
    language: str
    name: str | None = None
    slow: bool = False
    private: bool = False


@dataclass(frozen=True, slots=True)
class AgentPhone:
    """The phone of an agent, by the agent's name."""

    agent: str


@dataclass(frozen=True, slots=True)
class OutsideNumber:
    """A number outside the hotline, as dialled to the carrier (digits, optional leading +)."""

    number: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Take the call off the hook. Performing it twice is harmless."""


@dataclass(frozen=True, slots=True)
class Play:
    """Say something. Any key of `interrupt` stops it; the key is reported and used up."""

    spoken: tuple[Spoken, ...]
    interrupt: str = ALL_KEYS


@dataclass(frozen=True, slots=True)
class Listen:
    """Say something and take keys, beginning, if `barge_in`, while it is still being said.

    Entry ends with `most` keys, with `end_key` (not reported), or after a pause: `patience` seconds
    for the first key counted from the end of the prompt, `between` seconds for each further one.
    Keys pressed since the last command count (typing ahead) unless `barge_in` is False. `secret`
    keys must appear nowhere but in the outcome. `typed` are keys taken before, by a `Play` they
    cut short: they open the entry. A key of `alone` that comes first is the whole entry, at once,
    even if it is the end key.
    """

    spoken: tuple[Spoken, ...]
    most: int = 1
    patience: float = 6.0
    between: float = 3.0
    end_key: str = "#"
    barge_in: bool = True
    secret: bool = False
    typed: str = ""
    alone: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """Let the caller wait with music for `seconds` (None: until the waiting task is cancelled)."""

    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Connect:
    """Ring `to` for at most `ring` seconds and join the caller with whoever answers.

    Until then the caller hears `meanwhile` once (it must be a fixed prompt, not private) and then
    music. The answering side hears `whisper` before the two are joined; the caller does not. With
    `and_then` the call comes back to the flow when the talk is over; without, the switch ends it,
    which needs nobody's help even if the engine is gone by then.
    """

    to: AgentPhone | OutsideNumber
    ring: float = 20.0
    whisper: tuple[Spoken, ...] = ()
    meanwhile: Spoken | None = None
    and_then: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    """Wait for the end of the talk that `Connect` began."""


@dataclass(frozen=True, slots=True)
class HandBack:
    """Give the call to the switch's own fallback; the line can perform nothing after this.

    A talk is not interrupted: it goes on, and ends, without us.
    """


@dataclass(frozen=True, slots=True)
class Hangup:
    """End the call. The line can perform nothing after this."""


Command = Answer | Play | Listen | Hold | Connect | Talk | HandBack | Hangup


@dataclass(frozen=True, slots=True)
class Answered:
    """The call is off the hook."""


@dataclass(frozen=True, slots=True)
class Played:
    """It was said; `stopped_by` is the key that cut it short, if one did."""

    stopped_by: str | None = None


@dataclass(frozen=True, slots=True)
class Keyed:
    """The caller keyed `keys` (at least one, without the end key)."""

    keys: str


@dataclass(frozen=True, slots=True)
class Silence:
    """The caller keyed nothing, or only the end key."""


@dataclass(frozen=True, slots=True)
class Held:
    """The time of waiting is over; `stopped_by` is the key that ended it early, if one did."""

    stopped_by: str | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """The other side answered, heard its whisper, and the two can talk."""


NotJoinedCause = Literal["no_answer", "busy", "declined", "unreachable"]


@dataclass(frozen=True, slots=True)
class NotJoined:
    """Nobody was reached: not answered in time, busy, declined, or the phone is not there."""

    cause: NotJoinedCause


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """The other side hung up and the caller is back (only after `Connect(and_then=True)`)."""


@dataclass(frozen=True, slots=True)
class HandedBack:
    """The switch's fallback has the call."""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The call is over, and it was we who ended it (also: the switch did, after a last talk)."""


Outcome = (
    Answered
    | Played
    | Keyed
    | Silence
    | Held
    | Joined
    | NotJoined
    | TalkEnded
    | HandedBack
    | HungUp
)
