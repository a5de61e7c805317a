"""What can be asked of a telephone line, and what can come of it.

Commands go in, outcomes come out; both are frozen records that know nothing of Asterisk. Silence,
busy and no answer are outcomes. Two things are not: the caller hanging up (`CallerHungUp`) and a
switch that fails (`LineError`).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

HUMAN_KEY = "0"
ALL_KEYS = "0123456789*#"


@dataclass(frozen=True, slots=True)
class Spoken:
    """One thing to be said: `text` in `language` (a BCP 47 primary tag such as "zh").

    `name` is the prompt's name, by which a recorded file is found; None for text made at run time.
    `slow` asks for the slower reading made for elderly callers. `private` marks text that carries a
    caller's data: its audio must not outlive the call. With `recording` that file is played instead
    of the text: what a caller has said before.
    """

    text: str
    language: str
    name: str | None = None
    slow: bool = False
    private: bool = False
    recording: Path | None = None


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


Turn = Literal["closed", "yes_no", "digits", "open"]
"""What kind of answer is awaited: one of a few phrases, yes or no, dictated digits, anything.

It decides how long a pause ends the caller's turn.
"""


@dataclass(frozen=True, slots=True)
class Grammar:
    """What a caller may say in `language`: `phrases` are all that mean something here.

    What is heard is matched to them afterwards. With `free`, other words are taken down too, where
    the language's model is good enough for dictation.
    """

    language: str
    phrases: tuple[str, ...]
    free: bool = False


@dataclass(frozen=True, slots=True)
class Speech:
    """That a caller may speak, and how. The first grammar is of the language spoken to the caller;
    with several, whichever language fits best what was heard is taken.

    `barge_in`: the voice stops the prompt. `slow`: longer pauses are waited for (elderly callers).
    A line that has no recognizer for any of the languages takes keys alone.
    """

    grammars: tuple[Grammar, ...]
    turn: Turn = "closed"
    barge_in: bool = True
    slow: bool = False


@dataclass(frozen=True, slots=True)
class Listen:
    """Say something and take keys, beginning, if `barge_in`, while it is still being said.

    Entry ends with `most` keys, with `end_key` (not reported), or after a pause: `patience` seconds
    for the first key counted from the end of the prompt, `between` seconds for each further one.
    Keys pressed since the last command count (typing ahead) unless `barge_in` is False. Only keys of
    `interrupt` cut the prompt short; others count neither before its end nor typed ahead. `secret`
    keys must appear nowhere but in the outcome. `typed` are keys taken before, by a `Play` they
    cut short: they open the entry. A key of `alone` that comes first is the whole entry, at once,
    even if it is the end key.

    With `speech` the caller may say the answer instead: whatever is complete first counts. `secret`
    entries are never listened to.
    """

    spoken: tuple[Spoken, ...]
    most: int = 1
    patience: float = 6.0
    between: float = 3.0
    end_key: str = "#"
    barge_in: bool = True
    interrupt: str = ALL_KEYS
    secret: bool = False
    typed: str = ""
    alone: str = ""
    speech: Speech | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """Take down what the caller says, after a tone, into `file` (WAV, 8 kHz, mono, 16 bit).

    Ends with a key of `end_keys`, after `silence` seconds in which nothing is said, or after `most`
    seconds. The file appears whole or not at all: not before the end, and not where nothing was
    said; one that was there before is replaced then. When the caller hangs up, what was said until
    then is in it, and `CallerHungUp` is raised as ever; so it is when the awaiting task is
    cancelled.

    Keys pressed before, and keys that end nothing, are used up: a cheek against the keypad must not
    answer the question that follows. The folder of `file` must be there, and the switch must be
    able to write into it.
    """

    file: Path
    most: float = 120.0
    silence: float = 4.0
    end_keys: str = "#0"
    tone: bool = True


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

    The talk is recorded into `record` (see `recordings.sound`), from before the two can hear each
    other to its end, engine or no engine. It takes place also where that fails.
    """

    to: AgentPhone | OutsideNumber
    ring: float = 20.0
    whisper: tuple[Spoken, ...] = ()
    meanwhile: Spoken | None = None
    and_then: bool = False
    record: Path | None = None


@dataclass(frozen=True, slots=True)
class Monitor:
    """Record the call itself from here on into `file`: what the caller says left, what they hear
    right (see `recordings.sound`).

    It lasts until `EndMonitor`, until somebody is rung (a talk has a recording of its own), until
    the switch's fallback has the call, or until the call is over; engine or no engine.
    """

    file: Path


@dataclass(frozen=True, slots=True)
class EndMonitor:
    """Record the call itself no longer; what was recorded stays. Harmless where nothing is."""


@dataclass(frozen=True, slots=True)
class Mute:
    """Let nothing of either side reach what `Monitor` records; or, with `on` False, let it again,
    once the sound of the last key has faded away. Harmless where nothing is recorded."""

    on: bool = True


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


Command = (
    Answer
    | Play
    | Listen
    | Record
    | Hold
    | Connect
    | Monitor
    | EndMonitor
    | Mute
    | Talk
    | HandBack
    | Hangup
)


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
    """The caller keyed nothing, or only the end key, and said nothing."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One reading of what was said: `text` in `language`, `confidence` from 0 to 1."""

    text: str
    language: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """The caller said something: the best reading, and `others`, best first."""

    text: str
    language: str
    confidence: float
    others: tuple[Hypothesis, ...] = ()


@dataclass(frozen=True, slots=True)
class Unclear:
    """The caller made a sound of which no words could be had, and why."""

    cause: Literal["not_understood", "too_long", "too_loud", "too_noisy"]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the caller said is in the file, and it lasts `seconds`; with 0 there is no file.

    `key` is the one that ended it, where one did.
    """

    seconds: float
    stopped_by: Literal["key", "silence", "time"]
    key: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """The time of waiting is over; `stopped_by` is the key that ended it early, if one did."""

    stopped_by: str | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """The other side answered, heard its whisper, and the two can talk; `recorded` says that the
    switch records it."""

    recorded: bool = False


NotJoinedCause = Literal["no_answer", "busy", "declined", "unreachable"]


@dataclass(frozen=True, slots=True)
class NotJoined:
    """Nobody was reached: not answered in time, busy, declined, or the phone is not there."""

    cause: NotJoinedCause


@dataclass(frozen=True, slots=True)
class Monitored:
    """Whether the call itself is recorded now; the switch has said so."""

    on: bool


@dataclass(frozen=True, slots=True)
class Muted:
    """Whether it is certain that it is as `Mute` asked for: the switch has said so."""

    certain: bool


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """The other side hung up and the caller is back (only after `Connect(and_then=True)`).

    With `lost` nothing was heard of the other side's phone any more; the caller is back in any case.
    """

    lost: bool = False


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
    | Utterance
    | Unclear
    | Recorded
    | Held
    | Joined
    | NotJoined
    | Monitored
    | Muted
    | TalkEnded
    | HandedBack
    | HungUp
)
